#!/usr/bin/env python3
"""Deep chains, data and source: whatever a program does, the process ends in a result or a Python exception.

    tests/robust/deep.py [--tauraro PATH] [--jobs N] [--depth N] [--limit N] [PART OF NAME ...]

Each case runs in a process of its own: chains once under the default recursion limit and once under a raised one, the others under
the raised one. A failure
is a death by a signal, a panic, a time-out, or an exception that is none of those allowed.
"""

import argparse
import concurrent.futures
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(Path(__file__).resolve().parent))
from deep_chains import CHAINS  # noqa: E402
from deep_data import SOURCES, STRUCTURES  # noqa: E402

RUN = """
import sys
{body}
if {limit}: sys.setrecursionlimit({limit})
try:
    run({depth})
except BaseException as e:
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000))
    m = Exception.__str__(e) if isinstance(e, (RecursionError, TypeError, ValueError, AttributeError)) else ''
    sys.__stdout__.write(type(e).__name__ + ': ' + m[:100])
else:
    sys.__stdout__.write('result')
"""
COMPILE = """
import sys, warnings
warnings.simplefilter('ignore')
N = {depth}
{body}
if {limit}: sys.setrecursionlimit({limit})
try:
    compile(source, 'x', 'exec')
except (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError) as e:
    sys.__stdout__.write(type(e).__name__ + ': ' + str(e)[:100])
else:
    sys.__stdout__.write('result')
try:
    import ast
    ast.parse(source)
except (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError) as e: pass
"""


def programs(depth, limits, only):
    """Yields (name, program)."""
    for table, frame in ((CHAINS, RUN), (STRUCTURES, RUN), (SOURCES, COMPILE)):
        group = {id(CHAINS): "chain", id(STRUCTURES): "data", id(SOURCES): "source"}[id(table)]
        for name, body in table.items():
            for limit in limits if group == "chain" else limits[-1:]:
                full = f"{group}.{name}@{limit or 'default'}"
                if not only or any(o in full for o in only):
                    yield full, frame.format(body=body, depth=depth, limit=limit)


def run(tauraro, program, timeout, memory):
    def limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory << 30, memory << 30))

    try:
        p = subprocess.run([*tauraro, "-c", program], capture_output=True, timeout=timeout, preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "TIMEOUT", ""
    out = p.stdout.decode(errors="replace")
    err = p.stderr.decode(errors="replace")[-300:]
    if p.returncode < 0:
        return f"SIGNAL {-p.returncode}", err
    if b"panicked" in p.stderr or p.returncode == 101:
        return "PANIC", err
    if p.returncode != 0:
        return f"EXIT {p.returncode}", err
    return "", out


ALLOWED = ("result", "RecursionError", "MemoryError", "SyntaxError", "IndentationError", "OverflowError", "ValueError")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--tauraro", default=str(ROOT / "target/fast/tauraro"))
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--depth", type=int, default=100_000)
    p.add_argument("--limit", type=int, action="append")
    p.add_argument("--timeout", type=float, default=60)
    p.add_argument("--memory", type=int, default=12, help="address space in GiB")
    p.add_argument("-v", action="store_true", help="show every outcome")
    p.add_argument("only", nargs="*")
    a = p.parse_args()
    limits = a.limit if a.limit is not None else [0, 10**6]
    bad = total = 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        jobs = [(n, pool.submit(run, a.tauraro.split(), s, a.timeout, a.memory)) for n, s in programs(a.depth, limits, a.only)]
        for name, job in jobs:
            total += 1
            problem, text = job.result()
            if problem:
                bad += 1
                print(f"FAIL {name}: {problem} {text.strip()[-200:]}", flush=True)
            elif a.v or not (text.startswith(ALLOWED) or name.startswith("data.")):
                print(f"  {name}: {text}", flush=True)
    print(f"{total - bad} passed, {bad} failed")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
