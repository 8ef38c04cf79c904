"""Writes what CPython 3.14 answers, for tests/properties.rs and tests/cases.rs.

Usage: PYTHONHASHSEED=0 python3.14 gen_expected.py OUT_DIR

properties.txt: a checksum for each property over all code points.
cases.txt: one call a line, tab-separated: operation, arguments, result.
Strings are hexadecimal code points joined by dots (`-` when empty), bytes are
hexadecimal (`-` when empty), lists are joined by `|` (`~` when empty), None is `None`.
"""
import codecs
import random
import string
import _string
import subprocess
import sys
import unicodedata as u

OUT = sys.argv[1]
N = 0x110000


def fnv(items):
    h = 0xcbf29ce484222325
    for item in items:
        for b in item.encode("utf-8", "surrogatepass") + b"\n":
            h = (h ^ b) * 0x100000001b3 & 0xffffffffffffffff
    return h


def S(s):
    return ".".join("%x" % ord(c) for c in s) or "-"


def B(b):
    return b.hex() or "-"


def L(items):
    return "|".join(items) or "~"


def flag(b):
    return "1" if b else "0"


def mapped(f):
    return lambda ch: S(f(ch))


def number(x):
    return "" if x is None else repr(float(x))


import _sre

PROPERTIES = {
    **{m: (lambda ch, m=m: flag(getattr(ch, m)())) for m in
       "isalpha isalnum isdecimal isdigit isnumeric isspace islower isupper istitle isprintable isidentifier".split()},
    "xid_continue": lambda ch: flag(("a" + ch).isidentifier()),
    "line_break": lambda ch: flag(len((ch + "a").splitlines()) == 2),
    **{m: mapped(getattr(str, m)) for m in "lower upper title casefold swapcase capitalize".split()},
    "sigma_after": lambda ch: S((ch + "\u03a3").lower()),
    "sigma_around": lambda ch: S(("A" + ch + "\u03a3" + ch).lower()),
    "sigma_before": lambda ch: S(("A\u03a3" + ch + "b").lower()),
    "title_after": lambda ch: S((ch + "ab").title()),
    "category": u.category, "bidirectional": u.bidirectional, "east_asian_width": u.east_asian_width,
    "combining": lambda ch: str(u.combining(ch)), "mirrored": lambda ch: flag(u.mirrored(ch)),
    "decimal": lambda ch: str(u.decimal(ch, "")), "digit": lambda ch: str(u.digit(ch, "")),
    "numeric": lambda ch: number(u.numeric(ch, None)),
    "decomposition": u.decomposition, "name": lambda ch: u.name(ch, ""),
    **{f: mapped(lambda ch, f=f: u.normalize(f, ch)) for f in ("NFC", "NFD", "NFKC", "NFKD")},
    "NFC_marks": lambda ch: S(u.normalize("NFC", "a\u0327" + ch + "\u0301" + ch)),
    "simple_lower": lambda ch: "%x" % _sre.unicode_tolower(ord(ch)),
    "sre_iscased": lambda ch: flag(_sre.unicode_iscased(ord(ch))),
    "repr": lambda ch: S(repr(ch)), "ascii": lambda ch: S(ascii(ch)),
    "hash": lambda ch: str(hash(ch + "x")),
}

old = u.ucd_3_2_0
PROPERTIES.update({
    "old_category": old.category, "old_bidirectional": old.bidirectional,
    "old_east_asian_width": old.east_asian_width, "old_combining": lambda ch: str(old.combining(ch)),
    "old_mirrored": lambda ch: flag(old.mirrored(ch)), "old_decimal": lambda ch: str(old.decimal(ch, "")),
    "old_digit": lambda ch: str(old.digit(ch, "")), "old_numeric": lambda ch: number(old.numeric(ch, None)),
    "old_decomposition": old.decomposition, "old_name": lambda ch: old.name(ch, ""),
    **{"old_" + f: mapped(lambda ch, f=f: old.normalize(f, ch)) for f in ("NFC", "NFD", "NFKC", "NFKD")},
})
lines = []


def case(op, *fields):
    lines.append("\t".join((op,) + fields))


