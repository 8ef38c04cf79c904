#!/usr/bin/env python3
"""Runs the benchmark files of the PyPI package `pyperformance`, unmodified, through benches/pyperf_shim.

    benches/run_pyperformance.py --python /usr/bin/python3 --tauraro target/release/tauraro
    benches/run_pyperformance.py --python CPYTHON --tauraro TAURARO --only richards,go --values 5
    benches/run_pyperformance.py --python CPYTHON --tauraro TAURARO --check      results only, no times

The package is downloaded by pip into a cache folder once. The first interpreter is the one compared with. Each
benchmark runs once for its results (twice with the first interpreter: what is not the same both times is not
compared) and once for its times; interpreters take turns. The exit code is 1 if a program fails or results differ.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from measure import HERE, environment, interpreter, run

VERSION = "1.14.0"
DEFAULT = """
    richards deltablue chaos float go hexiom nqueens pidigits pyflate raytrace scimark spectral_norm nbody fannkuch mdp
    meteor_contest generators coroutines comprehensions unpack_sequence pprint deepcopy logging json_loads json_dumps
    pickle_pure_python unpickle_pure_python regex_compile regex_effbot telco typing_runtime_protocols async_generators
    async_tree argparse_many_optionals argparse_subparsers pathlib bpe_tokeniser barnes_hut richards_super regex_dna
    regex_v8 base64 decimal_pi async_tree_tg async_tree_eager async_tree_eager_tg async_tree_io async_tree_memoization
    async_tree_eager_memoization_tg async_tree_cpu_io_mixed async_tree_cpu_io_mixed_tg
