# Iterators, texts, pickles and caches whose callbacks change what they are working on, or call them again.
import copy, functools, io, itertools, json, operator, pickle, re, string
from _mutate import Item, Loud, Trap, junk, outcome, short


class Again:
    """An iterable whose iterator calls `action` before each item."""

    def __init__(self, action=lambda: None, n=4):
        self.action, self.n = action, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        self.action()
        junk()
        return self.n


# Iterators that their own source asks for the next item.
wrappers = {
    "map": lambda s: map(str, s), "filter": lambda s: filter(None, s), "zip": lambda s: zip(s, s), "enumerate": enumerate,
    "chain": lambda s: itertools.chain(s, [7]), "islice": lambda s: itertools.islice(s, 3), "cycle": itertools.cycle,
    "accumulate": itertools.accumulate, "takewhile": lambda s: itertools.takewhile(lambda x: True, s),
    "dropwhile": lambda s: itertools.dropwhile(lambda x: x > 2, s), "filterfalse": lambda s: itertools.filterfalse(None, s),
    "compress": lambda s: itertools.compress(s, itertools.repeat(1)), "starmap": lambda s: itertools.starmap(lambda *a: a, ((x,) for x in s)),
    "zip_longest": lambda s: itertools.zip_longest(s, "ab"), "batched": lambda s: itertools.batched(s, 2),
    "groupby": lambda s: ((k, list(g)) for k, g in itertools.groupby(s)), "from_iterable": lambda s: itertools.chain.from_iterable([s, s]),
}
for name, wrap in wrappers.items():
    for depth in (1, 2):
        left = depth
        def action():
            global left
            if left > 0:
                left -= 1
                print("  again", short(outcome(next, it, "end")))
        source = Again(action)
        it = wrap(source)
        print(name, depth, short(outcome(lambda: [x for x in itertools.islice(it, 6)])))
        source.action = None
        it = None

# The same, with the wrapping iterator forgotten while it runs.
for name, wrap in wrappers.items():
    holder = [None]
    def action():
        holder[:] = []
        junk()
    holder[0] = wrap(Again(action))
    print("dropped", name, short(outcome(lambda: list(itertools.islice(holder[0], 3)))))

# Iterators over a container that changes.
for name, wrap in wrappers.items():
    l = [3, 2, 1, 0]
    out = []
    def go():
        for i, x in enumerate(wrap(l)):
            if i == 1: l.clear()
            if i == 2: l.extend([8, 9])
            if i == 12: break
            out.append(x)
        return out
    print("changed", name, short(outcome(go)), l)

for name, make in {"product": lambda l: itertools.product(l, l), "permutations": lambda l: itertools.permutations(l, 2), "combinations": lambda l: itertools.combinations(l, 2),
                   "combinations_with_replacement": lambda l: itertools.combinations_with_replacement(l, 2)}.items():
    l = [1, 2, 3]
    it = make(l)
    l.clear()
    junk()
    print(name, list(it))

# tee: both halves at once, one inside the other.
def source():
    global b
    for i in range(4):
        if i == 1: print("  tee again", outcome(next, b))
        yield i
a, b = itertools.tee(source())
print("tee", outcome(list, a), outcome(list, b))
class Nested:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n == 2: print("  inside", outcome(next, b))
        if self.n >= 6: raise StopIteration
        return self.n
