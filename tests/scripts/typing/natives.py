# generic aliases, unions, type parameters and templates
import _typing
from _typing import TypeVar, ParamSpec, TypeVarTuple, Generic, NoDefault, TypeAliasType
def show(f, *a):
    try:
        print(repr(f(*a)))
    except Exception as e:
        print(type(e).__name__ + ":", e)

x = list[int]
print(x, x.__origin__, x.__args__, x.__parameters__, type(x))
print(dict[str, list[int]], tuple[int, ...], tuple[()], type[int])
print(list[int] == list[int], hash(list[int]) == hash(list[int]), list[int] == list[str])
print(x([1, 2]), x.append is list.append)
print(int | None, int | str | int, None | int, list[int] | None, (int | str) == (str | int))
print(hash(int | str) == hash(str | int), isinstance(1, int | str), issubclass(bool, int | None), isinstance(None, int | None))
print((int | str).__args__, type(int | str), (int | int) is int)
show(lambda: int | 5)
show(lambda: isinstance(1, list[int]))
show(lambda: isinstance(1, int | list[int]))
show(lambda: list[int][str])
T = TypeVar("T")
S = TypeVar("S", bound=None, covariant=True)
print(T, S, T.__name__, T.__bound__, T.__constraints__, T.__default__, T.has_default(), T.__module__)
print(list[T], list[T][int], dict[T, int].__parameters__, dict[T, list[T]][str])
show(lambda: list[T][int, str])
show(lambda: dict[T, int][()])
print(T | int if False else "skip")
def f[U: int, *Ts, **P](a: U) -> U: return a
print(f.__type_params__, f.__type_params__[0].__bound__, f.__annotations__)
U, Ts, P = f.__type_params__
print(type(U).__name__, type(Ts).__name__, type(P).__name__, P.args, P.kwargs, P.args == P.args, P.args.__origin__ is P)
def g[V: (int, str) = int](): pass
V, = g.__type_params__
print(V.__constraints__, V.__default__, V.has_default(), V.evaluate_default(1))
type A[X] = list[X] | None
print(A, A.__value__, A.__type_params__, A.__name__, A[int], A.__module__)
type B = int
print(B.__value__, B | None)
show(lambda: B[int])
show(TypeVar, "T", int)
show(lambda: TypeVar("T", covariant=True, contravariant=True))
print(NoDefault, type(NoDefault).__name__)
a = list[int]
s, = [*a]
print(s, s.__unpacked__)

name = "w"
t = t"hello {name!r:>5} and {1 + 1}"
print(t)
print(t.strings, t.values, [type(p).__name__ for p in t])
i = t.interpolations[0]
print(i.value, i.expression, i.conversion, i.format_spec, type(i).__match_args__)
print((t"a{1}b" + t"c{2}").strings)
Interp = type(i)
match i:
    case Interp(v, e): print(v, e)
