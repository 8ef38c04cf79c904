# types that change while a loop or function is compiled

def total(values):
    s = 0
    for v in values:
        s += v
    return s

ints = list(range(12000))
print(total(ints))
print(total([0.5] * 12000))
print(total(ints + [0.25] + ints))
print(total([1] * 12000 + [True, 2**70] + [1.5] * 10))
try:
    total([1] * 12000 + ["x"])
except TypeError as e:
    print(e)

def compare(a, b, n):
    c = 0
    i = 0
    while i < n:
        if a < b:
            c += 1
        i += 1
    return c
for pair in ((1, 2), (1.5, 2), ("a", "b"), ((1,), (2,)), (2, 1), (float("nan"), 1.0)):
    print(compare(*pair, 8000), end=" ")
print()

class Num:
    def __init__(self, v): self.v = v
    def __add__(self, o): return Num(self.v + getattr(o, "v", o))
    def __radd__(self, o): return Num(self.v + o)
    def __lt__(self, o): return self.v < o.v
    def __bool__(self): return self.v % 2 == 0

def add(a, b): return a + b
for _ in range(1500):
    add(1, 2)
print(add(1.5, 2), add("a", "b"), add(Num(1), 2).v, add(2, Num(5)).v, add([1], [2]))

def truth(values):
    c = 0
    for v in values:
        if v:
            c += 1
        if not v:
            c += 100
    return c
print(truth([0, 1] * 1000), truth(["", "x", None, [], [1], 0.0, 2.5, {}, Num(1), Num(2)] * 300))

def unbound(n):
    for i in range(n):
        if i == 10000:
            del x
        if i < 10000:
            x = i
        elif i > 10000:
            return x
try:
    unbound(16000)
except UnboundLocalError as e:
    print(e)

def widen(n):
    x = 0
    for i in range(n):
        if i == n // 2:
            x = x + 0.5
        x += 1
    return x
print(widen(16000), widen(10), widen(16004))

def either(flag, n):
    for i in range(n):
        if flag:
            y = i
        else:
            y = i / 2
        flag = not flag
    return y
print(either(True, 12000), either(False, 12000))
