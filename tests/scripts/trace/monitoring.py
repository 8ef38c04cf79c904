# sys.monitoring: events, local events, DISABLE, branches, calls.
import sys

m = sys.monitoring
E = m.events
TOOL = 3


def branch(x):
    if x:
        return len([x])
    for i in range(1):
        pass
    return None


def failing():
    try:
        int("x")
    except ValueError:
        return 1


log = []


def line_of(code, offset):
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line and line - code.co_firstlineno
    return None


def note(name):
    def callback(code, place, *rest):
        place = place - code.co_firstlineno if name == "LINE" else line_of(code, place)
        if name in ("BRANCH_LEFT", "BRANCH_RIGHT", "JUMP"):
            rest = ()
        elif name in ("RAISE", "EXCEPTION_HANDLED", "PY_UNWIND"):
            rest = (type(rest[0]).__name__,)
        elif name in ("CALL", "C_RETURN", "C_RAISE"):
            rest = (getattr(rest[0], "__name__", "?"),)
        log.append((name, code.co_name, place, *rest))
    return callback


m.use_tool_id(TOOL, "script")
print(m.get_tool(TOOL))
wanted = "PY_START PY_RETURN LINE CALL C_RETURN C_RAISE RAISE EXCEPTION_HANDLED PY_UNWIND".split()
for name in wanted:
    m.register_callback(TOOL, getattr(E, name), note(name))
m.set_events(TOOL, E.PY_START | E.PY_RETURN | E.LINE | E.CALL | E.RAISE | E.EXCEPTION_HANDLED | E.PY_UNWIND)
branch(1)
failing()
m.set_events(TOOL, 0)
for item in log:
    print(*item)

log.clear()
m.register_callback(TOOL, E.BRANCH_LEFT, note("BRANCH_LEFT"))
m.register_callback(TOOL, E.BRANCH_RIGHT, note("BRANCH_RIGHT"))
m.set_local_events(TOOL, branch.__code__, E.BRANCH_LEFT | E.BRANCH_RIGHT)
branch(0)
failing()
m.set_local_events(TOOL, branch.__code__, 0)
print(log)

seen = []


def once(code, line):
    seen.append(line - code.co_firstlineno)
    return m.DISABLE


m.register_callback(TOOL, E.LINE, once)
m.set_local_events(TOOL, branch.__code__, E.LINE)
branch(0)
branch(0)
print(seen)
m.restart_events()
branch(1)
print(seen)
m.set_local_events(TOOL, branch.__code__, 0)
for bad in (lambda: m.set_events(TOOL, E.C_RETURN), lambda: m.use_tool_id(TOOL, "x"),
            lambda: m.set_local_events(TOOL, branch.__code__, E.RAISE), lambda: m.get_events(5)):
    try:
        bad()
    except ValueError as e:
        print(e)
m.free_tool_id(TOOL)
print(m.get_tool(TOOL))
