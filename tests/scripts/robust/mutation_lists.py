# Every list method that calls back into Python, with callbacks that change the list.
from _mutate import Item, Loud, Trap, outcome, short

ACTIONS = {
    "clear": lambda l: l.clear(),
    "pop": lambda l: l and l.pop(),
    "del0": lambda l: l and l.__delitem__(0),
    "grow": lambda l: l.extend(range(100, 140)),
    "insert": lambda l: l.insert(0, 7),
    "slice": lambda l: l.__setitem__(slice(1, 3), [8, 8, 8, 8]),
    "reverse": lambda l: l.reverse(),
    "all": lambda l: l.__setitem__(slice(None), [5]),
    "same": lambda l: l.__iadd__(l),
}


def items(trap, build=Item):
    return [build(trap, n) for n in (3, 1, 2, 0, 4)]


def run(name, op, build=Item, times=(1, 2, 4)):
    for action, change in ACTIONS.items():
        for at in times:
            l = []
            trap = Trap(lambda: change(l), at)
            l.extend(items(trap, build))
            got = outcome(op, l, trap)
            trap.left = 0
            print(name, action, at, short(got), short(l))


def plain(trap):
    """Passes five numbers on and springs the trap before each."""
    for n in range(5):
        trap()
        yield n


def key(trap):
    def f(x):
        trap()
        return x.n if isinstance(x, Item) else x
    return f


class Sized:
    """An iterable whose length hint springs the trap."""

    def __init__(self, trap):
        self.trap = trap

    def __iter__(self):
        return iter((1, 2))

    def __len__(self):
        self.trap()
        return 2


run("in", lambda l, t: 99 in l)
run("index", lambda l, t: l.index(99))
run("index from", lambda l, t: l.index(99, 1, 4))
run("count", lambda l, t: l.count(99))
run("remove", lambda l, t: l.remove(99))
run("remove equal", lambda l, t: l.remove(Item(t, 1, True)))
run("eq", lambda l, t: l == [1, 2, 3, 4, 5])
run("eq itself", lambda l, t: l == l)
run("eq items", lambda l, t: l == items(t))
run("lt", lambda l, t: l < [Item(t, 9, True)] * 5)
run("le nested", lambda l, t: [l] <= [[Item(t, 0, True), 5, Item(t, 1, True)]])
run("repr", lambda l, t: repr(l), Loud)
run("str nested", lambda l, t: f"{(l, l)}", Loud)
run("sort", lambda l, t: l.sort())
run("sort reverse", lambda l, t: l.sort(reverse=True))
run("sort key", lambda l, t: l.sort(key=key(t)))
run("sorted", lambda l, t: sorted(l))
run("sorted key", lambda l, t: sorted(l, key=key(t)))
run("min key", lambda l, t: min(l, key=key(t)))
run("max", lambda l, t: max(l))
run("extend", lambda l, t: l.extend(plain(t)))
run("extend sized", lambda l, t: l.extend(Sized(t)), times=(1,))
run("iadd", lambda l, t: l.__iadd__(plain(t)))
run("extend map", lambda l, t: l.extend(map(key(t), l[:])), times=(1, 3))
run("setslice", lambda l, t: l.__setitem__(slice(1, 4), plain(t)))
run("setslice step", lambda l, t: l.__setitem__(slice(0, 5, 1), plain(t)))
run("setslice step 2", lambda l, t: l.__setitem__(slice(None, None, 2), plain(t)))
run("getitem", lambda l, t: l[Item(t, 2)], times=(1,))
run("setitem", lambda l, t: l.__setitem__(Item(t, 2), 6), times=(1,))
run("delitem", lambda l, t: l.__delitem__(Item(t, 2)), times=(1,))
run("getslice", lambda l, t: l[Item(t, 1):Item(t, 4):Item(t, 2)], times=(1, 2, 3))
run("setslice index", lambda l, t: l.__setitem__(slice(Item(t, 1), Item(t, 4)), [9] * 3), times=(1, 2))
run("setslice index step", lambda l, t: l.__setitem__(slice(Item(t, 1), Item(t, 4), Item(t, 2)), [9] * 2), times=(1, 3))
run("delslice index", lambda l, t: l.__delitem__(slice(Item(t, 1), Item(t, 4), Item(t, 2))), times=(1, 3))
run("insert", lambda l, t: l.insert(Item(t, 2), 6), times=(1,))
run("pop index", lambda l, t: l.pop(Item(t, 2)), times=(1,))
run("mul", lambda l, t: len(l * Item(t, 3)), times=(1,))
run("imul", lambda l, t: len(l.__imul__(Item(t, 3))), times=(1,))
run("all", lambda l, t: all(l))
run("any", lambda l, t: any(not x for x in l))
run("filter", lambda l, t: list(filter(None, l)), times=(1, 3))
run("comprehension", lambda l, t: [x for x in l if len(l) < 40 and x], times=(1, 3))
run("unpack", lambda l, t: (lambda *a: len(a))(*map(key(t), l)) if len(l) < 20 else 0, times=(1, 3))
run("star", lambda l, t: [*plain(t), *l])
run("tuple", lambda l, t: tuple(map(key(t), list(l))), times=(1, 3))
run("zip", lambda l, t: list(zip(plain(t), l)), times=(1, 3))
run("enumerate", lambda l, t: [i for i, x in enumerate(l) if i < 30 and x], times=(1, 3))
run("reversed", lambda l, t: [bool(x) for x in reversed(l)], times=(1, 3))


def match(x):
    match x:
        case [1, 2, *_]:
            return 1
        case [_, _, 7, *rest]:
            return rest
        case [first, *rest]:
            return rest


run("match", lambda l, t: match(l), times=(1, 2, 3))
