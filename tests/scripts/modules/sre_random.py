# Random patterns on random texts: a line a pattern, with a checksum of all that it found.
import random
import re
import warnings
import zlib

warnings.simplefilter("ignore")
R = random.Random(20)
ALPHABET = "abcA1 \n_-é"


def atom(depth, groups):
    k = R.random()
    if k < 0.36:
        return R.choice(["a", "b", "c", "A", "1", " ", "_", "-", "é", "ab", "abc", "ba"])
    if k < 0.44:
        return R.choice([r"\w", r"\d", r"\s", r"\W", r"\S", "."])
    if k < 0.56:
        return R.choice(["[abc]", "[^a]", "[a-c1]", r"[^\w]", r"[\s_]", "[aé]", "[a-zA-Z]", "[Ā-ſ]", "[^é]"])
    if k < 0.60:
        return R.choice(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
    if depth <= 0:
        return "a"
    if k < 0.72:
        groups[0] += 1
        return "(" + alternatives(depth - 1, groups) + ")"
    if k < 0.80:
        return "(?:" + alternatives(depth - 1, groups) + ")"
    if k < 0.84:
        return R.choice(["(?=", "(?!"]) + alternatives(depth - 1, groups) + ")"
    if k < 0.87:
        return R.choice(["(?<=", "(?<!"]) + R.choice(["a", r"\w", "[ab]", "ab"]) + ")"
    if k < 0.90:
        return "(?>" + alternatives(depth - 1, groups) + ")"
    if k < 0.94 and groups[0]:
        return f"\\{R.randint(1, groups[0])}"
    if k < 0.96 and groups[0]:
        return f"(?({R.randint(1, groups[0])}){sequence(depth - 1, groups)}|{sequence(depth - 1, groups)})"
    return R.choice(["(?i:", "(?s:"]) + alternatives(depth - 1, groups) + ")"


def piece(depth, groups):
    a = atom(depth, groups)
    if R.random() < 0.45 and a not in ("^", "$", r"\b", r"\B", r"\A", r"\Z"):
        if len(a) > 1 and a[0] not in "([\\":
            a = f"(?:{a})"
        a += R.choice(["*", "+", "?", "{2}", "{1,2}", "{,3}", "{2,}"]) + R.choice(["", "", "", "?", "+"])
    return a


def sequence(depth, groups):
    return "".join(piece(depth, groups) for _ in range(R.randint(1, 4)))


def alternatives(depth, groups):
    return "|".join(sequence(depth, groups) for _ in range(R.choice([1, 1, 1, 2, 3])))


def found(p, s):
    for m in list(p.finditer(s))[:8]:
        yield m.regs, m.lastindex
    for m in p.match(s), p.fullmatch(s), p.search(s, 2, 9):
        yield m and m.regs
    yield p.split(s, 2), p.sub(r"<\g<0>>", s), p.findall(s)


for _ in range(250):
    source = alternatives(R.randint(1, 3), [0])
    flags = R.choice([0, 0, 0, re.I, re.M, re.S, re.A])
    try:
        p = re.compile(source, flags)
    except re.error:
        continue
    crc = 0
    for _ in range(5):
        s = "".join(R.choice(ALPHABET) for _ in range(R.randint(0, 14)))
        if R.random() < 0.3:
            s += R.choice("Āſ☃𝒳") + R.choice(["", "ab"])
        crc = zlib.crc32(ascii(list(found(p, s))).encode(), crc)
    print(f"{crc:08x}", int(flags), ascii(source))
