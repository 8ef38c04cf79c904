# send, throw, close, yield from (PEP 342, 380, 479)
def show(f, *a):
    try:
        print(repr(f(*a)))
    except BaseException as e:
        print(type(e).__name__ + ":", e)

def g():
    try:
        x = yield 1
        print("got", x)
        y = yield 2
        print("got", y)
    except ValueError as e:
        print("caught", e)
        yield "handled"
    finally:
        print("finally")
    return 7

it = g()
print(it.gi_running, it.gi_suspended, it.gi_code.co_name, it.__name__, it.__qualname__)
show(it.send, 5)
show(next, it)
show(it.send, "a")
show(it.throw, ValueError("boo"))
show(next, it)
show(next, it)
it = g()
next(it)
show(it.close)
show(it.close)
show(it.throw, KeyError("late"))
it = g()
show(it.throw, TypeError)
show(next, it)

def ignores():
    while True:
        try:
            yield 1
        except GeneratorExit:
            pass

it = ignores()
next(it)
show(it.close)

def returns_on_close():
    try:
        yield 1
    except GeneratorExit:
        return "bye"

it = returns_on_close()
next(it)
show(it.close)

def inner():
    try:
        while True:
            v = yield "in"
            print("inner got", v)
            if v == "stop":
                return "inner result"
    except KeyError as e:
        print("inner caught", e)
        return "from key"
    finally:
        print("inner finally")

def outer():
    r = yield from inner()
    print("outer got", r)
    try:
        r = yield from inner()
        print("again", r)
    except RuntimeError as e:
        print("outer caught", e)
    r = yield from [10, 20]
    print("list gave", r)
    return "done"

it = outer()
show(next, it)
show(it.send, "x")
print(it.gi_yieldfrom is not None)
show(it.send, "stop")
show(it.throw, KeyError("k"))
show(next, it)
show(next, it)

it = outer()
next(it)
show(it.throw, RuntimeError("up"))
it = outer()
next(it)
show(it.close)

class Iter:
    def __iter__(self): return self
    def __next__(self): return 1
    def throw(self, *a):
        print("throw called", len(a), a[0])
        return "thrown"
    def close(self):
        print("close called")

def d():
    yield from Iter()

it = d()
next(it)
show(it.throw, ValueError("v"))
show(it.close)

def reenter():
    try:
        next(me)
    except ValueError as e:
        print(e)
    yield 1

me = reenter()
next(me)

def stops():
    raise StopIteration("x")
    yield

try:
    next(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))

show(d().throw, 5)
show(d().throw, ValueError("a"), 3)
it = g(); show(it.send, 1)
it.close()

# the context of what is thrown
def ctx():
    try:
        yield
    except ValueError as e:
        print(repr(e.__context__))

try:
    1 / 0
except ZeroDivisionError:
    it = ctx()
    next(it)
    try:
        it.throw(ValueError("in"))
    except StopIteration:
        pass

print(sum(i * i for i in range(10)))
print(list(x for x in (y for y in range(3))))
print(type(it), type(g))
it = g()
it.__name__ = "new"; it.__qualname__ = "q.new"
print(it.__name__, repr(it).startswith("<generator object q.new at 0x"))
try:
    it.__name__ = 3
except TypeError as e:
    print(e)
