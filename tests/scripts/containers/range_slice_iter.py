def t(f, *a, **k):
    try:
        print(f(*a, **k))
    except BaseException as e:
        print(type(e).__name__, e)

r = range(1, 20, 3)
print(r, len(r), r[0], r[-1], r[2:5], r[::-1], 4 in r, 5 in r, 4.0 in r, 'a' in r, r.index(7), r.count(7), r.count(8), r.start, r.stop, r.step, list(reversed(r)), hash(r) == hash(range(1, 21, 3)), r == range(1, 20, 3), range(0) == range(2, 1), range(3) != range(4), bool(range(0)))
big = range(10**20, 10**20 + 10, 3); print(big, len(big), list(big), big[1], big[-1], 10**20 + 3 in big, big.index(10**20 + 6), big[::-1], list(big[1:3]), list(reversed(big)))
t(len, range(10**30)); t(lambda: range(10**30)[10**29]); t(range); t(range, 1, 2, 0); t(range, 1.0); t(range, 1, 2, 3, 4); t(lambda: r[100]); t(lambda: r['a']); t(r.index, 5); t(r.index, 'a'); t(lambda: r < r); t(lambda: range(stop=1))
print(range(-5, 5, 2)[1:-1], range(5, -5, -2), list(range(5, -5, -2)), range(0, 10, 2)[10:], range(10)[5:100], range(3).__reduce__())
it = iter(range(5)); next(it); print(it.__length_hint__(), it.__reduce__()); it.__setstate__(1); print(list(it))
it = iter(range(2**62, 2**62 + 3)); print(next(it), it.__length_hint__(), list(it))
for a in [(None, None, None), (1, None, 2), (None, -1, -1), (-100, 100, 3), (5, 2, -1), (10**30, None, None)]:
    s = slice(*a); print(s, s.indices(10), [1, 2, 3, 4, 5, 6][s])
t(slice); t(slice, 1, 2, 3, 4); t(lambda: slice(1, 2, 0).indices(5)); t(lambda: slice(1).indices(-1)); t(lambda: slice('a').indices(5)); t(hash, slice(1)); print(slice(1, 2) == slice(1, 2), slice(1) < slice(2), slice(1, 2).start, slice(10**40, None).indices(10**50))
t(lambda: slice(1) == 1); print({slice(1): 2}[slice(1)])
print(list(zip()), list(zip([1, 2], 'abc')), list(zip('ab', [1, 2], strict=True)), list(map(lambda *a: a, [1, 2], 'ab')), list(enumerate('ab', 5)), list(enumerate(iterable='ab', start=10**20)), list(filter(lambda v: v > 1, [1, 2, 3])))
t(lambda: list(zip([1], [1, 2], strict=True))); t(lambda: list(zip([1, 2], [1], strict=True))); t(lambda: list(zip([1], [1], [1, 2], strict=True))); t(lambda: list(map(max, [1], [1, 2], strict=True)))
t(zip, 1); t(zip, foo=1); t(map); t(map, int); t(filter, 1); t(enumerate); t(enumerate, 1); t(enumerate, [], 'a'); t(reversed, 1); t(reversed, {1}); t(reversed); t(iter, 1); t(iter, 1, 2); t(next, 1); t(next, iter([])); t(next, iter([]), 5); t(enumerate, [], 1, 2); t(enumerate, foo=1)
it = zip([1], [2]); print(it.__reduce__()[0]); it = map(abs, [1]); print(it.__reduce__()[0]); e = enumerate('abc'); next(e); print(e.__reduce__()[1][1]); rv = reversed('abc'); next(rv); print(rv.__length_hint__(), rv.__reduce__()[1:], list(rv))
class Seq:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 2
print(list(Seq()), list(reversed(Seq())), 4 in Seq(), iter(Seq()).__length_hint__(), list(zip(Seq(), Seq())), tuple(Seq()), [*Seq()], max(Seq()))
n = [0]
def count(): n[0] += 1; return n[0]
c = iter(count, 4); print(list(c), list(c), next(c, 'x'))
class It:
    def __iter__(self): return self
    def __next__(self): raise StopIteration
    def __length_hint__(self): return 10
print(list(It()), tuple(It()), list(zip(It(), [1])), set(It()))
class BadHint(It):
    def __length_hint__(self): raise ZeroDivisionError
class NegHint(It):
    def __length_hint__(self): return -1
t(list, BadHint()); t(list, NegHint())
class NoIter:
    __iter__ = None
t(iter, NoIter()); t(lambda: 1 in NoIter()); t(lambda: [*NoIter()])
class IterBad:
    def __iter__(self): return 5
t(list, IterBad())
tup = (1, 2, 3)
print(tup[1:], tup[::-1], tup[:], tup[:] is tup, tup + (4,), tup * 2, 2 * tup, tup.index(2), tup.count(1), 3 in tup, hash(tup) == hash((1, 2, 3)), (1, 2) < (1, 3), () == (), (1,) > (), repr((1,)), tuple('ab'), tuple(tup) is tup)
t(tup.index, 9); t(lambda: tup + [1]); t(lambda: tup['a']); t(lambda: tup[9]); t(lambda: tup * 1.5); t(tuple, 1); t(tuple, 1, 2); t(hash, ([],)); t(lambda: tup < 1); t(lambda: (1, 'a') < (1, 2))
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
x = T(1, 2); x.attr = 3; print(x, x.attr, x == (1, 2), type(x[:]), type(x + ()), type(x * 1), x.__getnewargs__())
l = []; tt = (l,); l.append(tt); print(tt)
