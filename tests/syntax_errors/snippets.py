"""Our own invalid programs: small valid ones, damaged one token at a time.

The damage is pseudo-random with a fixed seed, so the list is the same every time.
`COMPILER` are programs only the compiler refuses; they are kept for its author.
"""

import io
import random
import tokenize

VALID = """
total = price * count + (shipping - rebate) / 2
name: str = first + ' ' + last
a, (b, *rest), obj.field, table[i] = values
counter += step[0] if flag else -1
del cache[key], obj.attr, (p, q)
import os.path as osp, sys
from . import alpha, beta as gamma
from pkg.sub import (one, two as second,)
assert limit > 0, f'limit is {limit!r:>{width}}'
raise ValueError('bad') from error
return_value = call(1, *args, key=2, **options)
squares = [n ** 2 for n in range(10) if n % 2 if n]
pairs = {k: v for k, v in items.items()}
unique = {x for x in (1, 2, 3)}
mapping = {'a': 1, **more, 'b': [2, 3]}
lazy = (await_ for await_ in gen())
f = lambda x, /, y=1, *rest, z, **kw: x + y
if (m := pattern.match(line)) is not None: print(m)
x = not a and b or c in d not in e is not f
text = 'one' "two" f'{three}' '''four'''
data = b'raw' b"bytes" rb'\\d'
matrix[1:2, ::3, ...] = 0x1F + 0o17 + 0b11 + 1_000.5e-3 + 2j
global_name = obj.method(arg)[0](x for x in y).attr
type Alias[T: int, *Ts, **P] = dict[T, Callable[P, T]]
print(f'{value = !s:{fill}^{10}} {{literal}} {nested["k"]}')
t = t'{name!r} and {1 + 1:.2f}'
while n > 0: n -= 1
def f(a, b: int = 1, /, c=2, *args: tuple, d, e=3, **kwargs) -> None: pass
async def g[T](x: T) -> T: return await x
class C[T](Base, metaclass=Meta): attr = 1
@decorator(1)\ndef f():\n    yield x\n    return (yield from y)
if a:\n    pass\nelif b:\n    x = 1\nelse:\n    y = 2
for i, (j, *k) in enumerate(rows):\n    continue\nelse:\n    done()
while True:\n    if stop:\n        break\n    go()\nelse:\n    pass
try:\n    risky()\nexcept (A, B) as e:\n    pass\nexcept C:\n    raise\nelse:\n    ok()\nfinally:\n    close()
try:\n    risky()\nexcept* A as e:\n    pass\nexcept* B:\n    pass
with open(a) as f, lock, make() as (g, h):\n    pass
with (open(a) as f, open(b) as g,):\n    pass
match command:\n    case ['go', (1 | 2 | -3.5) as n, *_] if n:\n        pass\n    case {'k': Point(x=0, y=yy), **rest}:\n        pass\n    case mod.CONST | None | 1 + 2j:\n        pass\n    case _:\n        pass
async def main():\n    async with a as b:\n        async for x in y:\n            await z
def outer():\n    x = 1\n    def inner():\n        nonlocal x\n        global y\n        x = 2\n    return inner
class Point:\n    '''doc'''\n    x: int\n    def __init__(self, x):\n        self.x = x
x = (\n    1,\n    [2,\n     3],\n)
lambda: (yield)
x = yield_ = {**a, 'b': lambda: 0}
exec_ = print_(1); y = 2; pass
""".strip().splitlines()

