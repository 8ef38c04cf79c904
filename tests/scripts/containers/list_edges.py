def t(f, *a):
    try:
        print(f(*a))
    except BaseException as e:
        print(type(e).__name__, e)

a = list(range(10))
t(lambda: a[2:8:3]); t(lambda: a[8:2:-2]); t(lambda: a[-100:100]); t(lambda: a[5:2]); t(lambda: a[10**30:]); t(lambda: a[:-10**30:-1])
for s in [slice(2, 5), slice(None, None, 2), slice(None, None, -3), slice(5, 2), slice(100, 200), slice(-3, None), slice(None, None, 10**20), slice(8, 1, -2)]:
    b = list(range(10)); del b[s]; print('del', s, b)
    b = list(range(10)); b[s.start:s.stop] = 'xy'; print('set', b)
    b = list(range(10))
    try:
        b[s] = 'abcd'
    except ValueError as e:
        print(e)
    else:
        print(b)
b = [1, 2, 3]; b[1:1] = b; print(b)
b = [1, 2, 3]; b[:] = b[::-1]; print(b); b += b; print(b); b.extend(b); print(b); b *= 2; print(len(b)); b *= 0; print(b)
b = [1, 2, 3]; b[::2] = b[:2]; print(b)
b = [1, 2]; b.insert(-10, 0); b.insert(100, 9); b.insert(1, 5); print(b, b.pop(0), b.pop(-1), b.pop(1), b)
t([].pop); t([1].pop, 5); t([1].pop, 'a'); t([1].remove, 2); t([1].index, 2); t([1, 2, 1].index, 1, 1); t([1, 2, 1].index, 1, -1); t([1, 2].index, 2, 0, 1)
t(lambda: [1] + (2,)); t(lambda: [1] * 'a'); t(lambda: [1].__getitem__('a')); t(lambda: [1][5]); t(lambda: [1] < [1, 2] <= [1, 2] > [0]); t(lambda: [1] < 1); t(lambda: [] == ()); t(hash, [])
x = float('nan'); t(lambda: [x] == [x]); t(lambda: x in [x])
t(list, 1); t(list, 1, 2); t(lambda: list(a=1)); t(lambda: [1].__class__); t(lambda: [[1, 2], [3]].copy())

class Evil:
    def __init__(self, l, n): self.l, self.n = l, n
    def __eq__(self, o):
        if self.n: self.n -= 1; self.l.clear()
        return False
    def __repr__(self):
        self.l.clear(); return 'evil'
    def __index__(self):
        self.l.clear(); return 1
    def __hash__(self): return 1

l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: 3 in l); print(l)
l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: l.index(3)); print(l)
l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: l.count(3)); print(l)
l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: l.remove(3)); print(l)
l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: repr(l)); print(l)
l = [1, 2, 3]; t(lambda: l[Evil(l, 0)]); print(l)
l = [1, 2, 3]; t(lambda: l[Evil(l, 0):3]); print(l)
l = [1, 2, 3]; t(lambda: l.__setitem__(slice(Evil(l, 0), 3), [7, 8])); print(l)
l = [1, 2, 3]; t(lambda: l.__delitem__(slice(Evil(l, 0), 3))); print(l)
l = [1, 2, 3]; t(lambda: l.insert(Evil(l, 0), 9)); print(l)
l = [1, 2, 3]; t(lambda: l.pop(Evil(l, 0))); print(l)
l = []; l.extend([Evil(l, 1), 2, 3]); t(lambda: l == [1, 2, 3]); print(l)

# sorting
t(lambda: sorted([3, 1, 2], reverse=True)); t(lambda: sorted('hello')); t(lambda: sorted([1, 'a'])); t(lambda: sorted([2.5, 1, 3.0, True])); t(lambda: sorted([(1, 'b'), (1, 'a'), (0, 'z')]))
t(lambda: sorted([1, 2, 3, 4], key=lambda v: v % 2)); t(lambda: sorted([1, 2, 3, 4], key=lambda v: v % 2, reverse=True)); t(lambda: sorted(['b', 'A', 'é', 'aa', 'a\x00', 'a'], key=str)); t(lambda: sorted([0.0, -0.0, -1.5, 1e300, float('-inf')]))
l = [3, 1, 2]
def key(v): l.append(v); return v
t(lambda: l.sort(key=key)); print(l)
l = [3, 1, 2]; t(lambda: l.sort(key=lambda v: len(l))); print(l)
l = [3, 1, 2]; t(lambda: l.sort(key=lambda v: 1 / 0)); print(l)
l = [3, 'a', 2]; t(l.sort); print(sorted(map(str, l)))
x = 12345; data = []
for i in range(3000):
    x = (x * 1103515245 + 12345) % 2147483648
    data.append(x % 1000)
class K:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
pairs = [(v, i) for i, v in enumerate(data)]
r = sorted(pairs, key=lambda p: K(p[0]))
print(r == sorted(pairs), [v for v, i in r] == sorted(data))
r = sorted(pairs, key=lambda p: K(p[0]), reverse=True); print(all(r[i][0] > r[i + 1][0] or (r[i][0] == r[i + 1][0] and r[i][1] < r[i + 1][1]) for i in range(len(r) - 1)))
for n in (31, 64, 65, 100, 1000):
    for d in (list(range(n)), list(range(n))[::-1], data[:n], list(range(n // 2)) * 2, [1] * n, list(range(n))[::-1] + list(range(n))):
        s = sorted(d, key=K)
        assert all(not (s[i + 1] < s[i]) for i in range(len(s) - 1)), n
        assert sorted(d) == s and sorted(map(str, d)) == sorted(map(str, d), key=lambda v: v)
        assert sorted(map(float, d)) == s
print('sorted')
t(lambda: [1, 2, 3].sort(1)); t(lambda: [].sort(foo=1))
it = iter([1, 2, 3]); next(it); print(it.__length_hint__(), it.__reduce__()[1:]); it.__setstate__(0); print(list(it), list(it), it.__length_hint__())
it = reversed([1, 2, 3]); next(it); print(it.__length_hint__(), list(it), list(it))
l = [1, 2]; it = iter(l); print(next(it), next(it)); print(next(it, 'end')); l.append(3); print(next(it, 'end'))
l = [0]
for v in l:
    if len(l) < 5: l.append(v + 1)
print(l)
class L(list):
    def __iter__(self): return iter('xy')
    def __len__(self): return 7
print(list(L([1, 2])), L([1, 2]), len(L()), [*L([1])], tuple(L()))
