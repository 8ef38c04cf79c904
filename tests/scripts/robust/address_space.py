# Under a limit on the address space a program that wants all memory ends in an exception, and goes on after it.
# timeout: 60
# not-in: gc frames jit-on jit-eager deopts (each case is a process of its own that takes much memory)
import resource
import subprocess
import sys

HOGS = {
    "lists": "while True: kept.append([1, 2, 3])",
    "strings": "while True: kept.append('x' * 1000)",
    "one string": "kept = 'x'\n    while True: kept += kept",
    "finalizers": "while True: kept.append(D(1))",
    "views": "while True: kept.append(memoryview(b'abc'))",
    "interned": "while True: kept.append(sys.intern('name%d' % len(kept)))",
    "shift": "kept = 1\n    while True: kept <<= 10**8",
    "sort": "kept = [list(range(10**6))]\n    while True: kept.append(sorted(kept[0], key=lambda x: -x))",
}
PROGRAM = """
import sys, threading, weakref
event = threading.Event()
class C:
    def __init__(self, x): self.x = x
class D(C):
    def __del__(self): pass
kept = []
try:
    {}
except (MemoryError, RuntimeError) as e:
    kept = c = t = None
    result = type(e).__name__
event.set()
print(result, sum(range(1000)), [str(i) for i in range(3)])
"""


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))


for name, hog in HOGS.items():
    p = subprocess.run([sys.executable, "-c", PROGRAM.format(hog)], preexec_fn=limit, capture_output=True, text=True)
    print(name, p.returncode, p.stdout.strip(), p.stderr[-300:])
