#!/usr/bin/env python3
"""Runs the script tests: every tests/scripts/**/NAME.py must print what NAME.out beside it says.

    tests/run_scripts.py                        all scripts, in the modes interp, gc and frames
    tests/run_scripts.py lang/closures types/   some of them (parts of paths)
    tests/run_scripts.py --modes interp,gc=1    some modes; gc=N and frames=N set how often the stress strikes
    TAURARO_BLESS=1 tests/run_scripts.py        write the .out files from CPython 3.14, then run as usual

A script may begin with comments that say how to run it:

    # args: WORDS           arguments of the script
    # exit: N               its exit code (0 if not said)
    # stderr: REGEX         must be found in what it writes to stderr (several lines are allowed)
    # env: NAME=VALUE ...   variables to set
    # stdin: TEXT           a line of input (several lines are allowed)
    # timeout: SECONDS      instead of --timeout
    # not-in: MODE ...      modes in which it does not run; say why beside it

It runs in its own folder. Files whose name begins with "_" are modules for others to import. The last line printed
is "N passed, N failed", a test being one script in one mode; the exit code is 1 if any failed.
"""

import argparse
import concurrent.futures
import difflib
import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "scripts"

# mode: (environment, interpreter options); N is replaced by the number after "=", or the default beside it.
MODES = {
    "interp": ({}, ["-X", "jit=off"], 0),
    "gc": ({"TAURARO_GC_STRESS": "N"}, [], 101),
    "frames": ({"TAURARO_FRAME_STRESS": "N"}, [], 13),
    "jit-on": ({}, ["-X", "jit=on"], 0),
    "jit-eager": ({}, ["-X", "jit=eager"], 0),
    "deopts": ({"TAURARO_DEOPT_STRESS": "N"}, ["-X", "jit=eager"], 17),
}
STRESS_SLOWER = 6  # stress modes get this many times the time limit


@dataclass
class Script:
    """A script and what its header says."""

    path: Path
    args: list[str] = field(default_factory=list)
    exit: int = 0
    stderr: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    timeout: float | None = None
    not_in: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.path.relative_to(SCRIPTS).with_suffix(""))

    @property
    def out(self) -> Path:
        return self.path.with_suffix(".out")


def read_script(path: Path) -> Script:
    """Parses the header: the comment lines at the top of the file."""
    script = Script(path)
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.startswith("#"):
            break
        found = re.match(r"# (args|exit|stderr|env|stdin|timeout|not-in): (.*)", line)
        if not found:
            continue
        key, text = found.groups()
        if key == "args":
            script.args += shlex.split(text)
        elif key == "exit":
            script.exit = int(text)
        elif key == "stderr":
            script.stderr.append(text)
        elif key == "env":
            script.env.update(word.partition("=")[::2] for word in shlex.split(text))
        elif key == "stdin":
            script.stdin += text + "\n"
        elif key == "timeout":
            script.timeout = float(text)
        else:
            script.not_in.update(text.replace("(", " (").split(" (")[0].split())
    return script


def command_of(interpreter: str, script: Script, mode: str) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of a script in a mode such as "gc=7"."""
    name, _, number = mode.partition("=")
    variables, options, default = MODES[name]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TAURARO_"))}
    env.update(PYTHONDONTWRITEBYTECODE="1", NO_COLOR="1", LC_ALL="C.UTF-8", PYTHONIOENCODING="utf-8")
    env.update({key: number or str(default) for key in variables})
    env.update(script.env)
    return [interpreter, *options, script.path.name, *script.args], env


def execute(command, env, script: Script, timeout: float) -> tuple[int | None, str, str]:
    """Exit code (None: time-out), stdout, stderr. The script and its children are killed at the time limit."""
    process = subprocess.Popen(command, cwd=script.path.parent, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(script.stdin.encode(), timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        code = None
    return code, out.decode("utf-8", "backslashreplace"), err.decode("utf-8", "backslashreplace")


def complaints(script: Script, code: int | None, out: str, err: str) -> list[str]:
    """Everything that is not as the script's header and .out file say; empty if it passed."""
    found = []
    if code is None:
        found.append("time limit reached")
    elif code != script.exit:
        found.append(f"exit code {code}, not {script.exit}")
    expected = script.out.read_text(encoding="utf-8") if script.out.exists() else None
    if expected is None:
        found.append("no .out file: write it with TAURARO_BLESS=1")
    elif out != expected:
        diff = list(difflib.unified_diff(expected.splitlines(), out.splitlines(), "expected", "printed", lineterm="", n=1))
        found += diff[:40] + (["..."] if len(diff) > 40 else [])
    found += [f"stderr does not match: {p}" for p in script.stderr if not re.search(p, err, re.M)]
    if found and err:
        found += ["stderr:"] + ["  " + line for line in err.splitlines()[-15:]]
    return found


