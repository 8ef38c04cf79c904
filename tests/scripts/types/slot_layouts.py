"""Which builtins take nonempty `__slots__`, slots of strings, lay-outs beside `Generic`, iteration of mmap."""
import copy
import gc
import mmap

for base in (str, int, bytes, tuple, type, bytearray, list, float, complex, dict, frozenset):
    try:
        class Slotted(base):
            __slots__ = ("x", "y")
        print(base.__name__, "has slots")
    except TypeError as e:
        print(base.__name__, e)


class Line(str):
    __slots__ = ("x", "y")

    def __new__(cls, text, x=None):
        self = super().__new__(cls, text)
        self.x = x
        return self


class Longer(Line):
    __slots__ = ("z",)


class Open(Line):
    pass


for text in ("", "a", "abcdefg", "abcdefgh", "\xe9", "\u20ac" * 3, "\U0001f600x", "long" * 100):
    line = Longer(text, [text])
    line.z = {text: line}
    gc.collect()
    assert line == text and hash(line) == hash(text) and line.x == [text], text
    assert line.z[text] is line
    assert not hasattr(line, "y") and not hasattr(line, "__dict__")
    line.y = 1
    del line.x
    try:
        line.x
    except AttributeError as e:
        print(ascii(text[:4]), e)
    try:
        line.w = 1
    except AttributeError as e:
        assert "object has no attribute 'w'" in str(e)

opened = Open("text", 1)
opened.free = 2
opened.y = 3
print(opened.__dict__, opened.x, opened.y, type(opened + "") is str)
other = copy.copy(opened)
print(other, other.x, other.y, other.free)
many = [Longer(str(i), i) for i in range(5000)]
gc.collect()
print(sum(line.x for line in many), "".join(many[:12]))


class Named[T](dict[str, T]):
    pass


class Items[T](list[T]):
    pass


class Text[T](str):
    __slots__ = ("tag",)


print(Named.__bases__, Named(a=1), Items.__bases__, Items([1]))
tagged = Text("t")
tagged.tag = "tag"
print(tagged, tagged.tag)

m = mmap.mmap(-1, 4)
m[:] = b"abca"
print(list(m), m[0], list(reversed(m)), b"c" in m, 99 in m, [*iter(m)])


class Ints(mmap.mmap):
    def __getitem__(self, i):
        return super().__getitem__(i)


own = Ints(-1, 2)
print(list(own))
m.close()
own.close()
