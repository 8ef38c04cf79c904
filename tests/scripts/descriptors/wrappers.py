# What wrappers of slots and builtin constructors say about wrong arguments, and how they show themselves.
import types


def shown(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


shown((5).__add__)
shown((5).__add__, 1, 2)
shown((5).__neg__, 1)
shown((5).__pow__)
shown((5).__add__, x=1)
shown([1].__setitem__, 1)
shown("a".__len__, 1)
shown((5).__ceil__, 1)
shown(bytes.__new__, int)
shown(bytearray.__new__, int)
shown(list.__new__)
shown(list.__new__, 5)
shown(tuple.__new__, list)
shown(type(None).__new__, int)
shown(object.__new__, int)
for c in (list, bytes, dict):
    try:
        print(c.__new__(int))
    except TypeError as e:
        print(e)

for c in (int, bool, float, complex, list, tuple, set, map, zip, enumerate, memoryview, types.CellType):
    print(c.__name__, c.__text_signature__)
for f in (int.__new__, list.__init__, type.__call__, (i for i in ()).send, property.setter):
    print(f.__qualname__, f.__text_signature__)

# Struct members and computed attributes.
for d in (complex.real, float.real, slice.start, range.stop, property.fget, types.MethodType.__func__):
    print(type(d).__name__, repr(d), d.__qualname__)
shown(setattr, slice(1), "start", 2)
shown(setattr, 1.5, "real", 2)
print(types.FunctionType.__module__, types.BuiltinFunctionType.__module__)


class SetOnly:
    def __set__(self, obj, value):
        obj.__dict__["a"] = value


class X:
    a = SetOnly()


x = X()
print(type(x.a))
x.a = 42
print(x.a, [x.a for _ in range(3)])


class S(str):
    def __str__(self):
        return "str of S"


print("{}".format(S("x")), format(S("x")), f"{S('x')}", "{:>10}".format(S("x")))
