# Floor division and modulo by constants and variables, of both signs, at the ends of the ranges.
DIVISORS = [1, 2, 3, 5, 7, 10, 11, 64, 100, 641, 1000003, 2**31 - 1, 2**31, 2**40 + 7, 2**47 - 1]
SOURCE = """
def f(values):
    out = 0
    for x in values:
        out = (out * 31 + x // {d} * 7 + x % {d} + x // -{d} * 3 + x % -{d}) % 1000000007
    return out
"""
SMALL = list(range(-70, 70))
EDGES = [s * (2**k + e) for k in range(1, 48) for e in (-1, 0, 1) for s in (1, -1)]
for d in DIVISORS:
    ns = {}
    exec(SOURCE.format(d=d), ns)
    print(d, ns["f"](SMALL * 120), ns["f"](EDGES * 40), ns["f"]([2**63 - 1, -2**63, 2**64] * 3))


def remainders(n, m):
    """Both operands are known not to be negative."""
    out = 0
    i = 1
    while i < n:
        if i >= m:
            out += i % m + i // m
        out ^= n % i
        i += 1
    return out


def down(n):
    out = 0
    i = n
    while i > -n:
        out += 1000 % i if i else 0
        out += i % 7 + i // 7
        i -= 1
    return out


print(remainders(30000, 17), remainders(30000, 1), down(20000))
for zero in (0, 0.0):
    try:
        print(remainders(20000, zero))
    except ZeroDivisionError as e:
        print(e)
