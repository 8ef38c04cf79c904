#!/usr/bin/env python3
"""Compares the graphs that the JIT makes with what is expected: tests/jit_graphs/NAME.py runs, and the graphs of its
units named `unit` (after all passes) must be as in NAME.graph. Addresses, shape ids and other numbers that differ
from run to run are replaced by names in the order in which they appear.

    tests/run_jit_graphs.py [--tauraro EXE]
    TAURARO_BLESS=1 tests/run_jit_graphs.py      writes the .graph files; read the diff
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def normalised(text: str) -> str:
    """The text with numbers that are not the program's own replaced."""
    names: dict[str, str] = {}

    def name(match: re.Match) -> str:
        return names.setdefault(match[0], f"<{len(names)}>")

    text = re.sub(r"0x[0-9a-f]{6,}|\b\d{12,}\b", name, text)
    text = re.sub(r"(?<=expected: )\d+|(?<=Shape\()\d+", "#", text)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tauraro", default=str(ROOT / "target/fast/tauraro"))
    args = parser.parse_args()
    passed = failed = 0
    for script in sorted((ROOT / "tests/jit_graphs").glob("*.py")):
        run = subprocess.run([args.tauraro, "--dump=graph:unit", str(script)], capture_output=True, text=True,
                             env={**os.environ, "PYTHONHASHSEED": "0"}, timeout=60)
        got = normalised(run.stderr)
        expectation = script.with_suffix(".graph")
        if os.environ.get("TAURARO_BLESS"):
            expectation.write_text(got)
        want = expectation.read_text() if expectation.exists() else ""
        if run.returncode == 0 and got and got == want:
            passed += 1
            continue
        failed += 1
        print(f"FAILED {script.name} (exit {run.returncode})")
        sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), got.splitlines(True), "expected", "made"))
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
