# deque, heapq, bisect, array, tuples and ranges with callbacks that change what is being worked on.
import array, bisect, collections, heapq
from _mutate import Item, Loud, Trap, outcome, short


def run(name, op, build, actions, times=(1, 2, 4), item=Item):
    for action, change in actions.items():
        for at in times:
            c = build()
            trap = Trap(lambda: change(c), 0)
            c.extend(item(trap, n) for n in (3, 1, 2, 0, 4))
            trap.left = at
            got = outcome(op, c, trap)
            trap.left = 0
            print(name, action, at, short(got), short(c))


DEQUE = {
    "clear": lambda d: d.clear(),
    "pop": lambda d: d and d.pop(),
    "popleft": lambda d: d and d.popleft(),
    "grow": lambda d: d.extend(range(100, 180)),
    "growleft": lambda d: d.extendleft(range(100, 180)),
    "rotate": lambda d: d.rotate(2),
    "set": lambda d: d and d.__setitem__(0, 5),
}


def deque(name, op, **more):
    run("deque " + name, op, collections.deque, DEQUE, **more)


def plain(t):
    for n in range(5):
        t()
        yield n


deque("in", lambda d, t: 99 in d)
deque("index", lambda d, t: d.index(99))
deque("index from", lambda d, t: d.index(99, 1, 4))
deque("count", lambda d, t: d.count(99))
deque("remove", lambda d, t: d.remove(99))
deque("remove equal", lambda d, t: d.remove(Item(t, 1, True)))
deque("eq", lambda d, t: d == collections.deque([1, 2, 3, 4, 5]))
deque("eq equal", lambda d, t: d == collections.deque([Item(t, 1, True)] * 5))
deque("lt", lambda d, t: d < collections.deque([Item(t, 9, True)] * 5))
deque("repr", lambda d, t: repr(d), item=Loud)
deque("extend", lambda d, t: d.extend(plain(t)))
deque("extendleft", lambda d, t: d.extendleft(plain(t)))
deque("insert", lambda d, t: d.insert(Item(t, 2), 6), times=(1,))
deque("getitem", lambda d, t: d[Item(t, 2)], times=(1,))
deque("setitem", lambda d, t: d.__setitem__(Item(t, 2), 6), times=(1,))
deque("delitem", lambda d, t: d.__delitem__(Item(t, 2)), times=(1,))
deque("rotate", lambda d, t: d.rotate(Item(t, 2)), times=(1,))
deque("iterate", lambda d, t: [bool(x) for x in d], times=(1, 3))
deque("reversed", lambda d, t: [bool(x) for x in reversed(d)], times=(1, 3))
deque("sorted", lambda d, t: sorted(d), times=(1, 3))
deque("copy", lambda d, t: len(collections.deque(map(bool, d), 3)), times=(1, 3))
deque("mul", lambda d, t: len(d * Item(t, 3)), times=(1,))

LIST = {
    "clear": lambda l: l.clear(),
    "pop": lambda l: l and l.pop(),
    "grow": lambda l: l.extend(range(100, 140)),
    "all": lambda l: l.__setitem__(slice(None), [5]),
}


def lists(name, op, **more):
    run(name, op, list, LIST, **more)


lists("heappush", lambda l, t: heapq.heappush(l, Item(t, -1)))
lists("heappop", lambda l, t: heapq.heappop(l))
lists("heapify", lambda l, t: heapq.heapify(l))
lists("heapreplace", lambda l, t: heapq.heapreplace(l, Item(t, 9)))
lists("heappushpop", lambda l, t: heapq.heappushpop(l, Item(t, 9)))
lists("heapify_max", lambda l, t: heapq.heapify_max(l))
lists("heappop_max", lambda l, t: heapq.heappop_max(l))
lists("heappush_max", lambda l, t: heapq.heappush_max(l, Item(t, 9)))
lists("nsmallest", lambda l, t: heapq.nsmallest(2, l))
lists("nlargest", lambda l, t: heapq.nlargest(2, l, key=lambda x: (t(), x)[1]))
lists("merge", lambda l, t: list(heapq.merge(l, [Item(t, 2)])))
lists("bisect", lambda l, t: bisect.bisect(l, Item(t, 2)))
lists("bisect_left", lambda l, t: bisect.bisect_left(l, Item(t, 2)))
lists("bisect key", lambda l, t: bisect.bisect(l, 2, key=lambda x: (t(), getattr(x, "n", x))[1]))
lists("insort", lambda l, t: bisect.insort(l, Item(t, 2)))
lists("tuple in", lambda l, t: 99 in tuple(l))
lists("tuple eq", lambda l, t: tuple(l) == tuple(Item(t, n, True) for n in range(5)))
lists("tuple repr", lambda l, t: repr(tuple(l)), item=Loud)
lists("slice index", lambda l, t: slice(Item(t, 1), Item(t, 4)).indices(5))
lists("range in", lambda l, t: Item(t, 2, True) in range(5))
lists("range index", lambda l, t: range(10).index(Item(t, 2, True)))
lists("sum", lambda l, t: sum([[1], l], []) and len(l))
lists("join", lambda l, t: ",".join(map(repr, l)), item=Loud)
lists("divmod", lambda l, t: divmod(7, Item(t, 2).__index__()))
lists("zip", lambda l, t: [len(l) for a, b in zip(l, plain(t))])
lists("dict of pairs", lambda l, t: dict(zip(map(lambda x: (t(), id)[0], l), l)))

ARRAY = {
    "pop": lambda a: a and a.pop(),
    "clear": lambda a: a.__delitem__(slice(None)),
    "grow": lambda a: a.extend(array.array("i", range(100))),
}


def arrays(name, op, times=(1,)):
    for action, change in ARRAY.items():
        for at in times:
            a = array.array("i", range(5))
            trap = Trap(lambda: change(a), at)
            got = outcome(op, a, trap)
            print("array", name, action, at, short(got), short(a))


for f in (lambda a, t: a.append(Item(t, 7)), lambda a, t: a.insert(1, Item(t, 7)), lambda a, t: a.fromlist([1, Item(t, 7), 2])):
    # CPython shows memory here that the array has given up: only that it ends is to be seen.
    for change in ARRAY.values():
        a = array.array("i", range(5))
        outcome(f, a, Trap(lambda: change(a)))
arrays("insert", lambda a, t: a.insert(Item(t, 2), 7))
arrays("setitem", lambda a, t: a.__setitem__(4, Item(t, 7)))
arrays("setitem index", lambda a, t: a.__setitem__(Item(t, 4), 7))
arrays("getitem", lambda a, t: a[Item(t, 4)])
arrays("delitem", lambda a, t: a.__delitem__(Item(t, 4)))
arrays("pop", lambda a, t: a.pop(Item(t, 4)))
arrays("extend", lambda a, t: a.extend(plain(t)), (1, 3))
arrays("slice", lambda a, t: a[Item(t, 1):Item(t, 4)], (1, 2))
arrays("setslice", lambda a, t: a.__setitem__(slice(Item(t, 1), Item(t, 4)), array.array("i", [8])), (1, 2))
arrays("index", lambda a, t: a.index(Item(t, 99)), (1, 2))
arrays("count", lambda a, t: a.count(Item(t, 99)), (1, 2))
arrays("remove", lambda a, t: a.remove(Item(t, 99)), (1, 2))
arrays("in", lambda a, t: Item(t, 99) in a, (1, 2))
arrays("iterate", lambda a, t: [t() for x in a], (1, 3))
arrays("mul", lambda a, t: len(a * Item(t, 3)))
