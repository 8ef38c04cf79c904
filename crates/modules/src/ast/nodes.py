# The node classes of `_ast`, made from the abstract grammar (PEP 339, docs of the ast module).
# Run once, when the module is first imported.

GRAMMAR = """
mod: Module(stmt* body, type_ignore* type_ignores) Interactive(stmt* body) Expression(expr body) FunctionType(expr* argtypes, expr returns)
stmt@: FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params) AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params) ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params) Return(expr? value) Delete(expr* targets) Assign(expr* targets, expr value, string? type_comment) TypeAlias(expr name, type_param* type_params, expr value) AugAssign(expr target, operator op, expr value) AnnAssign(expr target, expr annotation, expr? value, int simple) For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment) AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment) While(expr test, stmt* body, stmt* orelse) If(expr test, stmt* body, stmt* orelse) With(withitem* items, stmt* body, string? type_comment) AsyncWith(withitem* items, stmt* body, string? type_comment) Match(expr subject, match_case* cases) Raise(expr? exc, expr? cause) Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody) TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody) Assert(expr test, expr? msg) Import(alias* names) ImportFrom(identifier? module, alias* names, int? level) Global(identifier* names) Nonlocal(identifier* names) Expr(expr value) Pass() Break() Continue()
expr@: BoolOp(boolop op, expr* values) NamedExpr(expr target, expr value) BinOp(expr left, operator op, expr right) UnaryOp(unaryop op, expr operand) Lambda(arguments args, expr body) IfExp(expr test, expr body, expr orelse) Dict(expr?* keys, expr* values) Set(expr* elts) ListComp(expr elt, comprehension* generators) SetComp(expr elt, comprehension* generators) DictComp(expr key, expr value, comprehension* generators) GeneratorExp(expr elt, comprehension* generators) Await(expr value) Yield(expr? value) YieldFrom(expr value) Compare(expr left, cmpop* ops, expr* comparators) Call(expr func, expr* args, keyword* keywords) FormattedValue(expr value, int conversion, expr? format_spec) Interpolation(expr value, constant str, int conversion, expr? format_spec) JoinedStr(expr* values) TemplateStr(expr* values) Constant(constant value, string? kind) Attribute(expr value, identifier attr, expr_context ctx) Subscript(expr value, expr slice, expr_context ctx) Starred(expr value, expr_context ctx) Name(identifier id, expr_context ctx) List(expr* elts, expr_context ctx) Tuple(expr* elts, expr_context ctx) Slice(expr? lower, expr? upper, expr? step)
expr_context: Load() Store() Del()
boolop: And() Or()
operator: Add() Sub() Mult() MatMult() Div() Mod() Pow() LShift() RShift() BitOr() BitXor() BitAnd() FloorDiv()
unaryop: Invert() Not() UAdd() USub()
cmpop: Eq() NotEq() Lt() LtE() Gt() GtE() Is() IsNot() In() NotIn()
comprehension=: comprehension(expr target, expr iter, expr* ifs, int is_async)
excepthandler@: ExceptHandler(expr? type, identifier? name, stmt* body)
arguments=: arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)
arg=@: arg(identifier arg, expr? annotation, string? type_comment)
keyword=@: keyword(identifier? arg, expr value)
alias=@: alias(identifier name, identifier? asname)
withitem=: withitem(expr context_expr, expr? optional_vars)
match_case=: match_case(pattern pattern, expr? guard, stmt* body)
pattern@!: MatchValue(expr value) MatchSingleton(constant value) MatchSequence(pattern* patterns) MatchMapping(expr* keys, pattern* patterns, identifier? rest) MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns) MatchStar(identifier? name) MatchAs(pattern? pattern, identifier? name) MatchOr(pattern* patterns)
type_ignore: TypeIgnore(int lineno, string tag)
type_param@!: TypeVar(identifier name, expr? bound, expr? default_value) ParamSpec(identifier name, expr? default_value) TypeVarTuple(identifier name, expr? default_value)
"""


