# bytes-like objects with callbacks that change, resize or release them; exported memory cannot be resized.
import array, binascii, hashlib, io, re, struct, zlib
from _mutate import Item, Trap, outcome, short

BYTES = {
    "clear": lambda b: b.clear(),
    "pop": lambda b: b and b.pop(),
    "grow": lambda b: b.extend(range(200)),
    "all": lambda b: b.__setitem__(slice(None), b"xy"),
}


def plain(t, n=5):
    for i in range(n):
        t()
        yield i + 65


class Source:
    """An object whose buffer is a bytearray; making it springs a trap."""

    def __init__(self, t, b=b"src"):
        self.t, self.b = t, bytearray(b)

    def __buffer__(self, flags):
        self.t()
        return memoryview(self.b)


class Bytes:
    def __init__(self, t):
        self.t = t

    def __bytes__(self):
        self.t()
        return b"bytes"


def run(name, op, times=(1,)):
    for action, change in BYTES.items():
        for at in times:
            b = bytearray(b"abcdefgh")
            trap = Trap(lambda: change(b), at)
            got = outcome(op, b, trap)
            trap.left = 0
            print(name, action, at, short(got), short(b))


def survive(name, op, times=(1,)):
    """Where CPython holds the memory for longer or shows what it gave up: only that it ends is to be seen."""
    for change in BYTES.values():
        for at in times:
            b = bytearray(b"abcdefgh")
            outcome(op, b, Trap(lambda: change(b), at))


run("getitem", lambda b, t: b[Item(t, 2)])
run("delitem", lambda b, t: b.__delitem__(Item(t, 2)))
run("slice", lambda b, t: b[Item(t, 1):Item(t, 6):Item(t, 2)], (1, 2, 3))
run("setslice", lambda b, t: b.__setitem__(slice(Item(t, 1), Item(t, 6)), b"zzzzz"), (1, 2))
run("delslice", lambda b, t: b.__delitem__(slice(Item(t, 1), Item(t, 6), Item(t, 2))), (1, 2, 3))
run("setslice iterator", lambda b, t: b.__setitem__(slice(1, 3), plain(t)), (1, 3))
run("setslice source", lambda b, t: b.__setitem__(slice(1, 3), Source(t)))
run("append", lambda b, t: b.append(Item(t, 66)))
run("insert", lambda b, t: b.insert(Item(t, 2), 66))
run("pop", lambda b, t: b.pop(Item(t, 2)))
run("remove", lambda b, t: b.remove(Item(t, 99)))
run("in", lambda b, t: Item(t, 103) in b)
run("find", lambda b, t: b.find(Item(t, 103)))
run("find bounds", lambda b, t: b.find(b"g", Item(t, 1), Item(t, 8)), (1, 2))
run("count", lambda b, t: b.count(b"g", Item(t, 1)))
run("startswith", lambda b, t: b.startswith(b"b", Item(t, 1)))
run("endswith", lambda b, t: b.endswith((b"zz", b"h"), Item(t, 1)))
run("extend", lambda b, t: b.extend(plain(t)), (1, 3))
run("extend ints", lambda b, t: b.extend([66, Item(t, 67), 68]))
run("extend source", lambda b, t: b.extend(Source(t)))
run("iadd source", lambda b, t: b.__iadd__(Source(t)))
run("add source", lambda b, t: b + Source(t))
run("mul", lambda b, t: len(b * Item(t, 3)))
run("imul", lambda b, t: len(b.__imul__(Item(t, 3))))
run("percent", lambda b, t: bytearray(b"%s %d") % (Bytes(t), 5))
run("percent self", lambda b, t: (b.__setitem__(slice(None), b"%b-%b"), b % (Bytes(t), b"x"))[1])
run("iterate", lambda b, t: [t() for x in b], (1, 4))
run("reversed", lambda b, t: [t() for x in reversed(b)], (1, 4))
survive("join", lambda b, t: bytearray(b",").join([b, Source(t), b]))
survive("bytes join", lambda b, t: b",".join(iter([b, Source(t), b])))
run("translate", lambda b, t: b.translate(None, Source(t)))
run("replace", lambda b, t: b.replace(b"c", Source(t)))
run("split", lambda b, t: b.split(Source(t)))
run("strip", lambda b, t: b.strip(Source(t)))
run("center", lambda b, t: b.center(Item(t, 20)))
run("bytes of", lambda b, t: bytes(Source(t, b)))
run("bytearray of", lambda b, t: bytearray(map(lambda x: (t(), x)[1], b)), (1, 3))
survive("init again", lambda b, t: b.__init__(plain(t)), (1, 3))
run("fromlist", lambda b, t: b.__setitem__(slice(0, 8, 2), plain(t, 4)), (1, 3))
run("eq", lambda b, t: b == Source(t, b"abcdefgh"))
run("lt", lambda b, t: b < Source(t, b"b"))
run("int", lambda b, t: int(b"12", Item(t, 10)))
run("re sub", lambda b, t: re.sub(b"[aceg]", lambda m: (t(), m[0].upper())[1], b), (1, 3))
survive("re finditer", lambda b, t: [(t(), m[0])[1] for m in re.finditer(b"[aceg]", b)], (1, 3))
run("re split", lambda b, t: re.compile(b"[ce]").split(b, Item(t, 5)))
survive("pack_into", lambda b, t: struct.pack_into("bb", b, 0, Item(t, 1), 2))
run("pack_into offset", lambda b, t: struct.pack_into("b", b, Item(t, 2), 2))
survive("unpack_from", lambda b, t: struct.unpack_from("bb", b, Item(t, 2)))
run("readinto", lambda b, t: io.BytesIO(b"123").readinto(b))
survive("crc", lambda b, t: (zlib.crc32(b, Item(t, 1)), binascii.hexlify(b, ":", Item(t, 2))), (1, 2))
run("hash", lambda b, t: hashlib.sha256(Source(t, b)).hexdigest())


