"""Frames below a call from compiled code to compiled code, seen by all who can look at them."""

import gc
import sys
import traceback


def look(depth):
    f = sys._getframe(1)
    rows = []
    while f is not None and len(rows) < depth:
        rows.append((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno, sorted(f.f_locals.items())))
        f = f.f_back
    return rows


def leaf(n, what):
    # A loop, so that it is called and not inlined.
    total = 0
    for i in range(3):
        total += n
    if n == what:
        return look(4)
    return total


def middle(n, what):
    extra = n * 2
    got = leaf(n, what)
    if type(got) is list:
        return got
    return got + extra


class Holder:
    def __init__(self, n, what):
        self.n = n
        self.got = leaf(n, what)


def outer(n, what):
    a = n + 1
    first = middle(n, what)
    if type(first) is list:
        return first
    h = Holder(n, -what)
    if type(h.got) is list:
        return h.got
    return a + first


def drive(turns, what):
    out = None
    for i in range(turns):
        r = outer(i, what)
        if type(r) is list:
            out = r
    return out


drive(9000, -1)
for row in drive(9000, 8000):
    print(row)


# The same with a collection, which completes the records and changes nothing.
def collector(n):
    t = 0
    for i in range(2):
        t += i
    if n % 2000 == 1999:
        gc.collect()
    return t + n


def through(n):
    box = [n]
    r = collector(n)
    return r + box[0]


def collect_loop(turns):
    s = 0
    for i in range(turns):
        s += through(i)
    return s


print(collect_loop(9000))


# Exceptions through several units, each with inlined frames.
def fails(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        raise ValueError(n)
    return t


def inner(n, at):
    x = n + 1
    return fails(n, at) + x


def unit(n, at):
    t = 0
    for i in range(2):
        t += inner(n, at)
    return t


def top(n, at):
    y = n
    return unit(n, at) + y


def run(turns, at):
    s = 0
    for i in range(turns):
        s += top(i, at)
    return s


run(9000, -1)
try:
    run(9000, 8500)
except ValueError as e:
    tb = e.__traceback__
    while tb:
        f = tb.tb_frame
        print(f.f_code.co_name, tb.tb_lineno - f.f_code.co_firstlineno, f.f_locals.get("n"))
        tb = tb.tb_next


# A function value that differs from call to call, with one code object.
def make(k):
    def adder(n, at):
        t = 0
        for i in range(2):
            t += k
        if n == at:
            return look(2)
        return t

    return adder


def wrap(f, n, at):
    return f(n, at)


def many(fs, turns, at):
    out = None
    for i in range(turns):
        r = wrap(fs[i % 3], i, at)
        if type(r) is list:
            out = r
    return out


fs = [make(1), make(2), make(3)]
many(fs, 9000, -1)
rows = many(fs, 9000, 8998)
print(rows[0][0], [k for k, _ in rows[1][2]])


# A profile function that is switched on in a callee.
events = []


def profiler(frame, event, arg):
    if frame.f_code.co_name in ("switch", "caller", "loop"):
        events.append((frame.f_code.co_name, event))


def switch(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        sys.setprofile(profiler)
    return t


def caller(n, at):
    r = switch(n, at)
    return r + n


def loop(turns, at):
    s = 0
    for i in range(turns):
        s += caller(i, at)
    sys.setprofile(None)
    return s


loop(9000, -1)
print(loop(9000, 8998))
print(events)


# Coroutines that note where they were made.
async def coro():
    pass


def origin(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        sys.set_coroutine_origin_tracking_depth(3)
        c = coro()
        sys.set_coroutine_origin_tracking_depth(0)
        where = [(line - first, name) for (_, line, name), first in zip(c.cr_origin, (ORIGIN, MAKER, CLOOP))]
        c.close()
        return where
    return t


def maker(n, at):
    x = n
    r = origin(n, at)
    return r


def cloop(turns, at):
    out = None
    for i in range(turns):
        r = maker(i, at)
        if type(r) is list:
            out = r
    return out


ORIGIN, MAKER, CLOOP = (f.__code__.co_firstlineno for f in (origin, maker, cloop))
cloop(9000, -1)
print(cloop(9000, 8998))


# A stack that is formatted from inside.
def shown(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        return [(s.name, s.line) for s in traceback.extract_stack()[-3:]]
    return t


def show(n, at):
    k = n
    return shown(k, at)


def show_loop(turns, at):
    out = None
    for i in range(turns):
        r = show(i, at)
        if type(r) is list:
            out = r
    return out


show_loop(9000, -1)
print(show_loop(9000, 8998))


# Registers of a frame after the records above it were completed by a collection.
def leaf2(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        sys._getframe(1)
    return t + n


def collects(n, at):
    t = 0
    for i in range(2):
        t += i
    if n == at:
        gc.collect()
    return t + n


def inlined(n, at):
    return collects(n, at) + 1


def pair(a, b):
    return (a, b)


def same(a):
    return a


def reuses(x, i, at, m):
    p = pair(x, leaf2(i, -1))
    q = same(inlined(i, at))
    r = pair(x, leaf2(i, at))
    s = pair(x, pair(q * m, leaf2(i, at)))
    return p, q, r, s


def drive_reuses(n, at, m):
    for i in range(n):
        o = reuses("x", i, at, m)
        if i == at:
            print(o)


drive_reuses(9000, -1, 3)
drive_reuses(9000, 8500, 3)
for k in range(3):
    drive_reuses(k + 10, k + 9, 1 << 46)
