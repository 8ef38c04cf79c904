# Generators whose items native code takes one after the other: what the consumer does must not be
# seen by the generator, and the other way round.
import sys
from collections import deque


def numbers(n):
    for i in range(n):
        yield i


print(sum(numbers(10)), max(numbers(10)), min(numbers(10)), any(numbers(3)), all(numbers(3)))
print(list(numbers(4)), tuple(numbers(4)), sorted(numbers(4)), set(numbers(3)), deque(numbers(5), 3))
print(sum((i / 4 for i in range(9)), 0.5), sum([1, 2] for _ in ()), sum(([i] for i in range(3)), []))
print(sum(2 ** 62 + i for i in range(5)), sum(x for x in (1, 2.5, 3, True, 10 ** 30)))
print(max((x for x in "hello"), default=None), min((x for x in ()), default=7))
print(max(x for x in (1, 2.5, 2, 2.5)), min(x for x in (3, 1.0, 1)))
print(any(x for x in (0, "", None, [], 0.0, "x", 1 / 1)), all(x for x in (1, "a", [0], ())))
first = numbers(10)
print(any(x == 3 for x in first), next(first), all(x < 6 for x in first), list(first))


class Asks:
    """Hash and comparison look at the generator that is being consumed."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        log.append((self.n, running.gi_running, running.gi_frame is not None))
        if self.n == 1:
            log.append(next(running).n)
        return 1

    def __eq__(self, other):
        return self.n == getattr(other, "n", other)


log = []
running = (Asks(i) if i != 2 else 1 for i in range(6))
try:
    print(len(set(running)))
except AttributeError as e:
    print(e)
print(log)
log = []
running = (Asks(i) for i in range(5))
print(sorted(a.n for a in set(running)), log)


def fails(n):
    try:
        for i in range(n):
            yield i
        raise KeyError(n)
    finally:
        print("finally", n)


for f in (list, tuple, sum, set, max, deque, sorted, frozenset, "-".join):
    try:
        f(fails(2))
    except (KeyError, TypeError) as e:
        print(type(e).__name__, e)


def stops():
    yield 1
    raise StopIteration(2)


try:
    list(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))


def nested(depth):
    if depth:
        yield sum(nested(depth - 1))
        yield len(list(nested(depth - 1)))
    yield depth


print(list(nested(4)))

items = [1, 2]


def grows():
    for i in range(3):
        yield i
        items.append(len(items) * 10)


items.extend(grows())
print(items)


def handles():
    try:
        1 / 0
    except ZeroDivisionError:
        yield sys.exc_info()[0].__name__
        yield sys.exc_info()[0].__name__


print(list(handles()), sys.exc_info())


def itself():
    yield 1
    yield next(me)


me = itself()
try:
    list(me)
except ValueError as e:
    print(e)

seen = []


def watch(frame, event, arg):
    if frame.f_code.co_name == "numbers":
        seen.append((event, arg if event == "return" else None))
    return watch


sys.settrace(watch)
list(numbers(2))
sys.settrace(None)
print(seen)


def sends():
    got = yield 1
    got = yield got
    yield got


s = sends()
print(next(s), list(s))


class Fails:
    def __bool__(self):
        raise LookupError("no truth")


for f in (any, all):
    g = (x for x in (f is all, Fails(), 5))
    try:
        f(g)
    except LookupError as e:
        print(e, next(g))
