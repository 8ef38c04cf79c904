# Events of sys.settrace and sys.setprofile, line by line.
import sys


def show(frame, event, arg):
    if event == "exception":
        arg = arg[0].__name__
    print(event, frame.f_lineno, frame.f_code.co_name, arg)
    return show


def gen(n):
    x = yield n
    return x


def delegate():
    got = yield from gen(1)
    return got


def branches(a):
    if a:
        b = 1
    else:
        b = 2
    while True:
        b -= 1
        if b < 0:
            break
    try:
        1 / b if b == 0 else int("x")
    except ValueError as e:
        pass
    finally:
        b = 5
    for i in (1, 2): a = i
    return b


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    def __repr__(self):
        return "manager"


def managed():
    with Manager() as m:
        raise KeyError(m is None)
    return [i for i in range(2)]


def nothing():
    if not show:
        return 1


sys.settrace(show)
branches(0)
list(delegate())
managed()
nothing()
sys.settrace(None)


def profile(frame, event, arg):
    print(event, frame.f_code.co_name, getattr(arg, "__name__", arg))


sys.setprofile(profile)
nothing()
len("abc")
[].append(1)
try:
    int("x")
except ValueError:
    pass
sys.setprofile(None)


def jumper():
    print("one")
    print("two")
    print("three")


def jump(frame, event, arg):
    if event == "line" and frame.f_lineno == jumper.__code__.co_firstlineno + 2:
        frame.f_lineno += 1
    return jump


sys.settrace(jump)
jumper()
sys.settrace(None)


def loop():
    print("before")
    for i in range(2):
        print(i)


def refused(frame, event, arg):
    if event == "line":
        for line in (loop.__code__.co_firstlineno + 3, 1, 10_000):
            try:
                frame.f_lineno = line
            except ValueError as e:
                print(str(e).replace(str(loop.__code__.co_firstlineno), "N"))
        sys.settrace(None)
    return refused


sys.settrace(refused)
loop()
