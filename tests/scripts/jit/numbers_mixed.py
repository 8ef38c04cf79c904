# numeric corner cases that compiled code and the interpreter must agree on
import math

def run(f, values, n=400):
    last = None
    for _ in range(n):
        last = [f(a, b) for a in values for b in values]
    return last

def safe(op):
    def f(a, b):
        try:
            return op(a, b)
        except (ZeroDivisionError, OverflowError, ValueError, TypeError) as e:
            return type(e).__name__
    return f

nan, inf = float("nan"), float("inf")
floats = [0.0, -0.0, 1.5, -2.25, inf, -inf, nan, 1e308, 5e-324]
ints = [0, 1, -1, 7, -8, 2**47, -2**48, 2**53 + 1, 2**62]
for name, op in [
    ("add", lambda a, b: a + b), ("sub", lambda a, b: a - b), ("mul", lambda a, b: a * b),
    ("div", lambda a, b: a / b), ("floordiv", lambda a, b: a // b), ("mod", lambda a, b: a % b),
    ("lt", lambda a, b: a < b), ("le", lambda a, b: a <= b), ("eq", lambda a, b: a == b),
    ("ne", lambda a, b: a != b), ("neg", lambda a, b: -a), ("and", lambda a, b: a and b),
]:
    print(name, run(safe(op), floats, 30))
    print(name, run(safe(op), ints, 30)[-20:])
print(run(safe(lambda a, b: a < b), [2**53, 2.0**53, 2**53 + 1, -1.5, 0], 300))
print(run(safe(lambda a, b: a == b), [2**53, 2.0**53, 2**53 + 1, True, 1.0, 1], 300))
print(run(safe(lambda a, b: a << b), [0, 1, 5, 60, 70, -1], 200)[-12:])
print(run(safe(lambda a, b: a >> b), [0, 1, 5, 60, 70, -1, -100], 200)[-12:])
print(run(safe(lambda a, b: (a & b, a | b, a ^ b)), [0, -1, 5, 2**50, -2**60], 200)[-6:])

def signs(n):
    out = []
    for i in range(n):
        x = -0.0 if i % 2 else 0.0
        out.append(math.copysign(1, -x))
    return out[-4:]
print(signs(12000))

def nan_sign(n):
    x = nan
    for i in range(n):
        x = -x
    return math.copysign(1, x), x != x
print(nan_sign(12000), nan_sign(12004))

def sqrt_sum(n):
    t = 0.0
    for i in range(n):
        t += math.sqrt(i * 1.0)
    return round(t, 6)
print(sqrt_sum(12000))
try:
    for i in range(12000):
        math.sqrt(2500.0 - i)
except ValueError as e:
    print(e, i)

def mandel(c, n):
    z = 0j
    for i in range(n):
        z = z * z + c
        if abs(z) > 2:
            return i
    return n
print([mandel(complex(x / 10, 0.3), 500) for x in range(-20, 5)])
