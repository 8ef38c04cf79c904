# exceptions from and through compiled code: tracebacks, handlers, recursion
import sys, traceback

def check(i):
    if i == 11600:
        raise ValueError("at %d" % i)
    return i

def inner(n):
    t = 0
    for i in range(n):
        t += check(i)
    return t

def outer(n):
    try:
        return inner(n)
    except ValueError as e:
        return [(f.name, f.lineno) for f in traceback.extract_tb(e.__traceback__)], str(e)

print(outer(8000))
print(outer(12000))

def caught_in_loop(n):
    caught = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise KeyError(i)
            caught += [1, 2][i % 3]
        except KeyError as e:
            caught += 10
        except IndexError:
            caught += 100
        finally:
            caught += 1
    return caught
print(caught_in_loop(12000))

def index(values, n):
    t = 0
    for i in range(n):
        t += values[i]
    return t
try:
    index(list(range(10000)), 12000)
except IndexError as e:
    print(e, e.__traceback__.tb_next.tb_frame.f_locals["i"])

def divide(n):
    t = 0.0
    for i in range(n):
        t += 1.0 / (11200 - i)
    return t
try:
    divide(12000)
except ZeroDivisionError as e:
    print(e, e.__traceback__.tb_next.tb_frame.f_locals["i"])

def deep(n): return 1 + deep(n + 1)
def depth():
    try:
        deep(0)
    except RecursionError as e:
        return str(e)[:32], len(traceback.extract_tb(e.__traceback__)) > 900
for _ in range(3):
    print(depth())
sys.setrecursionlimit(20000)
def down(n): return 0 if n == 0 else 1 + down(n - 1)
print(down(15000))
sys.setrecursionlimit(1000)
try:
    down(20000)
except RecursionError:
    print("RecursionError")
print(down(500))

def generator(n):
    for i in range(n):
        yield i
def sum_of(n):
    t = 0
    for x in generator(n):
        t += x
        if t > 10**9:
            break
    return t
print(sum_of(16000), sum_of(50000))

def swap_many(n):
    a, b, c = 1, 2.5, "x"
    for i in range(n):
        a, b, c = b, c, a
    return a, b, c
print(swap_many(12000), swap_many(12004))

def reenter(n):
    # leaves and enters compiled code again and again in one activation
    hits = 0
    for i in range(n):
        if i % 10 == 0:
            try:
                raise LookupError
            except LookupError:
                hits += 1
    return hits
print(reenter(100000))
