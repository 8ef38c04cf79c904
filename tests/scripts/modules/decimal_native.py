"""The native `_decimal`: exact digits, every rounding mode, signals, extreme exponents, huge precisions."""
import copy
import hashlib
import pickle
import random
from decimal import *
from fractions import Fraction

import decimal

MODES = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
print(decimal.__libmpdec_version__, Decimal.__module__, getcontext())


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def digits(r, n):
    """Digits with long runs of 0 and 9."""
    s = ""
    while len(s) < n:
        s += r.choice(["0" * r.randint(1, 20), "9" * r.randint(1, 20), str(r.getrandbits(60)), "5"])
    return s[:n]


def number(r, c):
    if r.random() < 0.1:
        return r.choice(["nan", "-nan123", "snan", "inf", "-inf", "0", "-0", "0E-5", "1", "-1", "0.5"])
    n = r.choice([1, 2, c.prec, c.prec + 1, 2 * c.prec, r.randint(1, 60)])
    e = r.choice([0, -n, r.randint(-70, 70), c.Emin - r.randint(-3, c.prec + 3), c.Emax - r.randint(-3, c.prec)])
    return r.choice(["", "-"]) + digits(r, n) + f"E{e}"


ONE = "exp ln log10 next_minus next_plus normalize to_integral_exact sqrt logb abs minus plus number_class to_eng_string"
TWO = (
    "add subtract multiply divide divide_int divmod remainder remainder_near compare compare_signal max min_mag"
    " next_toward quantize compare_total scaleb shift rotate power"
)


def random_operations(seed, count):
    """A digest of what operations give and report; any difference shows."""
    r = random.Random(seed)
    out = hashlib.sha256()
    for _ in range(count):
        m = r.choice([0, 9, 384, 999999, 999999999])
        c = Context(
            prec=r.choice([1, 2, 3, 9, 28, 50]), rounding=r.choice(MODES), Emin=-m, Emax=m, clamp=r.randint(0, 1), traps=[]
        )
        if r.random() < 0.3:
            name, args = r.choice(ONE.split()), [number(r, c)]
        else:
            name, args = r.choice(TWO.split()), [number(r, c), number(r, c)]
            if name in ("shift", "rotate", "scaleb") or name == "power" and r.random() < 0.5:
                args[1] = str(r.randint(-c.prec - 1, c.prec + 1))
        result = getattr(c, name)(*map(Decimal, args))
        flags = [s.__name__ for s in c.flags if c.flags[s]]
        out.update(f"{name} {args} {result} {flags}\n".encode())
    return out.hexdigest()[:16]


for name in (ONE + " " + TWO).split():
    assert hasattr(Context, name)
print([random_operations(seed, 150) for seed in range(12)])

for mode in MODES:
    with localcontext(prec=3, rounding=mode):
        print(mode, [str(+Decimal(x)) for x in ("1.2345", "-1.2345", "1.235", "1.225", "9.995", "-9.996", "1.2301")])

with localcontext(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN):
    for f in (
        lambda: Decimal(0).exp(),
        lambda: Decimal(10**223).log10(),
        lambda: Decimal("40E9").sqrt(),
        lambda: divmod(Decimal(10), 3),
        lambda: Decimal(4) / 2,
        lambda: Decimal(400) ** -1,
        lambda: Decimal(1) / 3,
        lambda: Decimal("1e999999999999999999") + 1,
        lambda: Decimal("1e999999999999999999") * 10,
        lambda: hash(Decimal("1e999999999999999999")) == pow(10, 999999999999999999, 2**61 - 1),
    ):
        attempt(f)

with localcontext(prec=3000):
    a, b = Decimal(1) / 7, Decimal(2).sqrt()
    print(hashlib.sha256(str((a * b, a / b, b.exp(), b.ln(), a**5)).encode()).hexdigest()[:16])
with localcontext(prec=100000):
    x = Decimal("7" * 40000) * Decimal("3" * 30000)
    q, r = divmod(x, Decimal("9" * 20001))
    assert q * Decimal("9" * 20001) + r == x and r < Decimal("9" * 20001)

for text in ("1e1000000000000000000", "x", "1_000", " 12 ", "１２", "nan12x", "", ".", "1e", "-.5e+2", "sNaN007"):
    attempt(lambda: repr(Decimal(text)))
for v in (0.1, 2**100, (1, (1, 2), -1), (0, (), "n"), (0, (1, 10), 0), [0, [3], 2], None, 1j, b"1", True):
    attempt(lambda: repr(Decimal(v)))
for f in (
    lambda: Decimal(1) / 0,
    lambda: Decimal(0) / 0,
    lambda: Decimal("1e99") // 1,
    lambda: divmod(Decimal(1), 0),
    lambda: Decimal("snan") == 1,
    lambda: Decimal("nan") < 1,
    lambda: Decimal(1).quantize(Decimal("1e-30")),
    lambda: Decimal("nan").as_integer_ratio(),
    lambda: int(Decimal("inf")),
    lambda: hash(Decimal("snan")),
    lambda: round(Decimal("2.675"), 2),
    lambda: Decimal("-2.5").__floor__(),
    lambda: pow(Decimal(3), 5, 7),
    lambda: Decimal("0.5") == Fraction(1, 2) == 0.5,
    lambda: Decimal("0.1") < Fraction(1, 3) < 0.4,
    lambda: hash(Decimal("0.5")) == hash(0.5) == hash(Fraction(1, 2)),
    lambda: Context(prec=0),
    lambda: Context(rounding=1),
    lambda: Context(flags=[1]),
    lambda: localcontext(5),
    lambda: IEEEContext(128),
):
    attempt(f)

for spec in ("", ".3e", "012,.1f", "x^+15,.2f", "%", ".0g", "#.0f", "z.1f", "_.5_f", "n", "<012", "s"):
    for text in ("1234567.891", "-0.04", "0", "1E+9", "inf"):
        attempt(lambda: f"{spec!r} {format(Decimal(text), spec)}")

c = Context(prec=5, traps=[Overflow])
c.divide(1, 3)
print(c.flags[Inexact], c.flags[Overflow], dict(c.traps)[Overflow], len(c.flags), c)
for other in (pickle.loads(pickle.dumps(c)), copy.copy(c)):
    print(other)
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    assert pickle.loads(pickle.dumps(Decimal("-1.50E+7"), protocol)).as_tuple() == Decimal("-1.50E+7").as_tuple()
before = getcontext().prec
with localcontext(Context(prec=4)) as inner:
    inner.prec = 6
    print(Decimal(1) / 3, getcontext() is inner)
print(getcontext().prec == before)


class Money(Decimal):
    def __str__(self):
        return f"${super().__str__()}"


m = Money("1.50")
m.tag = 1
print(m, repr(m), type(m + 1), type(Money.from_float(0.5)), m.__dict__, type(+m))
