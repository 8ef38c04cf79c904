# Custom mro() that assigns to __bases__ while the MRO is computed, and that leaves classes out.


class Case:
    ready = False
    step = 0


def until(case, limit):
    case.step += 1
    return case.step <= limit


case = Case()


class M(type):
    def mro(cls):
        if case.ready:
            if cls.__name__ == "B1":
                B2.__bases__ = (B1,)
            if cls.__name__ == "B2":
                B1.__bases__ = (B2,)
        return type.mro(cls)


class A(metaclass=M): ...
class B1(A): ...
class B2(A): ...


case.ready = True
try:
    B1.__bases__ += ()
except TypeError as e:
    print(e)
case.ready = False
print(B1.__bases__, B2.__bases__)


class Incomplete(type):
    def mro(cls):
        print(cls.__name__, cls.__mro__)
        if until(case, 1):
            cls.__bases__ += ()
        return type.mro(cls)


class C(metaclass=Incomplete): ...


print(C.__mro__, C.__subclasses__(), object.__subclasses__().count(C))


class Early(type):
    def mro(cls):
        for f in (lambda: type.__new__(Early, "Y", (cls,), {}), lambda: super(cls, cls).xxx):
            if cls.__name__ != "Y":
                try:
                    f()
                except (TypeError, AttributeError) as e:
                    print(type(e).__name__, e)
        return type.mro(cls)


class F(metaclass=Early): ...


class Without(type):
    def mro(cls):
        return (A,)


try:
    class D(metaclass=Without): ...
except TypeError as e:
    print(e)


class Wide(type):
    def mro(cls):
        return (cls, int, object)


try:
    class E(list, metaclass=Wide): ...
except TypeError as e:
    print(e)


# Rollback: a subclass that refuses leaves all classes as they were.
class Refusing(type):
    refuse = False

    def mro(cls):
        if Refusing.refuse and cls.__name__ == "Leaf":
            raise ValueError("no")
        return type.mro(cls)


class P(metaclass=Refusing): ...
class Q(metaclass=Refusing): ...
class Mid(P): ...
class Leaf(Mid): ...


Refusing.refuse = True
try:
    Mid.__bases__ = (Q,)
except ValueError as e:
    print(e)
print(Mid.__bases__, Mid.__mro__[1], Leaf.__mro__[2], P.__subclasses__(), Q.__subclasses__())


# Layouts: __class__ assignment asks for slots of the same names.
class G:
    __slots__ = ["a", "b"]
class H:
    __slots__ = ["b", "a"]
class J:
    __slots__ = ["c", "b"]


g = G()
g.a = 1
g.__class__ = H
print(g.a, type(g))
try:
    g.__class__ = J
except TypeError as e:
    print(e)


# Slots may take names that the compiler uses.
class K:
    __slots__ = ("__classcell__", "x")

    def m(self):
        return __class__


print(K().m())
