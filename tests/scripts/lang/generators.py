# Generators: send, throw, close, yield from, return values, laziness, and generator expressions.
def echo():
    print("start")
    received = None
    try:
        while True:
            try:
                received = yield received
            except KeyError as error:
                received = f"caught {error!r}"
    finally:
        print("closed")


g = echo()
print(next(g), g.send(1), g.throw(KeyError("k")), g.send("two"))
g.close()
print(list(g))
try:
    g.send(None)
except StopIteration as stop:
    print("stopped", stop.value)

fresh = echo()
try:
    fresh.send(1)
except TypeError as error:
    print(error)
try:
    fresh.throw(ValueError("early"))
except ValueError as error:
    print("thrown", error)


def inner():
    sent = yield 1
    print("inner got", sent)
    try:
        yield 2
    except RuntimeError:
        print("inner caught")
        yield "after"
    return "result"


def delegate():
    value = yield from inner()
    print("value", value)
    yield from "ab"
    return (yield from ())


d = delegate()
print(next(d), d.send("x"), d.throw(RuntimeError), next(d), next(d), next(d, "end"))


def refuses():
    try:
        yield
    except GeneratorExit:
        yield "no"


r = refuses()
next(r)
try:
    r.close()
except RuntimeError as error:
    print(error)


def leaks():
    yield 1
    raise StopIteration("inside")


try:
    list(leaks())
except RuntimeError as error:
    print(error, "|", repr(error.__cause__))

lazy = (print("made", i) or i * i for i in range(3))
print(next(lazy), list(lazy))


def running():
    yield next(me)


me = running()
try:
    next(me)
except ValueError as error:
    print(error)


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


import itertools

print(list(itertools.islice(fib(), 15)), sum(x for x in itertools.islice(fib(), 50) if x % 2))


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(*tree(4))


def chain(n):
    yield from (chain(n - 1) if n else [0])
    yield n


print(sum(chain(100)))
