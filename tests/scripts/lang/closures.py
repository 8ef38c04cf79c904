# Cells, nonlocal, global, del of names, late binding, class scopes and comprehension scopes.
def counter(start=0):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    def reset():
        nonlocal count
        count = start

    return step, reset


step, reset = counter(10)
print(step(), step(5), step())
reset()
print(step(), step.__code__.co_freevars, [c.cell_contents for c in step.__closure__])

print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]])


def outer():
    x = "outer"

    class Inner:
        x = "class"
        from_class = x
        method_sees = lambda self: x
        listed = [x for _ in range(1)]

    return Inner.from_class, Inner().method_sees(), Inner.listed


print(outer())

level = "module"


def changes():
    global level, created
    level = "changed"
    created = "made inside"


changes()
print(level, created)
del created
try:
    created
except NameError as error:
    print(error)


def unbound():
    print(later)
    later = 1


def deleted():
    x = 1
    del x
    return lambda: x


def free():
    def inner():
        return y

    if False:
        y = 0
    return inner()


for function in (unbound, lambda: deleted()(), free):
    try:
        function()
    except NameError as error:
        print(type(error).__name__, error)


def comprehension():
    total = 0
    squares = [total := total + i * i for i in range(4)]
    return total, squares, {k: v for k, v in zip("ab", squares)}, {x % 3 for x in range(10)}


print(comprehension())
print((lambda n: [[i * j for j in range(n)] for i in range(n) if i % 2])(4))


def deep():
    a = 1

    def b():
        def c():
            def d():
                nonlocal a
                a *= 2
                return a

            return d()

        return c() + c()

    return b(), a


print(deep())
x = 5
print([x for x in range(3)], x, sorted(k for k in locals() if k == "x"))