INSERT = (
    "( ) [ ] { } , : ; . = == := + - * ** / @ ! ~ -> $ ? not in is if else for lambda as "
    "import def class while try except with return await async None True 1 x 'a' f'{x}' "
    "print match case del raise \" ''' f' \\ é “ 0777 1_ 0x 1abc <>"
).split()
# Whole programs that damage does not reach easily.
EXTRA = [
    "if a:\n    x\n  y\n", "if a:\n\tx\n        y\n", "  x = 1\n", "x = 1\n  y = 2\n",
    "def f():\nreturn 1\n", "class A:\n\nx = 1\n", "for x in y:\n# c\nz\n", "while 1:\n",
    "try:\n    pass\n", "try:\n    pass\nx = 1\n", "else:\n    pass\n", "elif a: pass\n",
    "if a: pass\nelse: pass\nelif b: pass\n", "x = (1,\ny = 2\n", "x = [1, 2\n\ny = 3\n", "x = )\n",
    "x = (1]\n", "x = (\n1]\n", "'abc\n", "'''abc\n\n", "x = 'it\\'s\n", "f'{a\n", "f'{a'\n",
    "f'a}'\n", "f'{}'\n", "f'{a!}'\n", "f'{a!z}'\n", "f'{a! r}'\n", "f'{lambda x: 1}'\n", "f'''{\na b}'''\n",
    "f'{a:{b:{c:{d}}}}'\n", "f'{*}'\n", "f'{a $ b}'\n", "ub'x'\n", "bf'x'\n", "'\\x1'\n", "'\\N{no such}'\n",
    "b'\\x'\n", "b'é'\n", "'a' b'b'\n", "t'a' 'b'\n", "x = 1 if 2\n", "x = 1 if 2 else\n", "x = 1 if 2 else pass\n",
    "x = pass if 1 else 2\n", "f(a for a in b, c)\n", "f(c, a for a in b)\n", "f(a=1, b)\n", "f(**a, b)\n", "f(**a, *b)\n",
    "f(a.b=1)\n", "f(True=1)\n", "f(a=)\n", "f(a, b=1 for b in c)\n", "f(*a=1)\n", "f(**a=1)\n", "f(a := 1, b = 2 3)\n",
    "def f(a=1, b): pass\n", "def f(*): pass\n", "def f(*, **k): pass\n", "def f(/): pass\n", "def f(a, /, b, /): pass\n",
    "def f(*a, /): pass\n", "def f(**k, a): pass\n", "def f(**k=1): pass\n", "def f(*a=1): pass\n", "def f(*a, *b): pass\n",
    "def f((a, b)): pass\n", "def f(a=): pass\n", "lambda *: 1\n", "lambda a=1, b: 1\n", "lambda (a, b): 1\n", "def f[]: pass\n",
    "class A[]: pass\n", "type X[*T: int] = 1\n", "type X[**T: (int, str)] = 1\n", "(a, b): int = 1\n", "[a]: int\n", "a + b: int\n",
    "a, b: int\n", "f() = 1\n", "a + b = 1\n", "1 = x\n", "None = 1\n", "(a, 1) = x\n", "[a, f()] = x\n", "x = f() = 1\n",
    "(yield) = 1\n", "f() += 1\n", "(a, b) += 1\n", "a if b else c = 1\n", "'a' = 1\n", "f'{a}' = 1\n", "{a} = 1\n", "{} = 1\n",
    "a < b = 1\n", "... = 1\n", "(a := 1) = 2\n", "lambda: 1 = 2\n", "del f()\n", "del (a, 1)\n", "del *a\n", "del a + b\n",
    "for 1 in x: pass\n", "for f() in x: pass\n", "for x y in z: pass\n", "[x for 1 in y]\n", "[x for x y in z]\n", "[x for x]\n",
    "[x, y for x in z]\n", "{x, y for x in z}\n", "[*x for x in y]\n", "{**x for x in y}\n", "(*x for x in y)\n", "(*x)\n", "(**x)\n",
    "{1: 2, 3}\n", "{1: *a}\n", "{1:}\n", "{1: 2, 3: }\n", "{1 2}\n", "[1 2]\n", "(a b)\n", "f(a b)\n", "a b\n", "print 'x'\n",
    "print x, y\n", "exec 'x'\n", "print = 1 2\n", "if x = 1: pass\n", "if a.b = 1: pass\n", "while x = 1: pass\n", "if x\n    pass\n",
    "while x\n    pass\n", "for x in y\n    pass\n", "def f()\n    pass\n", "def f:\n    pass\n", "class A\n    pass\n", "with a\n    pass\n",
    "try\n    pass\n", "try:\n    pass\nexcept A\n    pass\n", "try:\n    pass\nexcept A, B as c:\n    pass\n", "try:\n    pass\nexcept:\n    pass\nexcept* B:\n    pass\n",
    "try:\n    pass\nexcept*:\n    pass\n", "try:\n    pass\nexcept A as b.c:\n    pass\n", "try:\n    pass\nfinally:\nx\n",
    "match x\n    case 1: pass\n", "match x:\ncase 1: pass\n", "match x:\n    case 1\n        pass\n", "match x:\n    case 1:\n    pass\n",
    "match x:\n    case a as _: pass\n", "match x:\n    case a as b.c: pass\n", "match x:\n    case A(b=1, 2): pass\n", "match x:\n    case 1j + 2: pass\n",
    "match x:\n    case 1 + 2: pass\n", "import a from b\n", "import\n", "from a import\n", "from a import b,\n", "import a as b.c\n",
    "from a import b as 1\n", "from a import (b, c\n", "a := 1\n", "(a.b := 1)\n", "not = 1\n", "a + not b\n", "- not a\n", "a <> b\n",
    "a ! b\n", "x = $1\n", "x = 1 \\ 2\n", "x = \\", "1.e\n", "0x\n", "0b2\n", "0o8\n", "0xg\n", "1__0\n", "012\n", "1a\n", "1.5x\n", "0_7\n",
    "“x”\n", "x = a\u00a0b\n", "a\u200bb\n", "€ = 1\n", "async x\n", "await\n", "async def f(): await\n", "a.1\n", "a..b\n", "a[]\n", "a[b c]\n",
    "'a' x 'b'\n", "f('a' x 'b')\n", "with a as f(): pass\n", "with (a as 1): pass\n", "with a as b, c as 1: pass\n", "raise x from\n", "global x.y\n", "nonlocal\n",
    "return = 1\n", "class = 1\n", "x = class\n", "def class(): pass\n", "@\ndef f(): pass\n", "@a\nx = 1\n", "yield = 1\n", "a = yield = 1\n",
    "if True:\n" + "".join(" " * i + "if True:\n" for i in range(1, 101)), "(" * 201 + ")" * 201, "é = ü 1\n", "('é', ü ö)\n", "f'é{a b}'\n", "x = 'é' 'abc\n",
    "if a:\n  if b:\n    c\n   d\n", "x = {\n 'a': 1\n 'b': 2\n}\n", "x = [\n 1\n 2\n]\n", "foo(\n a,\n b\nx = 1\n", "def f(\n  a,\n  b\n  c\n): pass\n",
]
COMPILER = [
    "return 1\n", "yield 1\n", "break\n", "continue\n", "class A:\n    return 1\n", "def f(a, a): pass\n", "lambda a, a: 1\n", "nonlocal x\n",
    "def f():\n    nonlocal x\n", "def f(x):\n    global x\n", "x = 1\nglobal x\n", "def f():\n    x = 1\n    global x\n", "def f():\n    print(x)\n    global x\n",
    "def f(x):\n    nonlocal x\n", "__debug__ = 1\n", "def f(__debug__): pass\n", "del __debug__\n", "f(__debug__=1)\n", "import __debug__\n", "await x\n",
    "def f(): await x\n", "async with a: pass\n", "def f():\n    async for x in y: pass\n", "[x async for x in y]\n", "def f(): return [x async for x in y]\n", "async def f():\n    yield from x\n",
    "async def f():\n    yield 1\n    return 2\n", "def f():\n    from x import *\n", "from __future__ import nonsense\n", "x = 1\nfrom __future__ import annotations\n", "from __future__ import braces\n", "*a = 1\n",
    "*a, *b = c\n", "*a\n", "del *a, b\n", "a, *b, *c = d\n", "f(a=1, a=2)\n", "class A(x=1, x=2): pass\n", "try: pass\nexcept: pass\nexcept A: pass\n", "for x in y:\n    def f():\n        break\n",
    "match x:\n    case a: pass\n    case b: pass\n", "match x:\n    case a | 1: pass\n", "match x:\n    case [a, a]: pass\n", "match x:\n    case {'a': 1, 'a': 2}: pass\n", "match x:\n    case [*a, *b]: pass\n",
    "match x:\n    case A(b=1, b=2): pass\n", "match x:\n    case 1 | [a]: pass\n", "match x:\n    case f'a': pass\n", "match x:\n    case {**rest, 'a': 1}: pass\n", "[i := 0 for i in x]\n", "[x for x in (y := z)]\n",
    "class A:\n    [y := x for x in z]\n", "[[j := 0 for i in a] for j in b]\n", "def f[T, T](): pass\n", "class A[T=int, U]: pass\n", "type X[T: (yield)] = 1\n", "class A[T](B[(x := T)]): pass\n", "def f():\n    x: int\n    global x\n",
    "def f(x):\n    x: int\n    nonlocal x\n", "try: pass\nexcept* A:\n    break\n", "for x in y:\n    try: pass\n    except* A: continue\n", "def f():\n    try: pass\n    except* A: return 1\n", "x = 'a' + 1 if (yield) else 2\n", "class A: x = yield\n", "def f(): [(yield) for x in y]\n",
    "[*a for a in b]\n", "print(*a, sep='') = 1\n", "'%s' 1\n", "{**a} = b\n", "def f(a, *, a): pass\n", "def f(a, *a): pass\n", "def f(a, **a): pass\n", "from x import (*)\n", "from . import *, a\n",
]


