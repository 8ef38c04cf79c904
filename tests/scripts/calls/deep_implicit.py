# not-in: gc (each collection scans a stack 100,000 frames deep)
# Chains 100,000 deep through each implicit call end in a result or RecursionError; the process survives.
import sys
sys.setrecursionlimit(200000)
N = 100000 if sys.implementation.name == "tauraro" else 100  # CPython may crash at that depth
class I:
    def __init__(self, n):
        self.c = I(n - 1) if n else None
class P:
    def __init__(self, n): self.n = n
    @property
    def x(self):
        if self.n == 0: return 0
        return P(self.n - 1).x
class G:
    def __init__(self, n): self.n = n
    def __getattr__(self, name):
        if self.n == 0: return 0
        return G(self.n - 1).foo
class Ad:
    def __init__(self, n): self.n = n
    def __add__(self, o):
        if self.n == 0: return 0
        return Ad(self.n - 1) + o
class RA:
    def __init__(self, n): self.n = n
    def __radd__(self, o):
        if self.n == 0: return 0
        return o + RA(self.n - 1)
class Bo:
    def __init__(self, n): self.n = n
    def __bool__(self):
        if self.n == 0: return True
        return not not Bo(self.n - 1)
class Eq:
    def __init__(self, n): self.n = n
    def __eq__(self, o):
        if self.n == 0: return True
        return [Eq(self.n - 1)] == [o]
    __hash__ = None
class Nx:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: return 0
        for x in Nx(self.n - 1): return x
class Ca:
    def __init__(self, n): self.n = n
    def __call__(self):
        if self.n == 0: return 0
        return Ca(self.n - 1)()
def gen(n):
    if n: yield from gen(n - 1)
    else: yield 0
for name, f in [("init", lambda: I(N)), ("prop", lambda: P(N).x), ("getattr", lambda: G(N).foo), ("add", lambda: Ad(N) + 1), ("radd", lambda: 1 + RA(N)),
    ("bool", lambda: bool(Bo(N))), ("eq", lambda: Eq(N) == 1), ("next", lambda: next(Nx(N))), ("call", lambda: Ca(N)()), ("gen", lambda: next(gen(N)))]:
    try:
        f()
        print(name, "ended")
    except RecursionError as e:
        print(name, "ended")
