"""Deep data structures: building, looking at, copying and dropping them, and deep nesting in source."""

STRUCTURES = {}
SOURCES = {}

_NEST = """
def nest(n, wrap, x=1):
    for _ in range(n): x = wrap(x)
    return x
"""


def deep(name, source):
    STRUCTURES[name] = _NEST + source


for kind, wrap in {
    "list": "lambda x: [x]", "tuple": "lambda x: (x,)", "dict": "lambda x: {1: x}", "frozenset": "lambda x: frozenset([x])",
    "deque": "lambda x: collections.deque([x])", "slice": "lambda x: slice(x)", "list_of_dict": "lambda x: [{1: x}]",
    "namespace": "lambda x: types.SimpleNamespace(a=x)", "defaultdict": "lambda x: collections.defaultdict(int, a=x)",
    "OrderedDict": "lambda x: collections.OrderedDict(a=x)", "partial": "lambda x: functools.partial(print, x)",
    "method": "lambda x: types.MethodType(x, x) if callable(x) else print", "proxy": "lambda x: types.MappingProxyType({1: x})",
    "exception": "lambda x: Exception(x)", "group": "lambda x: ExceptionGroup('a', [x]) if x != 1 else Exception()",
    "alias": "lambda x: list[x]", "union": "lambda x: list[x] | None", "chainmap": "lambda x: collections.ChainMap({1: x})",
    "userlist": "lambda x: collections.UserList([x])", "dataclass": "lambda x: D(x)", "namedtuple": "lambda x: N(x)",
    "views": "lambda x: {1: x}.values()", "items": "lambda x: {1: x}.items()", "sub_list": "lambda x: L([x])", "sub_tuple": "lambda x: T((x,))",
    "sub_dict": "lambda x: DD({1: x})", "array_obj": "lambda x: [x, x]",
}.items():
    setup = f"""
import collections, types, functools, dataclasses, copy, pickle, json, marshal, pprint, operator, reprlib, sys, io
@dataclasses.dataclass(order=True, unsafe_hash=True)
class D: x: object
N = collections.namedtuple('N', 'x')
class L(list): pass
class T(tuple): pass
class DD(dict): pass
wrap = {wrap}
"""
    for what, use in {
        "repr": "repr(a)", "str": "str(a)", "eq": "a == b", "lt": "a < b", "hash": "hash(a)", "deepcopy": "copy.deepcopy(a)",
        "pickle": "pickle.dumps(a)", "pickle0": "pickle.dumps(a, 0)", "pypickle": "pickle._dumps(a)", "json": "json.dumps(a)",
        "json_py": "json.dumps(a, indent=1)", "json_iter": "list(json.JSONEncoder().iterencode(a))", "marshal": "marshal.dumps(a)",
        "pprint": "pprint.pformat(a)", "ascii": "ascii(a)", "print": "print(a, file=io.StringIO())", "format": "f'{a}'",
        "contains": "a in [b]", "isinstance": "isinstance(1, a)", "issubclass": "issubclass(int, a)", "except": "exec('try: 1/0\\nexcept a: pass')",
        "startswith": "'a'.startswith(a)", "drop": "None", "cycle": "a.append(a) if hasattr(a, 'append') else None",
        "percent": "'%s' % (a,)", "set": "{a, b}", "dictkey": "{a: 1}[b]", "call": "a()", "reprlib": "reprlib.repr(a)",
        "raise": "exec('raise a')",
    }.items():
        if kind == "array_obj" and what not in ("drop", "cycle", "hash"):
            continue
        # Output whose size is the square of the depth; pprint makes the text of each level at each level above it.
        most = {"json_py": 3000, "json_iter": 3000, "pprint": 300}.get(what)
        cut = f"    n = min(n, {most})\n" if most else ""
        STRUCTURES[f"{kind}.{what}"] = _NEST + setup + f"def run(n):\n{cut}    a = nest(n, wrap)\n    b = nest(n, wrap)\n    {use}\n"

