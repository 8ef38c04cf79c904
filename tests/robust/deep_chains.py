"""Chains through each way in which one Python function calls another implicitly.

Each entry of CHAINS is the body of a program that defines `run(n)`, a chain n calls deep. `deep.py` runs each in a
process of its own: it must end in a result or RecursionError, whatever the recursion limit is.
"""

CHAINS = {}


def chain(name, source):
    CHAINS[name] = source


def method(name, call, extra="", signature="self, *a"):
    """A class whose special method calls itself on the next instance through `call`, where `o` is that instance."""
    chain(
        name,
        f"""
BASE = 0
class C:
    def __init__(self, n): self.n = n
    def {name.split('/')[0]}({signature}):
        if self.n == 0: return BASE
        o = C(self.n - 1)
        return {call}
{extra}
def run(n):
    o = C(n)
    return {call}
""",
    )


chain("plain", "def f(n): return n and f(n - 1)\ndef run(n): return f(n)")
chain("kwargs", "def f(n, **k): return n and f(**{'n': n - 1})\ndef run(n): return f(n)")
chain("star", "def f(*a): return a[0] and f(*(a[0] - 1,))\ndef run(n): return f(n)")
chain("lambda", "f = lambda n: n and f(n - 1)\ndef run(n): return f(n)")
chain("init", "class I:\n    def __init__(self, n): self.c = I(n - 1) if n else None\ndef run(n): return I(n)")
chain(
    "new",
    "class I:\n    def __new__(cls, n):\n        self = object.__new__(cls); self.c = I(n - 1) if n else None\n"
    "        return self\ndef run(n): return I(n)",
)
chain(
    "super_init",
    "class A:\n    def __init__(self, n): self.c = B(n - 1) if n else None\n"
    "class B(A):\n    def __init__(self, n): super().__init__(n)\ndef run(n): return B(n)",
)
chain(
    "native_base_init",
    "class L(list):\n    def __init__(self, n):\n        list.__init__(self)\n        if n: self.append(L(n - 1))\n"
    "def run(n): return L(n)",
)
chain(
    "exception_init",
    "class E(Exception):\n    def __init__(self, n):\n        super().__init__(n)\n        self.c = E(n - 1) if n else None\n"
    "def run(n): return E(n)",
)
chain(
    "property",
    "class P:\n    def __init__(self, n): self.n = n\n    @property\n    def x(self): return P(self.n - 1).x if self.n else 0\n"
    "def run(n): return P(n).x",
)
chain(
    "property_set",
    "class P:\n    def __init__(self, n): self.n = n\n    @property\n    def x(self): return 0\n"
    "    @x.setter\n    def x(self, v):\n        if self.n: P(self.n - 1).x = v\n"
    "    @x.deleter\n    def x(self):\n        if self.n: del P(self.n - 1).x\n"
    "def run(n): P(n).x = 1\n",
)
chain(
    "property_del",
    "class P:\n    def __init__(self, n): self.n = n\n    def d(self):\n        if self.n: del P(self.n - 1).x\n"
    "    x = property(fdel=d)\ndef run(n):\n    del P(n).x\n",
)
chain(
    "cached_property",
    "import functools\nclass P:\n    def __init__(self, n): self.n = n\n    @functools.cached_property\n"
    "    def x(self): return P(self.n - 1).x if self.n else 0\ndef run(n): return P(n).x",
)
chain(
    "descriptor_get",
    "class D:\n    def __get__(self, o, c): return C(o.n - 1).x if o.n else 0\n"
    "class C:\n    x = D()\n    def __init__(self, n): self.n = n\ndef run(n): return C(n).x",
)
chain(
    "descriptor_set",
    "class D:\n    def __set__(self, o, v):\n        if o.n: C(o.n - 1).x = v\n"
    "class C:\n    x = D()\n    def __init__(self, n): self.n = n\ndef run(n): C(n).x = 3",
)
chain(
    "descriptor_delete",
    "class D:\n    def __delete__(self, o):\n        if o.n: del C(o.n - 1).x\n"
    "class C:\n    x = D()\n    def __init__(self, n): self.n = n\ndef run(n):\n    del C(n).x",
)
chain(
    "classmethod",
    "class C:\n    @classmethod\n    def f(cls, n): return n and cls.f(n - 1)\ndef run(n): return C.f(n)",
)
chain(
    "staticmethod",
    "class C:\n    @staticmethod\n    def f(n): return n and C.f(n - 1)\ndef run(n): return C.f(n)",
)
chain("bound_method", "class C:\n    def f(self, n):\n        g = self.f\n        return n and g(n - 1)\ndef run(n): return C().f(n)")
chain(
    "getattr_method",
    "class C:\n    def __init__(self, n): self.n = n\n    def __getattr__(self, k): return C(self.n - 1).foo if self.n else 0\n"
    "def run(n): return C(n).foo",
)
chain(
    "getattr_builtin",
    "class C:\n    def __init__(self, n): self.n = n\n"
    "    def __getattr__(self, k): return getattr(C(self.n - 1), k) if self.n else 0\ndef run(n): return C(n).foo",
)
chain(
    "getattribute",
    "class C:\n    def __init__(self, n): self.n = n\n    def __getattribute__(self, k):\n"
    "        n = object.__getattribute__(self, 'n')\n        return C(n - 1).foo if n else 0\ndef run(n): return C(n).foo",
)
chain(
    "getattribute_then_getattr",
    "class C:\n    def __init__(self, n): self.n = n\n    def __getattribute__(self, k):\n"
    "        if k == 'foo': raise AttributeError\n        return object.__getattribute__(self, k)\n"
    "    def __getattr__(self, k): return C(self.n - 1).foo if self.n else 0\ndef run(n): return C(n).foo",
)
chain(
    "setattr",
    "class C:\n    def __setattr__(self, k, v):\n        if v: C().foo = v - 1\ndef run(n): C().foo = n",
)
chain(
    "setattr_builtin",
    "class C:\n    def __setattr__(self, k, v):\n        if v: setattr(C(), k, v - 1)\ndef run(n): C().foo = n",
)
chain(
    "delattr",
    "class C:\n    def __init__(self, n): object.__setattr__(self, 'n', n)\n    def __delattr__(self, k):\n"
    "        if self.n: del C(self.n - 1).foo\ndef run(n):\n    del C(n).foo",
)
chain(
    "module_getattr",
    "import types, sys\nm = types.ModuleType('m')\nleft = 0\ndef g(name):\n    global left\n    left -= 1\n"
    "    return m.foo if left > 0 else 0\nm.__getattr__ = g\ndef run(n):\n    global left\n    left = n\n    return m.foo",
)
for op, sym in {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}.items():
    method(f"__{op}__", f"o {sym} 1")
    method(f"__r{op}__", f"1 {sym} o")
    chain(
        f"__i{op}__",
        f"class C:\n    def __init__(self, n): self.n = n\n    def __i{op}__(self, b):\n        if self.n == 0: return 0\n"
        f"        o = C(self.n - 1)\n        o {sym}= b\n        return o\ndef run(n):\n    o = C(n)\n    o {sym}= 1",
    )
