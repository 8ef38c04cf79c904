# Messages about argument values.
import json
import sys


def attempt(name, f):
    try:
        print(name, repr(f())[:200])
    except Exception as e:
        print(name, type(e).__name__, e)


for n in (1, -1, 639, "a", 1.5, None, True, 2**100, 2**31, -2**31):
    attempt("set_int_max_str_digits", lambda: sys.set_int_max_str_digits(n))
for text in ("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000):
    try:
        json.loads(text)
    except RecursionError:
        print("too deep")
deep = json.loads("[" * 20_000 + "]" * 20_000)
depth = 0
while deep:
    deep, depth = deep[0], depth + 1
print(depth)
