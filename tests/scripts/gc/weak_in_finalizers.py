# not-in: jit-eager deopts    stale words in frames of compiled code keep objects alive
# Weak references to what a finalizer can reach are cleared after it has run.
import gc, weakref
class Child: pass
class Owner:
    def __init__(s):
        s.child = Child(); s.w = weakref.ref(s.child); s.me = weakref.ref(s); s.p = weakref.proxy(s.child); s.child.x = 1
    def __del__(s):
        print(s.w() is s.child, s.me() is s, s.p.x if s.w() else "gone")
o = Owner()
child = weakref.ref(o.child, lambda r: print("child gone"))
own = weakref.ref(o, lambda r: print("owner gone"))
del o; gc.collect()
print(child(), own())
# resurrection keeps weak references
kept = []
class Back:
    def __del__(s): kept.append(s)
b = Back(); r = weakref.ref(b); del b; gc.collect()
print(len(kept), r() is kept[0])
kept.clear(); gc.collect(); print(r())
d = weakref.WeakValueDictionary()
class V:
    def __del__(s): print("V", s.k in d)
v = V(); v.k = "k"; d["k"] = v; del v; gc.collect(); print(len(d))
f = Back(); weakref.finalize(f, print, "finalize"); del f; gc.collect(); print(len(kept)); kept.clear(); gc.collect()
