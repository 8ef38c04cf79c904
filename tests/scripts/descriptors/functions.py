# function attributes, methods, builtin methods, descriptors
def show(f, *a):
    try:
        print(repr(f(*a)))
    except BaseException as e:
        print(type(e).__name__ + ":", e)

def f(a, b=2, *, c=3) -> int:
    "doc"
    return a, b, c

print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__)
print(f.__annotations__, f.__closure__, f.__type_params__, f.__dict__)
f.__defaults__ = (5,)
f.__kwdefaults__ = {"c": 6}
print(f(1))
f.__defaults__ = None
show(f)
def h(x): return x + 1
def k(x, y): return x * y
print(h(1)); h.__code__ = k.__code__; print(h(3, 4))
show(h, 3)
def setit(o, n, v):
    setattr(o, n, v)
show(setit, f, "__name__", 3)
show(setit, f, "__defaults__", 3)
show(setit, f, "__kwdefaults__", 3)
show(setit, f, "__code__", 3)
show(setit, f, "__closure__", 3)
show(setit, f, "__annotate__", 3)
show(setit, f, "__type_params__", 3)
show(setit, f, "__dict__", 3)
f.attr = 1
print(f.__dict__)
FT = type(f)
n = FT(k.__code__, globals(), "n", (9,))
print(n.__name__, n(2))
show(FT, 1, {})
def mk():
    x = 1
    def inner(): return x
    return inner
show(FT, mk().__code__, {})
print(FT(mk().__code__, {}, None, None, mk().__closure__)())

class C:
    def m(self): return "m"
    @classmethod
    def cm(cls): return cls.__name__
    @staticmethod
    def sm(): return "sm"
    @property
    def p(self): "pdoc"; return 42
c = C()
print(c.m(), C.cm(), c.cm(), C.sm(), c.sm(), c.p)
print(c.m.__self__ is c, c.m.__func__ is C.m, c.m.__name__, c.m == c.m, hash(c.m) == hash(c.m), c.m.__qualname__)
show(setit, c, "p", 1)
show(setit, c.m, "x", 1)
print(C.__dict__["cm"].__wrapped__.__name__, C.__dict__["sm"].__wrapped__.__name__, C.__dict__["sm"]())
print(C.p.__doc__, C.p.__name__, C.p.fget.__name__, C.p.fset)
P = C.p.setter(lambda self, v: None)
print(P.fset is not None, P.__doc__)
show(f.__get__, None)
show(f.__get__, None, None)
print(f.__get__(None, int) is f)

print(type(int.__add__).__name__, type((1).__add__).__name__, type([].append).__name__, type(list.append).__name__, type(len).__name__)
print(int.__add__, list.append, len, type(int.__dict__.get("from_bytes")).__name__)
print(repr((1).__add__).split(" of ")[0], repr([].append).split(" object at")[0])
print(list.append.__qualname__, list.append.__objclass__, [].append.__qualname__, len.__qualname__, len.__module__, len.__self__.__name__)
show(list.append)
show(list.append, 1)
show(int.__add__)
show(int.__add__, "x", 1)
print([].append == [].append, len == len)
l = []
print(l.append == l.append, hash(l.append) == hash(l.append))
print(type(type.__dict__["__mro__"]).__name__, type.__dict__["__bases__"])

class S:
    __slots__ = ("x",)
print(S.x, type(S.x).__name__, S.x.__name__, S.x.__objclass__)
s = S()
show(getattr, s, "x")
S.x.__set__(s, 5)
print(s.x, S.x.__get__(s))
S.x.__delete__(s)
show(getattr, s, "x")

class A:
    def f(self): return "A.f"
    @classmethod
    def g(cls): return ("A.g", cls.__name__)
class B(A):
    def f(self): return "B" + super().f()
    @classmethod
    def g(cls): return super().g()
    def h(self):
        return super
    def i(self):
        s = super()
        return repr(s), s.__thisclass__, s.__self__ is self, s.__self_class__
print(B().f(), B.g(), B().i())
show(super, A, 5)
show(super, 5)
show(super)
def nosuper(): super()
show(nosuper)
def nosuper2(x): super()
show(nosuper2, 1)
show(lambda: super(B, B()).nope)
print(super(B, B()).f())
print(repr(super(B)))

import_cell = mk().__closure__[0]
print(import_cell.cell_contents, repr(import_cell).split(" at ")[0])
CT = type(import_cell)
e = CT()
show(lambda: e.cell_contents)
e.cell_contents = 5
print(e.cell_contents, CT(1) < CT(2), CT(1) == CT(1), CT() < CT(1))
show(hash, e)

class D(property):
    pass
d = D(lambda self: 1, doc="dd")
print(d.__doc__)
class E:
    x = D(lambda self: 7)
print(E().x, E.x.__name__)
show(property.__set_name__, d)
NT = type(None)
print(NT(), type(...)(), type(NotImplemented)())
show(NT, 1)
show(bool, NotImplemented)
