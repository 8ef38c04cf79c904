# Frames below an inlined one get frame objects, and are written, while its callee runs.
import sys
keep = []
def k(i):
    if i % 3000 == 2999:
        keep.append(sys._getframe(2))
    for q in (1,): pass
    return i
def h(i):
    return k(i) + 1
def f(i):
    loc = i * 2
    y = h(i)
    return loc + y
def main_a():
    t = 0
    for i in range(30000):
        t += f(i)
    print(t)
    for fr in keep:
        print(fr.f_code.co_name, sorted(fr.f_locals.items()))
main_a()
def k2(i):
    for q in (1,): pass          # not inlined
    if i == 25000:
        sys._getframe(2).f_locals['x'] = 100
def h2(i):
    k2(i)
    return 1
def main_d():
    x = 0
    r = 0
    for i in range(30000):
        r += h2(i)
        if x == 100:
            r += 1000000
            x = 1
    print(r, x)
main_d()

keep=[]
def k(i):
    for q in (1,): pass
    try:
        if i % 2000 == 1999: raise ValueError
    except ValueError as e:
        f = e.__traceback__.tb_frame.f_back.f_back
        keep.append(f)
    return i
def h(i): return k(i) + 1
def f(i):
    loc = i * 2
    y = h(i)
    return loc + y
def main():
    t = 0
    for i in range(20000): t += f(i)
    print(t, [x.f_locals.get('loc') for x in keep], [x.f_lineno for x in keep])
main()
