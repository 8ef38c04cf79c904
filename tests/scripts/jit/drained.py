"""Loops with `yield` that run compiled while a builtin takes the items."""

import sys
from collections import deque

xs = list(range(3000))


def many(f, n=8):
    for _ in range(n):
        r = f()
    return r


print(many(lambda: sum(x * 2 for x in xs)))
print(many(lambda: len(set(x % 97 for x in xs))))
print(many(lambda: list(x + 1 for x in xs)[-3:]))
print(many(lambda: tuple(x for x in xs if x % 1000 == 7)))
print(many(lambda: any(x > 2990 for x in xs)), many(lambda: all(x < 2990 for x in xs)))
print(many(lambda: max(x ^ 5 for x in xs)), many(lambda: min((x * 7) % 31 for x in xs)))
print(many(lambda: len(dict((x % 100, x) for x in xs))), many(lambda: dict((str(x), x) for x in xs)["2999"]))
print(many(lambda: len(",".join(str(x) for x in xs))), many(lambda: sorted(-x for x in xs)[:2]))
print(many(lambda: deque((x for x in xs), maxlen=2)))


# Items that are not taken without Python code, from the middle on.
class Odd:
    made = 0

    def __init__(self, n):
        self.n = n
        Odd.made += 1

    def __hash__(self):
        return self.n % 10

    def __eq__(self, other):
        return self.n % 10 == (other.n if isinstance(other, Odd) else other) % 10

    def __radd__(self, total):
        return total + self.n

    def __lt__(self, other):
        return self.n < (other.n if isinstance(other, Odd) else other)

    def __gt__(self, other):
        return self.n > (other.n if isinstance(other, Odd) else other)

    def __bool__(self):
        return self.n == 2500


def mixed(n):
    for x in xs:
        if x < n:
            yield x
        else:
            yield Odd(x)


many(lambda: sum(mixed(3000)))
print(sum(mixed(2000)), len(set(mixed(1000))), Odd.made)
print(max(mixed(2990)).n, any(x if type(x) is Odd else 0 for x in mixed(2400)))


# A generator that is resumed in turns: by hand, by builtins, by a loop.
def counter(n):
    i = 0
    got = []
    while i < n:
        sent = yield i
        if sent is not None:
            got.append((i, sent))
        i += 1
    return got


def consume(g):
    try:
        while True:
            next(g)
    except StopIteration as e:
        return e.value


many(lambda: sum(counter(3000)))
g = counter(3000)
print(next(g), g.send("a"), any(v == 1000 for v in g), g.send("b"), sum(v for v in g if v < 1010) and None)
g = counter(2000)
print(any(v == 700 for v in g), next(g), g.gi_frame.f_locals["i"], g.gi_frame.f_lineno - g.gi_code.co_firstlineno)
print(g.send(5), g.send(6), consume(g))
g = counter(2500)
total = 0
for v in g:
    total += v
    if v == 1200:
        break
print(total, sum(g), list(g))


# Exceptions: from the generator, from its finally, from what it calls.
def failing(n):
    try:
        for x in xs:
            if x == n:
                raise KeyError(x)
            yield x
    finally:
        closed.append(n)


closed = []
many(lambda: sum(failing(-1)))
taken = []
try:
    taken.extend(failing(2222))
except KeyError as e:
    tb = e.__traceback__
    lines = []
    while tb:
        lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    print(e, len(taken), lines[-1], closed[-1])
g = failing(-1)
print(any(x == 10 for x in g), g.close(), closed[-2:])


def caught():
    for x in xs:
        try:
            y = 100 // (x % 7)
        except ZeroDivisionError:
            y = -1
        yield y


print(many(lambda: sum(caught())))


# A list that is extended by what runs over it, and one that the loop looks at.
def grow():
    l = [1, 2, 3]
    l.extend(x + 1 for x in l if len(l) < 2000)
    return len(l), l[-1]


print(many(grow))


def watch():
    l = []
    l.extend(len(l) for _ in xs)
    return l[:3], l[-1]


print(many(watch))


def names():
    ns = {}
    ns.update((x % 50, len(ns)) for x in xs)
    return len(ns), ns[49]


print(many(names))
globals().update((f"v{i}", i) for i in range(3000))
print(v2999, many(lambda: sum(v7 for _ in xs)))
globals().update((k, 3 if k == "v7" else v7) for k in [f"v{i}" for i in range(3000)] + ["v7"])
print(v2999, v7)


# Nested, and generators that drain others.
def nested():
    return sum(sum(y for y in range(x % 5)) for x in xs)


print(many(nested))


def through(g):
    for v in g:
        yield sum(w for w in range(v % 3)) + v


print(many(lambda: sum(through(through(x for x in xs)))))


# A type that changes in the middle, big ints, a rebound global.
def kinds():
    for x in xs:
        if x == 1500:
            x = 1.5
        elif x == 2500:
            x = 2**70
        yield x + 1


print(many(lambda: sum(kinds())))
k = 1


def uses_k():
    for x in xs:
        yield k


def rebinding():
    global k
    for x in xs:
        if x == 2000:
            k += 1
        yield k


print(many(lambda: sum(uses_k())), many(lambda: sum(rebinding())), sum(uses_k()))


# Somebody looks at the frame, or traces.
def observed():
    for x in xs:
        if x == 1000:
            f = sys._getframe()
            seen.append((f.f_locals["x"], f.f_lineno - f.f_code.co_firstlineno, f.f_back.f_code.co_name))
        yield x


def driver():
    return sum(observed())


seen = []
many(driver)
print(seen[-1], driver() == sum(xs))
events = []


def tracer(frame, event, arg):
    if frame.f_code is observed.__code__:
        events.append(event)
    return tracer


def switching():
    for x in xs:
        if x == 2997:
            sys.settrace(tracer if tracing else None)
        yield x


def inner_switch():
    for x in switching():
        yield x


tracing = False
many(lambda: sum(switching()))
tracing = True
r = sum(inner_switch())
n = sum(observed())
sys.settrace(None)
print(r, n, len(events) > 3000, events[0], events[-1])


# Suspended generators do not gain, and do not lose.
def plain(n):
    for x in range(n):
        yield x


def loop(n):
    s = 0
    for v in plain(n):
        s += v
    return s


many(lambda: sum(plain(3000)))
print(many(lambda: loop(5000)), sum(plain(3000)))


def dies():
    for x in xs:
        g = (y for y in range(x))
        if x == 2000:
            yield next(g, None)
        yield next(g, -1)


print(many(lambda: sum(dies())))