ALPHABETS = ["ab", "aA b", "aé", "abЖ", "ab😀", "aAßΣσİǆǅͅ ́", " \t\n\x1c\x85\u2028\r\xa0x", "+-aé\\~\0",
             "\ud800\udc00\udc80a", "a😀\udfff€", "'\"\\\nx\xad"]
rand = random.Random(314)


def text(limit=12):
    alphabet = rand.choice(ALPHABETS)
    return "".join(rand.choice(alphabet) for _ in range(rand.randrange(limit)))


def both(f, g):
    """The result of f, or ! and the error of g."""
    try:
        return f()
    except Exception as e:
        return "!" + g(e)


def strings():
    for _ in range(150):
        s = text()
        for op in "lower upper title capitalize swapcase casefold".split():
            case(op, S(s), S(getattr(s, op)()))
        for op in "islower isupper istitle isalpha isprintable isidentifier isspace isalnum".split():
            case(op, S(s), flag(getattr(s, op)()))
        case("repr", S(s), S(repr(s)))
        case("ascii", S(s), S(ascii(s)))
        case("hash", S(s), str(hash(s)))
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            case("normalize", form, S(s), S(u.normalize(form, s)))
            case("is_normalized", form, S(s), flag(u.is_normalized(form, s)))
    marks = "e\u0301\u0327\u0323\u0345\u1100\u1161\u11a8\uac00\u0f71\u0f72\u0f74\u3099か\u0344\u2126ﬁ"
    for _ in range(400):
        s = "".join(rand.choice(marks) for _ in range(rand.randrange(1, 9)))
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            case("normalize", form, S(s), S(u.normalize(form, s)))


def searching():
    for _ in range(400):
        alphabet = rand.choice(ALPHABETS)
        s = "".join(rand.choice(alphabet) for _ in range(rand.choice([3, 8, 40])))
        n = "".join(rand.choice(alphabet + rand.choice(["", "Ж", "😀"])) for _ in range(rand.randrange(4)))
        new = text(4)
        count = rand.choice([-1, -1, 0, 1, 2])
        case("find", S(s), S(n), str(s.find(n)))
        case("rfind", S(s), S(n), str(s.rfind(n)))
        case("count", S(s), S(n), str(s.count(n)))
        case("startswith", S(s), S(n), flag(s.startswith(n)))
        case("endswith", S(s), S(n), flag(s.endswith(n)))
        case("replace", S(s), S(n), S(new), str(count), S(s.replace(n, new, count)))
        case("strip", S(s), S(n), S(s.strip(n)))
        case("lstrip", S(s), S(n), S(s.lstrip(n)))
        case("rstrip", S(s), S(n), S(s.rstrip(n)))
        if n:
            case("split", S(s), S(n), str(count), L(map(S, s.split(n, count))))
            case("rsplit", S(s), S(n), str(count), L(map(S, s.rsplit(n, count))))
            case("partition", S(s), S(n), L(map(S, s.partition(n))))
            case("rpartition", S(s), S(n), L(map(S, s.rpartition(n))))
    for _ in range(300):
        s = "".join(rand.choice(" \t\n\x1c\x85\u2028\r\xa0xyЖ") for _ in range(rand.randrange(14)))
        count = rand.choice([-1, -1, 0, 1, 2])
        width = rand.randrange(20)
        fill = rand.choice("*é€😀")
        case("split_space", S(s), str(count), L(map(S, s.split(None, count))))
        case("rsplit_space", S(s), str(count), L(map(S, s.rsplit(None, count))))
        case("splitlines", S(s), "0", L(map(S, s.splitlines())))
        case("splitlines", S(s), "1", L(map(S, s.splitlines(True))))
        case("strip_space", S(s), S(s.strip()))
        case("expandtabs", S(s), str(width), S(s.expandtabs(width)))
        for op in ("center", "ljust", "rjust"):
            case(op, S(s), str(width), S(fill), S(getattr(s, op)(width, fill)))
        s = rand.choice(["", "+", "-"]) + s
        case("zfill", S(s), str(width), S(s.zfill(width)))


