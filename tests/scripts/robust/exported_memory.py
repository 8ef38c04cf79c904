# While its memory is exported nothing moves it, and what would resize it is refused.
import array
import gc


def attempt(f):
    try:
        f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return "done"


def check(make, operations):
    for name, f in operations.items():
        x = make()
        view = memoryview(x)
        before = bytes(view)
        result = attempt(lambda: f(x))
        gc.collect()
        junk = [bytes(64) for _ in range(100)]
        x[0] = 77
        print(name, result, len(x), view[0], bytes(view) == bytes(x), len(before) == len(view))
        view.release()


check(
    lambda: bytearray(range(100)),
    {
        "init": lambda b: b.__init__(b"x" * 1000),
        "init same": lambda b: b.__init__(100),
        "extend": lambda b: b.extend(b""),
        "iadd": lambda b: b.__iadd__(b"a"),
        "iadd nothing": lambda b: b.__iadd__(b""),
        "imul 1": lambda b: b.__imul__(1),
        "imul 2": lambda b: b.__imul__(2),
        "clear": lambda b: b.clear(),
        "item": lambda b: b.__setitem__(slice(0, 1), b"b"),
        "insert": lambda b: b.insert(0, 1),
        "reverse": lambda b: b.reverse(),
    },
)
check(
    lambda: array.array("b", range(100)),
    {
        "append": lambda a: a.append(1),
        "imul 1": lambda a: a.__imul__(1),
        "imul 2": lambda a: a.__imul__(2),
        "item": lambda a: a.__setitem__(slice(0, 1), array.array("b", [1])),
        "delete": lambda a: a.__delitem__(slice(0, 5)),
        "delete none": lambda a: a.__delitem__(slice(0, 0)),
        "pop": lambda a: a.pop(),
        "reverse": lambda a: a.reverse(),
        "byteswap": lambda a: a.byteswap(),
    },
)
b = bytearray(b"abc")
print(attempt(lambda: b.__iadd__(b)), b)

