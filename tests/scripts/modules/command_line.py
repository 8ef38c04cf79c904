# timeout: 120
"""Options, variables and kinds of programs, each in a process of its own."""

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def run(*args, text="", **variables):
    """Prints how the interpreter ends and what it writes."""
    done = subprocess.run([sys.executable, *map(str, args)], input=text, capture_output=True, text=True,
                          env=CLEAN | variables)
    out = done.stdout.replace(os.getcwd(), "HERE")
    print(done.returncode, *out.splitlines(), sep=" | ")
    return done.stderr


os.chdir(tempfile.mkdtemp())
FLAGS = "import sys; print(sys.flags.{})"

for option, flag in [("-b", "bytes_warning"), ("-bb", "bytes_warning"), ("-B", "dont_write_bytecode"),
                     ("-d", "debug"), ("-E", "ignore_environment"), ("-I", "isolated"), ("-O", "optimize"),
                     ("-OO", "optimize"), ("-P", "safe_path"), ("-q", "quiet"), ("-s", "no_user_site"),
                     ("-S", "no_site"), ("-Xdev", "dev_mode"), ("-Xutf8", "utf8_mode")]:
    print(option, end=" ")
    run(option, "-c", FLAGS.format(flag))

print("variables")
for name, flag, value in [("PYTHONOPTIMIZE", "optimize", "2"), ("PYTHONDONTWRITEBYTECODE", "dont_write_bytecode", "x"),
                          ("PYTHONVERBOSE", "verbose", ""), ("PYTHONSAFEPATH", "safe_path", "1"),
                          ("PYTHONHASHSEED", "hash_randomization", "0"), ("PYTHONUTF8", "utf8_mode", "1")]:
    run("-c", FLAGS.format(flag), **{name: value})
    run("-E", "-c", FLAGS.format(flag), **{name: value})
run("-R", "-c", FLAGS.format("hash_randomization"), PYTHONHASHSEED="0")

print("values")
DIGITS = "import sys; print(sys.flags.int_max_str_digits, sys.get_int_max_str_digits())"
run("-X", "int_max_str_digits=640", "-c", DIGITS, PYTHONINTMAXSTRDIGITS="4000")
run("-c", DIGITS, PYTHONINTMAXSTRDIGITS="4000")
run("-X", "int_max_str_digits=7", "-c", DIGITS)
CPUS = "import os; print(os.cpu_count(), os.process_cpu_count())"
run("-X", "cpu_count=77", "-c", CPUS, PYTHON_CPU_COUNT="5")
run("-c", CPUS, PYTHON_CPU_COUNT="5")
CACHE = "import sys; print(sys.pycache_prefix)"
run("-X", "pycache_prefix=here", "-c", CACHE, PYTHONPYCACHEPREFIX="there")
run("-X", "pycache_prefix", "-c", CACHE, PYTHONPYCACHEPREFIX="there")
run("-c", "import sys; print(sys._xoptions)", )
run("-X", "a", "-X", "b=c", "-c", "import sys; print(sys._xoptions)")
run("-W", "error", "-W", "once::UserWarning", "-bb", "-X", "dev", "-c", "import sys; print(sys.warnoptions)",
    PYTHONWARNINGS="ignore,always")

print("programs")
run("-c", "\n    if 1:\n        print('dedented')\n\n    print(2)")
run("-c", "import sys; print(sys.argv, sys.path[0] == '')", "-x", "y")
run("-", "a", text="import sys; print(sys.argv)")
run(text="print(__name__, __file__ if '__file__' in globals() else None)")
Path("first.py").write_text("not python at all\nimport sys\nprint(sys._getframe().f_lineno, __debug__)\n")
run("-x", "first.py")
run("-O", "-x", "first.py")
print(run("missing.py").replace(sys.executable, "EXE").replace(os.getcwd(), "HERE").strip().partition(": ")[2])
print(run("-z").splitlines()[0], run("--nonsense").splitlines()[0], run("-c").splitlines()[0], sep="\n")

Path("pkg").mkdir()
Path("pkg/__init__.py").write_text("print('init', __name__)\n")
Path("pkg/__main__.py").write_text("import sys\nprint('main', __name__, __package__, sys.argv[1:])\n")
run("-m", "pkg", "arg")
run("pkg")
Path("mod.py").write_text("'''Doc.'''\nassert False, 'kept'\nprint('ran', __doc__, *__cached__.split('.')[-2:])\n")
print(run("-m", "mod").splitlines()[-1])
run("-O", "-m", "mod")
run("-OO", "-m", "mod")
with zipfile.ZipFile("app.zip", "w") as z:
    z.writestr("__main__.py", "import helper, sys\nprint(helper.x, __name__, sys.path[0], sys.argv)\n")
    z.writestr("helper.py", "x = 'from the archive'\n")
run("app.zip", "arg")
run("-m", "nowhere")

print("bytecode")
Path("lib.py").write_text("x = 1\n")
run("-B", "-c", "import lib, sys, os; print(os.path.exists(lib.__cached__))")
run("-c", "import lib, os; print(lib.x)")
cached = next(Path("__pycache__").glob("lib.*"))
run(cached)
print(cached.name.split(".")[0], cached.suffix)
good = cached.read_bytes()
for damaged in (b"", b"garbage", good[:12], b"\0" * 16 + good[16:]):
    cached.write_bytes(damaged)
    run("-c", "import lib; print(lib.x)")
cached.write_bytes(good[:16])
print(run("-c", "import lib").splitlines()[-1])
Path("lib.py").write_text("x = 22\n")
run("-c", "import lib; print(lib.x)")
HASHED = ("import py_compile as p; print(bool(p.compile('lib.py', "
          "invalidation_mode=p.PycInvalidationMode.{})))")
for mode in "CHECKED_HASH", "UNCHECKED_HASH":
    Path("lib.py").write_text("x = 3\n")
    run("-c", HASHED.format(mode))
    Path("lib.py").write_text("x = 4\n")
    run("-c", "import lib; print(lib.x)")
    run("--check-hash-based-pycs", "always", "-c", "import lib; print(lib.x)")

print("time and verbosity")
err = run("-X", "importtime", "-c", "import colorsys, colorsys")
print(err.splitlines()[0], bool(re.search(r"import time: +\d+ \| +\d+ \| colorsys", err)), "cached" in err)
err = run("-X", "importtime=2", "-c", "import colorsys, colorsys")
print(bool(re.search(r"import time: cached    \| cached     \| colorsys", err)))
run("-X", "importtime=3", "-c", "pass")
err = run("-v", "-c", "import colorsys")
print("import 'colorsys'" in err)
