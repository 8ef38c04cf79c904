# Every set operation that calls back into Python, with callbacks that change the set. What sets hold is shown sorted.
from _mutate import Trap, outcome, short


class Key:
    """An element that springs the trap when it is compared; all have one hash, so that they meet."""

    def __init__(self, trap, name):
        self.trap, self.name = trap, name

    def __hash__(self):
        return 5

    def __eq__(self, other):
        self.trap()
        return isinstance(other, Key) and other.name == self.name

    def __repr__(self):
        return f"K{self.name}"


class Hashed(Key):
    def __hash__(self):
        self.trap()
        return 5

    __eq__ = Key.__eq__


def quiet(n):
    return Key(lambda: None, n)


ACTIONS = {
    "clear": lambda s: s.clear(),
    "remove": lambda s: s and s.remove(max(s, key=repr)),
    "grow": lambda s: s.update(range(100, 130)),
    "again": lambda s: (s.clear(), s.add(quiet(7))),
}


def shown(value):
    """A set's elements sorted by their texts, as they are now."""
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__} {sorted(map(repr, value))}"
    return repr(value)


class Shown:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def run(name, op, times=(1, 2, 3)):
    for action, change in ACTIONS.items():
        for at in times:
            s = set()
            trap = Trap(lambda: change(s), 0)
            s.update([Key(trap, 0), Key(trap, 1), Key(trap, 2), 9])
            trap.left = at
            def go():
                r = op(s, trap)
                trap.left = 0
                return Shown(shown(r))
            got = outcome(go)
            trap.left = 0
            print(name, action, at, short(got), short(shown(s)))


def items(t):
    for x in (9, 2, 3):
        t()
        yield x


run("in", lambda s, t: quiet(2) in s)
run("not in", lambda s, t: quiet(4) in s)
run("in hashed", lambda s, t: Hashed(t, 2) in s)
run("add old", lambda s, t: s.add(quiet(2)))
run("add new", lambda s, t: s.add(quiet(4)))
run("add hashed", lambda s, t: s.add(Hashed(t, 4)))
run("remove", lambda s, t: s.remove(quiet(1)))
run("discard", lambda s, t: s.discard(quiet(1)))
run("update iterator", lambda s, t: s.update(items(t)))
run("difference_update iterator", lambda s, t: s.difference_update(items(t)))
run("intersection_update iterator", lambda s, t: s.intersection_update(items(t)))
run("symmetric_difference_update iterator", lambda s, t: s.symmetric_difference_update(items(t)))
run("union iterator", lambda s, t: len(s.union(items(t))) > 3)
run("isdisjoint iterator", lambda s, t: s.isdisjoint(items(t)))
run("issuperset iterator", lambda s, t: s.issuperset(items(t)))
run("issubset iterator", lambda s, t: s.issubset(items(t)))
run("set of", lambda s, t: len(set(s)))
run("frozenset of", lambda s, t: len(frozenset(s)))
run("copy", lambda s, t: len(s.copy()))
run("update other", lambda s, t: {quiet(8)}.update(s))
run("iterate", lambda s, t: len([t() for x in s]))
run("sorted", lambda s, t: sorted(s, key=lambda x: (t(), repr(x))[1]))
run("eq itself", lambda s, t: s == s)
run("set in set", lambda s, t: s in {frozenset([9])})
run("comprehension", lambda s, t: len({(x, t()) for x in (1, 2, 3)}))

# Which elements meet depends on the order of the sets: only that nothing breaks is to be seen.
other = [quiet(0), quiet(1), quiet(2), 9, quiet(3)]
pairs = {
    "|": lambda s, o: s | o, "&": lambda s, o: s & o, "-": lambda s, o: s - o, "^": lambda s, o: s ^ o, "==": lambda s, o: s == o,
    "<=": lambda s, o: s <= o, "<": lambda s, o: s < o, ">=": lambda s, o: s >= o, "ior": lambda s, o: s.__ior__(o),
    "iand": lambda s, o: s.__iand__(o), "isub": lambda s, o: s.__isub__(o), "ixor": lambda s, o: s.__ixor__(o),
    "update": lambda s, o: s.update(o, o), "intersection": lambda s, o: s.intersection(o, o), "difference": lambda s, o: s.difference(o, o),
    "disjoint": lambda s, o: s.isdisjoint(o), "difference_update": lambda s, o: s.difference_update(o, o),
}
for name, op in pairs.items():
    for change in ACTIONS.values():
        for build in (set, frozenset, list, dict.fromkeys):
            if "update" not in name and name[0] in "|&-^=<>i" and build not in (set, frozenset) and name not in ("intersection",):
                continue
            for swap in (0, 1):
                for at in range(1, 7):
                    s = set()
                    trap = Trap(lambda: change(s), 0)
                    s.update([Key(trap, 0), Key(trap, 1), Key(trap, 2), 9])
                    trap.left = at
                    o = build(other)
                    if swap and build in (set, frozenset):
                        got = outcome(op, o, s)
                    else:
                        got = outcome(op, s, o)
                    trap.left = 0
                    assert "Runtime" not in got or "changed size" in got, got
                    assert len(list(s)) == len(s), (s, name)
                    assert all(x in s for x in s), (s, name)
    print(name, "done")