chain(
    "operator_reflected",
    "class A:\n    def __init__(self, n): self.n = n\n    def __add__(self, o): return NotImplemented\n"
    "class B:\n    def __init__(self, n): self.n = n\n    def __radd__(self, o): return A(0) + B(self.n - 1) if self.n else 0\n"
    "def run(n): return A(0) + B(n)",
)
method("__divmod__", "divmod(o, 1)")
method("__rdivmod__", "divmod(1, o)")
method("__pow__/3", "pow(o, 2, 3)")
for op, sym in {"neg": "-", "pos": "+", "invert": "~"}.items():
    method(f"__{op}__", f"{sym}o")
method("__abs__", "abs(o)")
method("__round__", "round(o)")
method("__trunc__", "__import__('math').trunc(o)")
method("__floor__", "__import__('math').floor(o)")
method("__ceil__", "__import__('math').ceil(o)")
for op, sym in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
    method(f"__{op}__", f"o {sym} 1")
    method(f"__{op}__/list", f"[o] {sym} [1]")
    method(f"__{op}__/tuple", f"(o,) {sym} (1,)")
method("__lt__/sort", "sorted([o, C(0)])", signature="self, other")
method("__lt__/min", "min(o, C(0))")
method("__lt__/bisect", "__import__('bisect').bisect([C(0)], o)")
method("__lt__/heap", "__import__('heapq').heappush([C(0)], o)")
method("__eq__/dict", "{1: o} == {1: 1}")
method("__eq__/deque", "__import__('collections').deque([o]) == __import__('collections').deque([1])")
method("__eq__/in_list", "1 in [o]")
method("__eq__/in_tuple", "1 in (o,)")
method("__eq__/index", "[o].index(1) if 1 in [o] else 0")
method("__eq__/count", "[o].count(1)")
method("__eq__/remove", "[o].remove(1)", extra="C.__eq__ = lambda s, x: ([C(s.n-1)].remove(1) or True) if s.n else True")
method("__eq__/hash_dict", "o in {1: 2}", extra="C.__hash__ = lambda s: hash(1)")
method("__eq__/set", "o in {1}", extra="C.__hash__ = lambda s: hash(1)")
method("__eq__/frozenset_ops", "frozenset([o]) & {1}", extra="C.__hash__ = lambda s: hash(1)")
method("__eq__/slice", "slice(o, 1) == slice(1, 1)")
method("__eq__/match", "o == 1", extra="def m(s, x):\n    if not s.n: return True\n    match C(s.n-1):\n        case 1: return True\nC.__eq__ = m")
method("__bool__", "not not o", extra="BASE = True")
method("__bool__/if", "(1 if o else 0) == 1", extra="BASE = True")
method("__bool__/and", "bool(o and 1)", extra="BASE = True")
method("__bool__/call", "bool(o)", extra="BASE = True")
method("__bool__/all", "all([o])", extra="BASE = True")
method("__bool__/filter", "bool(list(filter(None, [o])))", extra="BASE = True")
method("__bool__/compare", "bool(1 in [0, o])", extra="BASE = True\nclass Z:\n    def __init__(self, o): self.o = o\n    def __eq__(self, x): return self.o")
method("__len__", "len(o)", extra="BASE = 1")
method("__len__/bool", "int(not o)", extra="BASE = 1")
method("__len__/reversed", "len(list(reversed(o)))", extra="BASE = 1\nC.__getitem__ = lambda s, i: 1")
method("__length_hint__", "len(list(o))", extra="BASE = 0\nC.__iter__ = lambda s: iter(())")
method("__length_hint__/operator", "__import__('operator').length_hint(o)")
method("__hash__", "hash(o)", extra="BASE = 1")
method("__hash__/tuple", "hash((o,))", extra="BASE = 1")
method("__hash__/frozenset", "hash(frozenset([o]))", extra="BASE = 1")
method("__hash__/dict", "len({o: 1})", extra="BASE = 1")
method("__hash__/set_add", "len({o})", extra="BASE = 1")
method("__hash__/dict_get", "{}.get(o, 1)", extra="BASE = 1")
method("__hash__/lru", "f(o)", extra="import functools\nBASE = 1\n@functools.lru_cache\ndef f(x): return 1")
method("__iter__", "iter(o)", extra="BASE = iter(())")
method("__iter__/for", "next(g(o), None) or iter(())", extra="BASE = iter(())\ndef g(x):\n    for i in x: yield i")
method("__iter__/list", "iter(list(o))", extra="BASE = iter(())")
method("__iter__/star", "iter([*o])", extra="BASE = iter(())")
method("__iter__/unpack", "u(o)", extra="BASE = iter((1,))\ndef u(o):\n    a, = o\n    return iter((a,))")
method("__iter__/call_star", "u(*o)", extra="BASE = iter((1,))\ndef u(*a): return iter(a)")
method("__iter__/in", "iter([3 in o])", extra="BASE = iter((1,))")
method("__iter__/dict", "iter(dict(o))", extra="BASE = iter(())")
method("__iter__/join", "iter(''.join(o))", extra="BASE = iter(())")
method("__iter__/sum", "iter([sum(o)])", extra="BASE = iter(())")
method("__iter__/extend", "iter([[].extend(o)])", extra="BASE = iter(())")
method("__iter__/zip", "iter(list(zip(o)))", extra="BASE = iter(())")
method("__iter__/chain", "iter(list(__import__('itertools').chain(o)))", extra="BASE = iter(())")
method("__iter__/yield_from", "iter(list(g(o)))", extra="BASE = iter(())\ndef g(x): yield from x")
method("__next__", "next(o)")
method("__next__/for", "f(o)", extra="C.__iter__ = lambda s: s\ndef f(o):\n    for x in o: return x")
method("__next__/enumerate", "next(enumerate(o))", extra="C.__iter__ = lambda s: s")
method("__next__/zip", "next(zip(o, o))", extra="C.__iter__ = lambda s: s")
method("__next__/map", "next(map(id, o))", extra="C.__iter__ = lambda s: s")
method("__next__/filter", "next(filter(None, o), 1)", extra="BASE = 1\nC.__iter__ = lambda s: s")
method("__next__/islice", "next(__import__('itertools').islice(o, 1))", extra="C.__iter__ = lambda s: s")
method("__next__/in", "0 in o", extra="BASE = 0\nC.__iter__ = lambda s: s")
method("__next__/genexpr", "next(x for x in o)", extra="C.__iter__ = lambda s: s")
method("__next__/unpack", "f(o)", extra="C.__iter__ = lambda s: s\ndef f(o):\n    a, b = (next(o), 1)\n    return a")
method("__call__", "o()")
method("__call__/star", "o(*())")
method("__call__/partial", "__import__('functools').partial(o)()")
method("__call__/type", "type(o).__call__(o)")
method("__call__/apply", "f(o)", extra="def f(o): return o(**{})", signature="self, **k")
method("__getitem__", "o[0]")
method("__getitem__/slice", "o[1:2]")
method("__getitem__/iter", "next(iter(o))")
method("__getitem__/format", "'{0[a]}'.format(o)", extra="BASE = ''")
method("__getitem__/percent", "'%(a)s' % o", extra="BASE = ''")
method("__setitem__", "f(o)", extra="def f(o):\n    o[1] = 2")
method("__delitem__", "f(o)", extra="def f(o):\n    del o[1]")
method("__contains__", "1 in o", extra="BASE = True")
method("__contains__/operator", "__import__('operator').contains(o, 1)", extra="BASE = True")
chain("__missing__", "class D(dict):\n    def __missing__(self, k): return D()[k - 1] if k else 0\ndef run(n): return D()[n]")
chain("defaultdict", "from collections import defaultdict\nleft = 0\ndef f():\n    global left\n    left -= 1\n    return defaultdict(f)[1] if left > 0 else 1\ndef run(n):\n    global left\n    left = n\n    return defaultdict(f)[1]")
method("__enter__", "f(o)", extra="C.__exit__ = lambda *a: None\ndef f(o):\n    with o as x: return x")
method("__exit__", "f(o)", extra="BASE = True\nC.__enter__ = lambda s: s\ndef f(o):\n    with o: pass\n    return True")
method("__exit__/raising", "f(o)", extra="BASE = True\nC.__enter__ = lambda s: s\ndef f(o):\n    with o: 1/0\n    return True")
chain("exitstack", "import contextlib\n@contextlib.contextmanager\ndef cm(n):\n    if n:\n        with cm(n-1): yield\n    else: yield\ndef run(n):\n    with cm(n): pass")
for name, call in {
    "__repr__": "repr(o)", "__repr__/list": "repr([o])", "__repr__/dict": "repr({1: o})", "__repr__/set": "repr({o})",
    "__repr__/tuple": "repr((o,))", "__repr__/fstring": "f'{o!r}'", "__repr__/percent": "'%r' % o", "__repr__/ascii": "ascii(o)",
    "__repr__/format": "'{!r}'.format(o)", "__repr__/deque": "repr(__import__('collections').deque([o]))",
    "__repr__/partial": "repr(__import__('functools').partial(o))", "__repr__/exception": "repr(Exception(o))",
    "__repr__/str": "str(o)", "__repr__/print": "print(o, file=f) or ''", "__repr__/slice": "repr(slice(o))",
    "__repr__/namespace": "repr(__import__('types').SimpleNamespace(a=o))",
    "__str__": "str(o)", "__str__/fstring": "f'{o}'", "__str__/percent": "'%s' % o", "__str__/exception": "str(Exception(o))",
    "__str__/print": "print(o, file=f) or ''",
    "__str__/join": "''.join([str(o)])", "__str__/int": "str(o)", "__format__": "format(o)", "__format__/fstring": "f'{o:x}'",
    "__format__/format": "'{:x}'.format(o)", "__format__/nested": "f'{o:{1}}'",
}.items():
    method(name, call, extra="import io\nBASE = 'x'\nf = io.StringIO()" + ("\nC.__call__ = lambda s: 1" if "partial" in name else ""))
