"""Garbled input for the parser and marshal: the process must end in exceptions only. Run by the tested interpreter.

    mutate.py parser|marshal SEED COUNT [FILES...]
"""
import marshal
import random
import sys
import warnings

warnings.simplefilter("ignore")


def garble(rng, data):
    """Truncates, overwrites, doubles, deletes or moves pieces."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        if not data:
            break
        at = rng.randrange(len(data))
        n = rng.choice((1, 1, 2, 4, 8, 40))
        k = rng.randrange(8)
        if k == 0:
            del data[at:]
        elif k == 1:
            data[at] = rng.randrange(256)
        elif k == 2:
            del data[at : at + n]
        elif k == 3:
            data[at:at] = data[at : at + n] * rng.randint(1, 4)
        elif k == 4:
            data[at] ^= 1 << rng.randrange(8)
        elif k == 5:
            data[at:at] = rng.choice((b"(", b"[", b"{", b"}", b")", b"'", b'"""', b"f'{", b"\\", b"\n", b"\n\t", b"  ", b":", b"\0", b"\xff", b"lambda ", b"*", b"async ", b"match x:\n case ", b"\xe3\x81", b"=", b"# -*- coding: utf-16\n", b"\x0c"))
        elif k == 6:
            data[at : at + 4] = rng.choice((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\0\0\0\0"))
        else:
            other = rng.randrange(len(data))
            data[at:at] = data[other : other + n]
    return bytes(data)


def main():
    what, seed, count, *files = sys.argv[1:]
    for i in range(int(seed), int(seed) + int(count)):
        rng = random.Random(i)
        with open(rng.choice(files), "rb") as f:
            source = f.read()
        start = rng.randrange(max(1, len(source)))
        if len(source) > 6000:
            source = source[source.rfind(b"\n", 0, start) + 1 :][:6000]
        sys.stderr.write(f"\r{i}")
        sys.stderr.flush()
        if what == "parser":
            try:
                compile(garble(rng, source), "x", "exec")
            except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
                pass
        else:
            try:
                code = compile(source, "x", "exec")
            except (SyntaxError, ValueError):
                code = compile("def f(a, *b, c=1):\n try: return [x for x in a if b]\n finally: print(f'{c}')\nclass C(int): x = 1.5, 'a', b'b', 1j, 2**80, frozenset([1])", "x", "exec")
            data = garble(rng, marshal.dumps(code if rng.random() < 0.5 else [1, 2.5, "abc", ("a", b"b"), {1: 2}, frozenset([3]), 2**100, 1j, None, ..., "\u3042", [code]]))
            try:
                value = marshal.loads(data)
                repr(value)
                if hasattr(value, "co_code") and rng.random() < 0.5:
                    list(value.co_lines()), list(value.co_positions()), value.co_consts, value.co_varnames
            except (ValueError, EOFError, TypeError, MemoryError, RecursionError, OverflowError, SystemError):
                pass
    print("\nok")


main()
