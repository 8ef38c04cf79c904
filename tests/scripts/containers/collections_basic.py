# list, tuple, dict, set, frozenset, range: methods, slices, ordering, unpacking, errors, mutation while iterating.
a = [3, 1, 2]
a.append(5)
a.extend("xy")
a.insert(1, "in")
a[2:4] = [9, 8, 7]
del a[0], a[-1]
print(a, a.index(9), a.count(8), a.pop(), a.pop(0), a[::-1], a * 2, a + [0], len(a))
a[::2] = ["p", "q"]
print(a, [1, 2] < [1, 3], [] == [], [1] != [1.0], 9 in a, a.copy() is a)
try:
    a[::2] = [1]
except ValueError as error:
    print(error)
print(sorted([3, -1, 2], key=abs, reverse=True), sorted("bca"), sorted([(1, "b"), (1, "a"), (0, "c")]))
words = ["pear", "fig", "apple", "kiwi"]
words.sort(key=len)
print(words, list(reversed(words)), list(enumerate(words, 1)), list(zip(words, range(2))), min(words), max(words, key=len))
first, *middle, last = range(6)
(x, [y, z]), w = (1, [2, 3]), 4
print(first, middle, last, x, y, z, w, [*middle, *"ab"], (*a, 1), {**{"a": 1}, "b": 2})
for bad in (lambda: exec("a, b = [1]"), lambda: exec("a, b = 1, 2, 3"), lambda: exec("a, *b, c = [1]"), lambda: [1].remove(2)):
    try:
        bad()
    except ValueError as error:
        print(error)

d = {"one": 1, 2: "two", (3, 4): None, 1.0: "float"}
d[1] = "int"
d["new"] = d.pop("one")
print(d, len(d), 1 in d, d.get("none", 0), d.setdefault("s", []), list(d)[0], d.popitem(), True in d)
d.update({"u": 1}, v=2)
print(list(d.items())[-2:], {k: v for k, v in d.items() if isinstance(k, str)}, dict([("a", 1)], b=2), dict.fromkeys("ab", 0))
print({"a": 1} | {"a": 2, "b": 3}, {"a": 1}.keys() & {"a", "b"}, {"a": 1}.items() == {"a": 1}.items(), list(reversed({"p": 1, "q": 2})))
for operation in (lambda: {}["k"], lambda: {[]: 1}, lambda: {}.popitem(), lambda: {1: 2}.pop(3)):
    try:
        operation()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
d = {i: i for i in range(5)}
try:
    for key in d:
        d[key + 10] = 1
except RuntimeError as error:
    print(error)
grown = [1, 2]
for item in grown:
    if len(grown) < 6:
        grown.append(item * 10)
print(grown)

s = {3, 1, 2}
s.add(2)
s |= {7}
s.discard(99)
print(sorted(s), s & {1, 7}, s - {1, 2, 3}, sorted(s ^ {1, 50}), s >= {1}, s.isdisjoint({8}), {1} < {1, 2}, len(s))
print(frozenset([1, 2]) == {2, 1}, hash(frozenset("ab")) == hash(frozenset("ba")), {frozenset([1]): "f"}[frozenset([1])])
try:
    s.remove(99)
except KeyError as error:
    print("KeyError", error)
r = range(10, 0, -3)
print(list(r), r[1], r[-1], r[1:], len(r), 4 in r, 5 in r, r.index(7), range(0) == range(2, 1), range(10**20)[-1])
t = (1, "a", [2])
t[2].append(3)
print(t, t + (4,), t * 2, (1,), (), t.index("a"), hash((1, 2)) == hash((1, 2)), t[::-1])
try:
    t[0] = 1
except TypeError as error:
    print(error)


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return self.n == other.n

    def __repr__(self):
        return f"Key({self.n})"


collide = {Key(i): i for i in range(9)}
del collide[Key(4)]
print(collide, collide[Key(7)], Key(4) in collide)
table = {}
for i in range(2000):
    table[i * 7919 % 2003] = i
for i in range(0, 2000, 3):
    table.pop(i, None)
print(len(table), sum(table), sum(table.values()), list(table)[:5])
nested = []
nested.append(nested)
print(nested, {"self": (me := {}) or me.update(me=me) or me})
print(any(x > 3 for x in a if isinstance(x, int)), all([]), sum(range(101)), list(map(str, range(3))), list(filter(None, [0, 1, "", "a"])))