deep("json_loads", "import json\ndef run(n):\n    for s in ('[' * n, '[' * n + ']' * n, '{\"a\":' * n, '{\"a\":' * n + '1' + '}' * n):\n        try: json.loads(s)\n        except (RecursionError, ValueError): pass")
deep("json_loads_py", "import json.scanner\nimport json.decoder\ndef run(n):\n    d = json.decoder.JSONDecoder()\n    d.scan_once = json.scanner.py_make_scanner(d)\n    d.decode('[' * n + ']' * n)")
deep("marshal_loads", "import marshal\ndef run(n):\n    for s in (b'(\\1\\0\\0\\0' * n + b'N', b'[\\1\\0\\0\\0' * n + b'N', b')\\1' * n + b'N', b'{N' * n, b'{' * n, b'>\\1\\0\\0\\0' * n + b'N', b':' * n):\n        try: marshal.loads(s)\n        except (ValueError, EOFError, TypeError): pass")
deep("pickle_loads", "import pickle\ndef run(n):\n    for s in (b'(' * n + b't.', b'](' * n + b'a' * n + b'.', b'N' + b'\\x85' * n + b'.', b']' * n + b'a' * (n - 1) + b'.'):\n        for f in (pickle.loads, pickle._loads):\n            try: f(s)\n            except Exception as e: pass")
deep("literal_eval", "import ast\ndef run(n):\n    for s in ('[' * n + ']' * n, '-' * n + '1', '1+' * n + '1', '(' * n + ')' * n):\n        try: ast.literal_eval(s)\n        except (SyntaxError, MemoryError, RecursionError, ValueError): pass")
for flavour in ("'(' * n", "'(' * n + 'a' + ')' * n", "'(?:' * n + 'a' + ')' * n", "'(?:a|b' * n + ')' * n", "'(?=' * n + ')' * n", "'(?:' * n + 'a' + ')*' * n",
                "'(?:' * n + 'a' + ')?' * n", "'a|' * n", "'a*' * n", "'[' * n", "'(a)' * 90 + 'b' * n", "'(?<=a' * n + ')' * n", "'(?>' * n + 'a' + ')' * n", "'(?i:' * n + 'a' + ')' * n"):
    deep(f"re_compile.{flavour}", f"import re\ndef run(n):\n    try: re.compile({flavour}).match('a' * 50)\n    except (re.error, OverflowError): pass")
for pattern in ("(a|b)*c", "(?:a|b)*?c", "(a)*", "(?:a?)*b", "((a)|b)*", "(?:(?:a)*)*c", "(a*)*", "(?:ab?)+?$", ".*.*x", "(?=(a*))a*", "(?>a|b)*c", "(?:a|ab)*$", "(a(?:b)?)*+c", "(?:(a)|(b))*\\\\1"):
    deep(f"re_match.{pattern}", f"import re\ndef run(n): re.match('{pattern}', 'a' * n); re.fullmatch('{pattern}', 'a' * n)")
