# Lines that tracing and coverage see.
import sys


def bare_except(x):
    try:
        return 1 / x
    except:
        pass
    return 0


def nested_handlers(x):
    try:
        try:
            raise Exception
        finally:
            if x:
                y = 1
        y = 2
    except:
        y = 3
    return y


def constant():
    try:
        return 2
    finally:
        4


def named(x):
    try:
        1 / x
    except ZeroDivisionError as e:
        if x:
            raise
    return 'done'


def pieces(a, b, c):
    text = (
        'a' + a
        + b
    )
    items = [
        1,
        2,
        3]
    few = [
        1,
        2]
    try:
        raise ValueError(
            text) from \
            c
    except ValueError:
        return (items,
                few)


def matching(x):
    match x:
        case 1:
            return 1
        case _:
            return 2


def groups():
    try:
        raise ExceptionGroup('g', [TypeError(1)])
    except* OSError:
        1
    except* TypeError as e:
        2
    return 0


async def awaiting():
    async def items():
        yield 1
    async for x in items():
        x


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass


def events(f, *args):
    seen = []

    def trace(frame, event, arg):
        if frame.f_code is not run.__code__:
            seen.append((frame.f_lineno - f.__code__.co_firstlineno, event))
        return trace
    sys.settrace(trace)
    r = f(*args)
    if f is awaiting:
        run(r)
    sys.settrace(None)
    return seen


def lines(code):
    first = code.co_firstlineno
    return sorted({line - first for _, _, line in code.co_lines() if line})


for f, args in [(bare_except, (0,)), (nested_handlers, (1,)), (constant, ()), (named, (0,)),
                (pieces, ('x', 'y', None)), (matching, (2,)), (groups, ()), (awaiting, ())]:
    print(f.__name__, lines(f.__code__))
    print('   ', events(f, *args))
long = 'x = (' + ','.join(f'\ny{i}' for i in range(35)) + ')'
print(lines(compile(long, 'long', 'exec')))


# An exception that a `with` lets through leaves the frame where it was raised.
class Through:
    def __enter__(self):
        pass

    def __exit__(self, *args):
        pass


def through():
    with Through():
        1 / 0
        pass


try:
    through()
except ZeroDivisionError as e:
    frame = e.__traceback__.tb_next.tb_frame
    print(frame.f_lineno - frame.f_code.co_firstlineno)


def unreachable(x):
    match x:
        case 1:
            if False:
                return 1
        case _:
            x = (2 if x
                 else 3)


print(events(unreachable, 1), events(unreachable, 0))
