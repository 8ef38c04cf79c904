# not-in: jit-eager deopts    stale words in frames of compiled code keep objects alive
# weak references, finalizers and gc.collect() freeing deleted objects
import gc
import _weakref

def collect():
    # Twice: the native stack is scanned conservatively, and the first collection's frames may lie
    # on old words.
    gc.collect()
    gc.collect()

class C:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
    def __repr__(self): return "C(%r)" % self.n

log = []
c = C(1)
r = _weakref.ref(c)
r2 = _weakref.ref(c)
print(r is r2, r() is c, _weakref.getweakrefcount(c), r == r2, hash(r) == hash(c))
rc = _weakref.ref(c, lambda w: print("callback", w() is None))
print(_weakref.getweakrefcount(c), rc.__callback__ is not None)
del c
collect()
print(r(), rc())
c = C(2)
r = _weakref.ref(c)
del c
collect()
try:
    hash(r)
except TypeError as e:
    print(e)

def local():
    x = C(3)
    w = _weakref.ref(x)
    del x
    collect()
    return w() is None
print(local())

class Node: pass
a, b = Node(), Node()
a.o, b.o = b, a
wa = _weakref.ref(a)
del a, b
collect()
print("cycle", wa() is None)

c = C(4)
p = _weakref.proxy(c)
print(p.n, type(p).__name__)
p.m = 5
print(c.m)
del c
collect()
try:
    p.n
except ReferenceError as e:
    print(e)

class L(list): pass
l = L([1, 2])
p = _weakref.proxy(l)
print(len(p), p[0], 2 in p, [*p], p == [1, 2])
try:
    _weakref.ref(5)
except TypeError as e:
    print(e)

def gen():
    try:
        yield 1
    finally:
        print("gen finally")
g = gen()
next(g)
del g
collect()

def holder():
    x = C(5)
    yield 1
    del x
    collect()
    print("after del in generator")
    yield 2
g = holder()
next(g); next(g)
del g
collect()

class Res:
    def __del__(self):
        log.append(self)
o = Res()
del o
collect()
print(len(log), gc.is_finalized(log[0]))
log.clear()
collect()
print(len(log))
print(gc.isenabled()); gc.disable(); print(gc.isenabled()); gc.enable()
print(gc.get_threshold())
x = [1, [2]]
print(x[1] in gc.get_referents(x), any(i is x for i in gc.get_referrers(x[1])))