method("__bytes__", "bytes(o)", extra="BASE = b''")
method("__index__", "[0, 1][o]", extra="BASE = 0")
method("__index__/operator", "__import__('operator').index(o)", extra="BASE = 0")
method("__index__/range", "len(range(o))", extra="BASE = 0")
method("__index__/slice", "len([1][o:])", extra="BASE = 0")
method("__index__/hex", "len(hex(o))", extra="BASE = 0")
method("__index__/mul", "len([1] * o)", extra="BASE = 0")
method("__index__/chr", "ord(chr(o))", extra="BASE = 0")
method("__index__/bytes", "len(bytes([o]))", extra="BASE = 0")
method("__index__/int", "int(o)", extra="BASE = 0")
method("__index__/struct", "len(__import__('struct').pack('i', o))", extra="BASE = 0")
method("__int__", "int(o)", extra="BASE = 0")
method("__float__", "float(o)", extra="BASE = 0.0")
method("__float__/math", "__import__('math').sqrt(o)", extra="BASE = 0.0")
method("__complex__", "complex(o)", extra="BASE = 0j")
method("__fspath__", "__import__('os').fspath(o)", extra="BASE = ''")
chain("class_getitem", "class C:\n    def __class_getitem__(cls, n): return C[n - 1] if n else 0\ndef run(n): return C[n]")
chain("init_subclass", "class C:\n    def __init_subclass__(cls, n=0):\n        if n:\n            class D(C, n=n - 1): pass\ndef run(n):\n    class D(C, n=n): pass")
chain("init_subclass_type", "class C:\n    def __init_subclass__(cls, n=0):\n        if n: type('D', (C,), {}, n=n - 1)\ndef run(n): type('D', (C,), {}, n=n)")
chain("set_name", "class D:\n    def __init__(self, n): self.n = n\n    def __set_name__(self, o, k):\n        if self.n: type('C', (), {'x': D(self.n - 1)})\ndef run(n): type('C', (), {'x': D(n)})")
chain("metaclass_call", "class M(type):\n    def __call__(cls, n): return C(n - 1) if n else 0\nclass C(metaclass=M): pass\ndef run(n): return C(n)")
chain("metaclass_new", "class M(type):\n    def __new__(m, name, bases, ns, n=0):\n        if n: M('x', (), {}, n=n - 1)\n        return type.__new__(m, name, bases, ns)\n    def __init__(*a, **k): pass\ndef run(n): M('x', (), {}, n=n)")
chain("metaclass_prepare", "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases, n=0):\n        if n:\n            class X(metaclass=M, n=n - 1): pass\n        return {}\n    def __new__(m, name, bases, ns, n=0): return type.__new__(m, name, bases, ns)\n    def __init__(*a, **k): pass\ndef run(n):\n    class X(metaclass=M, n=n): pass")
chain("class_body", "def f(n):\n    class X:\n        if n: y = f(n - 1)\n    return X\ndef run(n): return f(n)")
chain("metaclass_getattr", "left = 0\nclass M(type):\n    def __getattr__(cls, k):\n        global left\n        left -= 1\n        return C.foo if left > 0 else 0\nclass C(metaclass=M): pass\ndef run(n):\n    global left\n    left = n\n    return C.foo")
chain("mro_entries", "class E:\n    def __init__(self, n): self.n = n\n    def __mro_entries__(self, b):\n        if self.n:\n            class X(E(self.n - 1)): pass\n        return ()\ndef run(n):\n    class X(E(n)): pass")
chain("mro", "left = 0\nclass M(type):\n    def mro(cls):\n        global left\n        left -= 1\n        if left > 0: M('x', (), {})\n        return type.mro(cls)\ndef run(n):\n    global left\n    left = n\n    M('x', (), {})")
chain("instancecheck", "left = 0\nclass M(type):\n    def __instancecheck__(cls, o):\n        global left\n        left -= 1\n        return isinstance(1, C) if left > 0 else True\nclass C(metaclass=M): pass\ndef run(n):\n    global left\n    left = n\n    return isinstance(1, C)")
chain("subclasscheck", "left = 0\nclass M(type):\n    def __subclasscheck__(cls, o):\n        global left\n        left -= 1\n        return issubclass(int, (C, C)) if left > 0 else True\nclass C(metaclass=M): pass\ndef run(n):\n    global left\n    left = n\n    return issubclass(int, C)")
chain("except_check", "left = 0\ndef f(n):\n    try: 1/0\n    except (n and f(n - 1) or ZeroDivisionError): return ZeroDivisionError\ndef run(n): return f(n)")
chain("except_raise", "def f(n):\n    try: 1/0\n    except ZeroDivisionError:\n        if n: f(n - 1)\n        raise\ndef run(n):\n    try: f(n)\n    except ZeroDivisionError: pass")
chain("finally", "def f(n):\n    try: return 1\n    finally:\n        if n: f(n - 1)\ndef run(n): return f(n)")
chain("finally_raise", "def f(n):\n    try: 1/0\n    finally:\n        if n: f(n - 1)\ndef run(n):\n    try: f(n)\n    except ZeroDivisionError: pass")
chain("except_star", "def f(n):\n    try: raise ExceptionGroup('a', [ValueError()])\n    except* ValueError:\n        if n: f(n - 1)\ndef run(n): return f(n)")
chain("sorted_key", "def f(n): return sorted([n], key=lambda x: f(n - 1) or 0) and 0 if n else 0\ndef run(n): return f(n)")
chain("sort_method", "def f(n):\n    if n: [1, 2].sort(key=lambda x: f(n - 1) if x == 1 else 0)\n    return 0\ndef run(n): return f(n)")
chain("min_key", "def f(n): return n and min([n], key=lambda x: f(n - 1))\ndef run(n): return f(n)")
chain("cmp_to_key", "import functools\ndef f(n): return n and len(sorted([1, 2], key=functools.cmp_to_key(lambda a, b: f(n - 1))))*0\ndef run(n): return f(n)")
chain("map", "def f(n): return n and next(map(f, [n - 1]))\ndef run(n): return f(n)")
chain("map_list", "def f(n): return n and list(map(f, [n - 1]))[0]\ndef run(n): return f(n)")
chain("filter", "def f(n): return n and next(filter(f, [n - 1]), 0)\ndef run(n): return f(n)")
chain("map_nested", "def run(n):\n    m = iter([1])\n    for i in range(n): m = map(abs, m)\n    return next(m)")
chain("filter_nested", "def run(n):\n    m = iter([1])\n    for i in range(n): m = filter(None, m)\n    return next(m)")
chain("zip_nested", "def run(n):\n    m = iter([1])\n    for i in range(n): m = zip(m)\n    return next(m)")
chain("chain_nested", "import itertools\ndef run(n):\n    m = iter([1])\n    for i in range(n): m = itertools.chain(m)\n    return next(m)")
chain("iterators_nested", "import itertools\ndef run(n):\n    for w in (enumerate, lambda m: itertools.islice(m, 5), lambda m: itertools.takewhile(id, m), itertools.accumulate,"
      " lambda m: itertools.tee(m)[0], itertools.cycle, lambda m: itertools.groupby(m), lambda m: itertools.starmap(id, m), lambda m: itertools.compress(m, itertools.repeat(1)),"
      " lambda m: itertools.zip_longest(m), lambda m: itertools.batched(m, 1), itertools.pairwise, lambda m: itertools.filterfalse(lambda x: 0, m), lambda m: itertools.dropwhile(lambda x: 0, m)):\n"
      "        m = iter([1])\n        for i in range(n): m = w(m)\n        try: next(m)\n        except (TypeError, StopIteration, RecursionError): pass\n        del m")
