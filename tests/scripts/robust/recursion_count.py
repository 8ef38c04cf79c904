# The recursion limit allows exactly as many frames as CPython does, however a function is called.
import functools, sys
def probe(make):
    """How deep a limit of 200 lets `make` go."""
    global depth, top
    depth = 0
    sys.setrecursionlimit(200)
    try: make()
    except RecursionError as e: msg = str(e)
    finally: sys.setrecursionlimit(5000)
    return depth, msg
def f():
    global depth
    depth += 1
    f()
def fk(*, a=1):
    global depth
    depth += 1
    fk(a=2)
def fs(*a, **k):
    global depth
    depth += 1
    fs(*a, **k)
class C:
    def __call__(self):
        global depth
        depth += 1
        self()
    def m(self):
        global depth
        depth += 1
        self.m()
    @property
    def p(self):
        global depth
        depth += 1
        return self.p
    def __getattr__(self, n):
        global depth
        depth += 1
        return getattr(self, n)
    def __add__(self, o):
        global depth
        depth += 1
        return self + o
    def __iter__(self):
        global depth
        depth += 1
        yield from self
    def __len__(self):
        global depth
        depth += 1
        return len(self)
    def __eq__(self, o):
        global depth
        depth += 1
        return self == o
    def __lt__(self, o):
        global depth
        depth += 1
        return [self] < [o]
    def __repr__(self):
        global depth
        depth += 1
        return repr(self)
    def __hash__(self):
        global depth
        depth += 1
        return hash(self)
    def __bool__(self):
        global depth
        depth += 1
        return bool(self)
    def __contains__(self, o):
        global depth
        depth += 1
        return o in self
    @classmethod
    def cm(cls):
        global depth
        depth += 1
        cls.cm()
    def __enter__(self):
        global depth
        depth += 1
        with self: pass
    def __exit__(self, *a): pass
def g():
    global depth
    depth += 1
    for x in g(): yield x
def mp(x=0):
    global depth
    depth += 1
    list(map(mp, [1]))
def srt(x=0):
    global depth
    depth += 1
    sorted([1], key=srt)
def ex():
    global depth
    depth += 1
    exec("ex()")
def ev():
    global depth
    depth += 1
    eval("ev()")
def cls():
    global depth
    depth += 1
    class X: cls()
def lam():
    global depth
    depth += 1
    [lam() for _ in (1,)]
def gen():
    global depth
    depth += 1
    sum(gen() for _ in (1,))
async def co():
    global depth
    depth += 1
    await co()
def par():
    global depth
    depth += 1
    functools.partial(par)()
@functools.lru_cache
def lru(n=0):
    global depth
    depth += 1
    lru(n + 1)
class L(list):
    def __init__(self):
        global depth
        depth += 1
        super().__init__()
        L()
class N:
    def __new__(cls):
        global depth
        depth += 1
        return N()
c = C()
for name, go in {"f": f, "fk": fk, "fs": fs, "call": c, "m": c.m, "p": lambda: c.p, "getattr": lambda: c.zz, "add": lambda: c + 1, 
    "iter": lambda: list(c), "len": lambda: len(c), "eq": lambda: c == 1, "lt": lambda: c < C(), "repr": lambda: repr(c), "hash": lambda: hash(c), "bool": lambda: bool(c), "in": lambda: 1 in c,
    "cm": C.cm, "with": c.__enter__, "g": lambda: list(g()), "map": mp, "sort": srt, "exec": ex, "eval": ev, "cls": cls, "comp": lam, "genexp": gen, "co": lambda: co().send(None), "partial": par, "lru": lru, "listinit": L, "new": N}.items():
    for _ in range(3): got = probe(go)
    print(name, *got)


# What compiled code inlines counts too.
def leaf():
    global leaves
    leaves += 1
def calls_leaf():
    global depth
    depth += 1
    leaf()
    calls_leaf()
for _ in range(5):
    leaves = 0
    got = probe(calls_leaf)
print("leaf", *got, leaves)

def one(): return 1
def two(): return one() + 1
def hot():
    n = 0
    try:
        for i in range(3000): n += two()
    except RecursionError:
        return "refused", n
    return n
def at(d): return at(d - 1) if d else hot()
for _ in range(5): hot()
def deep(d):
    sys.setrecursionlimit(200)
    try: return at(d)
    except RecursionError: return "too deep"
    finally: sys.setrecursionlimit(5000)
for d in range(190, 199): print(d, deep(d))
def depth_now():
    n, f = 0, sys._getframe(1)
    while f: n, f = n + 1, f.f_back
    return n
def set_low():
    for n in range(1, 8):
        try: sys.setrecursionlimit(n)
        except RecursionError as e: print(n, depth_now(), e)
        else: sys.setrecursionlimit(5000); print(n, depth_now(), "set")
set_low()
