# What the default excepthook prints.
import sys


class Catcher:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        pass


def show(f, *args):
    try:
        f(*args)
    except BaseException as e:
        e.__traceback__ = e.__traceback__.tb_next
        saved, sys.stderr = sys.stderr, Catcher()
        try:
            sys.excepthook(type(e), e, e.__traceback__)
            text = "".join(sys.stderr.parts)
        finally:
            sys.stderr = saved
        print(text.replace(__file__, "FILE"))


class Foo:
    def __init__(self):
        self.blech = 1
        self.other = {"a": [1, 2]}

    def go(self):
        return self.bluch

    def name(self):
        return blech


def rec(n):
    if n == 0:
        x = {"a": 1}
        return 1 + x["a"]["b"]
    return rec(n - 1)


def chain():
    try:
        Foo().go()
    except AttributeError as e:
        e.add_note("a note\nof two lines")
        try:
            rec(10)
        except TypeError as t:
            raise ValueError("x") from t


def context():
    try:
        1 / 0
    except ZeroDivisionError:
        {}["missing"]


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise OSError(2, "No such file", "name") from None


def multi(a, b):
    value = (
        a +
        undefined_thing
    )


def call(a):
    return a(
        1,
        2,
        key=3,
    )


def group():
    try:
        multi(1, 2)
    except NameError as e:
        raise ExceptionGroup(
            "grp",
            [e, ValueError("v"), ExceptionGroup("in", [TypeError("t"), KeyError("k")])],
        )


def wide():
    raise ExceptionGroup("wide", [ValueError(i) for i in range(20)])


def deep():
    e = ValueError("leaf")
    for i in range(12):
        e = ExceptionGroup(f"g{i}", [e])
    raise e


class Odd(Exception):
    def __str__(self):
        raise ValueError("no")


def odd():
    raise Odd


def empty():
    raise ValueError


def syntax(source):
    exec(source)


def unicode():
    ä = "ü"; "日本語" + ä.foo


show(chain)
show(context)
show(suppressed)
show(multi, 1, 2)
show(call, 3)
show(group)
show(wide)
show(deep)
show(odd)
show(empty)
show(lambda: Foo().name())
show(lambda: prnt(1))
show(lambda: asyncoi.run(1))
show(lambda: Foo().other["a"][5])
show(lambda: (1).foo)
show(syntax, "a = 1\nif a = 2:\n    pass")
show(syntax, "whille True:\n    pass")
show(syntax, "  x = 1")
show(syntax, "f(a b)")
show(syntax, "'abc")
show(syntax, "\ttry:\n\t1")
show(unicode)
show(lambda: [1, 2][3])
show(lambda: None())
show(lambda: 1 if undefined1 else 2)
