# globals, builtins, methods, classes and attributes that change under running compiled code
import builtins

def helper(x): return x + 1
def loop(n, at, action):
    t = 0
    for i in range(n):
        if i == at:
            action()
        t += helper(i)
    return t

def swap():
    global helper
    helper = lambda x: x * 2
print(loop(12000, -1, None))
print(loop(12000, 8000, swap), loop(12000, -1, None))

def length(values, n, at):
    t = 0
    for i in range(n):
        if i == at:
            builtins.len = lambda x: 100
        t += len(values)
    return t
original = len
print(length([1, 2], 12000, -1))
print(length([1, 2], 12000, 11960))
builtins.len = original
print(length([1, 2], 12000, -1))

class C:
    step = 1
    def __init__(self): self.n = 0
    def inc(self): self.n += self.step

def drive(c, n, at, action):
    for i in range(n):
        if i == at:
            action(c)
        c.inc()
    return c.n

print(drive(C(), 12000, -1, None))
def new_method(c): C.inc = lambda self: setattr(self, "n", self.n + 10)
def new_class_attribute(c): C.step = 3
def own_attribute(c): c.step = 5
def own_method(c): c.inc = lambda: None
class D(C):
    def inc(self): self.n -= 1
def other_class(c): c.__class__ = D
print(drive(C(), 12000, 10000, new_class_attribute))
print(drive(C(), 12000, 10000, own_attribute))
print(drive(C(), 12000, 10000, own_method))
print(drive(C(), 12000, 10000, other_class))
print(drive(C(), 12000, 10000, new_method))

class P:
    def __init__(self): self.x = 1
def read(p, n, at, action):
    t = 0
    for i in range(n):
        if i == at:
            action(p)
        t += p.x
    return t
def remove(p): del p.x
def make_property(p):
    del p.x
    P.x = property(lambda self: 7)
try:
    read(P(), 12000, 10000, remove)
except AttributeError as e:
    print(e)
print(read(P(), 12000, 10000, make_property))
del P.x

class Missing:
    def __getattr__(self, name): return 4
print(read(Missing(), 12000, -1, None))

class Counter:
    total = 0
def count(n):
    for i in range(n):
        Counter.total += 1
count(20000)
print(Counter.total)

class Meta(type):
    @property
    def shown(cls): return "meta"
class WithMeta(metaclass=Meta):
    shown = "class"
def read_class(n):
    last = None
    for i in range(n):
        last = WithMeta.shown
    return last
print(read_class(12000), WithMeta().shown)

def new_code(n, at):
    t = 0
    for i in range(n):
        if i == at:
            target.__code__ = (lambda x: x + 1000).__code__
        t += target(i)
    return t
def target(x): return x
print(new_code(12000, -1), new_code(12000, 11996), new_code(12000, -1))

def calls_itself_away(n):
    global calls_itself_away
    saved = calls_itself_away
    if n > 0:
        calls_itself_away = lambda k: "other"
        r = saved(n - 1) if n % 2 else calls_itself_away(n)
        calls_itself_away = saved
        return r
    return "end"
print([calls_itself_away(k) for k in range(600)][-2:])
