# try, except, else, finally with every way out of them; chaining, notes, groups, with statements.
def way_out(how):
    log = []
    for i in range(2):
        try:
            log.append(f"try {i}")
            if how == "return":
                return log
            if how == "break":
                break
            if how == "continue":
                continue
            if how == "raise":
                raise ValueError(i)
        except ValueError as error:
            log.append(f"except {error}")
        else:
            log.append("else")
        finally:
            log.append("finally")
            if how == "override":
                return log + ["from finally"]
    else:
        log.append("for-else")
    return log


for how in ("fall", "return", "break", "continue", "raise", "override"):
    print(how, way_out(how))


def nested():
    try:
        try:
            1 / 0
        finally:
            print("inner finally")
    except ZeroDivisionError as error:
        try:
            raise KeyError("second") from error
        except KeyError as second:
            print(repr(second.__cause__), second.__suppress_context__)
        try:
            raise IndexError("third")
        except IndexError as third:
            print(repr(third.__context__), third.__cause__)
            third = None
    try:
        error
    except UnboundLocalError as unbound:
        print(unbound)


nested()


class Guard:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self.name

    def __exit__(self, kind, error, traceback):
        print("exit", self.name, kind and kind.__name__, error)
        return self.swallow


with Guard("a", swallow=True) as a, Guard("b") as b:
    print(a, b)
    raise RuntimeError("inside")


def leave():
    with Guard("return"):
        return "value"


print(leave())
for i in range(3):
    with Guard(i):
        if i == 1:
            break

try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2), ExceptionGroup("deep", [ValueError(3), OSError(4)])])
except* ValueError as group:
    print("values", group.exceptions)
except* (TypeError, OSError) as group:
    print("others", [type(e).__name__ for e in group.exceptions])

try:
    try:
        raise ExceptionGroup("rest", [KeyError(1), ValueError(2)])
    except* KeyError:
        print("key")
except ExceptionGroup as left:
    print("left", left.exceptions)

error = ValueError("noted")
error.add_note("first")
error.add_note("second")
try:
    raise error
except ValueError as caught:
    print(caught.__notes__, caught is error, caught.args)

cases = [
    lambda: [][1], lambda: {}["k"], lambda: int("x"), lambda: None.x, lambda: 1 + "a", lambda: [1] < 2, lambda: 1 / 0,
    lambda: undefined, lambda: "abc".index("z"), lambda: next(iter([])), lambda: (1, 2)[2], lambda: {[]: 1},
    lambda: iter(5), lambda: 5[0], lambda: [].x, lambda: "a" % 1, lambda: 2.0 ** 5000, lambda: "%d" % "x",
]
for case in cases:
    try:
        case()
    except Exception as error:
        print(type(error).__name__, "|", error)
try:
    raise 5
except TypeError as error:
    print(error)
try:
    raise ValueError from 5
except TypeError as error:
    print(error)
try:
    assert 1 > 2, "message"
except AssertionError as error:
    print(repr(error))
