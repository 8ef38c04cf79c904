#!/usr/bin/env python3
"""Fails when an interpreter handler of an optimised binary does not end in a jump.

usage: check_tail_calls.py BINARY   (needs objdump; x86-64)

A handler that calls the next one instead of jumping to it grows the native stack with every
instruction. Handlers are the functions of runtime::interp declared by `handler!`; each must hold
an indirect jump (the next handler) or a direct jump into another handler, and no indirect call
through the dispatch table.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def handler_names():
    names = set()
    for path in (ROOT / "crates/runtime/src/interp").glob("*.rs"):
        text = path.read_text()
        for match in re.finditer(r"handler!\(\s*(?:#\[[^\]]*\]\s*)*(\$?\w+)\s*,", text):
            if not match.group(1).startswith("$"):
                names.add(f"{path.stem}::{match.group(1)}")
        for match in re.finditer(r"(?:slow|slow_imm|bitwise|comparisons)! \{(.*?)\n?\}", text, re.S):
            for word in re.findall(r"\b[a-z_]+\b", match.group(1)):
                names.add(f"{path.stem}::{word}")
    return names


def main():
    out = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-C", sys.argv[1]],
                         capture_output=True, text=True, check=True).stdout
    wanted, bad, seen = handler_names(), [], 0
    for block in out.split("\n\n"):
        head = re.match(r"[0-9a-f]+ <runtime::interp::(\w+::\w+)>:\n", block)
        if not head or head.group(1) not in wanted:
            continue
        seen += 1
        jumps = re.search(r"\bjmp\s+\*%", block) or re.search(r"\bjmp\s+[0-9a-f]+ <runtime::interp::[\w:]+>", block)
        calls = re.search(r"\bcall\s+\*%r|\bcall\s+\*\(", block)
        if not jumps or calls:
            bad.append(head.group(1))
    bad = [name for name in bad if name != "misc::bad_opcode"]  # never reached by verified code
    print(f"{seen} handlers seen, {len(bad)} without a tail call: {' '.join(sorted(bad))}")
    return 1 if bad or seen < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
