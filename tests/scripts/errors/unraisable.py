# What is printed of exceptions that nobody can catch, and what the hook gets.
import atexit, gc, io, re, sys, weakref


class Stream(io.StringIO):
    def write(self, text):
        text = re.sub(r"0x[0-9a-f]+", "0x", text)
        # The folder of the checkout is not part of what is expected.
        sys.stdout.write(re.sub(r'File ".*/', 'File "', text))


sys.stderr = Stream()


class A:
    def __del__(self):
        e = ValueError("multi\nline")
        e.add_note("a note")
        raise e from KeyError(1)


A()
gc.collect()


class B:
    pass


def callback(ref):
    raise KeyError("cb")


b = B()
w = weakref.ref(b, callback)
del b
gc.collect()


def g():
    try:
        yield
    finally:
        raise ValueError("gen")


x = g()
next(x)
del x
gc.collect()


def hook(u):
    print("HOOK", u.exc_type, re.sub("0x.*>", "0x>", u.err_msg), u.object)
    raise TypeError("in hook")


sys.unraisablehook = hook
A()
gc.collect()
del sys.unraisablehook


class Leaving(SystemExit):
    code = 5


print(repr(Leaving(3).code))
atexit.register(callback)
