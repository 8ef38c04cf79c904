# Every dict operation that calls back into Python, with callbacks that change the dict. Not OrderedDict: it crashes CPython.
import collections, json, types
from _mutate import Item, Loud, Trap, junk, outcome, short


class Key:
    """A key that springs the trap when it is hashed or compared; all have one hash, so that they meet."""

    def __init__(self, trap, name, equal=()):
        self.trap, self.name, self.equal = trap, name, equal

    def __hash__(self):
        return 5

    def __eq__(self, other):
        self.trap()
        return isinstance(other, Key) and (other.name == self.name or other.name in self.equal)

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
    "clear": lambda d: d.clear(),
    "del first": lambda d: d and d.__delitem__(next(iter(d))),
    "popitem": lambda d: d and d.popitem(),
    "grow": lambda d: d.update((i, i) for i in range(100, 130)),
    "value": lambda d: d.update(dict.fromkeys(d, "new")),
    "again": lambda d: (d.clear(), d.update({quiet(7): "again"})),
    "move": lambda d: d and d.update([d.popitem()]),
}


def run(name, op, kind=dict, times=(1, 2, 3), values=False, actions=ACTIONS):
    for action in actions:
        for at in times:
            d = kind()
            trap = Trap(lambda: actions[action](d), at)
            left, trap.left = trap.left, 0
            for n in range(3):
                d[Key(trap, n)] = Item(trap, n) if values else n
            d[9] = "nine"
            trap.left = left
            got = outcome(op, d, trap)
            trap.left = 0
            print(name, action, at, short(got), short(d))


def pairs(t, n=5):
    for i in range(n):
        t()
        yield i, i


class Keys:
    """A mapping that is no dict."""

    def __init__(self, t):
        self.t = t

    def keys(self):
        self.t()
        return iter("ab")

    def __getitem__(self, key):
        self.t()
        return key


run("get", lambda d, t: d.get(quiet(2)))
run("getitem", lambda d, t: d[quiet(2)])
run("getitem hashed", lambda d, t: d[Hashed(t, 2)])
run("missing", lambda d, t: d[quiet(4)])
run("in", lambda d, t: quiet(2) in d)
run("not in", lambda d, t: quiet(4) in d)
run("set old", lambda d, t: d.__setitem__(quiet(2), "x"))
run("set new", lambda d, t: d.__setitem__(quiet(4), "x"))
run("set hashed", lambda d, t: d.__setitem__(Hashed(t, 4), "x"))
run("del", lambda d, t: d.__delitem__(quiet(2)))
run("pop", lambda d, t: d.pop(quiet(2)))
run("pop default", lambda d, t: d.pop(quiet(4), 0))
run("setdefault old", lambda d, t: d.setdefault(quiet(2), "x"))
run("setdefault new", lambda d, t: d.setdefault(quiet(4), "x"))
run("update dict", lambda d, t: d.update({quiet(2): "x", quiet(4): "y"}))
run("update pairs", lambda d, t: d.update(pairs(t)))
run("update mapping", lambda d, t: d.update(Keys(t)))
run("update from changed", lambda d, t: {quiet(1): 0, quiet(2): 0, quiet(3): 0}.update(d))
run("ior", lambda d, t: d.__ior__({quiet(2): "x", quiet(4): "y"}))
run("or", lambda d, t: d | {quiet(2): "x", quiet(4): "y"})
run("or reversed", lambda d, t: {quiet(2): "x", quiet(4): "y"} | d)
run("eq", lambda d, t: d == {quiet(0): 0, quiet(1): 1, quiet(2): 2, 9: "nine"})
run("eq reversed", lambda d, t: {quiet(0): 0, quiet(1): 1, quiet(2): 2, 9: "nine"} == d)
run("eq values", lambda d, t: d == {quiet(0): 0, quiet(1): 1, quiet(2): 2, 9: "nine"}, values=True, times=(1, 2, 3, 4, 5))
run("fromkeys", lambda d, t: len(dict.fromkeys(d)))
run("fromkeys iterator", lambda d, t: dict.fromkeys(k for k, v in pairs(t)))
run("copy", lambda d, t: len(d.copy()))
run("dict of", lambda d, t: len(dict(d)))
run("unpack", lambda d, t: {**d, quiet(1): 3})
run("iterate", lambda d, t: [t() for k in d])
run("iterate items", lambda d, t: [(k, t()) for k, v in d.items()])
run("iterate values", lambda d, t: [(v, t()) for v in d.values()])
run("iterate reversed", lambda d, t: [(k, t()) for k in reversed(d)])
run("list of map", lambda d, t: list(map(lambda k: t(), d)))
run("sorted", lambda d, t: sorted(d, key=lambda k: (t(), 1)[1]))
run("repr", lambda d, t: (d.update({1: Loud(t), 2: Loud(t, 1)}), repr(d))[1])
run("repr views", lambda d, t: (d.update({1: Loud(t), 2: Loud(t, 1)}), repr([d.items(), d.values(), d.keys()]))[1], times=(1, 2))
run("keys and", lambda d, t: d.keys() & {quiet(2), quiet(4)})
run("keys and list", lambda d, t: sorted(d.keys() & [quiet(2), quiet(4), 9], key=repr))
run("keys or", lambda d, t: len(d.keys() | {quiet(2), quiet(4)}))
run("keys sub", lambda d, t: len(d.keys() - {quiet(2), quiet(4)}))
run("keys xor", lambda d, t: len(d.keys() ^ {quiet(2), quiet(4)}))
run("keys le", lambda d, t: d.keys() <= {quiet(0), quiet(1), quiet(2), quiet(3), 9})
run("keys ge", lambda d, t: d.keys() >= {quiet(2)})
run("keys eq", lambda d, t: d.keys() == {quiet(0), quiet(1), quiet(2), 9})
run("keys isdisjoint", lambda d, t: d.keys().isdisjoint([quiet(2)]))
run("items and", lambda d, t: d.items() & {(quiet(2), 2)})
run("items sub", lambda d, t: len(d.items() - {(quiet(2), 2)}))
run("items xor", lambda d, t: len(d.items() ^ {(quiet(2), 2): 0}.keys()))
run("items in", lambda d, t: (quiet(2), 5) in d.items())
run("items in values", lambda d, t: (quiet(2), 5) in d.items(), values=True, times=(1, 2, 3, 4))
run("items le", lambda d, t: d.items() <= {(quiet(0), 0), (quiet(1), 1), (quiet(2), 2), (9, "nine")})
run("values in", lambda d, t: 5 in d.values(), values=True)
run("call", lambda d, t: (lambda **k: sorted(k))(**Keys(t)))
run("format", lambda d, t: "{0[a]}{1}".format({"a": Loud(t)}, Loud(t, 1)))
run("percent", lambda d, t: "%(a)s%(b)r" % {"a": Loud(t), "b": Loud(t, 1)}, times=(1, 2))
run("format_map", lambda d, t: "{a}{b}".format_map(Keys(t)))
run("proxy", lambda d, t: types.MappingProxyType(d) == {quiet(0): 0, quiet(1): 1, quiet(2): 2, 9: "nine"})
run("counter", lambda d, t: d.update([quiet(2), quiet(4)]), kind=collections.Counter)
run("chain", lambda d, t: collections.ChainMap({}, d)[quiet(2)])