a, b = itertools.tee(Nested())
print("tee", outcome(list, a), outcome(list, b))
# groupby: the key function moves the group on.
l = []
g = itertools.groupby([1, 1, 2, 2, 3], key=lambda x: (l.append(x), list(itertools.islice(g, 1)) if len(l) == 2 else None, x // 2)[2])
print("groupby", outcome(lambda: [(k, list(v)) for k, v in g]))
g = itertools.groupby("aabbc")
k, first = next(g)
k2, second = next(g)
print(k, list(first), k2, list(second), [k for k, _ in g])

# reduce, sum, min, max, sorted, zip with changing input.
def changing(l, change):
    for i, x in enumerate(l):
        if i == 1: change(l)
        yield x
for name, f in {"reduce": lambda it: functools.reduce(operator.add, it), "sum": sum, "min": min, "max": max, "sorted": sorted, "tuple": tuple, "list": list,
                "set": lambda it: sorted(set(it)), "dict": lambda it: dict(zip(it, it)), "join": lambda it: "".join(map(str, it)), "any": lambda it: any(x == 9 for x in it), "unpack": lambda it: (lambda *a: a)(*it)}.items():
    for change in (lambda l: l.clear(), lambda l: l.extend([7, 8]), lambda l: l.reverse()):
        l = [4, 3, 2, 1]
        print(name, short(outcome(f, changing(l, change))), l)
l = [1, 2, 3, 4]
print("reduce own", outcome(functools.reduce, lambda a, b: (l.clear(), a + b)[1], l))
l = [1, 2, 3, 4]
print("map own", outcome(list, map(lambda x: (l.pop(), x)[1], l)))
l = [1, 2, 3, 4]
print("reversed own", outcome(list, map(lambda x: (l.pop(), x)[1], reversed(l))))
print("cmp", outcome(lambda: (l := [3, 1, 2]).sort(key=functools.cmp_to_key(lambda a, b: (l.clear(), a - b)[1]))))

# lru_cache: calls inside calls, clearing meanwhile, keys that clear it.
@functools.lru_cache(maxsize=2)
def cached(n):
    if n in (3, 5): cached.cache_clear()
    junk()
    return cached(n - 1) + 1 if n else 0
print("lru", [outcome(cached, n) for n in (2, 3, 1, 5, 4, 0)], cached.cache_info())
class Clearing:
    def __init__(self, n): self.n = n
    def __hash__(self): return 1
    def __eq__(self, o):
        keyed.cache_clear()
        return self.n == o.n
for size in (None, 2, 4):
    keyed = functools.lru_cache(maxsize=size)(lambda k: k.n)
    print("lru keys", size, [outcome(keyed, Clearing(i % 3)) for i in range(8)], keyed.cache_info())
class Plain: pass
class C:
    @functools.cached_property
    def x(self):
        self.__dict__.clear()
        return junk() and 5
print(C().x, functools.partial(lambda *a, **k: (a, k), *map(str, range(3)))(**{"a": 1}))

# Texts: __format__, __repr__, __str__ and callbacks of re.
l = []
t = Trap(lambda: l.clear(), 2)
l.extend([Loud(t, 1), Loud(t, 2), Loud(t, 3)])
print("format", outcome("{0[0]} {0[1]} {0[2]}".format, l), l)
t = Trap(lambda: l.clear(), 1)
l.extend([Loud(t, 1), Loud(t, 2)])
print("fstring", outcome(lambda: f"{l[0]:a}{l[1]:b}"), l)
print("percent", outcome(lambda: "%s %s" % (Loud(Trap(junk), 1), Loud(Trap(junk), 2))))
print("template", outcome(lambda: string.Template("$a $b").substitute(a=Loud(Trap(junk), 1), b=2)))
out = []
print("re", re.sub("[a-c]", lambda m: (out.append(m), junk(), m[0].upper())[2], "abcabc"), [m.span() for m in out])
print("re nested", re.sub("a", lambda m: re.sub("b", lambda n: re.sub("c", "d", "bcb"), "abc"), "xax"))
print("re purge", re.sub("a.", lambda m: (re.purge(), junk(), "z")[2], "abacad"))
sc = re.Scanner([("a", lambda s, x: (junk(), x)[1]), ("b", None)])
print("scanner", sc.scan("aabab"))
class Subject(str):
    def __getitem__(self, i):
        junk()
        return "sub" + str.__getitem__(self, i)
print(re.sub("b", "x", Subject("abc")), re.match("(a)(b)", Subject("abc")).groups())

# Pickles and copies of what changes while it is written.
class Reduced:
    def __init__(self, change): self.change = change
    def __reduce__(self):
        self.change()
        junk()
        return int, (5,)
for name, dump in {"c": pickle.dumps, "py": pickle._dumps}.items():
    for change in ("clear", "pop", "append"):
        l = []
        f = {"clear": l.clear, "pop": lambda: l and l.pop(), "append": lambda: len(l) < 8 and l.append(1)}[change]
        l.extend([1, Reduced(f), 2, Reduced(f), 3])
        print("pickle list", name, change, outcome(lambda: pickle.loads(dump(l))), len(l))
        d = {}
        f = {"clear": d.clear, "pop": lambda: d and d.popitem(), "append": lambda: d.update({len(d) + 50: 0})}[change]
        d.update({1: 1, 2: Reduced(f), 3: 3})
        print("pickle dict", name, change, outcome(lambda: pickle.loads(dump(d))), len(d))
class State:
    def __init__(self): self.a, self.b = Reduced(lambda: self.__dict__.clear()), 2
print("pickle state", outcome(lambda: sorted(vars(pickle.loads(pickle.dumps(State()))).items())))
class P(pickle.Pickler):
    def persistent_id(self, o):
        if o == 2: l.clear()
        return None
l = [1, 2, 3, 4]
f = io.BytesIO()
print("persistent", outcome(lambda: P(f).dump(l)), outcome(lambda: pickle.loads(f.getvalue())))
class Deep:
    def __deepcopy__(self, memo):
        memo.clear()
        l.clear()
        junk()
        return 7
l = [1, Deep(), 2, Deep()]
print("deepcopy", outcome(copy.deepcopy, l))

# json: a default that changes what is written.
class Odd: pass
l = []
def default(o):
    l.pop()
    return [1, {"k": "v"}]
l.extend([Odd(), 1, Odd(), 2, [l and 3], "x"])
print("json", outcome(json.dumps, l, default=default))
l = [1]
def grow(o):
    if len(l) < 6: l.append(Odd())
    return len(l)
l.append(Odd())
print("json", outcome(json.dumps, l, default=grow))
d = {}
def hook(pairs):
    d.clear()
    junk()
    return pairs
print("loads", json.loads('{"a": {"b": [1, {"c": 2}]}}', object_pairs_hook=hook))

# Generators that are asked again while they run, closed and thrown into.
def gen():
    yield outcome(next, me)
    yield outcome(me.close)
    yield outcome(me.throw, ValueError("x"))
    yield outcome(me.send, 1)
me = gen()
print("generator", list(me))
def closing():
    try:
        yield 1
        yield 2
    finally:
        print("  closing", outcome(next, me))
me = closing()
next(me)
me.close()
