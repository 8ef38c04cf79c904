#!/usr/bin/env python3
"""Side-by-side benchmark: one table of any interpreters, the first one given being the one compared with.

    benches/run.py --python /usr/bin/python3 --python pypy3 --tauraro target/release/tauraro
    benches/run.py --python /usr/bin/python3 --tauraro target/fast/tauraro --programs fib30,nbody200k --runs 3
    benches/run.py --python /usr/bin/python3 --python "nojit=target/release/tauraro -X jit=off" --instructions

Each program runs in fresh processes, the interpreters in turn. A figure is the median of the runs: cold is the first
call of bench() in the process, warm the best of the later calls; top_*, mem_* and startup rows are whole processes.
Times are CPU time; ratios are to the first interpreter, smaller is faster; results are checked to be equal. Needs
Python 3.11 or later and its standard library only. The exit code is 1 if a program failed or results differ.
"""

import argparse
import json
import math
import statistics
import sys
from pathlib import Path

from measure import HERE, Interpreter, has_perf, instructions, interpreter, peak_of, run

PROGRAMS = HERE / "programs"
MEMORY = HERE / "memory"
STARTUP = {
    "startup": ["-c", "pass"],
    "startup_IS": ["-I", "-S", "-c", "pass"],
    "imports": ["-c", "import json, re, argparse, dataclasses, asyncio"],
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Side-by-side benchmark of Python interpreters.")
    parser.add_argument("--python", action="append", default=[], metavar="[LABEL=]COMMAND",
                        help="an interpreter; the first one is what the others are compared with")
    parser.add_argument("--tauraro", action="append", default=[], metavar="[LABEL=]COMMAND", help="the same")
    parser.add_argument("--programs", help="names, separated by commas (parts of names do): fib30,top_,startup,mem_")
    parser.add_argument("--runs", type=int, default=7, help="processes for each program and interpreter")
    parser.add_argument("--reps", type=int, default=5, help="calls of bench() in a process, at least")
    parser.add_argument("--min-time", type=float, default=0.5, help="CPU seconds of calls in a process, at least")
    parser.add_argument("--max-time", type=float, default=5.0, help="CPU seconds after which no new call begins")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for a process")
    parser.add_argument("--instructions", action="store_true", help="count user instructions instead of time")
    parser.add_argument("--json", metavar="FILE", help="write every single measurement")
    args = parser.parse_args()
    args.interpreters = [interpreter(t) for t in args.python]
    args.interpreters += [interpreter(t, "tauraro" if len(args.tauraro) == 1 else None) for t in args.tauraro]
    if not args.interpreters:
        parser.error("give interpreters with --python and --tauraro")
    labels: dict[str, int] = {}
    for i, interp in enumerate(args.interpreters):
        labels[interp.label] = count = labels.get(interp.label, 0) + 1
        if count > 1:
            args.interpreters[i] = Interpreter(f"{interp.label}#{count}", interp.command)
    return args


def rows(chosen: str | None) -> list[str]:
    """All program names in the table's order, or those that contain one of the chosen words."""
    names = sorted(p.stem.removeprefix("b_") for p in PROGRAMS.glob("b_*.py"))
    names += sorted(p.stem for p in PROGRAMS.glob("top_*.py"))
    names += list(STARTUP) + sorted(p.stem for p in MEMORY.glob("mem_*.py"))
    if chosen is None:
        return names
    words = [w for w in chosen.split(",") if w]
    exact = [n for n in names if n in words]
    loose = [w for w in words if w not in names]
    return [n for n in names if n in exact or any(w in n for w in loose)]


def command_of(name: str, interp: Interpreter, reps: int, min_time: float, max_time: float) -> list[str]:
    """The command line that runs a row's program."""
    if name in STARTUP:
        return [*interp.command, *STARTUP[name]]
    if name.startswith("top_"):
        return [*interp.command, str(PROGRAMS / f"{name}.py")]
    if name.startswith("mem_"):
        return [*interp.command, str(MEMORY / f"{name}.py")]
    return [*interp.command, str(HERE / "child.py"), str(PROGRAMS), f"b_{name}", str(reps), str(min_time), str(max_time)]


def is_whole_process(name: str) -> bool:
    return name in STARTUP or name.startswith(("top_", "mem_"))


def measure_time(name: str, interp: Interpreter, args) -> dict:
    """One process of a row: {"cold", "warm", "rss", "result"} in seconds and MB, or {"error"}."""
    done = run(command_of(name, interp, args.reps, args.min_time, args.max_time), args.timeout)
    if done.code != 0:
        last = done.err.strip().splitlines()[-1:] or [""]
        return {"error": "time-out" if done.code is None else f"exit {done.code}: {last[0]}"}
    if is_whole_process(name):
        return {"cold": done.cpu, "warm": done.cpu, "result": done.out.strip()}
    lines = dict(line.partition(" ")[::2] for line in done.out.splitlines())
    times = [float(t) for t in lines.get("times", "").split()]
    if not times:
        return {"error": "no times printed"}
    return {"cold": times[0], "warm": min(times[1:] or times), "rss": int(lines.get("peak", 0)) / 1024 or done.rss,
            "result": lines["result"],
            "median": statistics.median(times[1:] or times), "reps": len(times)}


def add_peaks(name: str, interp: Interpreter, samples: list[dict], timeout: float) -> None:
    """Puts the peak memory of a whole-process row into its samples, from one more run."""
    *options, _, code = STARTUP.get(name, ["-c", ""])
    if name not in STARTUP:
        path = str((PROGRAMS if name.startswith("top_") else MEMORY) / f"{name}.py")
        code = f"__file__ = {path!r}\nexec(compile(open(__file__).read(), __file__, 'exec'))"
    peak = peak_of([*interp.command, *options], code, timeout)
    for sample in samples:
        if peak is not None and "error" not in sample:
            sample["rss"] = peak


def measure_instructions(name: str, interp: Interpreter, perf: bool) -> dict:
    """Instructions of the first call (cold: with the process around it) and of the second alone (warm)."""
    one = instructions(command_of(name, interp, 1, 0, 1e9), perf)
    if one is None:
        return {"error": "failed under perf or callgrind"}
    if is_whole_process(name):
        return {"cold": one, "warm": one}
    two = instructions(command_of(name, interp, 3, 0, 1e9), perf)
    return {"error": "failed under perf or callgrind"} if two is None else {"cold": one, "warm": (two - one) / 2}


def figure(samples: list[dict], key: str) -> float | None:
    """The median of one quantity, or None if a run failed."""
    values = [s[key] for s in samples if key in s]
    return statistics.median(values) if values and len(values) == len(samples) else None


def ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


def cell(value: float | None, width: int) -> str:
    if value is None:
        return "failed".rjust(width)
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 1000 else 0
    return f"{value:{width}.{digits}f}"


class Table:
    """Prints a row as soon as it is measured, and the geomeans at the end."""

    def __init__(self, labels: list[str], counting: bool):
        self.labels = labels
        self.counting = counting
        self.ratios: dict[tuple[str, str], list[float]] = {}
        self.width = max(8, *(len(label) for label in labels))
        unit = "Minstr" if counting else "ms"
        base, *others = labels
        columns = [f"warm {unit}", *others, f"cold {unit}", *others] + ([] if counting else labels)
        note = "" if counting else "; last columns: peak RSS in MB"
        print(f"{base} absolute, the others as ratios to it{note}")
        print("program".ljust(22) + "".join(" " + c.rjust(max(self.width, 9)) for c in columns))

    def row(self, name: str, samples: dict[str, list[dict]]) -> None:
        scale = 1e-6 if self.counting else 1e3
        width = max(self.width, 9)
        base, *others = self.labels
        line = name.ljust(22)
        for kind in ("warm", "cold"):
            reference = figure(samples[base], kind)
            line += " " + cell(reference * scale if reference is not None else None, width)
            for other in others:
                r = ratio(figure(samples[other], kind), reference)
                line += " " + cell(r, width)
                if r and not name.startswith(("mem_", *STARTUP)):
                    self.ratios.setdefault((kind, other), []).append(r)
        if not self.counting:
            for label in self.labels:
                line += " " + cell(figure(samples[label], "rss"), width)
        print(line, flush=True)

    def geomeans(self) -> None:
        width = max(self.width, 9)
        line = "geomean".ljust(22)
        for kind in ("warm", "cold"):
            line += " " + " " * width
            for other in self.labels[1:]:
                values = self.ratios.get((kind, other), [])
                mean = math.exp(statistics.fmean(map(math.log, values))) if values else None
                line += " " + (cell(mean, width) if mean else " " * width)
        print(line.rstrip())


def problems(name: str, samples: dict[str, list[dict]]) -> list[str]:
    """What went wrong in a row: failed processes, and results that differ."""
    found, results = [], {}
    for label, runs in samples.items():
        for sample in runs:
            if "error" in sample:
                found.append(f"{name}: {label}: {sample['error']}")
                break
            if "result" in sample:
                results.setdefault(sample["result"], label)
    if len(results) > 1:
        shown = "; ".join(f"{label}: {result[:60]}" for result, label in results.items())
        found.append(f"{name}: results differ: {shown}")
    return found


def main() -> int:
    args = arguments()
    perf = args.instructions and has_perf()
    table = Table([i.label for i in args.interpreters], args.instructions)
    everything, wrong = {}, []
    for name in rows(args.programs):
        samples: dict[str, list[dict]] = {i.label: [] for i in args.interpreters}
        for _ in range(1 if args.instructions else args.runs):
            for interp in args.interpreters:
                if any("error" in s for s in samples[interp.label]):
                    continue
                one = measure_instructions(name, interp, perf) if args.instructions else measure_time(name, interp, args)
                samples[interp.label].append(one)
        if is_whole_process(name) and not args.instructions:
            for interp in args.interpreters:
                add_peaks(name, interp, samples[interp.label], args.timeout)
        table.row(name, samples)
        everything[name] = samples
        wrong += problems(name, samples)
    table.geomeans()
    for line in wrong:
        print(line)
    if args.json:
        commands = {i.label: i.command for i in args.interpreters}
        document = {"interpreters": commands, "unit": "instructions" if args.instructions else "CPU seconds, MB",
                    "programs": everything}
        Path(args.json).write_text(json.dumps(document, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
