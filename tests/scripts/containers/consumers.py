"""What builtins do with items that are not plain, and while their arguments change."""

from collections import deque


class J(int):
    def __float__(self):
        return 99.0


class G(float):
    def __float__(self):
        return 99.0


class D:
    def __radd__(self, other):
        return other + 0.0


def show(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", ""))


show(sum, [0.1] * 3 + [J(1)] + [0.1] * 7)
show(sum, [0j] + [G(0.1)] * 10)
show(sum, [0.0] + [G(0.1)] * 10)
show(sum, [0.1j] + [D()] + [0.1j] * 10)
show(sum, [1.5, 2**70] + [2700] * 500)
show(sum, [1.5, 10**400])
show(sum, [0.1] * 10 + [True, False, 2**64, -(2**64), 0.3])
show(sum, [1.5, 1j, 2**70, 2.5] + [2700] * 500)
show(sum, [1j, 10**400])
show(sum, [True] * 5 + [J(2)])
show(sum, (x > 1 for x in range(5)))


class I2:
    def __iter__(self):
        raise TypeError("mine")


class I3:
    def __iter__(self):
        return 5


class I4:
    def __iter__(self):
        return self

    def __next__(self):
        raise TypeError("mine2")


def assign(v):
    l = [1, 2, 3]
    l[0:1] = v
    return l


def extended(v):
    l = [1, 2, 3]
    l[::2] = v
    return l


for bad in (I2(), I3(), I4(), 7):
    show(lambda: dict([(1, 2), bad]))
    show(assign, bad)
    show(extended, bad)
    show("".join, bad)
    show(b"".join, bad)
    show(bytearray().join, bad)

for s in (slice(None), slice(None, -1), slice(-1, None), slice(1, 5), slice(2, 1), slice(None, None, 1)):
    m = [0, 9]
    m[s] = (m.append(x) or x for x in range(3))
    print(s, m)
m = [0, 1, 2, 3]
try:
    m[::2] = (m.append(x) or x for x in range(3))
except ValueError as e:
    print(e, m)
m = [0, 1, 2, 3]
m[:] = (m.clear() or x for x in range(3))
print(m)

q = deque([1])
it = iter(q)
next(it)
q.append(2)
show(next, it)
show(next, it)
q = deque([1])
show(q.extend, (x for x in q))
print(q)
show(max, (x for x in [3, -5, 4]))
print(max((x for x in [3, -5, 4]), key=abs), min((x for x in "banana"), key=ord))
