# The profiler counts calls, recursion and callers.
import _lsprof
import gc


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def work():
    fib(6)
    return sorted([3, 1, 2], key=lambda x: -x)


# What is garbage already shall not be finalized while the profiler listens.
gc.collect()
p = _lsprof.Profiler()
p.enable()
work()
p.disable()
for e in sorted(p.getstats(), key=lambda e: str(getattr(e.code, "co_name", e.code))):
    name = getattr(e.code, "co_name", e.code)
    if "disable" in str(name):
        continue
    subs = sorted((getattr(s.code, "co_name", s.code), s.callcount, s.reccallcount) for s in e.calls or ())
    print(name, e.callcount, e.reccallcount, subs)