class AST:
    _fields = ()
    _attributes = ()
    _field_types = {}
    __match_args__ = ()

    def __init__(self, /, *args, **kwargs):
        cls = type(self)
        fields = cls._fields
        if len(args) > len(fields):
            s = "" if len(fields) == 1 else "s"
            raise TypeError(f"{cls.__name__} constructor takes at most {len(fields)} positional argument{s}")
        given = set()
        for name, value in zip(fields, args):
            setattr(self, name, value)
            given.add(name)
        for name, value in kwargs.items():
            if name in given:
                raise TypeError(f"{cls.__name__} got multiple values for argument {name!r}")
            if name not in fields and name not in cls._attributes:
                import warnings
                warnings.warn(
                    f"{cls.__name__}.__init__ got an unexpected keyword argument {name!r}. "
                    "Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                    DeprecationWarning, stacklevel=2)
            setattr(self, name, value)
            given.add(name)
        for name in fields:
            if name in given:
                continue
            kind = cls._field_types.get(name)
            if kind is None:
                continue
            if _is_optional(kind):
                continue  # the class attribute None serves
            if _is_list(kind):
                setattr(self, name, [])
            elif kind is expr_context:
                self.ctx = Load()
            else:
                import warnings
                warnings.warn(
                    f"{cls.__name__}.__init__ missing 1 required positional argument: {name!r}. "
                    "This will become an error in Python 3.15.", DeprecationWarning, stacklevel=2)

    def __reduce__(self):
        return type(self), (), dict(self.__dict__)

    def __replace__(self, /, **changes):
        cls = type(self)
        known = set(cls._fields) | set(cls._attributes)
        extra = set(changes) - known
        if extra:
            name = sorted(extra)[0]
            raise TypeError(f"{cls.__name__}.__replace__ got an unexpected keyword argument {name!r}.")
        values = {k: v for k, v in self.__dict__.items() if k in known}
        values.update(changes)
        return cls(**values)

    def __repr__(self):
        return _show(self, 3)


def _show(node, depth):
    if not isinstance(node, AST):
        return repr(node)
    if depth == 0:
        return f"{type(node).__name__}(...)"
    parts = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            shown = [_show(v, depth - 1) for v in value]
            if len(shown) > 2:
                shown = [shown[0], "...", shown[-1]]
            parts.append(f"{name}=[{', '.join(shown)}]")
        else:
            parts.append(f"{name}={_show(value, depth - 1)}")
    return f"{type(node).__name__}({', '.join(parts)})"


def _is_optional(kind):
    return getattr(kind, "__args__", None) is not None and type(None) in kind.__args__


def _is_list(kind):
    return getattr(kind, "__origin__", None) is list


def _make_classes(namespace):
    simple = {"identifier": str, "string": str, "int": int, "constant": object}
    position = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    pending = []

    def make(name, base, fields, attributes):
        cls = type(base)(name, (base,), {"__module__": "ast"})
        cls._fields = cls.__match_args__ = tuple(f for _, f in fields)
        if attributes is not None:
            cls._attributes = attributes
        namespace[name] = cls
        pending.append((cls, fields))
        return cls

    for line in GRAMMAR.strip().splitlines():
        head, _, body = line.partition(": ")
        name = head.rstrip("=@!")
        attributes = position if "@" in head else ()
        productions = []
        for part in body.split(")"):
            if "(" not in part:
                continue
            node, _, inner = part.strip().partition("(")
            fields = [tuple(f.split()) for f in inner.split(", ") if f]
            productions.append((node, fields))
        if "=" in head:
            node, fields = productions[0]
            cls = make(node, AST, fields, attributes)
            if attributes:
                _optional_positions(cls)
        else:
            base = make(name, AST, [], attributes)
            if attributes and "!" not in head:
                _optional_positions(base)
            for node, fields in productions:
                make(node, base, fields, None)

    for cls, fields in pending:
        types = {}
        for kind, field in fields:
            plain = kind.rstrip("*?")
            base = simple.get(plain) or namespace[plain]
            if kind.endswith("*"):
                types[field] = list[base]
            elif kind.endswith("?"):
                types[field] = base | None
                setattr(cls, field, None)
            else:
                types[field] = base
        cls._field_types = types


def _optional_positions(cls):
    cls.end_lineno = None
    cls.end_col_offset = None


_make_classes(globals())
AST.__module__ = "ast"
PyCF_ONLY_AST = 0x400
PyCF_TYPE_COMMENTS = 0x1000
PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
PyCF_OPTIMIZED_AST = 0x8000 | PyCF_ONLY_AST