def damaged(source, rng):
    """One token of `source` removed, replaced, or given a new neighbour."""
    try:
        tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.string.strip()]
    except (tokenize.TokenError, SyntaxError):
        return source
    starts = [0]
    for line in source.splitlines(True):
        starts.append(starts[-1] + len(line))
    token = rng.choice(tokens)
    begin = starts[token.start[0] - 1] + token.start[1]
    end = starts[token.end[0] - 1] + token.end[1]
    kind = rng.random()
    if kind < 0.35:
        return source[:begin] + source[end:]
    if kind < 0.7:
        return source[:begin] + rng.choice(INSERT) + " " + source[begin:]
    if kind < 0.92:
        return source[:begin] + rng.choice(INSERT) + source[end:]
    return source[:end]


def all_snippets():
    rng = random.Random(314)
    for source in EXTRA + COMPILER:
        yield source, "exec"
    for line in VALID:
        source = line.replace("\\n", "\n") + "\n"
        for n in range(22):
            yield damaged(source, rng), "single" if n == 0 else "exec"
    for source in "", " 1", "1 +", "x = 1", "a b", "(1", "f(a=1 b)", "1\n2", "lambda", "[1,2", "\n":
        yield source, "eval"
    for source in "", "\n", "x\ny", "if a:\n    pass\nb", "x = (", "def f():", "# c", "a; b\nc":
        yield source, "single"
