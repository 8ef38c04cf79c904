"""Random expressions by type. A typed expression mostly has that type; variables are named after theirs."""

import random

TYPES = ("int", "float", "str", "bytes", "list", "tuple", "dict", "set", "bool", "any")
NAMES = {t: [f"{t[0] if t != 'bytes' else 'y'}{'' if t not in ('bool', 'bytes') else ''}{i}" for i in range(3)] for t in TYPES}
NAMES["bool"] = ["b0", "b1"]
NAMES["set"] = ["e0", "e1"]
NAMES["any"] = ["a0", "a1", "a2", "unset"]
INTS = ["0", "1", "2", "3", "-1", "7", "10", "255", "256", "-128", "2**31", "2**47 - 1", "-2**47", "2**48", "2**53 + 1", "2**62", "2**63", "-2**63 - 1", "10**20", "3**50", "0x_ff", "True"]
FLOATS = ["0.0", "-0.0", "1.0", "0.1", "-2.5", "1e16", "1e-7", "1e22", "123456.789", "1e308", "5e-324", "float('inf')", "float('-inf')", "float('nan')", "3.0", "2.5", "1.5", "0.5"]
STRINGS = ["''", "'a'", "'abc'", "'Hello World'", "'  x y  '", "'1,2,,3'", "'ß'", "'éà'", "'日本語'", "'\\U0001f600x'", "'aXbXc'", "'line\\nnext\\r\\nend'", "'\\x00\\t'", "'ABC'", "'123'", "'-42'", "'1e5'", "'%s-%d'", "'{}|{}'", "'ǆ'", "'\\ud800'", "'İ'"]
BYTES = ["b''", "b'a'", "b'abc'", "b'\\x00\\xff'", "b' x '", "b'1,2'", "bytearray(b'xyz')", "b'ABC'"]
SPECS = ["", "5", "<6", ">8", "^9", "*^10", "05", "+", " ", ",", "_", "x", "#x", "b", "o", "d", "n", "c", "e", ".2f", "10.3f", "g", ".3g", "%", ".1%", "s", ".2", "-^5", "+08.2f", "=+6", "#o", "X", "E", "G", "!", ".2_f", "z.1f"]
STR_METHODS = [
    ("upper", ""), ("lower", ""), ("title", ""), ("capitalize", ""), ("swapcase", ""), ("casefold", ""), ("strip", ""), ("strip", "s"), ("lstrip", "s"),
    ("rstrip", ""), ("split", ""), ("split", "s"), ("split", "si"), ("rsplit", "si"), ("splitlines", ""), ("splitlines", "b"), ("partition", "s"), ("rpartition", "s"),
    ("replace", "ss"), ("replace", "ssi"), ("find", "s"), ("find", "sii"), ("rfind", "s"), ("index", "s"), ("rindex", "s"), ("count", "s"), ("startswith", "s"), ("startswith", "sii"),
    ("endswith", "s"), ("join", "l"), ("center", "j"), ("ljust", "j"), ("rjust", "js"), ("zfill", "j"), ("expandtabs", "j"), ("isdigit", ""), ("isalpha", ""), ("isalnum", ""),
    ("isspace", ""), ("isupper", ""), ("islower", ""), ("istitle", ""), ("isidentifier", ""), ("isprintable", ""), ("isnumeric", ""), ("isdecimal", ""), ("isascii", ""),
    ("encode", ""), ("removeprefix", "s"), ("removesuffix", "s"), ("translate", "d"), ("format", "aa"), ("__getitem__", "i"), ("__mod__", "a"),
]
LIST_METHODS = [("append", "a"), ("extend", "l"), ("insert", "ia"), ("pop", ""), ("pop", "i"), ("remove", "a"), ("index", "a"), ("index", "aii"), ("count", "a"), ("reverse", ""), ("copy", ""), ("clear", ""), ("sort", "")]
DICT_METHODS = [("get", "a"), ("get", "aa"), ("pop", "a"), ("pop", "aa"), ("setdefault", "aa"), ("update", "d"), ("popitem", ""), ("copy", ""), ("keys", ""), ("values", ""), ("items", ""), ("clear", "")]
SET_METHODS = [("add", "a"), ("discard", "a"), ("remove", "a"), ("union", "l"), ("intersection", "l"), ("difference", "l"), ("symmetric_difference", "l"), ("issubset", "e"), ("issuperset", "e"), ("isdisjoint", "l"), ("update", "l"), ("difference_update", "l"), ("intersection_update", "e"), ("copy", "")]
BYTES_METHODS = [("hex", ""), ("decode", ""), ("find", "y"), ("split", "y"), ("upper", ""), ("replace", "yy"), ("startswith", "y"), ("strip", ""), ("join", "l"), ("center", "j"), ("count", "y"), ("isalpha", ""), ("zfill", "j"), ("title", ""), ("splitlines", "")]
INT_METHODS = [("bit_length", ""), ("bit_count", ""), ("conjugate", ""), ("as_integer_ratio", ""), ("__add__", "a"), ("__rsub__", "a"), ("__eq__", "a"), ("is_integer", "")]
FLOAT_METHODS = [("is_integer", ""), ("hex", ""), ("as_integer_ratio", ""), ("conjugate", ""), ("__add__", "a"), ("__lt__", "a")]
TUPLE_METHODS = [("index", "a"), ("count", "a")]
CODES = {"s": "str", "i": "int", "l": "list", "b": "bool", "a": "any", "d": "dict", "e": "set", "y": "bytes"}
METHODS = {"str": STR_METHODS, "list": LIST_METHODS, "dict": DICT_METHODS, "set": SET_METHODS, "bytes": BYTES_METHODS, "int": INT_METHODS, "float": FLOAT_METHODS, "tuple": TUPLE_METHODS}
BUILTINS = [
    ("len", "l"), ("len", "s"), ("abs", "n"), ("sum", "l"), ("min", "l"), ("max", "l"), ("min", "aa"), ("sorted", "l"), ("list", "l"), ("tuple", "l"), ("set", "l"), ("frozenset", "l"), ("dict", "d"), ("str", "a"), ("repr", "a"),
    ("int", "a"), ("int", "s"), ("int", "sj"), ("float", "a"), ("float", "s"), ("bool", "a"), ("round", "f"), ("round", "fk"), ("round", "ik"), ("divmod", "nn"), ("hash", "h"), ("ord", "s"), ("chr", "j"), ("bin", "i"), ("hex", "i"), ("oct", "i"),
    ("any", "l"), ("all", "l"), ("isinstance", "aT"), ("callable", "a"), ("complex", "nn"), ("bytes", "l"), ("bytearray", "l"), ("ascii", "s"), ("format", "aS"), ("range", "j"), ("range", "jjj"), ("list", "R"), ("type", "a"), ("next", "I"), ("pow", "jjj"),
    ("enumerate", "l"), ("reversed", "l"), ("zip", "ll"), ("slice", "iii"), ("list", "Z"), ("getattr", "aN"), ("hasattr", "aN"), ("iter", "l"), ("print", "a"), ("sorted", "d"), ("vars", ""), ("bytes", "j"), ("issubclass", "TT"),
]


