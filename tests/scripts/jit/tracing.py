# Tracing, profiling and monitoring that begin and end while compiled loops run.
import sys


def events_of(n, at, begin, end):
    """Runs a hot loop whose callee switches something on at one turn and off a few turns later."""
    seen = []

    def callee(i):
        if i == at:
            begin(seen)
        elif i == at + 2:
            end()
        return i

    def loop():
        total = 0
        for i in range(n):
            total += callee(i)
        return total

    first = loop.__code__.co_firstlineno
    total = loop()
    return total, [(name, event, line - first) for name, event, line in seen]


def trace_on(seen):
    def tracer(frame, event, arg):
        seen.append((frame.f_code.co_name, event, frame.f_lineno))
        return tracer

    # The frames that run already are traced too.
    frame = sys._getframe(1)
    while frame and frame.f_code.co_name != 'events_of':
        frame.f_trace = tracer
        frame = frame.f_back
    sys.settrace(tracer)


def profile_on(seen):
    def profiler(frame, event, arg):
        seen.append((frame.f_code.co_name, event, frame.f_lineno))

    sys.setprofile(profiler)


for n in 50, 9000:
    for begin, end in (trace_on, lambda: sys.settrace(None)), (profile_on, lambda: sys.setprofile(None)):
        print(n, *events_of(n, n - 5, begin, end))


def monitored(n):
    mon = sys.monitoring
    tool = 3
    mon.use_tool_id(tool, 'test')
    calls = []
    mon.register_callback(tool, mon.events.PY_START, lambda code, offset: calls.append(code.co_name))

    def callee(i):
        if i == n - 6:
            mon.set_events(tool, mon.events.PY_START)
        if i == n - 3:
            mon.set_events(tool, 0)
        return 1

    def loop():
        total = 0
        for i in range(n):
            total += callee(i)
        return total

    total = loop()
    mon.free_tool_id(tool)
    return total, calls


print(monitored(50), monitored(9000))


# A trace function that changes a local variable of the loop that runs.
def changed(n):
    def tracer(frame, event, arg):
        if event == 'line' and frame.f_locals.get('i') == n - 3:
            frame.f_locals['total'] = -1000
            sys.settrace(None)
            frame.f_trace = None
        return tracer

    def start(i):
        if i == n - 4:
            sys.settrace(tracer)
            sys._getframe(1).f_trace = tracer

    total = 0
    for i in range(n):
        total += 1
        start(i)
    return total


print(changed(60), changed(9000))
