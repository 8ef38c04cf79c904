# co_branches and the events BRANCH_LEFT, BRANCH_RIGHT, JUMP agree; DISABLE and restart_events.
import sys

mon = sys.monitoring
E = mon.events
TOOL = 2
mon.use_tool_id(TOOL, 'branches')


def offsets_to_lines(code):
    lines = {}
    for start, end, line in code.co_lines():
        for offset in range(start, end, 2):
            lines[offset] = line and line - code.co_firstlineno
    return lines


def check(f, *args, run=None):
    code = f.__code__
    lines = offsets_to_lines(code)
    branches = list(code.co_branches())
    print(f.__name__, [tuple(lines[x] for x in b) for b in branches])
    ways = {E.BRANCH_LEFT: {b[:2] for b in branches},
            E.BRANCH_RIGHT: {b[::2] for b in branches}}
    for event, name in (E.BRANCH_LEFT, 'left'), (E.BRANCH_RIGHT, 'right'), (E.JUMP, 'jump'):
        def record(code, here, there, event=event, name=name):
            assert event == E.JUMP or (here, there) in ways[event], (here, there)
            print('   ', name, lines[here], lines[there])
        mon.register_callback(TOOL, event, record)
    mon.set_local_events(TOOL, code, E.BRANCH_LEFT | E.BRANCH_RIGHT | E.JUMP)
    r = f(*args)
    if run:
        run(r)
    mon.set_local_events(TOOL, code, 0)
    for event in E.BRANCH_LEFT, E.BRANCH_RIGHT, E.JUMP:
        mon.register_callback(TOOL, event, None)


def choice(x):
    if x:
        y = 1
    else:
        y = 2
    y += 1
    y += x
    return [y, x]


def loops(n):
    total = 0
    for i in range(n):
        if i == 1:
            continue
        total += i
    while n:
        n -= 1
    return total


def handled(x):
    try:
        1 / x
    except ValueError:
        return 1
    except ZeroDivisionError:
        pass
    return 2


async def awaiting():
    async def items():
        yield 1
    async for x in items():
        x
    return 0


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass


check(choice, 1)
check(choice, 0)
check(loops, 2)
check(awaiting, run=run)


def count(event, f, *args):
    seen = []

    def callback(code, *rest):
        seen.append(code.co_name)
        return mon.DISABLE
    mon.register_callback(TOOL, event, callback)
    mon.set_local_events(TOOL, f.__code__, event)
    for _ in range(2):
        f(*args)
    mon.restart_events()
    f(*args)
    f(*args)
    mon.set_local_events(TOOL, f.__code__, 0)
    mon.register_callback(TOOL, event, None)
    return len(seen)


for name in 'PY_START', 'PY_RETURN', 'BRANCH_LEFT', 'BRANCH_RIGHT', 'JUMP', 'LINE':
    print(name, count(getattr(E, name), loops, 3), count(getattr(E, name), handled, 0))
