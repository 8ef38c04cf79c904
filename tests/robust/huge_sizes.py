# Sizes nobody can have raise MemoryError or OverflowError and leave the process alive; compare with CPython by hand.
import array
import collections
import hashlib
import io
import itertools
import math
import operator
import os
import resource
import struct

resource.setrlimit(resource.RLIMIT_AS, (1 << 43, 1 << 43))
SIZES = {"2**43": 2**43, "2**47-1": 2**47 - 1, "2**62": 2**62, "2**63-1": 2**63 - 1, "10**30": 10**30}
r, w = os.pipe()


def bytesio(n):
    b = io.BytesIO()
    b.seek(n)
    b.write(b"x")


def stringio(n):
    b = io.StringIO()
    b.seek(n)
    b.write("x")


CASES = {
    "list*": lambda n: [0] * n, "list*=": lambda n: operator.imul([0], n), "*list": lambda n: n * [0, 1], "tuple*": lambda n: (0,) * n,
    "str*": lambda n: "x" * n, "wide str*": lambda n: "\u3042b" * n, "bytes*": lambda n: b"x" * n, "bytearray*": lambda n: bytearray(b"xy") * n,
    "bytearray*=": lambda n: operator.imul(bytearray(b"x"), n), "bytes": bytes, "bytearray": bytearray, "array*": lambda n: array.array("i", [1]) * n,
    "array*=": lambda n: operator.imul(array.array("d", [1]), n), "deque*": lambda n: collections.deque([1, 2], maxlen=3) * n and None,
    "ljust": lambda n: "x".ljust(n), "rjust": lambda n: "x".rjust(n, "\u3042"), "center": lambda n: "x".center(n), "zfill": lambda n: "1".zfill(n),
    "expandtabs": lambda n: "a\tb\t".expandtabs(n), "bytes.ljust": lambda n: b"x".ljust(n), "bytes.rjust": lambda n: b"x".rjust(n), "bytes.center": lambda n: b"x".center(n),
    "bytes.zfill": lambda n: b"1".zfill(n), "bytes.expandtabs": lambda n: b"a\tb".expandtabs(n), "bytearray.ljust": lambda n: bytearray(b"x").ljust(n),
    "format str": lambda n: format("x", str(n)), "format int": lambda n: format(1, str(n)), "format 0int": lambda n: format(1, "0" + str(n)), "format 0,": lambda n: format(1, f"0{n},"), "format ^float": lambda n: format(1.5, f"^{n}"),
    "format .f": lambda n: format(1.5, f".{n}f"), "format .e": lambda n: format(1.5, f".{n}e"), "format .g": lambda n: format(1.5, f".{n}g"), "format complex": lambda n: format(1j, str(n)), "str.format": lambda n: "{:{}}".format(1, n),
    "fstring": lambda n: f"{1:{n}}", "%d": lambda n: f"%{n}d" % 1, "%*d": lambda n: "%*d" % (n, 1), "%s": lambda n: f"%{n}s" % "x", "%.f": lambda n: f"%.{n}f" % 1.5, "%.*d": lambda n: "%.*d" % (n, 1), "%.*g": lambda n: "%.*g" % (n, 1.0),
    "bytes %d": lambda n: b"%*d" % (n, 1), "bytes %s": lambda n: b"%*s" % (n, b"x"), "bytes %.f": lambda n: b"%.*f" % (n, 1.5),
    "1<<": lambda n: 1 << n, "-5<<": lambda n: -5 << n, "to_bytes": lambda n: (1).to_bytes(n, "big"), "2**": lambda n: 2**n, "pow": lambda n: pow(3, n),
    "list(range)": lambda n: list(range(n)), "list(repeat)": lambda n: list(itertools.repeat(None, n)), "tuple(repeat)": lambda n: tuple(itertools.repeat(None, n)),
    "product": lambda n: itertools.product([1], repeat=n), "combinations": lambda n: next(itertools.combinations([1, 2], n)), "cwr": lambda n: next(itertools.combinations_with_replacement([1, 2], n)), "permutations": lambda n: next(itertools.permutations([1], n)),
    "tee": lambda n: itertools.tee([], n), "batched": lambda n: next(itertools.batched([1], n)), "struct s": lambda n: struct.pack(f"{n}s", b""), "struct x": lambda n: struct.pack(f"{n}x"), "struct calcsize": lambda n: struct.calcsize(f"{n}q"),
    "StringIO": stringio, "BytesIO": bytesio, "BytesIO.truncate": lambda n: io.BytesIO().truncate(n) and None, "os.read": lambda n: os.set_blocking(r, False) or os.read(r, n), "urandom": os.urandom,
    "shake": lambda n: hashlib.shake_128(b"").digest(n), "pbkdf2": lambda n: hashlib.pbkdf2_hmac("sha1", b"", b"", 1, n), "islice": lambda n: list(itertools.islice([1], n)),
    "repeat len": lambda n: len(range(n)), "length_hint": lambda n: list(Hint(n)), "from_bytes": lambda n: bytes(Hint(n)), "len": lambda n: len(Len(n)), "sum": lambda n: sum(itertools.islice(itertools.repeat([1]), 2), [0] * 3 * n),
    "slice": lambda n: [1][n:] + [1][-n:], "insert": lambda n: [1].insert(n, 1), "replace": lambda n: "aa".replace("a", "b", n), "split": lambda n: "a b".split(" ", n), "index": lambda n: [1, 2].index(1, -n), "deque maxlen": lambda n: collections.deque([], n),
    "open buffering": lambda n: open(os.devnull, "rb", n).close(), "BufferedReader": lambda n: io.BufferedReader(io.BytesIO(), n), "read": lambda n: io.BytesIO(b"ab").read(n), "perm": lambda n: math.perm(5, n), "memoryview": lambda n: memoryview(b"abc")[n:],
    "randbytes": lambda n: __import__("random").randbytes(n), "getrandbits": lambda n: __import__("random").getrandbits(n), "ldexp": lambda n: math.ldexp(1.0, n), "round": lambda n: round(1.5, n), "round int": lambda n: round(15, -n) if n < 2**40 else 0, "chr": chr,
    "bytearray.extend": lambda n: bytearray().extend(Hint(n)), "array.fromfile": lambda n: array.array("b").fromfile(io.BytesIO(b"ab"), n), "sys": lambda n: __import__("sys").setrecursionlimit(-n),
}


class Hint:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter((1, 2))

    def __length_hint__(self):
        return self.n


class Len:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


for name, f in CASES.items():
    for size, n in SIZES.items():
        try:
            x = f(n)
            result = f"{type(x).__name__} {x!r:.20}" if not isinstance(x, (itertools.product, io.BufferedReader)) else type(x).__name__
        except Exception as e:
            result = f"{type(e).__name__}: {e}"
        print(name, size, result)
