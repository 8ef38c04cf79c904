# cProfile: counts by function, callers, the command line.
import cProfile
import io
import os
import pstats
import subprocess
import sys
import tempfile


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def work():
    fib(5)
    sorted([3, 1, 2], key=abs)


def by_name(item):
    # not by the folder, which differs from machine to machine
    (file, line, name), _ = item
    return os.path.basename(file), name, line


def figures(profiler):
    profiler.create_stats()
    for (file, line, name), (primitive, calls, *_, callers) in sorted(profiler.stats.items(), key=by_name):
        by = sorted((c[2], n[:2]) for c, n in callers.items())
        print('  ', os.path.basename(file), name, primitive, calls, by)


p = cProfile.Profile()
print(p.runcall(work))
figures(p)
p = cProfile.Profile(builtins=False)
with p as same:
    print(same is p, sys.monitoring.get_tool(sys.monitoring.PROFILER_ID))
    work()
figures(p)
print(cProfile.label('x'), cProfile.label(fib.__code__)[2])
try:
    with cProfile.Profile(), cProfile.Profile():
        pass
except ValueError as e:
    print(e)
with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(folder, 'script.py')
    with open(script, 'w') as f:
        f.write('import sys, __main__\ndef f(): return sys.argv[1:]\nprint(f(), __main__.f is f, __spec__)\n')
    out = os.path.join(folder, 'out')
    ran = subprocess.run([sys.executable, '-m', 'cProfile', '-o', out, script, 'a', '-b'], capture_output=True, text=True)
    print(ran.stdout, ran.stderr)
    text = io.StringIO()
    stats = pstats.Stats(out, stream=text)
    print([name for _, _, name in sorted(stats.stats) if name in ('f', '<module>')])
    ran = subprocess.run([sys.executable, '-m', 'cProfile', '-s', 'demo'], capture_output=True, text=True)
    print(ran.returncode, ran.stderr.splitlines()[-1][:50])