deep("exception_cause", "import traceback, io\ndef run(n):\n    e = None\n    for i in range(n):\n        x = ValueError(i); x.__cause__ = e; e = x\n    try: raise e\n    except ValueError as x: traceback.print_exception(x, file=io.StringIO())")
deep("exception_cause_uncaught", "import sys, io\ndef run(n):\n    e = None\n    for i in range(n):\n        x = ValueError(i); x.__cause__ = e; e = x\n    sys.stderr = io.StringIO()\n    sys.__excepthook__(type(e), e, None)")
deep("exception_context_uncaught", "import sys, io\ndef run(n):\n    e = None\n    for i in range(n):\n        x = ValueError(i); x.__context__ = e; e = x\n    sys.stderr = io.StringIO()\n    sys.__excepthook__(type(e), e, None)\n    try: raise e\n    except ValueError:\n        try: raise ValueError('new')\n        except ValueError: pass")
deep("exception_context_raise", "def run(n):\n    e = None\n    for i in range(min(n, 5000)):\n        try:\n            try: raise e or ValueError\n            finally: raise ValueError(i)\n        except ValueError as x: e = x")
deep("group_uncaught", "import sys, io\ndef run(n):\n    e = ValueError()\n    for i in range(n): e = ExceptionGroup('a', [e])\n    sys.stderr = io.StringIO()\n    sys.__excepthook__(type(e), e, None)")
deep("group_split", "def run(n):\n    e = ValueError()\n    for i in range(n): e = ExceptionGroup('a', [e])\n    e.split(ValueError); e.subgroup(ValueError)")
deep("group_except_star", "def run(n):\n    e = ValueError()\n    for i in range(n): e = ExceptionGroup('a', [e])\n    try: raise e\n    except* ValueError: pass")
deep("traceback_long", "import traceback, sys, io\ndef f(n):\n    if n: f(n - 1)\n    else: 1/0\ndef run(n):\n    try: f(n)\n    except ZeroDivisionError as e:\n        sys.stderr = io.StringIO()\n        sys.__excepthook__(type(e), e, e.__traceback__)\n        len(traceback.format_exception(e))")
deep("traceback_mutual", "import sys, io\ndef f(n):\n    if n: g(n - 1)\n    else: 1/0\ndef g(n): f(n)\ndef run(n):\n    try: f(n)\n    except ZeroDivisionError as e:\n        sys.stderr = io.StringIO()\n        sys.__excepthook__(type(e), e, e.__traceback__)")
deep("classes", "import gc\ndef run(n):\n    c = object\n    for i in range(min(n, 2000)): c = type('C', (c,), {})\n    c().x = 1\n    isinstance(c(), dict)\n    c.__mro__[-2].y = 1\n    assert c.y == 1\n    del c; gc.collect()")
deep("super_chain", "def run(n):\n    n = min(n, 1500)\n    class A:\n        def f(self): return 0\n    c = A\n    def make(base):\n        class B(base):\n            def f(self): return super().f()\n        return B\n    for i in range(n): c = make(c)\n    return c().f()")
deep("linked_list", "import gc\nclass N:\n    def __init__(s, x): s.x = x\ndef run(n):\n    a = nest(n, N)\n    gc.collect()\n    del a\n    gc.collect()")
deep("linked_del", "import gc\nclass N:\n    def __init__(s, x): s.x = x\n    def __del__(s): s.x = None\ndef run(n):\n    a = nest(n, N)\n    del a\n    for _ in range(5): gc.collect()")
deep("closures", "def w(f): return lambda: f\ndef run(n):\n    a = nest(n, w)\n    repr(a); a == a; hash(a)\n    import gc; gc.collect()")
deep("frames", "import sys\ndef f(n, x): return sys._getframe() if not n else f(n - 1, x)\ndef run(n):\n    a = f(n, 1)\n    repr(a)\n    import gc; gc.collect()\n    while a: a = a.f_back")
deep("getframe_deep", "import sys\ndef f(n): return f(n - 1) if n else sys._getframe(50000)\ndef run(n): f(n).f_locals; f(n).f_lineno")
deep("weakref_chain", "import weakref\nclass N: pass\ndef run(n):\n    l = []\n    for i in range(n):\n        o = N(); o.r = weakref.ref(l[-1]) if l else None; l.append(o)\n    repr(l[-1].r); l[-1].r == l[0].r\n    del l")
deep("gc_self_tuple", "import gc\ndef run(n):\n    a = []\n    for i in range(n): a = [a, (a,)]\n    gc.collect(); del a; gc.collect()")
deep("compare_self_nested", "def run(n):\n    a = []; a.append(a); b = []; b.append(b)\n    return a == b")
deep("compare_dict_self", "def run(n):\n    a = {}; a[1] = a; b = {}; b[1] = b\n    return a == b")
deep("chain_attr_object", "import ast\ndef run(n):\n    t = ast.Name('a', ast.Load())\n    for i in range(n):\n        t = ast.Attribute(t, 'b', ast.Load())\n        if i == 3000: ast.dump(t)\n    for f in (ast.unparse, lambda t: list(ast.walk(t)), lambda t: compile(ast.fix_missing_locations(ast.Expression(t)), 'x', 'eval'), repr, lambda t: t.__replace__()):\n        try: f(t)\n        except (RecursionError, MemoryError): pass")
deep("ast_binop", "import ast\ndef run(n):\n    t = ast.Constant(1)\n    for i in range(n): t = ast.BinOp(t, ast.Add(), ast.Constant(1))\n    t = ast.Expression(t)\n    for k in ast.walk(t): k.lineno = k.end_lineno = 1; k.col_offset = k.end_col_offset = 0\n    for f in (ast.dump, ast.unparse, lambda t: compile(t, 'x', 'eval'), repr, ast.NodeVisitor().visit):\n        try: f(t)\n        except (RecursionError, MemoryError): pass")
deep("generic_alias_params", "from typing import TypeVar, Generic\nT = TypeVar('T')\ndef run(n):\n    a = nest(n, lambda x: list[x], T)\n    a.__parameters__\n    a[int]")
deep("typing_alias", "import typing\ndef run(n):\n    a = nest(min(n, 20000), lambda x: typing.List[x], int)\n    repr(a)\n    hash(a)")
deep("wrapped_property", "def run(n):\n    p = None\n    for i in range(n): p = property(p)\n    repr(p); p.__doc__; p.__isabstractmethod__")
deep("wrapped_classmethod", "def run(n):\n    p = len\n    for i in range(n): p = classmethod(p)\n    p.__isabstractmethod__; p.__get__(1)\n    repr(p)")
deep("wrapped_staticmethod", "def run(n):\n    p = len\n    for i in range(n): p = staticmethod(p)\n    p.__isabstractmethod__; repr(p)\n    p([])")
deep("union_types", "def run(n):\n    a = int\n    for i in range(2000): a = a | type('x', (), {})\n    repr(a); hash(a); isinstance(1, a)")
deep("format_nested", "def run(n):\n    for s in ('{' * n, '{' * n + '}' * n, '{0:' * n + '}' * n, '{0' + '[0]' * n + '}', '{0' + '.real' * n + '}'):\n        try: s.format(1)\n        except (ValueError, TypeError, IndexError): pass")
deep("chainmap_nested", "import collections\ndef run(n):\n    c = collections.ChainMap()\n    for i in range(min(n, 5000)): c = collections.ChainMap({}, c)\n    try: c['a']\n    except KeyError: pass\n    len(c)")
deep("memoryview_chain", "def run(n):\n    m = memoryview(b'abc')\n    for i in range(n): m = memoryview(m)\n    m[0]; m.obj; m.release()\n")
deep("slices_of_views", "def run(n):\n    m = memoryview(bytearray(100))\n    for i in range(n): m = m[:]\n    m[0] = 1; del m")
deep("str_concat_rope", "def run(n):\n    s = ''\n    for i in range(n): s = 'a' + s + 'b'\n    return len(s), hash(s)")
deep("range_deep", "def run(n): range(10**100)[10**99]; hash(range(10**100))")

