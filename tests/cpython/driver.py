"""Runs one of CPython's test modules inside the interpreter under test.

    INTERPRETER driver.py MODULE RESULTS [CHOICE]

MODULE is a name such as test_grammar. RESULTS is a file to which one line an event is written, unbuffered, so
that a crash loses nothing but the test that crashed:

    loaded                      the module was imported and its tests were collected
    plan ID                     a test that will run, in order of execution
    start ID                    the test begins
    ok ID | fail ID | error ID | skip ID | xfail ID | xpass ID | part ID (passed, but subtests were skipped)
    note TEXT                   a fixture that failed, or why the module did not load
    end                         the run is complete

CHOICE is a file with one id a line: "-ID" is left out (a previous run finished it, or was killed by it), and if there
are lines "+ID" only those run. Only sys, os and unittest are imported here, because the interpreter under test may be
young. Ids lose their leading "test." and a repeated
id gets a suffix "#2", "#3", ... in order of collection.
"""

import os
import sys


class Report:
    """Writes result lines with plain os.write; a forked child that escapes from its test is ended at once."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.pid = os.getpid()

    def line(self, text):
        if os.getpid() != self.pid:
            os._exit(0)
        os.write(self.fd, (text.replace("\n", "\\n") + "\n").encode("utf-8", "backslashreplace"))


def plain_id(test):
    """The id of a test as the lists write it; spaces would make lines ambiguous, so none are left."""
    name = test.id()
    if name.startswith("test."):
        name = name[5:]
    return "".join(name.split())


def flatten(suite, out):
    """Appends the tests of nested suites in order (iterative: suites may nest deeply)."""
    stack = [iter([suite])]
    while stack:
        for item in stack[-1]:
            if hasattr(item, "__iter__"):
                stack.append(iter(item))
                break
            out.append(item)
        else:
            stack.pop()
    return out


def name_tests(tests):
    """Pairs each test with a unique id."""
    seen = {}
    named = []
    for test in tests:
        name = plain_id(test)
        count = seen[name] = seen.get(name, 0) + 1
        named.append((name if count == 1 else name + "#" + str(count), test))
    return named


def make_result_class(unittest, report, names):
    """A TestResult that reports each test once: the worst outcome among the test and its subtests."""

    class Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            self.outcome = None
            report.line("start " + names[id(test)])

        def stopTest(self, test):
            report.line((self.outcome or "error") + " " + names[id(test)])
            super().stopTest(test)

        def settle(self, test, outcome, error=None):
            """Keeps the first bad outcome; a holder of a failed fixture has no name of its own."""
            if id(test) not in names:
                report.line("note " + outcome + " " + test.id())
            elif self.outcome in (None, "ok", "part"):
                self.outcome = outcome
            if error is not None and VERBOSE:
                sys.stderr.write(outcome + ": " + test.id() + "\n" + self._exc_info_to_string(error, test) + "\n")

        def addSuccess(self, test):
            self.settle(test, "ok")

        def addFailure(self, test, err):
            self.settle(test, "fail", err)

        def addError(self, test, err):
            self.settle(test, "error", err)

        def addSkip(self, test, reason):
            # A skipped subtest arrives as a skip of a _SubTest: the test itself goes on, and no success follows.
            parent = getattr(test, "test_case", None)
            self.settle(test if parent is None else parent, "skip" if parent is None else "part")

        def addExpectedFailure(self, test, err):
            self.settle(test, "xfail")

        def addUnexpectedSuccess(self, test):
            self.settle(test, "xpass")

        def addSubTest(self, test, subtest, err):
            if err is not None:
                failed = issubclass(err[0], test.failureException)
                self.settle(test, "fail" if failed else "error", err)

    return Result


VERBOSE = bool(os.environ.get("DRIVER_VERBOSE"))


def limit_resources():
    """Turns off the tests that CPython's own runner leaves out by default (network, cpu, large files, ...)."""
    try:
        from test import support
    except Exception:
        return
    support.use_resources = ()


def explain(error):
    """One line for an exception, without needing the traceback module."""
    try:
        return type(error).__name__ + ": " + str(error)
    except Exception:
        return type(error).__name__


def collect(unittest, module):
    """Imports the module under test and returns its named tests."""
    __import__("test." + module)
    limit_resources()
    suite = unittest.defaultTestLoader.loadTestsFromName("test." + module)
    tests = []
    for test in flatten(suite, []):
        if type(test).__name__ == "_FailedTest":
            raise getattr(test, "_exception", ImportError(test.id()))
        tests.append(test)
    return name_tests(tests)


def read_choice(path):
    """The ids to leave out and the only ones to run (empty: all)."""
    with open(path, encoding="utf-8") as f:
        words = f.read().split()
    return {w[1:] for w in words if w[0] == "-"}, {w[1:] for w in words if w[0] == "+"}


def main():
    module, results = sys.argv[1], sys.argv[2]
    report = Report(results)
    skip, only = read_choice(sys.argv[3]) if len(sys.argv) > 3 else (set(), set())
    sys.argv[1:] = []
    try:
        import unittest

        named = collect(unittest, module)
    except BaseException as error:
        report.line("note load " + explain(error))
        if VERBOSE:
            raise
        return 1
    if only:
        named = [(name, test) for name, test in named if name in only]
    named = [(name, test) for name, test in named if name not in skip]
    report.line("loaded")
    for name, _ in named:
        report.line("plan " + name)
    names = {id(test): name for name, test in named}
    result = make_result_class(unittest, report, names)()
    # The names are keyed by identity, so `named` keeps the tests alive while the suite drops them.
    unittest.TestSuite([test for _, test in named]).run(result)
    report.line("end")
    return 0


if __name__ == "__main__":
    # Some test modules start threads that never end; the report is complete, so leave without waiting.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
