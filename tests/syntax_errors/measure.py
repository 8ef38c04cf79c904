#!/usr/bin/env python3
"""How often do we agree with CPython 3.14 about invalid programs?

Run with the reference CPython 3.14 (this file asks it for the truth):

    python3.14 measure.py cpython     snippets of CPython's own tests, read from the
                                      installation; nothing of them is stored but
                                      digests and expectations (cpython.json)
    python3.14 measure.py own         the snippets of snippets.py (own.json)

`--write` stores the expectations, `--show N` prints N disagreements. The tool run is
crates/syntax/examples/diagnose.rs (set DIAGNOSE to its path).
"""

import ast
import contextlib
import doctest
import hashlib
import json
import os
import subprocess
import sys
import unittest
import warnings
from pathlib import Path

HERE = Path(__file__).parent
DIAGNOSE = os.environ.get("DIAGNOSE", "target/fast/examples/diagnose")
FIELDS = ("type", "msg", "lineno", "offset", "end_lineno", "end_offset")
warnings.simplefilter("ignore")


def describe(error):
    """The six values compared, as JSON has them."""
    name = type(error).__name__
    if not isinstance(error, SyntaxError):
        return [name, str(error), None, None, None, None]
    return [name, error.msg, *(getattr(error, f) for f in FIELDS[2:])]


def truth(source, mode):
    """(stage, description): who raises what; stage is ok, parser or compiler."""
    for stage, flags in ("parser", ast.PyCF_ONLY_AST), ("compiler", 0):
        try:
            compile(source, "<snippet>", mode, flags,
                    dont_inherit=True)
        except (SyntaxError, MemoryError, RecursionError, ValueError, OverflowError) as e:
            if str(e).startswith(("future feature", "not a chance")):
                stage = "compiler"  # found while the tree is preprocessed
            return stage, describe(e)
    return "ok", None


def from_doctests(module):
    parser = doctest.DocTestParser()
    docs = [module.__doc__ or ""]
    docs += [v for v in getattr(module, "__test__", {}).values() if isinstance(v, str)]
    for doc in docs:
        for example in parser.get_examples(doc):
            yield example.source, "single"
            yield example.source, "exec"


class Recorder:
    """Runs test modules with compile() and friends watched; keeps every source that
    was refused."""

    def __init__(self):
        self.found = []

    def run(self, names):
        import builtins

        real = {n: getattr(builtins, n) for n in ("compile", "exec", "eval")}
        modes = {"exec": "exec", "eval": "eval"}

        def watch(name):
            def watched(source, *args, **kwargs):
                mode = modes.get(name) or (args[1] if len(args) > 1 else kwargs.get("mode"))
                if isinstance(source, str) and len(source) < 4000:
                    self.found.append((source, mode))
                if name != "compile" and not args:
                    frame = sys._getframe(1)
                    args = (frame.f_globals, frame.f_locals)
                return real[name](source, *args, **kwargs)
            return watched

        for n in real:
            setattr(builtins, n, watch(n))
        try:
            suite = unittest.defaultTestLoader.loadTestsFromNames(names)
            with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
                unittest.TextTestRunner(stream=null).run(suite)
        finally:
            for n, f in real.items():
                setattr(builtins, n, f)


def cpython_snippets():
    import test.test_exceptions
    import test.test_syntax
    import test.test_fstring  # noqa: F401

    yield from from_doctests(test.test_syntax)
    recorder = Recorder()
    recorder.run([
        "test.test_syntax.SyntaxErrorTestCase",
        "test.test_exceptions.ExceptionTests.testSyntaxErrorOffset",
        "test.test_exceptions.ExceptionTests.testSyntaxErrorMissingParens",
        "test.test_fstring",
        "test.test_tstring",
        "test.test_eof",
        "test.test_grammar",
        "test.test_named_expressions",
        "test.test_positional_only_arg",
        "test.test_patma",
        "test.test_type_params",
        "test.test_string_literals",
        "test.test_except_star",
        "test.test_codeop",
    ])
    yield from recorder.found


def own_snippets():
    sys.path.insert(0, str(HERE))
    import snippets

    yield from snippets.all_snippets()


def digest(source, mode):
    return hashlib.sha256(f"{mode}\0{source}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def collect(which):
    cases, seen = [], set()
    for source, mode in cpython_snippets() if which == "cpython" else own_snippets():
        if mode not in ("exec", "eval", "single") or (source, mode) in seen:
            continue
        seen.add((source, mode))
        try:
            source.encode()
        except UnicodeEncodeError:
            continue
        stage, error = truth(source, mode)
        cases.append({"source": source, "mode": mode, "stage": stage, "error": error})
    return cases


def answers(cases):
    lines = "".join(json.dumps({"source": c["source"], "mode": c["mode"]}) + "\n" for c in cases)
    done = subprocess.run([DIAGNOSE], input=lines.encode(), stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    which = sys.argv[1]
    show = int(sys.argv[sys.argv.index("--show") + 1]) if "--show" in sys.argv else 0
    cases = collect(which)
    got = answers(cases)
    if len(got) != len(cases):
        sys.exit(f"diagnose died at {cases[len(got)]!r}")
    parser = [(c, g) for c, g in zip(cases, got) if c["stage"] == "parser"]
    other = [(c, g) for c, g in zip(cases, got) if c["stage"] != "parser"]
    same = [(c, g) for c, g in parser if c["error"] == g]
    message = [(c, g) for c, g in parser if g and c["error"][:2] == g[:2]]
    print(f"{which}: {len(parser)} errors of the parser: "
          f"{len(same)} the same ({len(same) / max(1, len(parser)):.1%}), "
          f"{len(message)} with the same message")
    wrong = [(c, g) for c, g in other if g]
    print(f"{which}: {len(other)} accepted by the parser: {len(wrong)} refused here")
    for c, g in ([p for p in parser if p[0]["error"] != p[1]] + wrong)[:show]:
        print("-" * 40, c["mode"], c["stage"])
        print(c["source"][:300])
        print("  want", c["error"])
        print("  got ", g)
    if "--write" in sys.argv:
        keep = [c for c in cases if c["stage"] != "ok"]
        if which == "cpython":
            keep = [{"digest": digest(c["source"], c["mode"]), "stage": c["stage"],
                     "error": c["error"]} for c in keep]
        text = ",\n".join(json.dumps(c) for c in keep)
        (HERE / f"{which}.json").write_text(f"[\n{text}\n]\n")


main()