for name, source in {
    "parens": "'(' * n + '1' + ')' * n", "parens_open": "'(' * n", "brackets": "'[' * n + ']' * n", "brackets_open": "'[' * n",
    "braces": "'{' * n + '}' * n", "dict": "'{1:' * n + '1' + '}' * n", "mixed": "'([{' * n", "calls": "'f(' * n + ')' * n",
    "calls_chain": "'f' + '()' * n", "index_chain": "'f' + '[0]' * n", "attr_chain": "'a' + '.b' * n", "attr_assign": "'a' + '.b' * n + ' = 1'",
    "subscript": "'a[' * n + '1' + ']' * n", "neg": "'-' * n + '1'", "not": "'not ' * n + '1'", "invert": "'~' * n + 'x'",
    "sum": "'1' + '+1' * n", "sum_names": "'a' + '+a' * n", "pow": "'a' + '**a' * n", "pow_const": "'1' + '**1' * n", "compare": "'a' + '<a' * n", "and": "'a' + ' and a' * n",
    "or_and": "'a' + ' and a or b' * n", "ternary": "'a if b else ' * n + 'c'", "ternary_left": "'(' * n + 'a' + ' if b else c)' * n", "lambda": "'lambda: ' * n + '1'",
    "lambda_default": "'lambda x=' * n + '1' + ': 1' * n", "await": "'async def f():\\n ' + 'await ' * n + 'x'", "yield": "'def f():\\n ' + '(yield ' * n + ')' * n", "walrus": "'(a := ' * n + '1' + ')' * n",
    "star": "'*' * n + 'a'", "starred": "'f(' + '*(' * n + ')' * n + ')'", "tuple_commas": "'1,' * n", "list_long": "'[' + '1,' * n + ']'", "names_long": "'[' + 'a,' * n + ']'", "call_long": "'f(' + 'a,' * n + ')'", "call_kw": "'f(' + ','.join(f'a{i}=1' for i in range(n)) + ')'",
    "dict_long": "'{' + '1:2,' * n + '}'", "set_long": "'{' + 'a,' * n + '}'", "string_concat": "'\"a\" ' * n", "fstring_concat": "'f\"{a}\" ' * n", "fstring_parts": "'f\"' + '{a}' * n + '\"'",
    "fstring_nested": "'f\"{' * n + '1' + '}\"' * n", "fstring_spec": "'f\"{a:' + '{b:' * n + '}' * n + '}\"'", "fstring_parens": "'f\"{' + '(' * n + ')' * n + '}\"'", "tstring_nested": "'t\"{' * n + '1' + '}\"' * n",
    "if_nest": "''.join(' ' * i + 'if 1:\\n' for i in range(min(n, 3000))) + ' ' * min(n, 3000) + 'pass'", "if_nest_99": "''.join(' ' * i + 'if a:\\n' for i in range(99)) + ' ' * 99 + 'pass'", "for_nest": "''.join(' ' * i + 'for a in b:\\n' for i in range(min(n, 99))) + ' ' * min(n, 99) + 'pass'", "try_nest": "''.join(' ' * i + 'try:\\n' for i in range(90)) + ' ' * 90 + 'pass\\n' + ''.join(' ' * i + 'finally: pass\\n' for i in range(89, -1, -1))",
    "try_finally_return": "'def f():\\n' + ''.join(' ' * (i+1) + 'try:\\n' for i in range(20)) + ' ' * 21 + 'return 1\\n' + ''.join(' ' * (i+1) + 'finally:\\n' + ' ' * (i + 2) + 'a\\n' for i in range(19, -1, -1))",
    "with_nest": "''.join(' ' * i + 'with a:\\n' for i in range(90)) + ' ' * 90 + 'pass'", "with_items": "'with ' + ','.join(['a'] * n) + ': pass'", "with_paren": "'with (' + ','.join(['a as b'] * n) + '): pass'", "while_nest": "''.join(' ' * i + 'while a:\\n' for i in range(90)) + ' ' * 90 + 'pass'",
    "elif": "'if a: pass\\n' + 'elif b: pass\\n' * n", "elif_else": "'if a: pass\\n' + 'elif b: pass\\n' * n + 'else: pass'", "except_many": "'try: pass\\n' + 'except a: pass\\n' * n", "except_star": "'try: pass\\n' + 'except* a: pass\\n' * n", "case_many": "'match a:\\n' + ' case 1: pass\\n' * n", "case_or": "'match a:\\n case ' + '|'.join(['1'] * n) + ': pass'",
    "case_nest": "'match a:\\n case ' + '[' * n + ']' * n + ': pass'", "case_class": "'match a:\\n case ' + 'A(' * n + ')' * n + ': pass'", "case_map": "'match a:\\n case ' + '{1: ' * n + '_' + '}' * n + ': pass'", "case_paren": "'match a:\\n case ' + '(' * n + '1' + ')' * n + ': pass'", "case_attr": "'match a:\\n case a' + '.b' * n + ': pass'",
    "def_nest": "''.join(' ' * i + 'def f():\\n' for i in range(99)) + ' ' * 99 + 'pass'", "def_nest_deep": "''.join(' ' * i + 'def f():\\n' for i in range(min(n, 3000))) + ' ' * min(n, 3000) + 'pass'", "class_nest": "''.join(' ' * i + 'class f:\\n' for i in range(99)) + ' ' * 99 + 'pass'", "decorators": "'@a\\n' * n + 'def f(): pass'",
    "params": "'def f(' + ','.join(f'a{i}' for i in range(n)) + '): pass'", "defaults": "'def f(' + ','.join(f'a{i}=1' for i in range(n)) + '): pass'", "locals": "'def f():\\n' + ''.join(f' a{i} = 1\\n' for i in range(n))", "globals": "''.join(f'a{i} = 1\\n' for i in range(n))", "consts": "''.join(f'a = {i}.5\\n' for i in range(n))", "cells": "'def f():\\n' + ''.join(f' a{i} = 1\\n' for i in range(min(n, 40000))) + ' def g(): ' + ';'.join(f'a{i}' for i in range(min(n, 40000)))",
    "comp_nest": "'[' * n + 'x' + ' for x in y]' * n", "comp_nest_90": "'[' * 90 + 'x' + ' for x in y]' * 90", "comp_fors": "'[x ' + 'for x in y ' * n + ']'", "comp_ifs": "'[x for x in y ' + 'if x ' * n + ']'", "genexp": "'(' * 90 + 'x' + ' for x in y)' * 90", "statements": "'a\\n' * n", "semicolons": "'a;' * n",
    "assign_chain": "'a = ' * n + '1'", "unpack_nest": "'[' * n + 'a' + ']' * n + ' = b'", "unpack_long": "'a, ' * n + '= b'", "unpack_star": "'a, ' * n + '*b, ' + 'c, ' * n + '= b'", "for_target": "'for ' + '(' * n + 'a' + ',)' * n + ' in b: pass'", "del": "'del ' + ','.join(['a'] * n)", "del_nest": "'del ' + '(' * n + 'a' + ')' * n", "global": "'global ' + ','.join(f'a{i}' for i in range(n))", "import": "'import ' + ','.join(['a'] * n)", "import_dotted": "'import a' + '.b' * n", "from_relative": "'from ' + '.' * n + 'a import b'", "from_names": "'from a import ' + ','.join(['b'] * n)", "annotation": "'a: ' + 'b[' * n + ']' * n", "type_params": "'def f[' + ','.join(f'T{i}' for i in range(n)) + '](): pass'", "type_bound": "'def f[T: ' + '(' * n + ')' * n + '](): pass'", "type_alias": "'type X = ' + 'list[' * n + ']' * n",
    "long_name": "'a' * n * 100", "long_int": "'1' * 4000", "long_int_over": "'1' * n", "long_hex": "'0x' + '1' * n", "long_float": "'1' * n + '.' + '1' * n + 'e' + '9' * n", "long_string": "'\"' + 'a' * n * 10 + '\"'", "escapes": "'\"' + chr(92) + 'x41' * n + '\"'", "blank": "'\\n' * n", "comments": "'# a\\n' * n", "continuation": "'a' + ' ' + '\\\\\\n' * n", "indents": "' ' * n + 'a'", "tabs": "'if a:\\n' + '\\t' * n + 'b\\n' + ' ' * n + 'c'", "nul": "'a\\0b'", "quotes": "'\"' * n", "triple": "'\"\"\"' * n", "operators": "'+' * n", "dots": "'.' * n", "at": "'@' * n", "colons": "':' * n", "lambdas_args": "'lambda ' + ','.join(f'a{i}' for i in range(n)) + ': 1'", "assert": "'assert ' + '(' * n + ')' * n", "slices": "'a[' + ':,' * n + ']'", "slice_nest": "'a[' + 'b[' * n + ':' + ']' * n + ']'", "chained_cmp_in": "'a' + ' in a' * n", "is_not": "'a' + ' is not a' * n", "aug": "'a += ' + '(' * n + '1' + ')' * n", "async_nest": "''.join(' ' * i + 'async def f():\\n' for i in range(90)) + ' ' * 90 + 'pass'", "return_deep": "'def f(): return ' + '(' * n + ')' * n", "fold_mul": "'a = ' + '(1,)*' * n + '2'", "fold_shift": "'1<<' * n + '1'", "fold_str": "'\"a\"*100*' * min(n, 100) + '100'", "nonlocal": "'def f():\\n a=1\\n' + ''.join(' ' * (i + 1) + f'def g():\\n' + ' ' * (i + 2) + 'nonlocal a\\n' for i in range(90)) ",
}.items():
    SOURCES[name] = f"n = N\nsource = {source}\n"
