# frames of compiled code seen, and changed, from outside
import sys, gc

def look(name):
    return sys._getframe(1).f_locals[name]

def watched(n):
    total = 0
    for i in range(n):
        total += i
        if i % 1000 == 999:
            print(look("i"), look("total"), end=" ")
    return total
print(watched(16000))

def poke(name, value):
    sys._getframe(1).f_locals[name] = value

def poked(n):
    x = 0
    for i in range(n):
        x += 1
        if i == 10000:
            poke("x", 1000000)
    return x
print(poked(12000))

def lines():
    f = sys._getframe(1)
    return f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno

def leaf(x):
    return lines() if x == 11600 else None
def mid(x):
    return leaf(x)
def top(n):
    found = None
    for i in range(n):
        r = mid(i)
        if r:
            found = r
    return found
print(top(12000))

def stack_names(x):
    if x != 11600:
        return None
    f, names = sys._getframe(0), []
    while f:
        names.append(f.f_code.co_name)
        f = f.f_back
    return names
def m2(x): return stack_names(x)
def t2(n):
    for i in range(n):
        r = m2(i)
        if r:
            return r
print(t2(12000))

class Node:
    def __init__(self, v): self.v = v

def only_reference(n):
    # compiled code holds the only reference to what it makes, through collections
    keep = []
    for i in range(n):
        a = [i, i + 1]
        b = Node(a)
        if i % 500 == 0:
            gc.collect()
        c = (b, a)
        if i % 100 == 0:
            keep.append(c[0].v[1])
    return sum(keep)
print(only_reference(12000))

def list_swap(n):
    # the list's storage is replaced while the loop runs over it
    values = [1, 2, 3]
    t = 0
    for i in range(n):
        t += values[i % 3]
        if i % 700 == 0:
            values[:] = [x + 1 for x in values]
            values.append(0)
            values.pop()
    return t
print(list_swap(12000))

def cells(n):
    x = 0
    def inc():
        nonlocal x
        x += 1
        return x
    for i in range(n):
        inc()
    return x
print(cells(12000))

def locals_seen(n):
    a = 0
    for i in range(n):
        a += i
        if i == 8000:
            d = dict(locals())
    return sorted(d.items())
print(locals_seen(12000))

it = iter(range(40000))
def shared(it):
    seen = 0
    for x in it:
        seen += 1
        next(it)
        if x > 20000:
            break
    return seen, next(it)
print(shared(it), next(it))

def mutate_while_iterating(n):
    values = list(range(n))
    out = 0
    for v in values:
        out += 1
        if v < 8000:
            values.append(v)
        if out > 6000:
            break
    return out, len(values)
print(mutate_while_iterating(12000))
