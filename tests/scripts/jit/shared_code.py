# One code object, several functions; methods whose receivers change; getters that change.
import types

SOURCE = """
K = k
def area(x):
    return x * K
def total(n):
    t = 0
    for i in range(n):
        t += area(i)
    return t
"""
code = compile(SOURCE, "shared", "exec")
first, second = {"k": 2}, {"k": 3}
exec(code, first)
exec(code, second)
print(first["total"](20000), second["total"](20000), first["area"](1), second["area"](1))
print([ns["total"](20000) for ns in (first, second)])

G = 1


def small(x):
    return G + x


def run():
    return sum([small(i) for i in range(20000)])


print(run())
other = types.FunctionType(small.__code__, {"G": 100})
print(other(0), small(0))


def calls(n):
    t = 0
    for i in range(n):
        t += other(i) - small(i)
    return t


print(calls(20000))


class A:
    def __init__(self, k):
        self.k = k

    def m(self, a, b):
        self.z = 5
        return self.k + b


class B:
    def __init__(self, k):
        self.k = k

    def m(self, a, b):
        self.z = 6
        return self.k * 2 + b


def prep(o):
    o.x = 7


def receivers(n):
    t = wrong = 0
    for i in range(n):
        o = A(i) if i & 1 else B(i)
        t += o.m(prep(o), o.x)
        wrong += sorted(vars(o)) != ["k", "x", "z"]
    return t, wrong


print(receivers(20000))


class P:
    def __init__(self, a):
        self.a = a

    @property
    def p(self):
        return self.a


def plus(self):
    return self.a + 100


def getters(n):
    o = P(1)
    t = 0
    for i in range(n):
        t += o.p
        if i == 20000:
            P.p.fget.__code__ = plus.__code__
    return t


print(getters(40000))


class Fallback(P):
    @property
    def p(self):
        if self.a == 19999:
            raise AttributeError("p")
        return self.a

    def __getattr__(self, name):
        return "fallback " + name


def fallbacks(n):
    for i in range(n):
        v = Fallback(i).p
    return v


print(fallbacks(20000))
