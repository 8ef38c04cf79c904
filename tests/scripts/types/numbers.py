# int, float, complex and bool: arithmetic at the edges of the small range, conversions, formatting, exactness.
edges = [0, 1, -1, 255, 2**31, 2**47 - 1, 2**47, 2**48 - 1, 2**48, -(2**48), 2**49, 2**53 + 1, 2**63, -(2**64), 10**30]
for n in edges:
    print(n, n + 1, n - 1, -n, n * n, n << 3, n >> 2, n & 0xFFFF, n | 1, n ^ -1, ~n, hash(n), n.bit_length())
for a in (7, -7, 2**50, -(2**50) - 3, 10**25):
    for b in (2, -2, 3, -(2**48), 10**20 + 7):
        print(a, b, a // b, a % b, divmod(a, b), round(a / b, 6))
print(2**200, 3**-2, 2**0.5, (-8) ** (1 / 3), pow(3, 10**20, 10**9 + 7), pow(3, -1, 11), 0**0)
print([i for i in (10**40).to_bytes(17, "big")][:5], int.from_bytes(b"\xff\x00", "little", signed=True))
print(int("ff", 16), int("-0b101", 0), int(" 1_000 "), int("٣"), int(3.99), int(-3.99), int(1e20))
print(0.1 + 0.2, 1e16, 1e22, 1e-5, 1.0, 123456789012345680.0, 5e-324, float("inf"), -float("nan"), 1e308 * 10)
print(1 == 1.0, 2**53 == 2.0**53, 2**53 + 1 == float(2**53), 10**400 > 1e308, 1 < 1.5 < 2, hash(1.0) == hash(1))
print(round(2.5), round(3.5), round(2.675, 2), round(1234567, -3), round(-0.5), round(1e20), round(5e15 + 0.5))
print(7.5 // 2, -7.5 // 2, 7.5 % -2, divmod(-7.5, 2), 1e300 * 1e10 == float("inf"), -0.0, 0.0 == -0.0)
print((0.1).hex(), float.fromhex("0x1.8p3"), (0.75).as_integer_ratio(), (2.0).is_integer(), float(" 1_0.5e1 "))
print((1 + 2j) * (3 - 1j), abs(3 + 4j), (1 + 2j).conjugate(), complex("1-2j"), 1j**2, -1j, complex(1, -0.0))
print(True + True, True & False, True | 2, ~True.__int__(), bool([]), bool("0"), isinstance(True, int), str(True))
formats = ["d", "5d", "<5d", "^+7d", "08,d", "_d", "x", "#x", "#010b", "o", "c", "e", ".3f", "+.2e", "g", "%", "n"]
for spec in formats:
    print(spec, [format(v, spec) for v in (65, 97)])
print([format(v, ".3g") for v in (0.00012345, 1234567.0, 1.0)], f"{3.14159:10.3f}|{-5:=+8}|{1e6:,.2f}|{255:#X}")
print("%5d|%-5d|%05d|%+d|%x|%o|%e|%.2f|%g|%s|%r|%%" % (42, 42, 42, 42, 255, 8, 12345.678, 2.5, 1e-10, 1, "q"))
for bad in ("", "1__0", "0x", "1.5", "٣x", "--1"):
    try:
        print(int(bad))
    except ValueError as error:
        print(error)
for operation in (lambda: 1 // 0, lambda: 1 % 0, lambda: 1.0 // 0, lambda: 0**-1, lambda: 1 << -1, lambda: int("9" * 5000),
                  lambda: float("x"), lambda: int(float("nan")), lambda: int(float("inf")), lambda: 1j // 1):
    try:
        print(operation())
    except (ArithmeticError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
total = 0
for i in range(2**48 - 5, 2**48 + 5):
    total += i
print(total, sum([2**47] * 4), sum([0.1] * 10), sum([1, 2.5, 3]))
