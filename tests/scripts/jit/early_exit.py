"""Recursive functions whose early return is translated into their callers."""

import sys


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(fib(21))
print(fib(15.5), fib(True), fib(2**70 - 2**70 + 12))


class Less:
    calls = 0

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        Less.calls += 1
        return self.n < other

    def __sub__(self, k):
        return Less(self.n - k)

    def __add__(self, other):
        return self.n + (other.n if isinstance(other, Less) else other)

    __radd__ = __add__


print(fib(21))
r = fib(Less(9))
print(r, Less.calls)


# The comparison's operand changes its type in the middle of a run.
def down(n, seen):
    if n <= 0:
        return seen
    if n == 50:
        n = 50.0
    return down(n - 1, seen + [type(n).__name__] if n in (51, 50, 49) else seen)


for _ in range(40):
    last = down(90, [])
print(last)


def depth(node):
    if node is None:
        return 0
    return 1 + max(depth(node[0]), depth(node[1]))


def tree(n):
    if n == 0:
        return None
    return (tree(n - 1), tree(n - 2 if n > 1 else 0))


for _ in range(30):
    d = depth(tree(10))
print(d)


# An early return that makes something, one that calls, one that raises.
def listed(n):
    if n == 0:
        return [n, "end"]
    return [n, listed(n - 1), listed(0)]


for _ in range(300):
    v = listed(5)
print(v)
a, b = listed(1)[1:]
print(a is b, a == b)


def called(n):
    if n < 1:
        return str(n).upper()
    return called(n - 1) + called(n - 2)


for _ in range(60):
    v = called(8)
print(len(v), v[:6])


def raising(n):
    if n < 0:
        return 1 // (n + 1)
    return raising(n - 1) + n


for _ in range(300):
    try:
        raising(10)
    except ZeroDivisionError as e:
        tb, names = e.__traceback__, 0
        while tb:
            names += 1
            tb = tb.tb_next
print(names)


# The limit is met at the same depth however the last call is made.
def deep(n):
    if n < 1:
        return 0
    return deep(n - 1) + 1


for _ in range(200):
    deep(50)


def deepest(f):
    low, high = 1, 5000
    while low < high:
        mid = (low + high + 1) // 2
        try:
            f(mid)
            low = mid
        except RecursionError:
            high = mid - 1
    return low


here = len(list(iter(lambda f=[sys._getframe()]: f.__setitem__(0, f[0].f_back) or f[0], None)))
sys.setrecursionlimit(400)
print(deepest(deep) - deepest(lambda n: deep(n)))


# The function is replaced while it runs.
def swap(n):
    if n < 2:
        return n
    if n == 12 and swapping:
        global swap
        swap = lambda k: 1000
    return swap(n - 1) + swap(n - 2)


swapping = False
original = swap
print([swap(16) for _ in range(5)][-1])
swapping = True
print(swap(16))
swap = original
swapping = False
print(swap(16))


# Frames of the callee that was only begun.
class Spy:
    def __lt__(self, other):
        f = sys._getframe(1)
        print(f.f_code.co_name, f.f_locals["n"] is self, f.f_back.f_code.co_name)
        return True


def spied(n):
    if n < 1:
        return 0
    return spied(n - 1 if n != 7 or not spying else Spy()) + 1


spying = False
for _ in range(300):
    spied(20)
spying = True
print(spied(20))


# A recursion whose first way out is itself a call.
def gcd(a, b):
    if b > 0:
        return gcd(b, a % b)
    return a


print(sum(gcd(1071 + i, 462) for i in range(3000)))


def up(n):
    if n < 60:
        return up(n + 1)
    return n


print([up(5) for _ in range(300)][-1])
