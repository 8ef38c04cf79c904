"""Random programs: statements of all kinds around random expressions."""

import random

from expressions import NAMES, TYPES, Expressions

ERRORS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "Exception", "(TypeError, ValueError)", "ArithmeticError", "LookupError", "NameError"]


class Programs(Expressions):
    def __init__(self, seed):
        super().__init__(random.Random(seed))
        self.lines = []
        self.indent = 0
        self.loops = 0  # loops around, in this function
        self.function = 0  # depth of functions
        self.nesting = 0
        self.counter = 0
        self.finally_ = 0

    def emit(self, text):
        self.lines.append("    " * self.indent + text)

    def fresh(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter}"

    def program(self):
        for t in TYPES:
            for n in NAMES[t][:2]:
                if n != "unset":
                    self.emit(f"{n} = {self.leaf(t)}")
        for _ in range(self.r.randint(6, 16)):
            self.guarded()
        for n in sorted({n for t in TYPES for n in NAMES[t][:2]}):
            self.emit(f"show({n!r}, {n} if {n!r} in globals() else '?')")
        return "\n".join(self.lines) + "\n"

    def guarded(self):
        """A statement whose exception does not end the program."""
        if self.r.random() < 0.05:
            return self.statement()
        self.emit("try:")
        self.block(1)
        self.emit("except Exception as ex: show(ex)")

    def block(self, n=None):
        self.indent += 1
        self.nesting += 1
        for _ in range(n or self.r.randint(1, 3)):
            self.statement()
        self.nesting -= 1
        self.indent -= 1

    STATEMENTS = (
        ["assign"] * 8 + ["show"] * 5 + ["augment"] * 4 + ["if_"] * 3 + ["for_"] * 3 + ["while_"] * 2 + ["try_"] * 5 + ["mutate"] * 4 + ["unpack"] * 2
        + ["def_"] * 3 + ["class_"] * 2 + ["delete"] + ["leave"] * 3 + ["with_"] * 2 + ["match"] * 2 + ["generator"] * 2 + ["raise_"] + ["assert_"] + ["item"] * 2 + ["closure"] + ["scope"]
    )
    SIMPLE = {"assign", "show", "augment", "mutate", "unpack", "delete", "leave", "raise_", "assert_", "item"}

    def statement(self):
        kind = self.pick(self.STATEMENTS)
        if self.nesting > 3 and kind not in self.SIMPLE:
            kind = "assign"
        getattr(self, "s_" + kind)()

    def target(self):
        t = self.pick(TYPES)
        return t, self.pick(NAMES[t][:2])

    def s_assign(self):
        t, n = self.target()
        self.emit(f"{n} = clip({self.expr(t)})")

    def s_show(self):
        self.emit(f"show({self.expr(self.pick(TYPES))})")

    def s_augment(self):
        t = self.pick(["int", "float", "str", "list", "set", "dict", "tuple", "bytes", "any"])
        op = {"int": ["+=", "-=", "*=", "//=", "%=", "&=", "|=", "^="], "float": ["+=", "-=", "*=", "/="], "set": ["|=", "&=", "-=", "^="], "dict": ["|="]}.get(t, ["+="])
        n = self.pick(NAMES[t][:2])
        self.emit(f"{n} {self.pick(op)} {self.expr(t)}")
        self.emit(f"{n} = clip({n})")

    def s_mutate(self):
        t = self.pick(["list", "dict", "set"])
        n = self.name(t)
        self.emit(f"show({n}.{self.method_call(t)})")
        if n != "unset":
            self.emit(f"{n} = clip({n})")

    def method_call(self, t):
        from expressions import METHODS

        name, codes = self.pick(METHODS[t])
        return f"{name}({self.args(codes)})"

    def s_item(self):
        k = self.r.randrange(5)
        if k == 0:
            self.emit(f"{self.name('list')}[{self.expr('int')}] = {self.expr('any')}")
        elif k == 1:
            self.emit(f"{self.name('dict')}[{self.expr('any')}] = {self.expr('any')}")
        elif k == 2:
            self.emit(f"{self.name('list')}{self.slice()} = {self.it()}")
        elif k == 3:
            self.emit(f"{self.name('dict')}[{self.expr('any')}] += {self.expr('int')}")
        else:
            self.emit(f"{self.name('list')}[{self.expr('int')}] += {self.expr('any')}")

    def s_unpack(self):
        a, b, c = (self.target()[1] for _ in range(3))
        lhs = self.pick([f"{a}, {b}", f"{a}, *{b}", f"*{a}, {b}", f"{a}, ({b}, {c})", f"[{a}, *{b}, {c}]", f"{a}, *{b}, {c}"])
        self.emit(f"{lhs} = {self.pick([self.it(), self.expr('tuple'), '(1, (2, 3))', 'range(3)', self.expr('list')])}")
        for n in (a, b, c):
            self.emit(f"{n} = clip({n})")

    def s_if_(self):
        self.emit(f"if {self.expr('bool')}:")
        self.block()
        if self.r.random() < 0.3:
            self.emit(f"elif {self.expr('any')}:")
            self.block()
        if self.r.random() < 0.4:
            self.emit("else:")
            self.block()

    def loop(self, head):
        self.emit(head)
        self.loops += 1
        self.indent += 1
        self.emit("tick()")
        self.indent -= 1
        self.block()
        self.loops -= 1
        if self.r.random() < 0.25:
            self.emit("else:")
            self.block()

    def s_for_(self):
        _, n = self.target()
        target = self.pick([n, n, f"({n}, unset)", f"{n}, *unset"])
        self.loop(f"for {target} in {self.pick([self.it(), 'range(4)', f'enumerate({self.it()})', f'zip({self.it()}, {self.it()})', self.expr('dict') + '.items()', f'reversed({self.expr(chr(108) + chr(105) + chr(115) + chr(116))})'])}:")

    def s_while_(self):
        n = self.fresh("w")
        self.emit(f"{n} = {self.r.randint(1, 5)}")
        self.emit(f"while {n} > 0{' and ' + self.expr('bool') if self.r.random() < 0.4 else ''}:")
        self.indent += 1
        self.emit(f"{n} -= 1")
        self.emit("tick()")
        self.indent -= 1
        self.loops += 1
        self.block()
        self.loops -= 1
        if self.r.random() < 0.25:
            self.emit("else:")
            self.block()

    def s_leave(self):
        options = []
        if self.loops:
            options += ["break", "continue"]
        if self.function:
            options += [f"return {self.expr('any')}" if not self.in_generator or self.r.random() < 0.5 else "return"]
        if not options:
            return self.s_show()
        if self.r.random() < 0.7:
            self.emit(f"if {self.expr('bool')}:")
            self.indent += 1
            self.emit(self.pick(options))
            self.indent -= 1
        else:
            self.emit(self.pick(options))

    def s_try_(self):
        self.emit("try:")
        self.block()
        handlers = self.r.randint(0, 2)
        for _ in range(handlers):
            self.emit(f"except {self.pick(ERRORS)} as ex:")
            self.indent += 1
            self.emit("show(ex, ex.__context__)")
            if self.r.random() < 0.15:
                self.emit(self.pick(["raise", f"raise ValueError({self.expr('any')})", f"raise KeyError({self.expr('str')}) from ex", "raise ex", "raise RuntimeError from None"]))
            self.indent -= 1
            self.block()
        if handlers and self.r.random() < 0.4:
            self.emit("except Exception as ex:")
            self.indent += 1
            self.emit("show(ex)")
            self.indent -= 1
        if handlers and self.r.random() < 0.3:
            self.emit("else:")
            self.block()
        if not handlers or self.r.random() < 0.4:
            self.emit("finally:")
            self.block()

    def s_raise_(self):
        self.emit(f"if {self.expr('bool')}: raise {self.pick(['ValueError', 'KeyError', 'TypeError', 'StopIteration', 'IndexError'])}({self.expr('any')})")

    def s_assert_(self):
        self.emit(f"assert {self.expr('bool')}, {self.expr('str')}")

    def s_delete(self):
        k = self.r.randrange(4)
        if k == 0:
            self.emit(f"del {self.target()[1]}")
        elif k == 1:
            self.emit(f"del {self.name('list')}[{self.expr('int')}]")
        elif k == 2:
            self.emit(f"del {self.name('list')}{self.slice()}")
        else:
            self.emit(f"del {self.name('dict')}[{self.expr('any')}]")

    def s_with_(self):
        self.emit(f"with CM({self.pick(['0', '1', '2', '3'])}) as {self.target()[1]}{', CM(0)' if self.r.random() < 0.2 else ''}:")
        self.block()

    def pattern(self, depth=0):
        k = self.r.randrange(11 if depth < 2 else 5)
        return [
            "_", self.pick(["1", "'a'", "None", "-1", "2.5", "True", "b'a'"]), self.fresh("m"), "int()", "str()",
            f"[{self.pattern(depth + 1)}, *_]" if k == 5 else "", f"({self.pattern(depth + 1)}, {self.pattern(depth + 1)})" if k == 6 else "",
            f"{{'a': {self.pattern(depth + 1)}, **{self.fresh('m')}}}" if k == 7 else "", f"int({self.fresh('m')})",
            f"1 | 2 | {self.pick(['3', 'str()'])}", f"[*{self.fresh('m')}]",
        ][k]

    def s_match(self):
        self.emit(f"match {self.expr('any')}:")
        self.indent += 1
        for _ in range(self.r.randint(1, 3)):
            p = self.pattern()
            if p == "_" or p.startswith("m"):
                p = f"({p}, *_)"
            self.emit(f"case {p}{' if ' + self.expr('bool') if self.r.random() < 0.3 else ''}:")
            self.block()
        if self.r.random() < 0.4:
            self.emit("case _:")
            self.block()
        self.indent -= 1

    def params(self):
        return self.pick(["", "p", "p, q=2", "p=None, *args", "*args, **kw", "p, /, q=1", "p=1, *, r=3", f"p={self.leaf('list')}, **kw"])

    def body(self, generator, declare=True):
        """A function's body; the state of enclosing loops does not reach into it."""
        saved = self.loops, self.in_generator, self.function
        self.loops, self.in_generator, self.function = 0, generator, self.function + 1
        self.indent += 1
        self.emit("tick()")
        if declare and self.r.random() < 0.4:
            names = {self.target()[1] for _ in range(2)}
            self.emit(f"global {', '.join(sorted(names))}")
        if self.r.random() < 0.5:
            self.emit("show(sorted(locals()))")
        if generator:
            self.emit(f"yield {self.pick(['1', 'None', self.leaf('str')])}")
        self.indent -= 1
        self.block()
        self.indent += 1
        if generator:
            self.emit(self.pick(["yield 2", f"yield from {self.it()}", f"got = yield 3; show(got)"]))
        self.emit(f"return {self.expr('any')}")
        self.indent -= 1
        self.loops, self.in_generator, self.function = saved

    def s_def_(self):
        f = self.fresh("fn")
        if self.r.random() < 0.15:
            self.emit("@deco")
        self.emit(f"def {f}({self.params()}):")
        self.body(False)
        if not self.function:
            self.funcs.append(f)
        self.emit(f"show({f}({self.pick(['', self.expr('any'), self.expr('any') + ', ' + self.expr('any')])}))")

    def s_generator(self):
        f = self.fresh("gen")
        self.emit(f"def {f}({self.params()}):")
        self.body(True)
        g = self.fresh("g")
        use = self.r.randrange(6)
        self.emit(f"{g} = {f}({self.pick(['', self.expr('any')])})")
        if use == 0:
            self.emit(f"show(list({g}))")
        elif use == 1:
            self.emit(f"show(next({g}), next({g}, 'end'), {g}.close())")
        elif use == 2:
            self.emit(f"show(next({g}), {g}.throw({self.pick(['ValueError', 'KeyError(1)', 'GeneratorExit'])}))")
        elif use == 3:
            self.emit(f"show(next({g}), {g}.send({self.expr('any')}))")
        elif use == 4:
            self.emit(f"a, *b = {g}")
        else:
            self.emit(f"show(drive({g}))")

    def s_closure(self):
        f, n = self.fresh("outer"), self.fresh("cell")
        self.emit(f"def {f}(p):")
        self.indent += 1
        self.emit("tick()")
        self.emit(f"{n} = p")
        self.emit(f"def inner({self.pick(['', 'q=1'])}):")
        self.indent += 1
        self.emit(f"nonlocal {n}")
        self.emit(f"{n} = clip([{n}, {self.pick([self.leaf('int'), n])}])")
        self.emit(f"return {n}")
        self.indent -= 1
        if self.r.random() < 0.2:
            self.emit(f"del {n}")
        if self.r.random() < 0.5:
            self.emit(f"return inner, lambda: {n}")
        else:
            self.emit(f"return inner, (lambda: {n} for _ in range(2))")
        self.indent -= 1
        self.emit(f"a0, a1 = {f}({self.expr('any')})")
        self.emit("show(a0(), a0(), a1() if callable(a1) else [g() for g in a1])")

    def s_scope(self):
        """Names bound in odd places."""
        f = self.fresh("sc")
        self.emit(f"def {f}():")
        self.indent += 1
        self.emit("tick()")
        v = self.target()[1]
        self.emit(self.pick([f"show({v}); {v} = 1", f"for {v} in (): pass\n{'    ' * self.indent}show({v})", f"[{v} for {v} in 'ab']; show({v})", f"import sys as {v}; show({v}.__name__)",
                             f"class {v}: x = 1\n{'    ' * self.indent}show({v}.x)", f"del {v}", f"exec('{v} = 5'); show({v})", f"show(eval('{v}'))", f"show([({v} := k) for k in range(3)], {v})"]))
        self.indent -= 1
        self.emit("try:")
        self.emit(f"    {f}()")
        self.emit("except Exception as ex: show(ex)")

    def s_class_(self):
        c = self.fresh("Cls")
        bases = self.pick(["", "", "(Base)", "(list)", "(int)", "(str)", "(dict)", "(Exception)", "(tuple)"] + [f"({k})" for k in self.classes[-1:]])
        self.emit(f"class {c}{bases}:")
        self.indent += 1
        self.emit(f"x = {self.leaf(self.pick(TYPES))}")
        if self.r.random() < 0.15:
            self.emit("__slots__ = ()" if bases in ("(int)", "(str)", "(tuple)") else "__slots__ = ('val',)")
        methods = [
            "def __init__(self, *a): self.val = a[0] if a else 7",
            "def m(self, *a): return a, type(self).__name__",
            "@property\ndef prop(self): return self.val",
            "@classmethod\ndef cm(cls, *a): return cls.__name__, a",
            "@staticmethod\ndef sm(*a): return a",
            "def __add__(self, o): return ('add', o)",
            "def __radd__(self, o): return ('radd', o)",
            "def __iadd__(self, o): return self",
            "def __eq__(self, o): return isinstance(o, int)",
            "def __lt__(self, o): return NotImplemented",
            "def __len__(self): return 3",
            "def __bool__(self): return False",
            "def __getitem__(self, k):\n    if isinstance(k, int) and k > 3: raise IndexError(k)\n    return k",
            "def __iter__(self): return iter([1, 2])",
            "def __contains__(self, v): return v == 1",
            "def __call__(self, *a, **k): return a, sorted(k)",
            "def __hash__(self): return 42",
            "def __repr__(self): return 'REPR'",
            "def __str__(self): return 'STR'",
            "def __format__(self, spec): return f'<{spec}>'",
            "def __getattr__(self, n):\n    if n.startswith('__'): raise AttributeError(n)\n    return 'attr ' + n",
            "def __setattr__(self, n, v): object.__setattr__(self, n, (v,))",
            "def __index__(self): return 2",
            "def __enter__(self): return 5",
            "def __exit__(self, *a): return True",
            "def __next__(self): raise StopIteration",
            "def __neg__(self): return 'neg'",
            "def __init_subclass__(cls, **k): show('sub', cls.__name__)",
            "def __mul__(self, o): return NotImplemented",
            "def __rmul__(self, o): return ('rmul', o)",
            "def __missing__(self, k): return ('missing', k)",
        ]
        for m in self.r.sample(methods, self.r.randint(2, 7)):
            for line in m.split("\n"):
                self.emit(line)
        if self.r.random() < 0.3:
            self.emit("def extra(self, p=1):")
            self.body(False, declare=False)
        self.indent -= 1
        if not self.function:
            self.classes.append(c)
        o = self.pick(NAMES["any"][:2])
        self.emit(f"{o} = {c}({self.pick(['', self.leaf('int'), self.leaf('list')])})")
        for use in self.r.sample([f"show({o}.m(1))", f"show({o}.prop)", f"show({c}.cm(2), {o}.sm(3))", f"show({o} + 1, 1 + {o})", f"show(list({o}))", f"show({o} == 3, {o} != 3)", f"show(len({o}), bool({o}))",
                                  f"show(f'{{{o}:abc}}', str({o}), repr({o}))", f"show({o}[1], {o}[9])", f"show({o}(1, k=2))", f"show({o}.nope)", f"show(hash({o}) if type({o}).__hash__ not in (object.__hash__, BaseException.__hash__) else 'by address')", f"show([1, 2, 3][{o}])", f"show({o} < 1)",
                                  f"show(-{o})", f"show(2 * {o}, {o} * 2)", f"show(1 in {o})", f"{o}.val = 3; show({o}.val)", f"del {o}.val; show({o}.val)", f"show(sorted(k for k in vars({c}) if k[0] != '_'))", f"show([k.__name__ for k in {c}.__mro__])",
                                  f"show({o}.extra())", f"show(isinstance({o}, Base), issubclass({c}, int))", f"show({c}.x, {o}.x)", f"{c}.x = 5; show({o}.x)", f"show(type('D', ({c},), {{}}).x)", f"with {o} as a2: show(a2); 1 / 0"], 4):
            self.emit("try:")
            self.emit(f"    {use}")
            self.emit("except Exception as ex: show(ex)")


def program(seed):
    return Programs(seed).program()


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])))
