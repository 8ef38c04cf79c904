# Trees of ast objects: positions, compilation, validation and the node classes.
import ast
import copy
import pickle
import warnings

SOURCES = [
    "f'{a!r:>{w}} {{x}} {b = }' 'tail'",
    "t'{x }{y = !s:{z}}'",
    "u'a' 'b' f'{c}'",
    "if a: b;\nelif c: d\nelse: e",
    "@d\n# why\nasync def f(a, /, b: int = 1, *c, d=2, **e) -> T: return await g(x for x in y)",
    "match p:\n case [1, -2 + 3j, *_, {'k': None}] | C(3, b=_) if g: pass",
    "type X[T: int, *Ts, **P = [int]] = Callable[P, T]",
    "try: pass\nexcept* E as e: raise e from None",
    "from ..m import (a as b, c)\nimport x.y",
    "é = {**a, 'ü': [*b, c[1:2, ::3]] if c else lambda: 0}",
    "x: int = 10**30; y += 1.5e3j; del (a), [b, c.d]",
]
for source in SOURCES:
    tree = ast.parse(source)
    print(ast.dump(tree, include_attributes=True))
    assert ast.dump(ast.parse(ast.unparse(tree))) == ast.dump(ast.parse(ast.unparse(ast.parse(ast.unparse(tree)))))
    compile(tree, "<tree>", "exec", dont_inherit=True)
    assert ast.dump(pickle.loads(pickle.dumps(tree)), include_attributes=True) == ast.dump(
        copy.deepcopy(tree), include_attributes=True
    )

# Trees that were changed run.
tree = ast.parse("def f(n):\n    total = 0\n    for i in range(n):\n        total = total + i\n    return total")


class Swap(ast.NodeTransformer):
    def visit_BinOp(self, node):
        node.op = ast.Sub()
        return node

    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant((1, frozenset([2]), "\ud800")), node)


space = {}
exec(compile(Swap().visit(tree), "<tree>", "exec"), space)
try:
    space["f"](3)
except TypeError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)
spec = ast.Expression(ast.JoinedStr([ast.FormattedValue(ast.Name("x"), 114, ast.JoinedStr([ast.Constant(">5")]))]))
print(eval(compile(ast.fix_missing_locations(spec), "", "eval"), {"x": "a"}))
print(ast.dump(ast.parse("'%5.2s|%-3r' % (a, b), __debug__", optimize=1)))
for node in [ast.parse("a + b"), ast.Name("x"), ast.Constant((1, 2)), ast.List([ast.Name(n) for n in "abc"])]:
    print(repr(node))

# What is wrong with a tree.
where = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)


def broken(node, mode="eval"):
    try:
        compile(node, "<tree>", mode)
    except (TypeError, ValueError, SyntaxError) as e:
        print(type(e).__name__, e)


def expression(node):
    broken(ast.fix_missing_locations(ast.Expression(node)))


warnings.simplefilter("ignore")
name = ast.Name("x")
expression(ast.Name("x", ast.Store()))
expression(ast.BoolOp(ast.And(), [name]))
expression(ast.Compare(name, [], []))
expression(ast.Dict([name], []))
expression(ast.Constant([1]))
expression(ast.NamedExpr(ast.Constant(1), name))
expression(ast.Call(name, [None], []))
expression(ast.ListComp(name, []))
expression(ast.Lambda(ast.arguments(defaults=[name]), name))
expression(ast.Name("True"))
expression(5)
broken(ast.Expression(ast.Name("x", ast.Load(), lineno=3, col_offset=1, end_lineno=2, end_col_offset=0)))
broken(ast.Expression(ast.Name("x", ast.Load(), lineno="a", col_offset=1)))
broken(ast.Expression(ast.Name("x")))
broken(ast.Module([ast.Assign([], name, **where)], []), "exec")
broken(ast.Module([ast.Pass(**where), None], []), "exec")
broken(ast.Module(ast.Pass(**where), []), "exec")
broken(ast.fix_missing_locations(ast.Module([ast.Return(name)], [])), "exec")
broken(ast.Module([], []), "eval")
broken(ast.Expression(), "eval")
pattern = ast.MatchAs(ast.MatchValue(ast.Name("x")), None)
broken(ast.fix_missing_locations(ast.Module([ast.Match(name, [ast.match_case(pattern, None, [ast.Pass()])])], [])), "exec")

# The node classes.
print(ast.arguments.__doc__, ast.expr_context.__doc__, sep="\n")
print(ast.Dict._field_types, ast.arg._attributes, ast.arg.end_lineno, ast.Pass._fields)
print(ast.Name("x").__reduce__(), ast.Name("x").__replace__(id="y").id, ast.FunctionDef("f").body)
warnings.simplefilter("error")
for make in [
    lambda: ast.Name(),
    lambda: ast.Name("x", bad=1),
    lambda: ast.Name("x", None, 3),
    lambda: ast.Name("x", id="y"),
    lambda: ast.Name("x").__replace__(bad=1),
]:
    try:
        make()
    except (TypeError, DeprecationWarning) as e:
        print(type(e).__name__, e)
for arguments in [
    dict(source="def f(x):  # type: (int) -> str\n  y = x  # type: str", type_comments=True),
    dict(source="(int, *str, **d) -> T", mode="func_type"),
    dict(source="x := 1", mode="eval"),
    dict(source="(x := 1)", feature_version=(3, 7)),
    dict(source="x = 1 # type: ignore[a]", type_comments=True),
]:
    try:
        print(ast.dump(ast.parse(**arguments)))
    except SyntaxError as e:
        print(e)
