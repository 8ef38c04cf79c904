# Values that only native code holds for a moment survive a collection.
import gc, weakref, sys

class Base: pass

def drop_classes(n):
    for i in range(n):
        type(f"C{i}", (Base,), {"x": [i] * 10})

for _ in range(20):
    drop_classes(30)
    subs = Base.__subclasses__()
    junk = [[j] * 20 for j in range(200)]
    for c in subs:
        assert c.__name__.startswith("C") and c.x[0] == int(c.__name__[1:]), c
    del subs
print("subclasses")

for _ in range(50):
    def names():
        for i in range(20):
            yield "".join(["slot", str(i)])
    C = type("C", (), {"__slots__": names()})
    c = C()
    for i in range(20):
        setattr(c, f"slot{i}", [i])
    assert [getattr(c, f"slot{i}") for i in range(20)] == [[i] for i in range(20)]
print("slots")

class M(type): pass
for _ in range(10):
    A = M("A", (), {})
    B = M("B", (), {})
    D = M("D", (A,), {})
    for i in range(20): M(f"E{i}", (D,), {})
    D.__bases__ = (B,)
    assert D.__mro__ == (D, B, object)
print("bases")