chain("reduce", "import functools\ndef f(n): return n and functools.reduce(lambda a, b: f(n - 1), [1, 2])\ndef run(n): return f(n)")
chain("partial", "import functools\ndef f(n): return n and functools.partial(f, n - 1)()\ndef run(n): return f(n)")
chain("partial_nested", "import functools\ndef run(n):\n    p = abs\n    class P(functools.partial): pass\n    for i in range(n):\n        q = P(abs, 1)\n        q.__setstate__((p, (), {}, None))\n        p = q\n    return p(1)")
chain("partialmethod", "import functools\nclass C:\n    def g(self, n): return n and self.f(n - 1)\n    f = functools.partialmethod(g)\ndef run(n): return C().f(n)")
chain("lru_cache", "import functools\n@functools.lru_cache(None)\ndef f(n): return n and f(n - 1)\ndef run(n): return f(n)")
chain("cache_python", "import functools\n@functools.lru_cache(5)\ndef f(n): return n and f(n - 1)\ndef run(n): return f(n)")
chain("singledispatch", "import functools\n@functools.singledispatch\ndef f(n): return n and f(n - 1)\ndef run(n): return f(n)")
chain("wraps_nested", "def w(f):\n    def g(*a, **k): return f(*a, **k)\n    return g\ndef run(n):\n    f = abs\n    for i in range(n): f = w(f)\n    return f(1)")
chain("method_nested", "import types\ndef run(n):\n    f = lambda *a: 0\n    for i in range(n): f = types.MethodType(f, 1)\n    return f()")
chain("bound_classmethod_nested", "def run(n):\n    f = lambda *a: 0\n    for i in range(n): f = staticmethod(f)\n    return f()")
chain("yield_from", "def g(n):\n    if n: yield from g(n - 1)\n    else: yield 0\ndef run(n): return list(g(n))")
chain("yield_from_send", "def g(n):\n    if n: return (yield from g(n - 1))\n    return (yield 0)\ndef run(n):\n    x = g(n)\n    next(x)\n    try: x.send(5)\n    except StopIteration as e: return e.value")
chain("yield_from_throw", "def g(n):\n    if n: yield from g(n - 1)\n    else: yield 0\ndef run(n):\n    x = g(n)\n    next(x)\n    try: x.throw(ValueError)\n    except ValueError: pass")
chain("yield_from_close", "def g(n):\n    if n: yield from g(n - 1)\n    else: yield 0\ndef run(n):\n    x = g(n)\n    next(x)\n    x.close()")
chain("yield_from_iterative", "def g(i): yield from i\ndef run(n):\n    x = iter([1])\n    for i in range(n): x = g(x)\n    return next(x)")
chain("gen_for", "def g(n):\n    if n:\n        for x in g(n - 1): yield x\n    else: yield 0\ndef run(n): return list(g(n))")
chain("gen_iterative", "def g(i):\n    for x in i: yield x\ndef run(n):\n    x = iter([1])\n    for i in range(n): x = g(x)\n    return next(x)")
chain("genexpr_iterative", "def run(n):\n    x = iter([1])\n    for i in range(n): x = (y for y in x)\n    return list(x)")
chain("gen_abandoned", "def g(n):\n    try:\n        if n: yield from g(n - 1)\n        else: yield 0\n    finally: pass\ndef run(n):\n    x = g(n)\n    next(x)\n    del x\n    import gc; gc.collect()")
chain("gen_frame_repr", "def g(n):\n    if n: yield from g(n - 1)\n    else: yield 0\ndef run(n):\n    x = g(n)\n    next(x)\n    repr(x.gi_frame); x.gi_yieldfrom; x.gi_running")
chain("await", "async def f(n): return n and await f(n - 1)\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("await_suspended", "import types\n@types.coroutine\ndef y(): yield 1\nasync def f(n):\n    if n: return await f(n - 1)\n    await y()\ndef run(n):\n    c = f(n)\n    c.send(None)\n    try: c.send(None)\n    except StopIteration as e: return e.value")
chain("await_throw", "import types\n@types.coroutine\ndef y(): yield 1\nasync def f(n):\n    if n: return await f(n - 1)\n    await y()\ndef run(n):\n    c = f(n)\n    c.send(None)\n    try: c.throw(ValueError)\n    except ValueError as e: pass")
chain("await_close", "import types\n@types.coroutine\ndef y(): yield 1\nasync def f(n):\n    if n: return await f(n - 1)\n    await y()\ndef run(n):\n    c = f(n)\n    c.send(None)\n    c.close()")
chain("__await__", "class A:\n    def __init__(self, n): self.n = n\n    def __await__(self):\n        if self.n: return (yield from A(self.n - 1).__await__())\n        return 0\n        yield\nasync def f(n): return await A(n)\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("await_object", "class A:\n    def __init__(self, n): self.n = n\n    def __await__(self): return f(self.n).__await__()\nasync def f(n): return n and await A(n - 1)\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("asyncgen", "async def g(n):\n    if n:\n        async for x in g(n - 1): yield x\n    else: yield 0\nasync def f(n):\n    async for x in g(n): pass\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("asyncgen_asend", "async def g(n):\n    if n: yield await g(n - 1).asend(None)\n    else: yield 0\ndef run(n):\n    try: g(n).asend(None).send(None)\n    except StopIteration as e: return e.value")
chain("async_with", "class A:\n    def __init__(self, n): self.n = n\n    async def __aenter__(self):\n        if self.n:\n            async with A(self.n - 1): pass\n    async def __aexit__(self, *a): pass\nasync def f(n):\n    async with A(n): pass\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("async_with_exit", "class A:\n    def __init__(self, n): self.n = n\n    async def __aexit__(self, *a):\n        if self.n:\n            async with A(self.n - 1): pass\n    async def __aenter__(self, *a): pass\nasync def f(n):\n    async with A(n): pass\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("__anext__", "class A:\n    def __init__(self, n): self.n = n\n    def __aiter__(self): return self\n    async def __anext__(self):\n        if self.n:\n            async for x in A(self.n - 1): return x\n        return 0\nasync def f(n):\n    async for x in A(n): break\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("__aiter__", "class A:\n    def __init__(self, n): self.n = n\n    def __aiter__(self): return aiter(A(self.n - 1)) if self.n else self\n    async def __anext__(self): raise StopAsyncIteration\nasync def f(n):\n    async for x in A(n): break\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("async_comprehension", "async def f(n): return n and [await f(n - 1) for x in [1]][0]\ndef run(n):\n    try: f(n).send(None)\n    except StopIteration as e: return e.value")
chain("asyncio", "import asyncio\nasync def f(n): return n and await f(n - 1)\nasync def main(n):\n    await asyncio.sleep(0)\n    return await f(n)\ndef run(n): return asyncio.run(main(n))")
chain("comprehension", "def f(n): return n and [f(n - 1) for x in [1]][0]\ndef run(n): return f(n)")
chain("genexpr", "def f(n): return n and next(f(n - 1) for x in [1])\ndef run(n): return f(n)")
chain("set_comprehension", "def f(n): return n and {f(n - 1) for x in [1]}.pop()\ndef run(n): return f(n)")
chain("any_genexpr", "def f(n): return n and any(f(n - 1) for x in [1])\ndef run(n): return f(n)")
chain("eval", "def f(n): return n and eval('f(n - 1)')\ndef run(n): return f(n)")
chain("exec", "def f(n):\n    if n: exec('f(n - 1)')\ndef run(n): return f(n)")
chain("compile", "def f(n): return n and eval(compile('f(n - 1)', 'x', 'eval'))\ndef run(n): return f(n)")
chain("import", "import sys, types\nclass F:\n    def find_spec(self, name, path, target=None):\n        k = int(name[1:])\n        if k:\n            try: __import__('z' + str(k - 1))\n            except ImportError: pass\nsys.meta_path.insert(0, F())\ndef run(n):\n    try: __import__('z' + str(n))\n    except ImportError: pass")
chain("__import__", "import builtins\nold = builtins.__import__\nleft = 0\ndef imp(*a):\n    global left\n    left -= 1\n    if left > 0:\n        import foo\n    return 1\ndef run(n):\n    global left\n    left = n\n    builtins.__import__ = imp\n    try:\n        import foo\n    finally: builtins.__import__ = old")
chain("__build_class__", "import builtins\nold = builtins.__build_class__\nleft = 0\ndef b(*a):\n    global left\n    left -= 1\n    if left > 0:\n        class X: pass\n    return 1\ndef run(n):\n    global left\n    left = n\n    builtins.__build_class__ = b\n    try:\n        class X: pass\n    finally: builtins.__build_class__ = old")
chain("re_sub", "import re\ndef f(n): return re.sub('a', lambda m: f(n - 1), 'a') if n else ''\ndef run(n): return f(n)")
chain("globals_dict", "class D(dict):\n    def __missing__(self, k):\n        n = self['n'] - 1\n        return eval('x', D(n=n)) if n > 0 else 0\ndef run(n): return eval('x', {}, D(n=n))")
chain("locals_missing", "class D(dict):\n    def __missing__(self, k): return eval('x', {}, D(n=self['n'] - 1)) if self['n'] else 0\ndef run(n): return eval('x', {}, D(n=n))")
chain("decorator", "def d(n):\n    def w(f):\n        if n:\n            @d(n - 1)\n            def g(): pass\n        return f\n    return w\ndef run(n):\n    @d(n)\n    def f(): pass")
chain("annotations", "def f(n):\n    def g(a: f(n - 1) if n else 0): pass\n    return g.__annotations__\ndef run(n): return f(n)")
chain("type_alias", "def f(n):\n    type X = f(n - 1) if n else 0\n    return X.__value__\ndef run(n): return f(n)")
chain("dir", "class C:\n    def __init__(self, n): self.n = n\n    def __dir__(self): return dir(C(self.n - 1)) if self.n else []\ndef run(n): return dir(C(n))")
chain("sizeof", "import sys\nclass C:\n    def __init__(self, n): self.n = n\n    def __sizeof__(self): return sys.getsizeof(C(self.n - 1)) if self.n else 1\ndef run(n): return sys.getsizeof(C(n))")
chain("reversed", "class C:\n    def __init__(self, n): self.n = n\n    def __reversed__(self): return reversed(C(self.n - 1)) if self.n else 1\ndef run(n): return reversed(C(n))")
chain("copy", "import copy\nclass C:\n    def __init__(self, n): self.n = n\n    def __copy__(self): return copy.copy(C(self.n - 1)) if self.n else 1\ndef run(n): return copy.copy(C(n))")
chain("deepcopy_method", "import copy\nclass C:\n    def __init__(self, n): self.n = n\n    def __deepcopy__(self, m): return copy.deepcopy(C(self.n - 1), m) if self.n else 1\ndef run(n): return copy.deepcopy(C(n))")
chain("reduce_ex", "import pickle\nclass C:\n    def __init__(self, n): self.n = n\n    def __reduce__(self): return (C, (self.n - 1,), C(self.n - 1)) if self.n else (C, (0,))\ndef run(n): return pickle.dumps(C(n))")
chain("weakref_callback", "import weakref, gc\nclass C: pass\ndef f(n):\n    if n:\n        c = C()\n        r = weakref.ref(c, lambda r: f(n - 1))\n        del c\n        gc.collect()\ndef run(n): return f(min(n, 2000))")
chain("weakref_proxy", "import weakref\nclass C:\n    def __init__(self, n): self.n = n\n    def __add__(self, o):\n        if not self.n: return 0\n        c = C(self.n - 1)\n        return weakref.proxy(c) + o\ndef run(n): return C(n) + 1")
chain("super_attr", "class A:\n    @property\n    def x(self): return B(self.n - 1).x if self.n else 0\nclass B(A):\n    def __init__(self, n): self.n = n\n    @property\n    def x(self): return super().x\ndef run(n): return B(n).x")
chain("operator_methodcaller", "import operator\nclass C:\n    def f(self, n): return n and operator.methodcaller('f', n - 1)(self)\ndef run(n): return C().f(n)")
chain("operator_attrgetter", "import operator\nclass C:\n    def __init__(self, n): self.n = n\n    @property\n    def x(self): return operator.attrgetter('x')(C(self.n - 1)) if self.n else 0\ndef run(n): return C(n).x")
chain("thread", "import threading\ndef f(n): return n and f(n - 1)\ndef run(n):\n    out = []\n    def g():\n        try: out.append(f(n))\n        except RecursionError as e: out.append(e)\n    t = threading.Thread(target=g)\n    t.start(); t.join()\n    if isinstance(out[0], Exception): raise out[0]")
chain("thread_property", "import threading\nclass P:\n    def __init__(self, n): self.n = n\n    def __repr__(self): return repr([P(self.n - 1)]) if self.n else ''\ndef run(n):\n    out = []\n    def g():\n        try: out.append(repr(P(n)))\n        except RecursionError as e: out.append(e)\n    t = threading.Thread(target=g)\n    t.start(); t.join()\n    if isinstance(out[0], Exception): raise out[0]")
chain("context_run", "import contextvars\ndef f(n): return n and contextvars.copy_context().run(f, n - 1)\ndef run(n): return f(n)")
chain("dict_update_keys", "class C:\n    def __init__(self, n): self.n = n\n    def keys(self):\n        if self.n: {}.update(C(self.n - 1))\n        return []\n    def __getitem__(self, k): return 1\ndef run(n): return dict(C(n))")
chain("dict_star", "class C:\n    def __init__(self, n): self.n = n\n    def keys(self):\n        if self.n: {**C(self.n - 1)}\n        return []\n    def __getitem__(self, k): return 1\ndef run(n): return dict(C(n))")
chain("iter_callable", "def f(n): return n and next(iter(lambda: f(n - 1), 5))\ndef run(n): return f(n)")
chain("excepthook", "import sys\ndef f(n):\n    try: raise ValueError\n    except ValueError:\n        if n: sys.excepthook = lambda *a: 0; sys.excepthook(*sys.exc_info()); f(n - 1)\ndef run(n): return f(min(n, 3000))")
chain("raise_class", "class E(Exception):\n    def __new__(cls, n=0):\n        if n:\n            try: raise E(n - 1)\n            except E: pass\n        return Exception.__new__(cls)\ndef run(n): return E(n)")
chain("buffer", "class C:\n    def __init__(self, n): self.n = n\n    def __buffer__(self, f): return memoryview(C(self.n - 1)) if self.n else memoryview(b'a')\ndef run(n): return bytes(C(n))")
chain("warn_filter", "import warnings\nclass C:\n    def __init__(self, n): self.n = n\n    def __str__(self):\n        if self.n: warnings.warn(UserWarning(C(self.n - 1)))\n        return 'a'\ndef run(n): warnings.warn(UserWarning(C(min(n, 3000))))")
chain("settrace", "import sys\ndef f(n): return n and f(n - 1)\ndef run(n):\n    def t(*a): return t\n    sys.settrace(t)\n    try: f(n)\n    finally: sys.settrace(None)")
chain("trace_recursive", "import sys\nleft = 0\ndef g(): pass\ndef t(*a):\n    global left\n    left -= 1\n    if left > 0:\n        sys.settrace(t)\n        g()\ndef run(n):\n    global left\n    left = n\n    sys.settrace(t)\n    try: g()\n    finally: sys.settrace(None)")
chain("namedtuple", "from collections import namedtuple\nclass C(namedtuple('C', 'n')):\n    __slots__ = ()\n    def __new__(cls, n): return tuple.__new__(cls, (n and C(n - 1),))\ndef run(n): return C(n)")
chain("enum", "import enum\nclass E(enum.Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, v): return E(v - 1)\ndef run(n): return E(n + 1)")
chain("dataclass", "import dataclasses\n@dataclasses.dataclass\nclass D:\n    n: int\n    c: object = None\n    def __post_init__(self): self.c = D(self.n - 1) if self.n else None\ndef run(n): return D(n)")
chain("io_write", "import io\nclass R(io.RawIOBase):\n    def __init__(self, n): self.n = n\n    def writable(self): return True\n    def write(self, b):\n        if self.n:\n            w = io.BufferedWriter(R(self.n - 1))\n            w.write(b'a'); w.flush()\n        return len(b)\ndef run(n):\n    w = io.BufferedWriter(R(n)); w.write(b'a'); w.flush()")
chain("io_nested", "import io\ndef run(n):\n    b = io.BytesIO(b'abc')\n    for i in range(min(n, 200)): b = io.BufferedReader(b)\n    return b.read()")
chain("json_default", "import json\nclass C:\n    def __init__(self, n): self.n = n\ndef d(o): return len(json.dumps(C(o.n - 1), default=d)) if o.n else 1\ndef run(n): return json.dumps(C(min(n, 2000)), default=d)")
chain("json_default_chain", "import json\nclass C:\n    def __init__(self, n): self.n = n\ndef run(n): return json.dumps(C(n), default=lambda o: C(o.n - 1) if o.n else 1)")
chain("json_hook", "import json\ndef f(n): return json.loads('{}', object_hook=lambda d: f(n - 1)) if n else 0\ndef run(n): return f(n)")
