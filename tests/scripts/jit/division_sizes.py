"""Floor division and modulo of ints of all sizes and signs in compiled loops."""


def both(xs, ys):
    out = []
    for x in xs:
        for y in ys:
            out.append((x // y, x % y))
    return out


SIZES = [0, 1, 2, 7, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**47, 2**48 - 1, 2**48, 2**62, 2**63, 2**70]
xs = SIZES + [-n for n in SIZES if n]
ys = [n for n in xs if n]
for _ in range(30):
    got = both(xs, ys)
assert all(q * y + r == x for (q, r), (x, y) in zip(got, ((x, y) for x in xs for y in ys)))
assert all(0 <= r < y or y < r <= 0 for (_, r), y in zip(got, ys * len(xs)))
print(len(got), hash(tuple(got)))


def natural(n, top):
    s = 0
    for x in range(n, n + 60):
        for y in range(1, top):
            s += x // y * 3 + x % y
    return s


for n in (0, 2**31 - 30, 2**32 - 30, 2**40):
    print([natural(n, 90) for _ in range(6)][-1])


def by_zero(n):
    caught = 0
    for i in range(n):
        try:
            caught += 100 % (i % 3)
        except ZeroDivisionError:
            caught += 1000
    return caught


print(by_zero(6000))


def steps(n, k):
    i = n
    while i < n + 40000:
        i += 1
        if i % 20000 == k:
            i = i - 1 + 1
    return i


print(steps(2**62 - 20000, 3), steps(2**63 - 20000, 3), steps(-(2**63) - 20000, 5))
