#!/usr/bin/env python3
"""Differential fuzzing: random programs must print the same under CPython 3.14 and Tauraro.

    tests/fuzz/run.py [--first SEED] [--count N] [--batch N] [--interpreter-args "-X jit=always"] [--tauraro PATH]

The programs of a seed never change unless the generator does. Differences are written to --out (program, both outputs).
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
from programs import program  # noqa: E402


def outputs(command, path, names, timeout):
    """{name: output}; what ends the process before its time is an output too."""
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        p = subprocess.run([*command, str(HERE / "harness.py"), path], capture_output=True, timeout=timeout, env=env)
        out, end, err = p.stdout, f"died with status {p.returncode}", p.stderr
    except subprocess.TimeoutExpired as e:
        out, end, err = e.stdout or b"", "time-out", b""
    result = dict(json.loads(line) for line in out.decode().splitlines() if line.endswith("]"))
    for n in names:
        if n not in result:
            result[n] = f"{end}\n{err.decode(errors='replace')[-500:]}"
            break
    return result


def run_all(command, programs, timeout):
    """Outputs of all programs; the process is started again after one that ended it."""
    todo, result = dict(programs), {}
    while todo:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump(todo, f)
            f.flush()
            got = outputs(command, f.name, todo, timeout)
        result.update(got)
        todo = {n: s for n, s in todo.items() if n not in got}
    return result


def compare(a, seeds):
    """Runs a batch under both; yields (name, source, expected, got) of those that differ."""
    programs = {str(s): program(s) for s in seeds}
    want = run_all([a.cpython], programs, a.timeout)
    got = run_all([a.tauraro, *shlex.split(a.interpreter_args)], programs, a.timeout)
    for name, source in programs.items():
        slow = "out of fuel time" in want[name] or want[name].startswith(("time-out", "died"))
        if got[name] != want[name] and not slow:
            yield name, source, want[name], got[name]


def first_difference(want, got):
    for i, (w, g) in enumerate(zip(want.splitlines(), got.splitlines())):
        if w != g:
            return f"    line {i}\n    - {w[:300]}\n    + {g[:300]}"
    return f"    lengths {len(want)} {len(got)}\n    - {want[-200:]!r}\n    + {got[-200:]!r}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--tauraro", default=str(ROOT / "target/fast/tauraro"))
    p.add_argument("--cpython", default=None)
    p.add_argument("--interpreter-args", default="")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--batch", type=int, default=50)
    p.add_argument("--timeout", type=float, default=120)
    p.add_argument("--out", default="/tmp/fuzz")
    a = p.parse_args()
    if a.cpython is None:
        a.cpython = subprocess.run([ROOT / "tools/get-cpython"], capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
    out = Path(a.out)
    out.mkdir(exist_ok=True)
    bad = 0
    for start in range(a.first, a.first + a.count, a.batch):
        for name, source, want, got in compare(a, range(start, min(start + a.batch, a.first + a.count))):
            bad += 1
            (out / f"{name}.py").write_text(source, errors="backslashreplace")
            (out / f"{name}.want").write_text(want, errors="backslashreplace")
            (out / f"{name}.got").write_text(got, errors="backslashreplace")
            print(f"DIFFERENT {name}\n{first_difference(want, got)}", flush=True)
    print(f"{a.count - bad} passed, {bad} failed")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