def byte_strings():
    for _ in range(150):
        b = bytes(rand.choice(b"aAzZ@[`{1 \t\r\n\x0b\x1c\x85\xa0\xe9'\"\\") for _ in range(rand.randrange(12)))
        for op in "lower upper title capitalize swapcase".split():
            case("b." + op, B(b), B(getattr(b, op)()))
        for op in "islower isupper istitle isalpha isspace isalnum isdigit".split():
            case("b." + op, B(b), flag(getattr(b, op)()))
        case("b.repr", B(b), S(repr(b)))
        case("b.hash", B(b), str(hash(b)))
        case("b.split_space", B(b), str(-1), L(map(B, b.split())))
        case("b.rsplit_space", B(b), "1", L(map(B, b.rsplit(None, 1))))
        case("b.splitlines", B(b), "0", L(map(B, b.splitlines())))
        case("b.splitlines", B(b), "1", L(map(B, b.splitlines(True))))
        case("b.strip_space", B(b), B(b.strip()))


log = []


def logging(e):
    log.append("%s:%d:%d:%s" % (e.encoding, e.start, e.end, e.reason))
    return ("?", e.end)


codecs.register_error("logging", logging)
DECODERS = {
    "utf-8": codecs.utf_8_decode, "utf-16": codecs.utf_16_decode, "utf-16-le": codecs.utf_16_le_decode,
    "utf-16-be": codecs.utf_16_be_decode, "utf-32": codecs.utf_32_decode, "utf-32-le": codecs.utf_32_le_decode,
    "utf-32-be": codecs.utf_32_be_decode, "utf-7": codecs.utf_7_decode,
    "unicode_escape": codecs.unicode_escape_decode, "raw_unicode_escape": codecs.raw_unicode_escape_decode,
    "ascii": lambda b, e, f: codecs.ascii_decode(b, e),
}
ENCODERS = ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "ascii",
            "latin-1", "unicode_escape", "raw_unicode_escape", "cp1252"]
MODES = "strict ignore replace backslashreplace surrogateescape surrogatepass".split()


def decode_error(e):
    return "%s:%d:%d:%s" % (e.encoding, e.start, e.end, e.reason)


def sample(name):
    if name == "utf-7":
        return bytes(rand.choice(b"++--aAZ/9 2AgA\xe9!") for _ in range(rand.randrange(14)))
    if "escape" in name:
        pieces = [b"\\", b"x", b"u", b"U", b"N", b"{", b"}", b"LF", b"0", b"7", b"41", b"0010", b"ffff", b"q",
                  b"\n", b"\xe9", b"\\u0041", b"\\N{DIGIT ONE}", b"\\777", b"\\x41", b"\\\\"]
        return b"".join(rand.choice(pieces) for _ in range(rand.randrange(8)))
    if name.startswith("utf-16"):
        units = [b"\0\xd8", b"\xd8\0", b"\0\xdc", b"\xdc\0", b"\xff\xfe", b"\xfe\xff", b"a\0", b"\0a", b"\x42\x04"]
        return b"".join(rand.choice(units) for _ in range(rand.randrange(6))) + rand.choice([b"", b"", b"x"])
    if name.startswith("utf-32"):
        units = [b"a\0\0\0", b"\0\0\0a", b"\0\xd8\0\0", b"\0\0\xd8\0", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\xf6\x01\0",
                 b"\0\x01\xf6\0", b"\0\0\x11\0", b"\0\x11\0\0"]
        return b"".join(rand.choice(units) for _ in range(rand.randrange(5))) + rand.choice([b"", b"", b"x", b"xyz"])
    pieces = [b"a", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\x80", b"\xc0", b"\xe0", b"\xed\xa0\x80",
              b"\xf4\x90", b"\xe2\x82", b"\xf0\x9f\x98", b"\xff", b"\xed\xb2\x80", b"\xf5", b"\xe0\x80"]
    return b"".join(rand.choice(pieces) for _ in range(rand.randrange(7)))


def coding():
    import warnings
    warnings.simplefilter("ignore")
    for name, decode in DECODERS.items():
        for _ in range(120):
            b = sample(name)
            for last in (True, False):
                log.clear()
                s, used = decode(b, "logging", last)
                case("decode", name, flag(last), B(b), S(s), str(used), L(log))
            mode = rand.choice(MODES)
            case("decode_mode", name, mode, B(b), both(lambda: S(decode(b, mode, True)[0]), decode_error))
    for name in ENCODERS:
        for _ in range(60):
            s = text()
            log.clear()
            b = s.encode(name, "logging")
            case("encode", name, S(s), B(b), L(log))
            mode = rand.choice(MODES + ["xmlcharrefreplace", "namereplace"])
            case("encode_mode", name, mode, S(s), both(lambda: B(s.encode(name, mode)), decode_error))


