# ints that leave the small range, the machine word, and come back, in the middle of hot loops

def doubling(n):
    x = 1
    for i in range(n):
        x = x + x
    return x

def factorial(n):
    r = 1
    for i in range(1, n + 1):
        r *= i
    return r

def up_and_down(n):
    x = 0
    seen = []
    for i in range(n):
        x = x * 3 + 1
        if x > 10**30:
            x = x // 10**28
            seen.append(x)
    return x, len(seen), seen[-1]

def negative(n):
    x = -1
    total = 0
    for i in range(n):
        x = x * 2 - 1
        total += x % 7
    return x, total

def shifts(n):
    out = []
    for i in range(n):
        out.append((1 << (i % 130)) >> (i % 7))
    return sum(out) % 1000003, out[129]

def boundary():
    # around plus and minus 2**48 and 2**63
    out = []
    for base in (2**48, -2**48, 2**63, -2**63):
        x = base - 3
        for i in range(8000):
            x += 1
            if base - 3 < x < base + 3:
                out.append(x)
        y = base + 3
        for i in range(8000):
            y -= 1
        out.append(y)
    return out

def floor_and_mod(n):
    s = 0
    for i in range(-n, n):
        for d in (3, -3, 7, -8, 16):
            s = s * 31 + i // d * 5 + i % d
            s %= 1 << 61
    return s

for _ in range(3):
    print(doubling(200), doubling(20000) % 1000007)
    print(factorial(30), factorial(400) % 999983)
    print(up_and_down(20000))
    print(negative(300)[0] == -(2**301 - 1), negative(12000)[1])
    print(shifts(16000))
    print(boundary())
    print(floor_and_mod(500))

def abs_neg(n):
    t = 0
    for i in range(n):
        x = -(i * (2**55))
        t += abs(x) - (-x)
        t ^= ~i & 0xff
    return t
print(abs_neg(12000))
