# What compiled code relies on without checking changes while it runs: the change shows at once.
import math
import sys
import threading
import types


def twice(n):
    return n + n


def thrice(n):
    return n + n + n


def change_at(when, change):
    """Calls `twice` in a hot loop; `change` runs at one turn, from a callee of the loop."""
    total = 0
    for i in range(16000):
        if i == when:
            change()
        total += twice(i)
    return total


def restore():
    globals()["twice"] = original


original = twice
loops = change_at(-1, None)


def by_setitem():
    globals()["twice"] = thrice


def by_update():
    globals().update(twice=thrice)


def by_global():
    global twice
    twice = thrice


def by_exec():
    exec("twice = thrice", globals())


def by_setattr():
    sys.modules[__name__].twice = thrice


def by_setdefault():
    del globals()["twice"]
    globals().setdefault("twice", thrice)


def by_ior():
    g = globals()
    g |= {"twice": thrice}


for change in by_setitem, by_update, by_global, by_exec, by_setattr, by_setdefault, by_ior:
    print(change.__name__, change_at(12000, change))
    restore()


def delete():
    global twice
    del twice


try:
    change_at(14000, delete)
except NameError as e:
    print(e, e.__traceback__.tb_next.tb_lineno - change_at.__code__.co_firstlineno)
restore()


def new_code():
    twice.__code__ = thrice.__code__


old_code = twice.__code__
print("code", change_at(12000, new_code))
twice.__code__ = old_code


def lengths(when, change):
    total = 0
    items = [1, 2, 3]
    for i in range(16000):
        if i == when:
            change()
        total += len(items) + abs(-i)
    return total


def shadow():
    global len
    len = lambda x: 100


print("builtins", lengths(-1, None))
print("shadowed", lengths(12000, shadow))
del len
print("unshadowed", lengths(-1, None))


def replace_builtin():
    import builtins
    builtins.abs = lambda x: 7


import builtins
true_abs = abs
print("replaced", lengths(15960, replace_builtin))
builtins.abs = true_abs


def roots(when, change):
    total = 0.0
    for i in range(16000):
        if i == when:
            change()
        total += math.sqrt(4.0)
    return total


def replace_sqrt():
    math.sqrt = lambda x: 10.0


true_sqrt = math.sqrt
print("module", roots(12000, replace_sqrt))
math.sqrt = true_sqrt
print("module", roots(-1, None))


class Base:
    step = 1

    def go(self, n):
        return n + self.step


class Derived(Base):
    pass


def method(obj, when, change):
    total = 0
    for i in range(16000):
        if i == when:
            change()
        total = obj.go(total)
    return total


def override():
    Derived.go = lambda self, n: n + 1000


def base_step():
    Base.step = 5


def new_bases():
    class Other:
        step = 2

        def go(self, n):
            return n - 1
    Derived.__bases__ = (Other,)


d = Derived()
print("method", method(d, -1, None))
print("override", method(d, 12000, override))
del Derived.go
print("base attribute", method(d, 12000, base_step))
Base.step = 1
print("bases", method(d, 12000, new_bases))
Derived.__bases__ = (Base,)
print("back", method(d, -1, None))


# A name that changes all the time is not relied on any more; the results stay right.
total = 0
for n in range(60):
    twice = thrice if n % 2 else original
    total += change_at(-1, None)
print("often", total)
restore()


class Counter:
    count = 0


def counting():
    for i in range(20000):
        Counter.count += 1
    return Counter.count


print(counting(), counting())


# Another thread changes what a running loop relies on.
ready, done = threading.Event(), threading.Event()


def spin():
    n = 0
    while twice(1) == 2:
        n += 1
        if n == 8000:
            ready.set()
    done.set()


t = threading.Thread(target=spin)
t.start()
ready.wait()
twice = thrice
print("thread", done.wait(20))
t.join()
restore()

# Functions and units that die while their namespaces live on, and the other way round.
kept = []
for k in range(12):
    ns = {"__name__": "m%d" % k}
    exec("def f(x):\n return x + %d\ndef run():\n t = 0\n for i in range(10000):\n  t += f(i)\n return t" % k, ns)
    kept.append(ns["run"]())
    if k % 3 == 0:
        ns["f"] = lambda x: 1
        kept.append(ns["run"]())
    del ns
print(kept)