def formats():
    fixed = ["", "a", "{", "}", "{}", "{{", "}}", "{{}}", "a{b}c", "{a!r}", "{a!r:>{w}}", "{!", "{a!", "{a!}", "{a!rx}", "{a:",
             "{a:{", "{a:}}", "{a[}]}", "{a[", "{a{", "{0.x[1].y}", "}{", "{!r}", "{a!r", "x}}y{{z"]
    for _ in range(500):
        fixed.append("".join(rand.choice("{}{}[]!:.ab0é") for _ in range(rand.randrange(10))))
    def show(p):
        lit, name, spec, conv = p
        return ",".join([S(lit)] + (["None"] if name is None else [S(name), S(spec), "None" if conv is None else S(conv)]))
    for f in fixed:
        case("formatter_parser", S(f), both(lambda: L(map(show, _string.formatter_parser(f))), str))
    def split(name):
        first, rest = _string.formatter_field_name_split(name)
        item = lambda x: str(x) if isinstance(x, int) else "=" + S(x)
        return L([item(first)] + ["%s%s" % (flag(a), item(x)) for a, x in rest])
    names = ["", "0", "a", "a.b", "a[0]", "a[b]", "a[", "a[]", "a.", "a[0]b", "9" * 30, "a[%s]" % ("9" * 30), "٣", "a[٣].x"]
    for _ in range(300):
        names.append("".join(rand.choice("[].ab01") for _ in range(rand.randrange(8))))
    for n in names:
        case("field_name_split", S(n), both(lambda: split(n), str))


def lookups():
    names = ["LATIN SMALL LETTER A", "latin small letter gha", "LINE FEED", "NULL", "BELL", "HANGUL SYLLABLE GAG",
             "hangul syllable ssangs", "HANGUL SYLLABLE A", "HANGUL SYLLABLE ", "CJK UNIFIED IDEOGRAPH-4E00",
             "cjk unified ideograph-4e00", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-F900",
             "CJK COMPATIBILITY IDEOGRAPH-F900", "TANGUT IDEOGRAPH-17000", "TANGUT IDEOGRAPH-187F7",
             "TANGUT IDEOGRAPH-187F8", "TANGUT IDEOGRAPH-18D08", "TANGUT IDEOGRAPH-18D09", "KEYCAP DIGIT ONE",
             "NUSHU CHARACTER-1B170", "LATIN SMALL LETTER A ", " LATIN SMALL LETTER A", "", "NO SUCH THING", "é",
             "LATIN SMALL LETTER A WITH MACRON AND GRAVE", "EGYPTIAN HIEROGLYPH-13460", "LATIN  SMALL LETTER A",
             "CJK UNIFIED IDEOGRAPH-", "CJK UNIFIED IDEOGRAPH-+4E0", "HANGUL SYLLABLE YEO", "HANGUL SYLLABLE GAGX"]
    for n in names:
        case("lookup", S(n), both(lambda: S(u.lookup(n)), lambda e: ""))


def seeded_hashes():
    for seed in (0, 1, 12345, 4294967295):
        code = "print(hash('abc'), hash('aЖ'), hash('a😀b'), hash(b'0123456789'), hash('abcЖЖ'))"
        out = subprocess.run([sys.argv[2], "-c", code], env={"PYTHONHASHSEED": str(seed), "PYTHONUTF8": "1"},
                             capture_output=True, text=True, check=True).stdout
        case("seeded", str(seed), out.strip().replace(" ", "|"))


strings(); searching(); byte_strings(); coding(); formats(); lookups(); seeded_hashes()
with open(OUT + "/properties.txt", "w") as f:
    for name, prop in PROPERTIES.items():
        f.write("%s %016x\n" % (name, fnv(prop(chr(c)) for c in range(N))))
with open(OUT + "/cases.txt", "w") as f:
    f.write("\n".join(dict.fromkeys(lines)) + "\n")
