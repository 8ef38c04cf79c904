# str and bytes: slicing, methods, formatting, Unicode of all widths, surrogates, f-strings.
s = "Hello, Wörld! ☃ 🎉"
print(len(s), s[0], s[-1], s[::-1], s[7:12], s[::3], s.upper(), s.lower(), s.swapcase(), s.casefold() == s.lower())
print(s.find("ö"), s.rfind("l"), s.count("l"), s.index("☃"), s.startswith(("x", "He")), s.endswith("🎉"), "☃" in s)
print("a,b,,c".split(","), " a  b ".split(), "a,b,c".rsplit(",", 1), "a\nb\r\nc\x0bd\u2028e".splitlines(), "abc".split("b"))
print("-".join(["x", "y", "z"]), "x".join([]), "abc".replace("b", "BB"), "aaa".replace("a", "b", 2), "".replace("", "e"))
print("  pad ".strip(), "xxyxx".strip("x"), "abc".center(9, "*"), "abc".ljust(5) + "|", "abc".rjust(5), "-42".zfill(6))
print("a=b=c".partition("="), "a=b=c".rpartition("="), "abc".partition("z"), "prefix.x".removeprefix("prefix"))
print("tab\there".expandtabs(4), "hello world".title(), "HELLO".capitalize(), "ß".upper(), "ǆ".title(), "İ".lower())
print("abc".translate({97: "X", 98: None, 99: 0x2603}), str.maketrans("ab", "cd", "e"))
print([c.isalpha() for c in "aΩ1²½_ "], [c.isdigit() for c in "1²½٣"], [c.isnumeric() for c in "1²½٣"])
print("abc" < "abd", "a" < "B", "é" > "z", "" < "a", "abc" * 2, 0 * "x", "a" "b", max("hello"), sorted("hello"))
print(repr("quote's"), repr('both\'"'), repr("\n\t\\\x00\x7f\xa0\u2028\ud800🎉é"), ascii("é☃🎉"))
print(ord("🎉"), chr(0x10FFFF) == "\U0010ffff", "\N{SNOWMAN}", "é".encode(), "☃".encode("utf-16-le"), b"\xe9".decode("latin-1"))
for bad in (lambda: b"\xff\xfe".decode(), lambda: "é".encode("ascii"), lambda: "\ud800".encode(), lambda: chr(-1)):
    try:
        bad()
    except ValueError as error:
        print(type(error).__name__, error)
print(b"\xff".decode("utf-8", "replace"), b"a\xffb".decode("utf-8", "ignore"), b"\xff".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"))
name, width, value = "x", 8, 3.14159
print(f"{name!r:>{width}}|{value:.2f}|{value!s:*^{width}}|{name=}|{ {'a': 1}['a'] }|{'nested ' + f'{name}'}|{{}}")
print("{} {1} {0}".replace("{} ", "").format("a", "b"), "{:>5}|{:<5}|{:^5}".format(1, 2, 3), "{a[0]}{b.real}".format(a=[7], b=3))
print("%s %r %a %5.1f %-4s| %c %c %(x)s".replace("%(x)s", "") % ("s", "é", "é", 2.25, "l", "c", 9731))
print("%(k)s %(n)03d" % {"k": "v", "n": 7}, "{!r:5}|".format("q"), format("abc", ".2"), f"{'abc':>6.2}")
parts = []
text = ""
for i in range(1000):
    text += chr(65 + i % 26) if i % 100 else "é"
    parts.append(text[-1])
print(len(text), text == "".join(parts), text.count("é"), hash(text) == hash("".join(parts)))
b = b"bytes \x00\xff"
print(b, b[0], b[1:3], list(b[-2:]), b.hex(), bytes.fromhex("00 ff"), b + b"!", b"%d %s" % (5, b"x"), b.find(b"\xff"))
ba = bytearray(b"abc")
ba[1] = 120
ba += b"def"
del ba[0]
ba[1:2] = b"--"
print(ba, bytes(ba), ba.pop(), len(ba), memoryview(ba)[1:3].tobytes())
print("straße".casefold() == "STRASSE".casefold(), "ﬁ".upper(), "Σίσυφος".upper().lower(), "a\u0301" == "á")
print("{0:{1}}".format("x", ">4"), "{:{}.{}f}".format(2.5, 8, 2), f"{1_000_000:,}", f"{'':-<10}", f"{None}", f"{[1, 'a']}")