""".split()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The programs of pyperformance on several interpreters.")
    parser.add_argument("--python", action="append", default=[], metavar="[LABEL=]COMMAND")
    parser.add_argument("--tauraro", action="append", default=[], metavar="[LABEL=]COMMAND")
    parser.add_argument("--only", help="names, separated by commas (default: the project's list)")
    parser.add_argument("--values", type=int, default=3, help="values for each benchmark")
    parser.add_argument("--min-time", type=float, default=0.1, help="seconds of a value, at least")
    parser.add_argument("--timeout", type=float, default=180.0, help="seconds for a process")
    parser.add_argument("--wall", action="store_true", help="wall time instead of CPU time")
    parser.add_argument("--check", action="store_true", help="compare results only")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--cache", type=Path, help="folder of the downloaded package")
    args = parser.parse_args()
    args.interpreters = [interpreter(t) for t in args.python]
    args.interpreters += [interpreter(t, "tauraro" if len(args.tauraro) == 1 else None) for t in args.tauraro]
    if not args.interpreters:
        parser.error("give interpreters with --python and --tauraro")
    return args


def package(cache: Path | None) -> Path:
    """The folder with the bm_* folders, downloaded if it is not there yet."""
    if cache is None:
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tauraro"
    place = cache / f"pyperformance-{VERSION}"
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--only-binary=:all:", "--dest", folder, f"pyperformance=={VERSION}"]
            if subprocess.run(command).returncode != 0:
                sys.exit("pip could not download pyperformance")
            wheel = next(Path(folder).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(Path(folder) / "unpacked")
            (Path(folder) / "unpacked").rename(place)
    return place / "pyperformance" / "data-files" / "benchmarks"


def catalogue(folder: Path) -> dict[str, tuple[Path, list[str]]]:
    """Every benchmark's script and options, by the name its metadata file gives."""
    found = {}
    for path in sorted(folder.glob("bm_*/*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("pyperformance", {})
        script = path.parent / data.get("runscript", "run_benchmark.py")
        if "name" in data:
            found[data["name"]] = (script, data.get("extra_opts", []))
    return found


def run_one(interp, script: Path, options: list[str], args, checking: bool) -> tuple[dict, str | None]:
    """One process; returns its `time` or `check` lines as a dict, and what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        env = environment()
        env.update(PYTHONPATH=str(HERE / "pyperf_shim"), PYPERF_SHIM_OUT=str(out),
                   PYPERF_SHIM_VALUES=str(args.values), PYPERF_SHIM_MIN_TIME=str(args.min_time),
                   PYPERF_SHIM_CLOCK="wall" if args.wall else "cpu")
        if checking:
            env["PYPERF_SHIM_CHECK"] = "1"
        done = run([*interp.command, str(script), *options], args.timeout, env, cwd=folder)
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    table = {}
    for line in lines:
        kind, name, *rest = line.split()
        if kind == "check":
            table[name, rest[0]] = rest[1]
        else:
            table[name] = [float(t) for t in rest]
    if done.code == 0:
        return table, None
    last = done.err.strip().splitlines()[-1:] or ["no message"]
    return table, "time-out" if done.code is None else f"exit {done.code}: {last[0][:160]}"


def compare(interps, script, options, args) -> dict[str, str]:
    """For each interpreter but the first: "same (N parts)", "DIFFERS: parts" or "FAILED: why"."""
    base, *others = interps
    first, wrong = run_one(base, script, options, args, True)
    second, wrong_again = run_one(base, script, options, args, True)
    if wrong or wrong_again:
        return {base.label: f"FAILED: {wrong or wrong_again}"}
    stable = {part: value for part, value in first.items() if second.get(part) == value}
    verdicts = {}
    for other in others:
        theirs, wrong = run_one(other, script, options, args, True)
        bad = sorted(".".join(part) for part, value in stable.items() if theirs.get(part) != value)
        verdicts[other.label] = (f"FAILED: {wrong}" if wrong else f"DIFFERS: {', '.join(bad[:4])}" if bad
                                 else f"same ({len(stable)} parts)")
    return verdicts


def show_times(times: dict[str, dict], labels: list[str], ratios: dict) -> None:
    """Prints a line a benchmark: milliseconds of the first interpreter, ratios of the others, warm then cold."""
    base, *others = labels
    for name, values in times[base].items():
        line = f"{name:34}"
        for kind, pick in (("warm", lambda v: min(v[1:] or v)), ("cold", lambda v: v[0])):
            reference = pick(values)
            line += f" {reference * 1e3:12.4f}"
            for other in others:
                mine = times[other].get(name)
                if mine and reference:
                    r = pick(mine) / reference
                    ratios.setdefault((kind, other), []).append(r)
                    line += f" {r:12.3f}"
                else:
                    line += " " + "failed".rjust(12)
        print(line, flush=True)


def main() -> int:
    args = arguments()
    known = catalogue(package(args.cache))
    names = args.only.split(",") if args.only else DEFAULT
    unknown = [n for n in names if n not in known]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; known: {' '.join(sorted(known))}")
    labels = [i.label for i in args.interpreters]
    if not args.check:
        columns = ["warm ms", *labels[1:], "cold ms", *labels[1:]]
        print("benchmark".ljust(34) + "".join(" " + c.rjust(12) for c in columns))
    ratios: dict = {}
    document, wrong = {}, []
    for name in names:
        script, options = known[name]
        verdicts = compare(args.interpreters, script, options, args)
        times: dict[str, dict] = {}
        if not args.check:
            for interp in args.interpreters:
                times[interp.label], error = run_one(interp, script, options, args, False)
                if error:
                    verdicts[interp.label] = f"FAILED: {error}"
            show_times(times, labels, ratios)
        for label, verdict in verdicts.items():
            if args.check or not verdict.startswith("same"):
                print(f"{name:34} {label}: {verdict}", flush=True)
            if not verdict.startswith("same"):
                wrong.append(name)
        document[name] = {"times": times, "results": verdicts}
    for (kind, label), values in ratios.items():
        print(f"geomean {kind} {label}: {math.exp(statistics.fmean(map(math.log, values))):.3f} ({len(values)} rows)")
    if len(labels) > 1:
        print(f"{len(names) - len(set(wrong))} of {len(names)} programs run and give the same results")
    if args.json:
        Path(args.json).write_text(json.dumps(document, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
