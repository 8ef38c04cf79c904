# Exceptions that are caught in the unit that raises them, and frames that they show.
import sys, traceback
class E1(Exception): pass
class E2(Exception): pass
def thrower(i):
    if i % 3 == 0: raise E1(i)
    if i % 7 == 0: raise E2(i)
    return i
def inner(i):
    try:
        return thrower(i)
    except E2 as e:
        return -e.args[0]
def run(n):
    s = 0; log = []
    for i in range(n):
        try:
            s += inner(i)
        except E1 as e:
            s += 1000
            if i == n - 1 or i == n // 3 * 3 - 3 :
                log.append((type(e).__name__, e.args, e.__traceback__.tb_lineno, e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_next.tb_lineno, str(sys.exc_info()[1])))
        else:
            s += 1
        finally:
            s += 2
    return s, log, sys.exc_info()
def nested(n):
    out = 0
    for i in range(n):
        try:
            try:
                [][i]
            except IndexError as e:
                out += 1
                {}[i]
        except KeyError as e:
            out += e.args[0] + (type(e.__context__) is IndexError)
    return out
def reraise(n):
    c = 0
    for i in range(n):
        try:
            try:
                int('x%d' % i)
            except ValueError:
                c += 1
                raise
        except ValueError as e:
            c += len(str(e)) > 3
    return c
def unbound(n):
    k = 0
    for i in range(n):
        try:
            if i % 2:
                y = i
            k += y
            del y
        except UnboundLocalError:
            k += 1
        except NameError:
            k += 5
    return k
def overflow(n):
    t = 0
    for i in range(n):
        try:
            t += 1 // (i % 5)
        except ZeroDivisionError as e:
            t += 10
            try:
                t += 'a' + 1
            except TypeError as f:
                t += f.__context__ is e
    return t
def gen_like(n):
    r = 0
    it = iter(range(n))
    while True:
        try:
            r += next(it)
        except StopIteration:
            break
    return r
def withs(n):
    import contextlib
    z = 0
    for i in range(n):
        with contextlib.suppress(KeyError):
            z += 1
            if i % 4 == 0:
                raise KeyError
            z += 1
    return z
def looped(n):
    w = 0
    for i in range(n):
        for j in range(3):
            try:
                if j == 1: continue
                if i % 50 == 9 and j == 2: break
                w += [1, 2][j]
            except IndexError:
                w += 100
    return w
for f in run, nested, reraise, unbound, overflow, gen_like, withs, looped:
    print(f.__name__, f(7000))
try:
    def leave(n):
        for i in range(n):
            try:
                thrower(21 * 3 if i == n - 1 else 1)
            except E2:
                pass
    leave(7000)
except E1:
    print(traceback.format_exc().replace(__file__, "caught.py"))


# Writes through the frames of tracebacks, and through a frame object that is kept.
def poke(frame, name, value):
    frame.f_locals[name] = value


def written(n):
    s = 0
    kept = None
    for i in range(n):
        try:
            if i % 500 == 7:
                raise E1
            if i % 700 == 9 and kept:
                poke(kept, 's', s + 10000)
            s += 1
        except E1 as e:
            kept = e.__traceback__.tb_frame
            kept.f_locals['s'] = s + 100
    return s


print(written(7000))


def holder(n):
    total = 0
    for i in range(n):
        total += caller(i)
    return total


def caller(i):
    x = i
    try:
        thrower(i % 7 or 1)
    except E1 as e:
        e.__traceback__.tb_frame.f_locals['x'] = 5
        x += 1
    return x


print(holder(7000))
