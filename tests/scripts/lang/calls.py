# Every kind of parameter and argument, defaults, unpacking, and the errors of wrong calls.
def every(a, b, /, c, d=4, *rest, e, f=6, **more):
    return (a, b, c, d, rest, e, f, sorted(more.items()))


print(every(1, 2, 3, e=5))
print(every(1, 2, c=3, e=5, a=7, b=8))
print(every(*[1, 2, 3, 4, 5, 6], **{"e": 5, "g": 9}))
print(every(*(1,), *[2], *range(3, 5), **{"e": 0}, **{"z": 1}))

calls = [
    lambda: every(),
    lambda: every(1),
    lambda: every(1, 2),
    lambda: every(1, 2, 3),
    lambda: every(1, 2, 3, e=5, **{"e": 6}),
    lambda: (lambda x: x)(),
    lambda: (lambda x: x)(1, 2),
    lambda: (lambda x: x)(1, x=2),
    lambda: (lambda x: x)(y=2),
    lambda: (lambda *, k: k)(1),
    lambda: (lambda x, /: x)(x=1),
    lambda: (lambda a, b, c: 0)(1),
    lambda: (lambda a, b=1: 0)(1, 2, 3),
    lambda: print(*5),
    lambda: print(**5),
    lambda: 5(),
    lambda: len(),
    lambda: len([], []),
]
for call in calls:
    try:
        print("returned", call())
    except TypeError as error:
        print(type(error).__name__, str(error).replace("<lambda>.<locals>.", ""))


def defaults(x, seen=[]):
    seen.append(x)
    return seen


print(defaults(1), defaults(2), defaults(3, []), defaults(4))
print(defaults.__defaults__, every.__kwdefaults__, every.__defaults__)
defaults.__defaults__ = (["new"],)
print(defaults(5))


# Defaults and arguments are evaluated once, from left to right.
def show(x):
    print("eval", x)
    return x


def late(a=show("a"), *, b=show("b")):
    return a + b


print(late(show("1"), b=show("2")), late())
print((lambda *a, **k: (a, k))(show(1), *[show(2)], x=show(3), **{show("y"): show(4)}))


def recurse(n):
    return n if n == 0 else recurse(n - 1) + 1


print(recurse(900))
