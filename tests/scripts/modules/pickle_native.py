"""The native `_pickle`: the same bytes as the Python one, all protocols, framing, hooks, buffers, errors."""
import collections
import copyreg
import gc
import hashlib
import io
import pickle

import _pickle

print(pickle.Pickler is _pickle.Pickler, pickle.PickleError.__module__, pickle.DEFAULT_PROTOCOL)


class Plain:
    def __init__(self):
        self.number, self.own = 1, [self]

    def __eq__(self, other):
        return type(other) is Plain and other.number == self.number


class Slots:
    __slots__ = ("a", "b")

    def __eq__(self, other):
        return (self.a, self.b) == (other.a, other.b)


class New:
    def __new__(cls, a, *, b):
        self = super().__new__(cls)
        self.ab = a, b
        return self

    def __getnewargs_ex__(self):
        return (self.ab[0],), {"b": self.ab[1]}

    def __eq__(self, other):
        return self.ab == other.ab

    class Inner:
        pass


class Listed(list):
    pass


class Mapped(dict):
    pass


slots = Slots()
slots.a, slots.b = 1, "\xe9"
mapped = Mapped(a=1)
mapped.extra = [mapped]
objects = [
    None, True, False, 0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -(2**31), 2**63, -(2**63), 2**100, -(2**100),
    -128, -129, -32768, -(2**39), 2**2040, 1.5, -0.0, float("inf"), "", "abc", "\xe9\ud800\n\\\0\r\x1a\U0001f600",
    "x" * 256, b"", b"ab\0", b"abc" * 200, bytearray(b"xyz"), bytearray(), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1],
    [1, 2], list(range(1002)), {}, {"a": 1}, {i: str(i) for i in range(1002)}, set(), {1}, frozenset([1, 2]), range(5),
    slice(1, 2, 3), len, int, type(None), ..., NotImplemented, type(...), str.upper, New.Inner, collections.OrderedDict(a=1),
    collections.Counter("abc"), complex(1, 2), collections.deque([1, 2], 5), Plain, Plain(), slots, New(1, b=2), Listed([1, 2]),
    "x" * 70000, b"y" * 70000, [b"q" * 1000] * 3, ["s%d" % i for i in range(3000)], mapped,
]  # fmt: skip
digest = hashlib.sha256()
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for o in objects:
        if o is slots and protocol < 2:
            continue
        data = pickle.dumps(o, protocol)
        assert data == pickle._dumps(o, protocol), (protocol, repr(o)[:50])
        # Which names of modules are the same strings is CPython's own affair.
        if o is not str.upper and o is not type(...):
            digest.update(data)
        file = io.BytesIO()
        pickle.dump(o, file, protocol)
        assert file.getvalue() == data
        for r in (pickle.loads(data), pickle._loads(data), pickle.load(io.BytesIO(data))):
            assert type(r) is type(o) and (r == o or o is mapped), repr(o)[:50]
    p = pickle.loads(pickle.dumps(Plain(), protocol))
    assert p.own[0] is p
    m = pickle.loads(pickle.dumps(mapped, protocol))
    assert m == {"a": 1} and m.extra[0] is m
    loop = ([],)
    loop[0].append(loop)
    back = pickle.loads(pickle.dumps(loop, protocol))
    assert back[0][0] is back
gc.collect()
print(digest.hexdigest()[:16])

# Several pickles in one file, read with and without peek.
file = io.BytesIO()
for i in range(5):
    pickle.dump([i] * i, file, i)
for wrap in (lambda b: b, lambda b: io.BufferedReader(io.BytesIO(b.getvalue()), 16)):
    file.seek(0)
    f = wrap(file)
    print([pickle.load(f) for _ in range(5)])


class Tags(pickle.Pickler):
    def persistent_id(self, obj):
        return ("tag", obj.name) if isinstance(obj, io.TextIOBase) else None

    def reducer_override(self, obj):
        return (str, ("reduced",)) if obj is Slots else NotImplemented


class Untag(pickle.Unpickler):
    def persistent_load(self, pid):
        return pid

    def find_class(self, module, name):
        return super().find_class(module, name) if module != "__main__" else (module, name)


for protocol in (0, 2, 5):
    out = io.BytesIO()
    text = io.TextIOWrapper(io.BytesIO())
    text.mode = "w"
    pickler = Tags(out, protocol)
    pickler.dispatch_table = {complex: lambda c: (complex, (str(c),))}
    try:
        pickler.dump([Slots, 1j, Plain])
    except Exception as e:
        print(type(e), e)
    print(Untag(io.BytesIO(out.getvalue())).load(), sorted(i for i, _ in pickler.memo.copy().values())[:3])
    pickler.clear_memo()
    print(pickler.memo.copy(), pickler.bin, pickler.fast)