def default(d, t):
    """A defaultdict whose factory changes it."""
    m = collections.defaultdict(lambda: (t(), "made")[1], d)
    return m[quiet(4)], len(m)


run("defaultdict", default)


class Missing(dict):
    def __missing__(self, key):
        self.trap()
        return "missing"


def missing(d, t):
    m = Missing(d)
    m.trap = t
    return m[quiet(4)]


run("__missing__", missing)


def dumped(d, t, **how):
    d.clear()
    d.update({"a": 1, "b": Item(t), "c": [Item(t), Item(t)], "d": {}})
    def f(o):
        t()
        return 0
    return json.dumps([d, d], default=f, **how)


STRINGS = {a: ACTIONS[a] for a in ("clear", "del first", "popitem", "grow")}
run("json", dumped, actions=STRINGS)
run("json sorted", lambda d, t: dumped(d, t, sort_keys=True), actions={"clear": ACTIONS["clear"], "popitem": ACTIONS["popitem"]})
run("json indent", lambda d, t: dumped(d, t, indent=1), actions=STRINGS)


class Name(str):
    """An attribute's name that springs a trap."""

    def __new__(cls, text, trap):
        self = str.__new__(cls, text)
        self.trap = trap
        return self

    def __hash__(self):
        return str.__hash__(self)

    def __eq__(self, other):
        self.trap()
        return str.__eq__(self, other)


class Plain:
    pass


def attributes(d, t):
    o = Plain()
    o.__dict__ = {Name("a", t): 1, "b": 2, Name("c", t): 3}
    d.clear()
    t.action = lambda: o.__dict__.clear()
    got = [outcome(getattr, o, n) for n in ("a", "b", "c", "zz")]
    o.a = 5
    return got, sorted(vars(o))


run("attributes", attributes, actions={"clear": None}, times=(1, 2, 3))


def class_dict(d, t):
    """A class namespace with names that change the class while it is looked up."""
    d.clear()
    space = {Name("x", t): 1, "y": 2}
    C = type("C", (), space)
    t.action = lambda: [setattr(C, f"n{i}", i) for i in range(20)]
    return [outcome(lambda: C.x), outcome(lambda: C().x), outcome(lambda: C().zz)]


run("class", class_dict, actions={"grow": None}, times=(1, 2))


def globals_dict(d, t):
    d.clear()
    space = {Name("x", t): 1, "__builtins__": __builtins__}
    t.action = lambda: space.update({f"n{i}": i for i in range(40)})
    exec("def f(): return x\nr = [f(), f(), f()]\nx = 2\nr.append(f())\ndel x", space)
    return space["r"], len(space)


run("globals", globals_dict, actions={"grow": None}, times=(1, 2, 3))
junk()
