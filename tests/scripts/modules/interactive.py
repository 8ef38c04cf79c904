"""The interactive mode: what a session on standard input prints."""

import os
import subprocess
import sys

SESSION = '''\
x = 1
x
_ + 1
def f():
  return 1/0

f()
if x:
  3

"abc
y = (1,
2)
y
import no_such_module
from __future__ import annotations
def g(a: undefined): pass

g.__annotations__
# nothing

class C:
    def m(self):
        return "m"

C().m()
for i in range(2): i

__name__
print("to stderr", file=__import__("sys").stderr)
raise ValueError("shown")
x = 5; x
exit(3)
'''
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def session(text, *options, **variables):
    done = subprocess.run([sys.executable, *options], input=text, capture_output=True, text=True, env=CLEAN | variables)
    print(done.returncode)
    print(done.stdout)
    print(done.stderr)


session(SESSION, "-i", "-q")
session("1\n", "-i", "-q")
session("if 1:\n  2", "-i", "-q")
session("z\nraise SystemExit\n", "-i", "-c", "z = 7; print(z)")
session("1 +\n'after'\n", "-i", "-c", "1/0")
session("import sys\nsys.ps1, sys.ps2 = '1: ', '2: '\nif 1:\n  2\n\n", "-i", "-q")