def run_test(interpreter: str, script: Script, mode: str, timeout: float) -> list[str]:
    """Runs one script in one mode and returns its complaints."""
    command, env = command_of(interpreter, script, mode)
    limit = (script.timeout or timeout) * (STRESS_SLOWER if mode.startswith(("gc", "frames")) else 1)
    return complaints(script, *execute(command, env, script, limit))


def bless(scripts: list[Script], timeout: float) -> bool:
    """Rewrites the .out files from CPython; False if a script does not do there what its header says."""
    done = subprocess.run([ROOT / "tools" / "get-cpython"], check=True, capture_output=True, text=True)
    cpython = done.stdout.split()[-1]
    good = True
    for script in scripts:
        command, env = command_of(cpython, script, "interp")
        code, out, err = execute(command, env, script, script.timeout or timeout)
        if not script.out.exists() or script.out.read_text(encoding="utf-8") != out:
            script.out.write_text(out, encoding="utf-8")
            print(f"blessed {script.name}")
        wrong = complaints(script, code, out, err)
        if wrong:
            good = False
            print(f"CPYTHON DISAGREES {script.name}\n    " + "\n    ".join(wrong))
    return good


def default_interpreter() -> str:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [p for p in (target / "fast" / "tauraro", target / "release" / "tauraro") if p.exists()]
    if not built:
        sys.exit("no tauraro built: cargo build --profile fast -p tauraro")
    return str(max(built, key=lambda p: p.stat().st_mtime).absolute())


def main() -> int:
    parser = argparse.ArgumentParser(description="Script tests.")
    parser.add_argument("filters", nargs="*", help="parts of script paths")
    parser.add_argument("--tauraro", help="interpreter under test (default: the newest of target/{fast,release})")
    parser.add_argument("--modes", default="interp,gc,frames")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=20.0, help="seconds for a script; stress modes get more")
    args = parser.parse_args()
    modes = args.modes.split(",")
    unknown = [m for m in modes if m.partition("=")[0] not in MODES]
    if unknown:
        parser.error(f"no such mode: {', '.join(unknown)}; there are {', '.join(MODES)}")
    paths = sorted(p for p in SCRIPTS.rglob("*.py") if not p.name.startswith("_"))
    scripts = [read_script(p) for p in paths]
    if args.filters:
        scripts = [s for s in scripts if any(f in s.name or f in str(s.path) for f in args.filters)]
    blessed = bless(scripts, args.timeout) if os.environ.get("TAURARO_BLESS") == "1" else True
    interpreter = os.path.abspath(args.tauraro) if args.tauraro else default_interpreter()
    tests = [(s, m) for m in modes for s in scripts if m.partition("=")[0] not in s.not_in]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = [pool.submit(run_test, interpreter, s, m, args.timeout) for s, m in tests]
        for (script, mode), job in zip(tests, jobs):
            wrong = job.result()
            if wrong:
                failed += 1
                print(f"FAILED {script.name} [{mode}]\n    " + "\n    ".join(wrong), flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 0 if failed == 0 and tests and blessed else 1


if __name__ == "__main__":
    sys.exit(main())