class Raw(io.RawIOBase):
    """A file that changes the memory it is given to read into."""

    def __init__(self, t):
        self.t = t

    def readable(self):
        return True

    def readinto(self, b):
        self.t()
        b[:3] = b"raw"
        return 3


run("raw readinto", lambda b, t: (Raw(t).readinto(b), bytes(b[:3])))
run("buffered readinto", lambda b, t: io.BufferedReader(Raw(t)).readinto(b))


def held(name, op):
    """While a view is held, no change of size may happen."""
    b = bytearray(b"abcdefgh")
    with memoryview(b) as m:
        for action, change in BYTES.items():
            print("held", name, action, outcome(change, b), short(b))
        print("held", name, outcome(op, b, m), short(b))
    b.clear()


held("slice", lambda b, m: bytes(m[2:5]))
held("append", lambda b, m: b.append(1))
held("del", lambda b, m: b.__delitem__(0))
held("same size", lambda b, m: b.__setitem__(slice(0, 2), b"XY"))
held("iadd", lambda b, m: b.__iadd__(b"1"))
held("imul", lambda b, m: b.__imul__(2))
def cast(b, m):
    with m.cast("i") as c: return c.tolist()


held("cast", cast)


def views(name, op, silent=False):
    """A view that is released by the index or value that it asks for; silent: as in `survive`."""
    for what in ("release", "resize", "release both"):
        b = bytearray(b"abcdefgh")
        m = memoryview(b)
        def change():
            if what != "resize":
                m.release()
            try:
                b.clear()
            except BufferError as e:
                silent or print("  ", e)
        trap = Trap(change)
        got = short(outcome(op, m, trap))
        silent or print("view", name, what, got, short(b))


views("getitem", lambda m, t: m[Item(t, 2)])
views("setitem", lambda m, t: m.__setitem__(1, Item(t, 65)))
views("setitem index", lambda m, t: m.__setitem__(Item(t, 1), 65))
views("slice", silent=True, op=lambda m, t: m[Item(t, 1):5])
views("setslice", lambda m, t: m.__setitem__(slice(Item(t, 1), 4), b"xyz"))
views("setslice source", lambda m, t: m.__setitem__(slice(1, 4), Source(t, b"xyz")))
views("pack_into", lambda m, t: struct.pack_into("b", m, Item(t, 1), 1))
views("pack_into value", silent=True, op=lambda m, t: struct.pack_into("b", m, 1, Item(t, 1)))
views("hex", silent=True, op=lambda m, t: m.hex(":", Item(t, 2)))
views("in", lambda m, t: Item(t, 99) in m)
views("eq", silent=True, op=lambda m, t: m == Source(t, b"abcdefgh"))
views("iterate", lambda m, t: [t() for x in m])
views("cast", lambda m, t: m.cast("b", [Item(t, 8)]))
views("tolist", lambda m, t: [m.tolist(), t(), m.tolist()])

io1 = io.BytesIO(b"abcdef")
view = io1.getbuffer()
for f in (lambda: io1.write(b"x" * 20), lambda: io1.truncate(1), lambda: io1.close(), lambda: view.release(), lambda: io1.write(b"x" * 20)):
    print("BytesIO", short(outcome(f)))
a = array.array("i", [1, 2, 3])
with memoryview(a) as view:
    for f in (lambda: a.append(1), lambda: a.pop(), lambda: a.extend([1]), lambda: a.__delitem__(0), lambda: a.byteswap(), lambda: a.__setitem__(slice(0, 1), array.array("i", [7]))):
        print("array", short(outcome(f)))
    print(view.tolist())