pickler = pickle.Pickler(io.BytesIO())
pickler.persistent_id = lambda obj: "id" if obj == 7 else None
pickler.dump([7, 8])
loops = []
loops.append(loops)
pickler = pickle.Pickler(io.BytesIO())
pickler.fast = True


def attempt(f):
    try:
        print(f())
    except Exception as e:
        text = str(e)
        notes = getattr(e, "__notes__", [])
        print(type(e).__name__, text[: text.find(" at 0x")] if " at 0x" in text else text, notes)


class Bad:
    def __init__(self, reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


def local():
    class Local:
        pass

    return Local


attempt(lambda: pickler.dump(loops))
for reduced in (1, (1,), (1, ()), (len, 1), (list, (), None, 5), (dict, (), None, None, 5), (list, (), 1, None, None, 5), "nope"):
    attempt(lambda: pickle.dumps({"key": [Bad(reduced)]}))
attempt(lambda: pickle.dumps(local()))
attempt(lambda: pickle.dumps(lambda: 1))
attempt(lambda: pickle.dumps(1, 9))
attempt(lambda: pickle.dump(1, 2))
attempt(lambda: pickle.dumps(iter(open)) if False else pickle.dumps(pickle.PickleBuffer(b"x"), 4))
attempt(lambda: pickle.dumps(1, 4, buffer_callback=print))
for data in (
    b"", b"N", b"0.", b"1.", b"(.", b"]Na", b"Q.", b"\x80\x07.", b"}.", b"}(Nu.", b"h\x05.", b"g5\n.", b"\xff", b"Z", b"\x8cz.",
    b"X\x05\0\0\0ab.", b"I1x\n.", b"Fx\n.", b"S'a\n.", b"cno_such_module\nx\n.", b"cbuiltins\nnope\n.", b"NN\x81.", b"\x97.",
    b"\x95\x05\0\0\0\0\0\0\0N.", b"p-1\n.", b"Np-1\n.", b"\x82\x01.", b"NNR.", b"Pid\n.", b"cbuiltins\nint\n)R]b.",
):  # fmt: skip
    attempt(lambda: pickle.loads(data))
attempt(lambda: pickle.loads(b"I00\nI01\nL5L\nF1.5\nS'a'\nVb\\u20ac\n(t."))
attempt(lambda: pickle.loads(b"(I00\nI01\nL5L\nF1.5\nS'a\\n'\nVb\\u20ac\nU\x01zT\x01\0\0\0yt."))
attempt(lambda: pickle.loads(b"U\x01\xe9.", encoding="latin-1"))
attempt(lambda: pickle.loads(b"U\x01\xe9.", encoding="bytes"))
attempt(lambda: pickle.loads(b"U\x01\xe9."))
attempt(lambda: pickle.loads(b"c__builtin__\nxrange\nK\x01K\x07\x86R."))

deep = []
for _ in range(100000):
    deep = [deep]
try:
    pickle.dumps(deep)
except RecursionError as e:
    print(type(e))
while deep:
    deep = deep[0]

copyreg.add_extension("collections", "deque", 0xF0)
print(pickle.dumps(collections.deque, 2), pickle.loads(pickle.dumps(collections.deque, 2)))
copyreg.remove_extension("collections", "deque", 0xF0)

# Buffers outside of the stream.
source = bytearray(b"0123456789" * 10)
buffers = []
data = pickle.dumps([pickle.PickleBuffer(source), pickle.PickleBuffer(b"fixed")], 5, buffer_callback=buffers.append)
print(len(data), [b.raw().nbytes for b in buffers])
first, second = pickle.loads(data, buffers=buffers)
print(type(first), type(second), memoryview(first).readonly, memoryview(second).readonly)
with memoryview(first) as view:
    print(view.obj is source, view[:3].tobytes())
    buffers[0].release()
    try:
        source.append(1)
    except BufferError as e:
        print(e)
    print(bytes(view[-2:]))
attempt(lambda: buffers[0].raw())
print(pickle.loads(pickle.dumps([pickle.PickleBuffer(source), pickle.PickleBuffer(b"fixed")], 5)) == [source, b"fixed"])
grid = memoryview(bytes(range(12))).cast("B", (3, 4))
print(pickle.PickleBuffer(grid).raw().shape, memoryview(pickle.PickleBuffer(grid)).shape)
attempt(lambda: pickle.PickleBuffer(memoryview(b"abcd")[::2]).raw())
attempt(lambda: pickle.loads(data))
attempt(lambda: pickle.loads(data, buffers=[]))
