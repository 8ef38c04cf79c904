# Instances, operators and polymorphic calls in hot loops.
import sys


class Vector:
    def __init__(self, x, y, z=0):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        if other.x == 15996:
            return NotImplemented
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, other):
        return self.x * other.x + self.y * other.y

    def __repr__(self):
        return "Vector(%r, %r, %r)" % (self.x, self.y, self.z)


def add_up(n):
    v = Vector(0, 0)
    for i in range(n):
        v = v + Vector(i, 1.5, z=2) if i % 7 == 0 else v + Vector(i, 0.5)
    return v


print(add_up(16000))


def differences(n):
    v = Vector(0, 0)
    total = 0
    for i in range(n):
        w = v - Vector(i, i)
        total += w * Vector(1, 2)
    return total


print(differences(15996))
try:
    differences(16004)
except TypeError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)


class Bad:
    def __init__(self, n):
        self.n = n
        if n == 12000:
            return 1


def bad():
    n = 0
    for i in range(16000):
        n += Bad(i).n
    return n


try:
    bad()
except TypeError as e:
    print(e)


class Shape:
    def __init__(self, n):
        self.n = n

    def double(self):
        return self.n * 2

    def area(self):
        return self.n


class Square(Shape):
    def area(self):
        return self.n * self.n


class Cube(Shape):
    def area(self):
        return 6 * self.n * self.n

    def extra(self):
        self.label = "cube"


class Odd(Shape):
    kind = "odd"

    @property
    def area(self):
        return lambda: -self.n


def areas(shapes, rounds):
    total = 0
    for _ in range(rounds):
        for s in shapes:
            total += s.area() + s.double()
    return total


three = [Shape(1), Square(2), Cube(3)]
print(areas(three, 8000))
three[2].extra()
print(areas(three, 8000))
print(areas(three + [Odd(5)], 8000))
print(areas([type("C%d" % i, (Shape,), {})(i) for i in range(20)], 500))
Square.area = lambda self: 1000
print(areas(three, 10))
three[0].area = lambda: 7
print(areas(three, 8000))


def mixed(values):
    total = 0
    low = high = 0
    for i in range(16000):
        v = values[i % 4]
        total = total + v * 2 - v / 4
        if v < 2:
            low += 1
        if v >= 2.5:
            high += 1
    return total, low, high


print(mixed([1, 2.5, 3, 0.25]), mixed([1, 2**60, 3, 0.25]), mixed([1, True, 3, 0.25]))


class Defaults:
    def go(self, a, b=10, c=20):
        return a + b + c


def defaults():
    d = Defaults()
    total = 0
    for i in range(16000):
        total += d.go(i) + d.go(i, 1) + d.go(i, 1, 2)
        if i == 14000:
            Defaults.go.__defaults__ = (100, 200)
    return total


print(defaults())


class Node:
    def __init__(self, depth, child):
        self.depth = depth
        self.child = child
        if depth == 900:
            self.frame = sys._getframe(0)
            self.above = sys._getframe(1).f_locals["i"]


def chain():
    node = None
    for i in range(12000):
        node = Node(i, node)
    n = 0
    while node is not None:
        n += node.depth
        if node.depth == 900:
            print(node.above, sorted(node.frame.f_locals))
        node = node.child
    return n


print(chain())


class WithDel:
    count = 0

    def __init__(self, n):
        self.n = n

    def __del__(self):
        WithDel.count += 1


class Meta(type):
    def __call__(cls, *args):
        return ("made", cls.__name__, args)


class Odder(metaclass=Meta):
    def __init__(self, n):
        self.n = n


class New:
    def __new__(cls, n):
        return n

    def __init__(self, n):
        raise SystemError


def others():
    n = 0
    for i in range(12000):
        n += WithDel(i).n + len(Odder(i)) + New(i)
    return n


print(others())


def powers():
    total = 0
    f = 0.5
    for i in range(16000):
        total += (i % 5) ** 3 + f ** 2 + (f + i) ** 0.5 + 2 ** (i % 70)
    return total, [x ** y for x in (2, 2.0, -8, 0.0) for y in (3, 0.5, 0, -1) if x or y >= 0]


print(powers())


def lists():
    rows = [[1, 2], [3], []]
    n = 0
    for i in range(12000):
        for row in rows:
            for x in row:
                n += x
        if i == 11600:
            rows[2] = (100,)
    return n


print(lists())
