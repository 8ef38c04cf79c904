# Variables of comprehensions that run are seen by locals(), eval() and frame.f_locals (PEP 709,
# PEP 667), and by nobody afterwards, not even when an exception left the comprehension.
import sys


def function():
    k = 'outer'
    inner = [eval('k') for k in range(2)]
    both = [sorted(locals()) for z in [0]]
    return inner, both, sorted(locals())


def cell():
    lambda: k
    k = 'outer'
    return [locals()['k'] for k in [0]], [(lambda: k, locals()['k'])[1] for k in [1]], k


def nested():
    return [[dict(sys._getframe().f_locals) for b in a] for a in ['xy']]


def left():
    try:
        [1 / k for k in [0]]
    except ZeroDivisionError:
        return locals()


def written():
    return [(sys._getframe().f_locals.__setitem__('k', k * 10), k)[1] for k in [1, 2]]


def free():
    k = 'free'

    def inner():
        return [locals()['k'] for k in [0]], k, locals()
    return inner()


for f in function, cell, nested, left, written, free:
    print(f.__name__, f(), sorted(f.__code__.co_varnames))
print([eval('q') for q in [1]], [sorted(locals()) for q in [1]], 'q' in locals())


class C:
    print([eval('q') for q in [1]], [sorted(locals()) for q in [1]], 'q' in locals())


frame = (lambda x: sys._getframe())(1)
print(frame.f_locals, list(frame.f_locals), reversed(frame.f_locals))
frame.clear()
print(frame.f_locals, repr(frame).rpartition('code ')[2])
for name in 'f_trace_lines', 'f_trace_opcodes', 'f_lineno', 'f_locals':
    try:
        delattr(frame, name)
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)
