#!/usr/bin/env python3
"""Runs CPython's own test modules under an interpreter and counts what passes, test by test.

    run.py                              all of core70.txt with target/fast/tauraro (or --tauraro PATH)
    run.py test_list test_dict          these modules; --list curated152.txt: a list of them
    run.py --check                      fail if an id of passing.txt does not pass any more
    run.py --update                     add the newly passing ids to passing.txt (it never shrinks)
    run.py --expect                     run CPython itself and write expected/MODULE.txt (the denominator)
    run.py -v test_list.ListTest.test_init     one test, with its tracebacks

The denominator is what CPython 3.14 runs and passes under this same runner: modules that do not load, tests that
are skipped here only, crashes and time-outs count as not passed. Needs Python 3.11 or later to run, and CPython
3.14 with its tests (tools/get-cpython puts it in place).
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

from idlists import read_grouped, read_names, write_grouped  # noqa: E402
from modulerun import Limits, ModuleResult, library_folder, run_module  # noqa: E402

EXPECTED = HERE / "expected"
PASSING = HERE / "passing.txt"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPython's own tests, counted test by test.")
    parser.add_argument("names", nargs="*", help="modules (test_list) or ids (test_list.ListTest.test_init)")
    parser.add_argument("--list", dest="lists", action="append", default=[], help="file with module names")
    parser.add_argument("--tauraro", help="interpreter under test (default: the newest of target/{fast,release})")
    parser.add_argument("--interpreter-args", default="", help="options for it, such as '-X jit=off'")
    parser.add_argument("--cpython", help="CPython 3.14 (default: what tools/get-cpython says)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--module-timeout", type=float, default=600.0, help="seconds for a module")
    parser.add_argument("--test-timeout", type=float, default=60.0, help="seconds for a test")
    parser.add_argument("--restarts", type=int, default=12, help="times a module is started again after a crash")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--expect", action="store_true")
    parser.add_argument("--json", help="write all outcomes to this file")
    parser.add_argument("--failures", action="store_true", help="list the expected ids that do not pass")
    parser.add_argument("-v", "--verbose", action="store_true", help="tracebacks of failures (on stderr)")
    return parser.parse_args()


def find_cpython(given: str | None) -> Path:
    if given:
        return Path(given).absolute()
    out = subprocess.run([ROOT / "tools" / "get-cpython"], check=True, capture_output=True, text=True).stdout
    return Path(out.split()[-1])


def find_tauraro(given: str | None) -> Path:
    if given:
        return Path(given).absolute()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [p for p in (target / "fast" / "tauraro", target / "release" / "tauraro") if p.exists()]
    if not built:
        sys.exit("no tauraro built: cargo build --profile fast -p tauraro")
    return max(built, key=lambda p: p.stat().st_mtime).absolute()


def library_of(cpython: Path) -> Path:
    code = "import os; print(os.path.dirname(os.__file__))"
    return Path(subprocess.run([cpython, "-I", "-c", code], check=True, capture_output=True, text=True).stdout.strip())


def passing_by_module() -> dict[str, set[str]]:
    """The allow-list: lines "MODULE ID" in which the id is shortened to what follows "MODULE."."""
    table: dict[str, set[str]] = {}
    for line in read_names(PASSING):
        module, _, rest = line.partition(" ")
        table.setdefault(module, set()).add(rest.replace("~", module, 1) if rest.startswith("~.") else rest)
    return table


def write_passing(table: dict[str, set[str]]) -> None:
    lines = []
    for module, ids in table.items():
        for name in ids:
            lines.append(f"{module} {'~' + name[len(module):] if name.startswith(module + '.') else name}\n")
    PASSING.write_text("".join(sorted(lines)), encoding="utf-8")


def select(args, allow) -> tuple[list[str], dict[str, list[str]]]:
    """The modules to run and, for those named by id, the ids."""
    only: dict[str, list[str]] = {}
    modules: list[str] = []
    for name in args.names:
        module, dot, _ = name.partition(".")
        if dot:
            only.setdefault(module, []).append(name)
        modules.append(module)
    for path in args.lists:
        here = HERE / path
        modules += read_names(here if here.exists() else Path(path))
    if not modules:
        checking = args.check and not args.update
        modules = sorted(allow) if checking else read_names(HERE / "core70.txt")
        if checking:  # only what must pass is run, so that known crashes and time-outs cost nothing
            only = {module: sorted(ids) for module, ids in allow.items()}
    return list(dict.fromkeys(modules)), only


def longest_first(modules: list[str]) -> list[str]:
    """Big modules early, so that two jobs end together; the number of expected ids stands for the time."""
    return sorted(modules, key=lambda m: -len(read_grouped(EXPECTED / f"{m}.txt")))


def run_all(args, command, modules, only, pythonpath) -> dict[str, ModuleResult]:
    limits = Limits(args.module_timeout, args.test_timeout, args.restarts)
    log = "/dev/stderr" if args.verbose else None
    results = {}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = {pool.submit(run_module, command, m, pythonpath, limits, only.get(m), log): m
                for m in longest_first(modules)}
        for job in concurrent.futures.as_completed(jobs):
            result = results[jobs[job]] = job.result()
            print_row(result)
    return results


def print_row(result: ModuleResult) -> None:
    expected = set(read_grouped(EXPECTED / f"{result.module}.txt"))
    passed = result.passed()
    share = f"{len(passed & expected)}/{len(expected)}" if expected else f"{len(result.reference())} ok"
    state = "" if result.loaded and result.ended else " LOAD FAILED" if not result.loaded else " INCOMPLETE"
    killers = len(result.killers())
    print(f"{result.module:32} {share:>12} {result.seconds:7.1f}s{state}{f'  {killers} crashed or hung' if killers else ''}")
    for note in result.notes[:3]:
        print(f"    {note[:200]}")
    sys.stdout.flush()


def summary(results: dict[str, ModuleResult]) -> None:
    """Totals for each list whose modules were run, and for everything that was run."""
    lists = {"core70": read_names(HERE / "core70.txt"), "curated152": read_names(HERE / "curated152.txt")}
    lists = {name: modules for name, modules in lists.items() if set(modules) <= set(results)}
    lists["all run"] = list(results)
    print()
    for name, modules in lists.items():
        wanted = passed = loaded = clean = broken = 0
        for module in modules:
            expected = set(read_grouped(EXPECTED / f"{module}.txt"))
            result = results[module]
            good = len(expected & result.passed())
            wanted, passed = wanted + len(expected), passed + good
            loaded += result.loaded
            clean += good == len(expected) and result.loaded
            broken += bool(result.killers())
        share = f"{100 * passed / wanted:.2f}%" if wanted else "no expectations"
        print(f"{name}: {passed}/{wanted} ids pass ({share}); {loaded}/{len(modules)} modules load, "
              f"{clean} complete, {broken} with crashes or time-outs")


def write_expectations(results: dict[str, ModuleResult]) -> None:
    """Keeps the ids that pass; run with two rounds so that unstable tests are left out."""
    EXPECTED.mkdir(exist_ok=True)
    for module, result in results.items():
        write_grouped(EXPECTED / f"{module}.txt", result.reference())


def check(args, command, allow, results, pythonpath) -> int:
    """Ids of the allow-list that fail, after a second chance alone; returns the exit code."""
    lost = {m: sorted(allow[m] - r.passed()) for m, r in results.items() if m in allow}
    limits = Limits(args.module_timeout, args.test_timeout, args.restarts)
    failed = []
    for module, ids in lost.items():
        if ids:
            again = run_module(command, module, pythonpath, limits, ids)
            failed += [name for name in ids if name not in again.passed()]
    for name in failed:
        print(f"NO LONGER PASSES: {name}")
    total = sum(len(allow.get(m, ())) for m in results)
    print(f"\n{total - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def main() -> int:
    args = arguments()
    cpython = find_cpython(args.cpython)
    tested = cpython if args.expect else find_tauraro(args.tauraro)
    command = [str(tested), *args.interpreter_args.split()]
    allow = passing_by_module()
    modules, only = select(args, allow)
    if args.verbose:
        os.environ["DRIVER_VERBOSE"] = "1"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tauraro" / "cpython-tests"
    pythonpath = library_folder(library_of(cpython), cache)
    if not modules:
        print("nothing to run: passing.txt is empty\n\n0 passed, 0 failed")
        return 0
    results = run_all(args, command, modules, only, pythonpath)
    if args.expect:
        again = run_all(args, command, modules, only, pythonpath)
        for module, result in results.items():
            for name, outcome in again[module].outcomes.items():
                if result.outcomes.get(name) != outcome:
                    result.outcomes[name] = "unstable"
        write_expectations(results)
    summary(results)
    if args.failures:
        for module, result in sorted(results.items()):
            for name in sorted(set(read_grouped(EXPECTED / f"{module}.txt")) - result.passed()):
                print(f"{result.outcomes.get(name.removesuffix('?'), 'not run'):8} {name}")
    if args.json:
        table = {m: {"loaded": r.loaded, "notes": r.notes, "outcomes": r.outcomes} for m, r in results.items()}
        Path(args.json).write_text(json.dumps(table, indent=1, sort_keys=True))
    if args.update:
        for module, result in results.items():
            expected = set(read_grouped(EXPECTED / f"{module}.txt"))
            new = (result.passed() & expected) - allow.get(module, set())
            if new:
                allow.setdefault(module, set()).update(new)
                print(f"+{len(new)} {module}")
        write_passing(allow)
    if args.check:
        return check(args, command, allow, results, pythonpath)
    return 0


if __name__ == "__main__":
    sys.exit(main())
