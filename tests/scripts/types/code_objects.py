# types.CodeType from the attributes of a code object, code.replace, equality and hash.
import inspect, marshal, types

FIELDS = (
    "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name "
    "qualname firstlineno linetable exceptiontable freevars cellvars"
).split()


def attributes(code):
    return [getattr(code, "co_" + f) for f in FIELDS]


def rebuilt(code):
    given = attributes(code)
    given[7] = tuple(rebuilt(k) if isinstance(k, types.CodeType) else k for k in given[7])
    return types.CodeType(*given)


def shown(f, *args, **kwargs):
    try:
        f(*args, **kwargs)
        return "fine"
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def rich(a, /, b=2, *args, c, d=4, **kw):
    def inner(y):
        nonlocal b
        try:
            b += y + a
            return [x * b for x in range(3)], kw
        except ZeroDivisionError as e:
            return e
        finally:
            args

    class K:
        z = a

        def m(self):
            return __class__

    def gen():
        yield from range(a)
        try:
            yield 1
        finally:
            pass

    async def coro():
        async with a as b, c as d:
            return [x async for x in b if x]

    return inner(c), K().m().z, list(gen()), (lambda: [i for i in range(d)])()


code = rich.__code__
copy = rebuilt(code)
print(copy == code, hash(copy) == hash(code), copy is code, [a == b for a, b in zip(attributes(copy), attributes(code))].count(False))
again = types.FunctionType(copy, globals(), "again", rich.__defaults__)
again.__kwdefaults__ = rich.__kwdefaults__
print(again(2, c=5, z=3), again(2, c=5, z=3) == rich(2, c=5, z=3))
print(inspect.signature(again), [list(c.co_lines()) == list(code.co_lines()) for c in (copy, code.replace())])


def raising():
    x = 1
    return x / 0


try:
    types.FunctionType(rebuilt(raising.__code__), {})()
except ZeroDivisionError as e:
    print(e.__traceback__.tb_next.tb_lineno - raising.__code__.co_firstlineno)

whole = compile(inspect.getsource(types), types.__file__, "exec")
space = {"__name__": "copy"}
exec(rebuilt(whole), space)
print(rebuilt(whole) == whole, "SimpleNamespace" in space)


def one(x, y):
    total = x + y
    return total


def other(p, q):
    product = p * q
    return product


code, code2 = one.__code__, other.__code__
for changes in (
    dict(co_name="n", co_qualname="q.n", co_filename="f.py", co_firstlineno=99),
    dict(co_varnames=("a", "b", "c")),
    dict(co_code=code2.co_code),
    dict(co_posonlyargcount=1),
    dict(co_freevars=("free",), co_cellvars=("cell",), co_names=("name",), co_stacksize=77),
    dict(co_flags=code.co_flags | inspect.CO_COROUTINE),
    dict(co_linetable=code2.co_linetable),
    dict(co_linetable=b"", co_exceptiontable=b""),
):
    new = code.replace(**changes)
    print(*changes, all(getattr(new, k) == v for k, v in changes.items()), new == code)
    if "co_freevars" not in changes:
        f = types.FunctionType(new, {}, argdefs=(3, 4))
        print("   ", f(), inspect.signature(f))
print(shown(types.FunctionType, code.replace(co_freevars=("free",)), {}))
print(list(code.replace(co_linetable=b"").co_lines()), list(code.replace(co_linetable=b"").co_positions()))

constant = (lambda: "old text").__code__
constant = constant.replace(co_consts=tuple("new text" if k == "old text" else k for k in constant.co_consts))
print(eval(constant), eval(marshal.loads(marshal.dumps(constant))))

swap = (lambda x, y, *, z=1, w=1: 1).__code__
swapped = swap.replace(co_posonlyargcount=2, co_kwonlyargcount=0)
print(swap == swapped, hash(swap) == hash(swapped), (lambda x: x + 1).__code__ == (lambda x: x - 1).__code__)

for changes in (
    dict(co_argcount="a"), dict(co_foo=1), dict(co_consts=[1]), dict(co_code=3), dict(co_name=3), dict(co_filename=b""),
    dict(co_linetable=3), dict(co_nlocals=5), dict(co_varnames=()), dict(co_flags="a"), dict(co_firstlineno=-5), dict(co_argcount=-1),
    dict(co_argcount=5), dict(co_freevars=3), dict(co_code=b"a"),
):
    print(*changes, shown(code.replace, **changes))
given = attributes(code)
for i in range(len(FIELDS)):
    if i > 5 and i != 13:
        print(FIELDS[i], *[shown(types.CodeType, *given[:i], bad, *given[i + 1 :]) for bad in (None, 1.5)], sep=" | ")
print(shown(types.CodeType, *given[:3], 7, *given[4:]), shown(types.CodeType, -1, *given[1:]), sep=" | ")
print(shown(types.CodeType, *given[:8], (1,), *given[9:]), shown(types.CodeType), sep=" | ")
