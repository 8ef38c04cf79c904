# Messages and results for arguments that an operation does not expect.
import io
import operator


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


class I(int):
    pass


class F(float):
    pass


class Getitem:
    def __getitem__(self, i):
        raise IndexError


class BadIter:
    def __iter__(self):
        return 5


class B(bytes):
    pass


class Slots:
    __slots__ = ("val",)


class Clears:
    """Takes the items of a list away while they are compared."""

    def __eq__(self, other):
        items.clear()
        return False


def delete(o):
    del o.val


for a, b in ((1, 2**63), (2**70, 3), (True, False), (1, 2), (1.5, 2**70)):
    show(lambda: a @ b)
    show(lambda: operator.matmul(a, b))
show(lambda: [*1])
show(lambda: (*1.5,))
show(lambda: {*1})
show(lambda: bytes(-(2**63) - 1))
show(lambda: bytes(BadIter()))
show(lambda: bytearray(BadIter()))
show(lambda: reversed(Getitem()))
show(lambda: reversed({1}))
show(lambda: format(F(1), "d"))
show(lambda: format(I(1), "s"))
show(lambda: format(True, "s"))
show(lambda: b"%c" % B(b"ab"))
show(lambda: b"" % "a")
show(lambda: "" % b"a")
show(lambda: type("C", (0,), {}))
show(lambda: memoryview(b"abc")[...])
show(lambda: memoryview(b"abc").tobytes(1))
show(lambda: delete(Slots()))
show(lambda: Slots().val)
items = [Clears() for _ in range(10)]
show(lambda: items < [1] * 20)
items = [Clears() for _ in range(10)]
show(lambda: items == [1] * 10)
items = list(range(10, 0, -1))
show(lambda: items.sort(key=lambda x: items.clear() or x))
print(items)
show(lambda: io.TextIOWrapper(io.BytesIO(b"abc")).read(2**62))