class Expressions:
    """Makes expressions; `funcs` and `classes` are the names that may be called."""

    def __init__(self, rng: random.Random):
        self.r = rng
        self.funcs: list[str] = []
        self.classes: list[str] = []
        self.in_generator = False
        self.depth = 0
        self.no_walrus = 0

    def pick(self, seq):
        return self.r.choice(seq)

    def name(self, t):
        if self.r.random() < 0.06:
            t = self.pick(TYPES)
        return self.pick(NAMES[t])

    def expr(self, t="any"):
        if t == "any" or self.r.random() < 0.05:
            t = self.pick(TYPES)
        self.depth += 1
        try:
            if self.depth > 3 or self.r.random() < 0.35:
                return self.name(t) if self.r.random() < 0.6 else self.leaf(t)
            if self.r.random() < 0.25:
                return self.general(t)
            return getattr(self, "x_" + t)()
        finally:
            self.depth -= 1

    def leaf(self, t):
        r = self.r
        if t == "int":
            return f"({self.pick(INTS)})"
        if t == "float":
            return f"({self.pick(FLOATS)})"
        if t == "str":
            return self.pick(STRINGS)
        if t == "bytes":
            return self.pick(BYTES)
        if t == "bool":
            return self.pick(["True", "False"])
        if t == "list":
            return self.pick(["[]", "[1, 2, 3]", "['a', 'b']", "[[1], [2]]", "[None, True, 1.5]", "[3, 1, 2, 1]", "list(range(5))"])
        if t == "tuple":
            return self.pick(["()", "(1,)", "(1, 'a')", "((1, 2), 3)", "(None,)"])
        if t == "dict":
            return self.pick(["{}", "{'a': 1}", "{1: 'x', 2: 'y'}", "{'k': [1, 2]}", "{97: 'q', 'b': None}", "dict(a=1, b=2)"])
        if t == "set":
            return self.pick(["set()", "{1, 2, 3}", "{'a'}", "frozenset([1, 5])", "{0, 1}"])
        return self.pick(["None", "...", "NotImplemented", "1j", "int", "Ellipsis"] if r.random() < 0.3 else ["None", "0", "''"])

    def general(self, t):
        k = self.r.randrange(13)
        if k == 0:
            return f"({self.expr(t)} if {self.expr('bool')} else {self.expr(t)})"
        if k == 1:
            return f"({self.expr(t)} {self.pick(['and', 'or'])} {self.expr(t)})"
        if k == 2 and not self.no_walrus:
            return f"({self.pick(NAMES[t][:2])} := {self.expr(t)})"
        if k == 3:
            return f"(lambda x, y={self.expr(t)}: {self.pick(['x', 'y', '(x, y)', 'x and y'])})({self.expr(t)})"
        if k == 4:
            return f"{self.expr('list')}[{self.expr('int')}]"
        if k == 5:
            return f"{self.expr('dict')}[{self.expr('any')}]"
        if k == 6 and self.funcs:
            return self.call()
        if k == 7 and self.classes:
            return self.instance_use()
        if k == 8 and self.in_generator:
            return f"(yield {self.expr('any')})"
        if k == 9:
            return self.builtin()
        if k == 10:
            return f"{self.expr(t)}.{self.pick(['real', 'imag', '__class__', '__doc__', 'x', 'val', 'args', '__name__', 'numerator'])}" if self.r.random() < 0.5 else self.builtin()
        m = METHODS.get(t)
        return self.method(t, m) if m else self.builtin()

    def args(self, codes):
        out = []
        for c in codes if "." not in codes else [codes]:
            if c in CODES:
                out.append(self.expr(CODES[c]))
            elif c == "n":
                out.append(self.expr(self.pick(["int", "float", "bool"])))
            elif c == "h":
                out.append(self.leaf(self.pick(["int", "float", "str", "tuple"])))
            elif c == "f":
                out.append(self.expr("float"))
            elif c == "j":
                out.append(str(self.r.randint(-3, 20)))
            elif c == "k":
                out.append(str(self.r.randint(-4, 5)))
            elif c == "T":
                out.append(self.pick(["int", "str", "(int, float)", "list", "object", "bool", "int | None", "type"]))
            elif c == "S":
                out.append(repr(self.pick(SPECS)))
            elif c == "N":
                out.append(repr(self.pick(["real", "x", "append", "upper", "__len__", "val"])))
            elif c == "I":
                out.append(f"iter({self.expr('list')})")
            elif c == "R":
                out.append(f"range({self.r.randint(-3, 8)}, {self.r.randint(-3, 8)}, {self.pick([1, 2, -1, 3, 0])})")
            elif c == "Z":
                out.append(self.pick([f"zip({self.it()}, {self.it()})", f"map(repr, {self.it()})", f"filter(None, {self.it()})", f"enumerate({self.it()}, {self.r.randint(-1, 3)})", f"reversed({self.expr('list')})", f"zip({self.it()}, {self.it()}, strict=True)"]))
            else:
                out.append(self.expr("any"))
        return ", ".join(out)

    def it(self, t=None):
        """An iterable whose order does not depend on hashes."""
        return f"it({self.expr(t or self.pick(['list', 'tuple', 'str', 'dict', 'set', 'bytes', 'any']))})"

    def method(self, t, table):
        name, codes = self.pick(table)
        return f"{self.expr(t)}.{name}({self.args(codes)})"

    def builtin(self):
        name, codes = self.pick(BUILTINS)
        if name in ("list", "tuple", "sum", "enumerate", "iter", "zip") and codes and codes[0] == "l":
            return f"{name}({', '.join(self.it() for _ in codes)})"
        return f"{name}({self.args(codes)})"

    def call(self):
        f = self.pick(self.funcs)
        k = self.r.randrange(6)
        a, b = self.expr("any"), self.expr("any")
        return [f"{f}()", f"{f}({a})", f"{f}({a}, {b})", f"{f}(*{self.it()})", f"{f}(p={a})", f"{f}({a}, **{self.expr('dict')})"][k]

    def instance_use(self):
        c = self.pick(self.classes)
        a = self.expr("any")
        k = self.r.randrange(8)
        return [f"{c}({a})", f"{c}().val", f"({c}({a}) + {self.expr('any')})", f"{c}({a}).m({self.expr('any')})", f"len({c}({a}))", f"({c}({a}) == {self.expr('any')})", f"{c}({a})[{self.expr('int')}]", f"{c}.x"][k]

    def x_int(self):
        a, b = self.expr("int"), self.expr("int")
        k = self.r.randrange(12)
        if k < 6:
            return f"({a} {self.pick(['+', '-', '*', '//', '%', '&', '|', '^', '+', '-'])} {b})"
        if k == 6:
            return f"({self.pick(['-', '+', '~'])}{a})"
        if k == 7:
            return f"power({a}, {b})"
        if k == 8:
            return f"({a} {self.pick(['<<', '>>'])} {self.r.randint(-1, 70)})"
        if k == 9:
            return f"({a} ** {self.r.randint(-2, 5)})"
        if k == 10:
            return f"len({self.expr(self.pick(['list', 'str', 'dict', 'tuple']))})"
        return f"int({self.expr('float')})"

    def x_float(self):
        a = self.expr("float")
        b = self.expr(self.pick(["float", "int"]))
        if self.r.random() < 0.5:
            a, b = b, a
        k = self.r.randrange(6)
        if k < 4:
            return f"({a} {self.pick(['+', '-', '*', '/', '//', '%'])} {b})"
        if k == 4:
            return f"(-{a})"
        return f"power({a}, {b})"

    def x_bool(self):
        k = self.r.randrange(7)
        t = self.pick(TYPES)
        u = t if self.r.random() < 0.7 else self.pick(TYPES)
        if k < 3:
            return f"({self.expr(t)} {self.pick(['<', '>', '<=', '>=', '==', '!='])} {self.expr(u)})"
        if k == 3:
            return f"({self.expr('int')} {self.pick(['<', '<=', '=='])} {self.expr('int')} {self.pick(['<', '>=', '!='])} {self.expr('int')})"
        if k == 4:
            return f"({self.expr('any')} {self.pick(['in', 'not in'])} {self.expr(self.pick(['list', 'tuple', 'dict', 'set', 'str']))})"
        if k == 5:
            return f"({self.expr('any')} {self.pick(['is', 'is not'])} None)"
        return f"(not {self.expr('any')})"

    def fstring(self):
        parts = []
        for _ in range(self.r.randint(1, 3)):
            n = self.name(self.pick(["int", "float", "str", "bool", "any", "list"]))
            conv = self.pick(["", "", "!r", "!s", "!a"])
            spec = self.pick(SPECS)
            spec = f":{spec}" if spec and self.r.random() < 0.5 else ""
            if self.r.random() < 0.1:
                spec = f":{{{self.name('int')}}}"
            parts.append("{" + n + self.pick(["", "", "", "="]) + conv + spec + "}")
        return "f'" + self.pick(["", "x", "{{}}"]).join(parts) + "'"

    def x_str(self):
        k = self.r.randrange(8)
        if k == 0:
            return f"({self.expr('str')} + {self.expr('str')})"
        if k == 1:
            return f"({self.expr('str')} * {self.r.randint(-1, 4)})"
        if k == 2:
            return self.fstring()
        if k == 3:
            return f"{self.expr('str')}{self.slice()}"
        if k == 4:
            return f"({self.pick([repr('%s'), repr('%r|%5s'), repr('%d'), repr('%05.1f'), repr('%x %o'), repr('%(a)s'), repr('%c'), repr('%-6s|'), repr('%+d %%'), repr('%.3s'), repr('%e')])} % {self.pick([self.expr('any'), '(' + self.expr('any') + ', ' + self.expr('any') + ')', self.expr('tuple'), self.expr('dict')])})"
        if k == 5:
            return f"{self.pick(['str', 'repr', 'ascii'])}({self.expr(self.pick(['int', 'float', 'str', 'list', 'tuple', 'bytes', 'dict']))})"
        return self.method("str", STR_METHODS)

    def x_bytes(self):
        k = self.r.randrange(4)
        if k == 0:
            return f"({self.expr('bytes')} + {self.expr('bytes')})"
        if k == 1:
            return f"{self.expr('bytes')}{self.slice()}"
        if k == 2:
            return f"{self.expr('str')}.encode({self.pick(['', repr('latin-1'), repr('ascii') + ', ' + repr('replace'), repr('utf-16-le'), repr('ascii') + ', ' + repr('backslashreplace')])})"
        return self.method("bytes", BYTES_METHODS)

    def slice(self):
        def part():
            return self.pick(["", "", str(self.r.randint(-6, 6)), self.name("int")])

        return f"[{part()}:{part()}{':' + part() if self.r.random() < 0.4 else ''}]"

    def clauses(self):
        out = f"for c in {self.it()}"
        if self.r.random() < 0.3:
            out += f" if {self.pick(['c', self.expr('bool'), 'not c'])}"
        if self.r.random() < 0.2:
            out += f" for d in {self.pick(['range(3)', 'it(c)', self.it()])}"
        return out

    def comprehension_item(self):
        return self.pick(["c", "(c, c)", "[c]", "repr(c)", "c if c else 0", self.expr("any"), "lambda: c"][:6])

    def comprehension(self, start, end, item=None):
        self.no_walrus += 1
        generator, self.in_generator = self.in_generator, False
        try:
            return f"{start}{item or self.comprehension_item()} {self.clauses()}{end}"
        finally:
            self.no_walrus -= 1
            self.in_generator = generator

    def x_list(self):
        k = self.r.randrange(8)
        if k < 2:
            return "[" + ", ".join(self.pick([self.expr("any"), "*" + self.it()]) if self.r.random() < 0.3 else self.expr("any") for _ in range(self.r.randint(0, 4))) + "]"
        if k == 2:
            return self.comprehension("[", "]")
        if k == 3:
            return f"({self.expr('list')} + {self.expr('list')})"
        if k == 4:
            return f"{self.expr('list')}{self.slice()}"
        if k == 5:
            return f"({self.expr('list')} * {self.r.randint(-1, 3)})"
        if k == 6:
            return f"sorted({self.it()}, key={self.pick(['repr', 'str', 'lambda v: -len(repr(v))', 'None'])}{self.pick(['', ', reverse=True'])})"
        return f"list({self.args('Z')})"

    def x_tuple(self):
        k = self.r.randrange(4)
        if k < 2:
            return "(" + "".join(self.expr("any") + ", " for _ in range(self.r.randint(0, 3))) + ")"
        if k == 2:
            return f"({self.expr('tuple')} + {self.expr('tuple')})"
        return f"tuple{self.comprehension('(', ')')}"

    def x_dict(self):
        k = self.r.randrange(5)
        if k < 2:
            parts = [f"{self.expr(self.pick(['int', 'str', 'any', 'tuple', 'float']))}: {self.expr('any')}" for _ in range(self.r.randint(0, 3))]
            return "{" + ", ".join(parts + ([f"**{self.expr('dict')}"] if self.r.random() < 0.2 else [])) + "}"
        if k == 2:
            return self.comprehension("{", "}", f"{self.pick(['c', 'repr(c)', 'str(c)'])}: {self.pick(['c', '1', '[c]'])}")
        if k == 3:
            return f"({self.expr('dict')} | {self.expr('dict')})"
        return f"dict(zip({self.it()}, {self.it()}))"

    def x_set(self):
        k = self.r.randrange(4)
        if k == 0:
            return "{" + ", ".join(self.expr(self.pick(["int", "str", "any"])) for _ in range(self.r.randint(1, 4))) + "}"
        if k == 1:
            return self.comprehension("{", "}")
        if k == 2:
            return f"({self.expr('set')} {self.pick(['|', '&', '-', '^'])} {self.expr('set')})"
        return f"set({self.it()})"

    def x_any(self):
        return self.general("int")
