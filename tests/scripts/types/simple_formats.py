# Formats that are made in place, their neighbours that are not, and other quick ways.
import csv
import io
import struct


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return f"{type(e).__name__}: {e}"


VALUES = (0, 7, -42, 255, 10**15, -(2**48), 2**60, True, 1.5, -0.0, 2.675, 1e20, float("nan"), "s", "é", "", None)
for f in ("%d", "%5d", "%05d", "%-5d|", "%+d", "%0d", "%x", "%4X", "%08x", "%s", "%10s", "%-6s|", "%.1s", "%03s",
          "%f", "%.2f", "%8.3f", "%05.1f", "%99d", "%i%%", "%", "%5%", "%é", "%(a)s", "100%"):
    print(f, [show(lambda: f % v) for v in VALUES])
print(show(lambda: "%d %s" % (1,)), show(lambda: "%d" % (1, 2)), show(lambda: "%s=%d" % ("x" * 300, 5))[-5:])
print("%s and %s" % ("a", 5), "%s" % ((1, 2),), "%(k)s" % {"k": 1}, "é%d" % 5, "%c%r" % (65, "q"))
for spec in ("", "5", "05", "05d", ",", "12,", "x", "X", "4x", "08X", "d", "0", "00", ">5", "010,", "099", "+d", "_"):
    print(spec, [show(format, n, spec) for n in (0, 5, -5, 123456, -1234567, 2**48 - 1, -(2**48), 2**50, True)])
print([show(float, s) for s in ("1.5", "-1e5", "+.5", "5.", ".", "1_0", " 2 ", "nan", "-inf", "1e", "", "0x1", "1e400")])
print(" a\tb\x1cc\x85d\xa0e\u2003f ".split(), b" a\tb\x1cc\x85d ".split(), "a  b c".split(None, 1))
print(list("añ☃"), list(map(str, (1, "x"))), [show(bytes, l) for l in ([], [1, 255], [1, 256], [1, -1], [1, "a"], [True])])
for kw in ({}, {"delimiter": ";"}, {"skipinitialspace": True}, {"quoting": csv.QUOTE_NONNUMERIC}, {"escapechar": "x"},
           {"quoting": csv.QUOTE_NONE, "escapechar": "x"}, {"quoting": csv.QUOTE_STRINGS}):
    for text in ('a,b;c,"d,e",\n', '1, 2,"x""y", "z"\n', "1,,2.5,x,\n", 'a"b,xc,\n', '"two\nlines",2\n', "é,☃,\n", "1\n2\n"):
        print(show(lambda: list(csv.reader(io.StringIO(text, newline=""), **kw))))
    out = io.StringIO()
    print(show(lambda: csv.writer(out, **kw).writerows([["a", 1, 'q"', "x,y", None, "é;", 2.5, ""], ["x\n"]])), repr(out.getvalue()))
for code in "bBhHiIlLqQ":
    print(code, [show(struct.pack, o + code, n) for o in "<>" for n in (0, -1, 127, 128, -129, 255, 256, 65535, 2**31, 2**32, 2**63, 2**64)])
print(list(struct.iter_unpack("<hIq", struct.pack("<hIq", -2, 3, -4) * 2)), struct.unpack(">hIq", struct.pack(">hIq", -2, 3, -4)))


class Record:
    pass


r = Record()
for step in ("+a", "+b", "+c", "-a", "+d", "-d", "-b", "+a", "-c", "-a", "+b"):
    setattr(r, step[1], step) if step[0] == "+" else delattr(r, step[1])
    print([getattr(r, k, None) for k in "abcd"])
print(r.__dict__, show(delattr, r, "zz"))
many = [Record() for _ in range(40)]
for i, m in enumerate(many):
    for k in range(8):
        setattr(m, f"a{(k * 3 + i) % 8}", k)
    for k in range(i % 8):
        delattr(m, f"a{(k * 5 + i) % 8}")
print([sorted(vars(m).items()) for m in many[::7]])
print(list(zip("abc")), list(zip()), list(map(str, "ab")), list(map(max, "ab", "ba")), list(zip("ab", strict=True)), list(zip("ab", "cd")))
