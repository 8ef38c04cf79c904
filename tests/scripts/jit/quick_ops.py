# Operations of builtin types that compiled code does without frames, and where Python code comes in.


class Key:
    log = []

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        Key.log.append(self.n)
        return isinstance(other, Key) and self.n == other.n or self.n == other


class Plain:
    pass


class Loud:
    def __eq__(self, other):
        return 'eq'

    def __ne__(self, other):
        return 'ne'


def subscripts(container, keys):
    out = 0
    for k in keys:
        out += container[k]
    return out


def store(d, keys):
    for k in keys:
        d[k] = len(d)
    return len(d)


def count(container, items):
    n = 0
    for item in items:
        if item in container:
            n += 1
        if item not in container:
            n += 100
    return n


def equal(a, b):
    n = 0
    for x in a:
        for y in b:
            if x == y:
                n += 1
            if x != y:
                n += 1000
    return n


def glue(parts):
    s = ''
    for p in parts:
        s = s + p
    return s


def ranges(n):
    total = 0
    for i in range(n):
        for j in range(i, n):
            for k in range(j, n, 2):
                total += k
    return total


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


numbers = {i: i for i in range(50)}
words = {'w%d' % i: i for i in range(50)}
mixed = {**numbers, **words}
for _ in range(80):
    subscripts(numbers, range(50))
    subscripts(words, list(words))
    subscripts(mixed, list(mixed))
    store({}, range(40))
    store({}, list(words))
    count(numbers, range(40, 60))
    count(words, ['w1', 'x', 3])
    count([1, 'a', None, 2.5], [1, 'a', 7])
    count((1, 'a', None), [1, 'a', 7])
    count({1, 'a'}, [1, 'a', 7])
    count('abcabc', ['a', 'bc', 'x'])
    equal(['a', 1, None, True], ['a', 2, None, 1])
    equal([Plain(), None], [None, Plain()])
    glue(['a', 'b', '\u1234'])
    ranges(6)
print(subscripts(mixed, list(mixed)), store({}, list(mixed)), ranges(9), glue(list('xyz')))
print(attempt(subscripts, numbers, [1, 99]), attempt(subscripts, words, [[]]))
print(attempt(subscripts, [1, 2, 3], [0, -1, 3]), attempt(subscripts, (4, 5), [-2, 1, -3]))
print(subscripts({Key(1): 5, 2: 6}, [1, 2]), Key.log)
print(count({Key(7): 1}, [7, 8]), count([Key(3)], [3, 4]), Key.log)
print(equal([Key(1), 2], [1, Key(2)]), Key.log[-6:])
print(equal([Loud()], [1, None, 'x']), equal([True, 1, 1.0, 2**70], [1, True, 2**70, 1.0]))
print(equal([float('nan')], [1.5]), equal(['a' * 50], ['a' * 49 + 'a']))
print(attempt(count, 5, [1]), attempt(count, 'abc', [1]), attempt(glue, ['a', 1]))
print(attempt(ranges, 2.5), attempt(lambda: [i for i in range(1, 10, 0)]))
print(sum(1 for _ in range(2**70, 2**70 + 3)))


class D(dict):
    def __missing__(self, key):
        return -1

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value * 2)


d = D()
print(store(d, [1, 'b', 3]), d, subscripts(d, [1, 5]))


# A namespace that compiled code relies on changes through its dict.
def helper():
    return 1


def use(n, names):
    total = 0
    for i in range(n):
        names['tick'] = i
        if i == n - 3:
            names['helper'] = lambda: 1000
        total += helper()
    return total


for _ in range(3):
    helper = type(ranges)(helper.__code__, globals())
    use(3000, {})
print(use(3000, globals()), tick)


# Many classes with the same method.
def make(i):
    class C:
        def area(self):
            return i

        def scaled(self, by):
            return self.area() * by

    return C()


shapes = [make(i) for i in range(12)]


def total(objects):
    s = 0
    for o in objects:
        s += o.scaled(2) + o.area()
    return s


for _ in range(600):
    total(shapes)
print(total(shapes))
shapes[3].area = lambda: 100
print(total(shapes))
type(shapes[4]).area = lambda self: 1000
print(total(shapes))
type(shapes[5]).area = staticmethod(lambda: 5000)
print(total(shapes))
type(shapes[6]).scaled = lambda self, by, more=7: more
print(total(shapes))
del type(shapes[7]).area
print(attempt(total, shapes))


class Odd:
    def __getattribute__(self, name):
        return lambda *a: 9


print(total([Odd(), shapes[0]] * 5))


# The length of a dict is read again after it was set.
def fill(d, n):
    seen = 0
    for i in range(n):
        before = 1 if d else 0
        d[i % 3] = i
        after = 1 if d else 0
        seen += 10 * before + after
        if i % 3 == 2:
            d.clear()
    return seen


for _ in range(3):
    print(fill({}, 9000))
