# Inheritance and MRO, super, properties, descriptors, class and static methods, metaclasses, special methods.
class Base:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry.append((cls.__name__, tag))

    def who(self):
        return "Base"


class Left(Base, tag="l"):
    def who(self):
        return "Left>" + super().who()


class Right(Base, tag="r"):
    def who(self):
        return "Right>" + super().who()


class Both(Left, Right):
    def who(self):
        return "Both>" + super().who()


print(Both().who(), [c.__name__ for c in Both.__mro__], Base.registry)
try:
    type("Bad", (Base, Left), {})
except TypeError as error:
    print(str(error).splitlines()[0])


class Named:
    def __set_name__(self, owner, name):
        self.name = name
        print("named", owner.__name__, name)

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * 2

    def __delete__(self, instance):
        print("deleting", self.name)


class Record:
    field = Named()
    other = Named()

    def __init__(self):
        self._size = 1

    @property
    def size(self):
        "The size."
        return self._size

    @size.setter
    def size(self, value):
        if value < 0:
            raise ValueError("negative")
        self._size = value

    @classmethod
    def make(cls, *args):
        return cls.__name__, args

    @staticmethod
    def plain(*args):
        return args


r = Record()
print(r.field)
r.field = 21
print(r.field, r.other, r.__dict__)
del r.field
r.size = 3
print(r.size, Record.size.__doc__, Record.make(1), r.make(2), r.plain(3))
for attempt in (lambda: setattr(r, "size", -1), lambda: delattr(r, "size"), lambda: r.missing):
    try:
        attempt()
    except (ValueError, AttributeError) as error:
        print(type(error).__name__, error)


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kwargs):
        print("prepare", name, kwargs)
        return {"prepared": True}

    def __new__(mcs, name, bases, ns, **kwargs):
        return super().__new__(mcs, name, bases, dict(ns, kwargs=kwargs))

    def __init__(cls, name, bases, ns, **kwargs):
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        print("creating", cls.__name__, args)
        return super().__call__(*args)

    def __len__(cls):
        return 42


class Made(metaclass=Meta, option=1):
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self


print(Made(1, 2).args, Made.prepared, Made.kwargs, len(Made), type(Made).__name__)


class Slots:
    __slots__ = ("a", "b")


s = Slots()
s.a = 1
try:
    s.c = 1
except AttributeError as error:
    print(error)
print(hasattr(s, "b"), hasattr(s, "__dict__"))


class Dynamic:
    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(name)

    def __getattribute__(self, name):
        if name == "always":
            return "intercepted"
        return super().__getattribute__(name)

    def __setattr__(self, name, value):
        super().__setattr__(name, (value, "wrapped"))


d = Dynamic()
d.x = 1
print(d.x, d.dyn_hello, d.always, getattr(d, "nope", "default"))


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Number(self.n + other.n) if isinstance(other, Number) else NotImplemented

    def __radd__(self, other):
        return Number(other + self.n)

    def __eq__(self, other):
        return isinstance(other, Number) and self.n == other.n

    def __lt__(self, other):
        return self.n < other.n

    def __hash__(self):
        return hash(self.n)

    def __repr__(self):
        return f"Number({self.n})"

    def __bool__(self):
        return self.n != 0

    def __getitem__(self, key):
        return key

    def __contains__(self, x):
        return x == self.n

    def __call__(self, *args):
        return (self.n, args)


n = Number(3)
print(n + n, 4 + n, sum([n, n]), n == Number(3), n != Number(4), sorted([Number(2), Number(1)]), bool(Number(0)))
print(n[1:2, ..., 3], 3 in n, n(1), {n: 1}[Number(3)], Number(1) < n, Number(1) > n)
try:
    n + "x"
except TypeError as error:
    print(error)
try:
    n <= n
except TypeError as error:
    print(error)
Both.who = lambda self: "patched"
print(Both().who(), isinstance(Both(), (int, Right)), issubclass(bool, int))
