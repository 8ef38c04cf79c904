def t(f, *a):
    try:
        print(f(*a))
    except BaseException as e:
        print(type(e).__name__, e)

d = {'a': 1, 'b': 2}
t(lambda: dict(d, c=3)); t(lambda: dict([('x', 1), ['y', 2]], z=3)); t(dict, [1]); t(dict, [(1, 2, 3)]); t(dict, 1); t(dict, 1, 2); t(lambda: dict(**{'k': 1}))
t(d.pop, 'zz'); t(d.pop, 'zz', None); t({}.popitem); t(lambda: d['q']); t(d.get, 'q'); t(d.get, 'q', 5); t(d.setdefault, 'q'); t(d.setdefault, 'a', 9); print(d)
t(lambda: d | {'a': 5}); t(lambda: {'a': 0} | d); t(lambda: d | 1); t(lambda: d | [(1, 2)]); e = dict(d); e |= [('z', 1)]; print(e); t(lambda: list(reversed(e))); t(lambda: list(reversed(e.items()))); t(lambda: list(reversed(e.values())))
t(dict.fromkeys, 'ab'); t(dict.fromkeys, 'ab', 0); t(dict.fromkeys); t(dict.fromkeys, 1)
t(lambda: {[]: 1}); t(lambda: {}[[]]); t(lambda: [] in {}); t(lambda: {}.get({})); t(lambda: {1: 2} == {1: 2.0}); t(lambda: {1: 2} < {}); t(lambda: {1: 2} != {1: 3})
def mutate():
    for k in d: d[k + 'x'] = 1
t(mutate)
d = {1: 1, 2: 2}
def mutate():
    for k in d:
        del d[k]; d[k + 10] = 1
t(mutate)
k, v, i = e.keys(), e.values(), e.items()
print(k, v, i, len(k), 'a' in k, ('a', 1) in i, ('a', 2) in i, 1 in v, 5 in i)
print(sorted(k & {'a', 'zz'}), sorted(k - {'a'}), sorted(k ^ {'a', 'new'}), sorted(k | 'xy'), sorted({'a', 'n'} - k), sorted(['a', 'n'] & k), k == set(k), k >= {'a'}, k < {'a'}, i & {('a', 1)}, k.isdisjoint('xyw'), k.isdisjoint(['a']))
t(lambda: k < 1); t(lambda: k == 1); t(hash, k); print(k.mapping == e, type(k.mapping).__name__); e['new'] = 1; print(len(k), list(v)[-1])
t(lambda: k | 1); t(lambda: v | v)
rec = {}; rec['me'] = rec; rec['l'] = [rec]; print(rec); print(rec.values())
class D(dict):
    def __missing__(self, key): return ('missing', key)
x = D(a=1); print(x['a'], x['b'], x.get('b'), 'b' in x, x, type(x.copy()), type(x | {}), type(D.fromkeys('a')))
class E(dict):
    def __setitem__(self, k, v): dict.__setitem__(self, k, v * 2)
print(E.fromkeys('ab', 3), E(a=1), type({} | E()))
class Key:
    def __init__(self, d, v): self.d, self.v = d, v
    def __hash__(self): return 1
    def __eq__(self, o):
        self.d.clear(); return self is o
z = {}; z[Key(z, 1)] = 1; t(lambda: z.get(Key(z, 2))); print(z)
z = {}; z[Key(z, 1)] = 1; z[Key(z, 2)] = 2; print(len(z))
z = set(); z.add(Key(z, 1)); z.add(Key(z, 2)); print(len(z))
class Bad:
    def __hash__(self): raise ValueError('hash')
t(lambda: {Bad(): 1}); t(lambda: {Bad()}); t(lambda: Bad() in {}); t(lambda: Bad() in {1})
class Eq:
    def __hash__(self): return 5
    def __eq__(self, o): raise ZeroDivisionError
t(lambda: {Eq(): 1, Eq(): 2}); t(lambda: {5} & {Eq()})
m = {}
for n in range(1000): m[n] = n
for n in range(0, 1000, 3): del m[n]
print(len(m), list(m)[:5], list(m)[-3:]); m[0] = 1; print(list(m)[-1], m.popitem(), m.popitem())
while len(m) > 3: m.popitem()
print(m); m.clear(); print(m, m == {})
it = iter({1: 2, 3: 4}); print(it.__length_hint__(), next(it), it.__length_hint__(), it.__reduce__()[1:]); print(list(it))
t(lambda: {}.update(1)); t(lambda: {}.update([1])); t(lambda: {}.update({1: 2}, {3: 4}))
class M:
    def keys(self): return ['p', 'q']
    def __getitem__(self, k): return k * 2
y = {}; y.update(M(), r=1); print(y, dict(M()), {**M()})
# sets
s = {1, 2, 3}
print(s | {9}, s & {1, 5}, s - {1}, sorted(s ^ {1, 7}), s <= {1, 2, 3}, s < s, s >= {1}, s > {1}, s == frozenset(s), s != {1}, {1} < {1, 2})
t(lambda: s | [1]); t(lambda: s < 1); t(lambda: s == 1); t(hash, s); t(s.remove, 99); t(s.discard, 99); t(set().pop); t(set, 1); t(set, 1, 2); t(lambda: {[]}); t(lambda: [] in s); t(s.add, [])
print(s.union([4], (5,)), s.intersection([1, 2], [2]), s.difference([1], [2]), sorted(s.symmetric_difference([1, 8])), s.isdisjoint([7]), s.issubset([1, 2, 3, 4]), s.issuperset([1]), s.union(), s.copy() is s)
u = set(s); u |= {4}; u &= {1, 4}; u ^= {4, 6}; u -= {1}; print(sorted(u)); u.update('a', [1]); print(len(u)); u.difference_update([1], 'a'); u.intersection_update([6], [6, 7]); u.symmetric_difference_update([6, 8]); print(u)
t(lambda: u.__ior__([1])); print(frozenset([1]) in {frozenset([1])}, {1} in {frozenset([1])}); v = {frozenset([1])}; v.discard({1}); print(v)
print(hash(frozenset()), hash(frozenset([1, 2, 3])) == hash(frozenset([3, 2, 1])), hash(frozenset(range(100))), hash(frozenset([1, 2])))
f = frozenset([1]); print(f.copy() is f, frozenset(f) is f, type(f | {2}), type({2} | f), f | {2}, repr(frozenset()), repr(set()))
class S(set): pass
class F(frozenset): pass
q = S([1]); q.a = 5; print(q, q.a, type(q | {1}), type(q.copy()), type(q.union()), F([1]), F([1]) == f, hash(F([1])) == hash(f), q.__reduce__()[1:])
w = set(); w.add(1)
def grow():
    for n in w: w.add(n + 1)
t(grow)
print(sorted(set('hello')), len(set(range(1000)) & set(range(500, 1500))), sum({1, 2, 3}))
p = set(range(100))
while p: p.pop()
print(p)
