#!/usr/bin/env python3
"""A table of single operations (micro.py) on two interpreters, the slowest in comparison first.

    benches/compare_micro.py --python CPYTHON --tauraro target/release/tauraro [--only dict_] [--rounds 3]

The interpreters take turns; a figure is the best of the rounds, in nanoseconds of CPU time, less the empty loop.
The exit code is 1 if an operation failed.
"""

import argparse
import math
import sys

from measure import HERE, environment, interpreter, run

# Differences from the empty loop below this are noise.
LEAST = 0.5


def measurements(interp, word: str, timeout: float) -> dict[str, float | None]:
    """Nanoseconds by operation; None where it failed."""
    done = run([*interp.command, str(HERE / "micro.py"), word], timeout, environment())
    if done.code != 0:
        sys.exit(f"{interp.label}: exit {done.code}: {done.err.strip().splitlines()[-1:]}")
    lines = (line.split() for line in done.out.splitlines())
    return {name: None if ns == "failed" else float(ns) for name, ns, *_ in lines}


def best(rounds: list[dict[str, float | None]], name: str) -> float | None:
    values = [r[name] for r in rounds if r.get(name) is not None]
    if not values:
        return None
    empty = min(r.get("loop_empty") or 0 for r in rounds)
    return max(min(values) - empty, LEAST)


def main() -> int:
    parser = argparse.ArgumentParser(description="Single operations on two interpreters.")
    parser.add_argument("--python", required=True, metavar="[LABEL=]COMMAND")
    parser.add_argument("--tauraro", required=True, metavar="[LABEL=]COMMAND")
    parser.add_argument("--only", default="", help="a part of the operations' names")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300.0)
    args = parser.parse_args()
    pair = interpreter(args.python), interpreter(args.tauraro, "tauraro")
    rounds: tuple[list, list] = ([], [])
    for _ in range(args.rounds):
        for interp, found in zip(pair, rounds):
            found.append(measurements(interp, args.only, args.timeout))
    rows, failed = [], []
    for name in rounds[0][0]:
        ours, theirs = best(rounds[1], name), best(rounds[0], name)
        if ours is None or theirs is None:
            failed.append(name)
        elif name != "loop_empty":
            rows.append((ours / theirs, name, theirs, ours))
    print("operation".ljust(26) + "  ratio" + "".join(i.label.rjust(14) for i in pair))
    for ratio, name, theirs, ours in sorted(rows, reverse=True):
        print(f"{name:26} {ratio:6.2f} {theirs:13.1f} {ours:13.1f}")
    if rows:
        mean = math.exp(sum(math.log(row[0]) for row in rows) / len(rows))
        print(f"geomean of {len(rows)}: {mean:.3f}")
    for name in failed:
        print(f"failed: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
