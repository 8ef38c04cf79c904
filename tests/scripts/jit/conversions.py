"""Conversions by builtin classes in compiled loops."""

def f(xs):
    out = []
    for x in xs:
        out.append((str(x), bool(x)))
    return out
def g(xs):
    s = 0
    for x in xs:
        s += int(x)
    return s
def h(xs):
    s = 0.0
    for x in xs:
        s += float(x)
    return s
import math
for _ in range(3):
    print([sum(len(s) for s, _ in f(list(range(-5000, 5000)))), f([0, 7])], f([1.5,-0.0,1e300,2])[:4], g([x/3 for x in range(-9000,9000)]), h(list(range(9000))))
try: g([1.0]*10000+[math.inf])
except OverflowError as e: print(e)
try: g([1.0]*10000+[math.nan])
except ValueError as e: print(e)
print(g([1e15]*20000), g([1e25]*3+[True,"12"]), h([2**60]*9000+[True,"1.5"]))
class S(str): pass
print(f(["a"]*9000+[S("q"), None, True, S("")])[-4:])
