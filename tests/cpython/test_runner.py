"""Tests of the runner itself, on a made-up `test` package with crashes, hangs and failing fixtures.

    python3 tests/cpython/test_runner.py
"""

import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from idlists import read_grouped, write_grouped
from modulerun import Limits, run_module

MIXED = """
    import os, signal, time, unittest

    class A(unittest.TestCase):
        def test_1_ok(self): pass
        def test_2_fail(self): self.fail()
        def test_3_crash(self): os.kill(os.getpid(), signal.SIGSEGV)
        def test_4_error(self): 1 / 0
        def test_5_hang(self): time.sleep(60)
        def test_6_skip(self): self.skipTest("why")
        @unittest.expectedFailure
        def test_7_xfail(self): self.fail()
        def test_8_subtests(self):
            for i in range(3):
                with self.subTest(i=i):
                    self.assertNotEqual(i, 1)
        def test_9_subtest_skip(self):
            with self.subTest(i=1):
                self.skipTest("part")

    class B(unittest.TestCase):
        @classmethod
        def setUpClass(cls): os._exit(7)
        def test_x(self): pass
        def test_y(self): pass

    class C(unittest.TestCase):
        @classmethod
        def setUpClass(cls): raise RuntimeError("fixture")
        def test_z(self): pass

    class D(unittest.TestCase):
        def test_forked_child_does_not_report(self):
            pid = os.fork()
            if pid == 0:
                raise SystemError("escapes in the child")
            os.waitpid(pid, 0)
"""


class RunnerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "test").mkdir()

    def run_source(self, source, only=None, limits=Limits(30, 1.0, 6)):
        (self.path / "test" / "test_sample.py").write_text(textwrap.dedent(source))
        (self.path / "test" / "__init__.py").write_text("")
        return run_module([sys.executable], "test_sample", self.path, limits, only)

    def test_each_outcome_is_told_and_a_killer_costs_only_itself(self):
        result = self.run_source(MIXED)
        short = {name.removeprefix("test_sample."): outcome for name, outcome in result.outcomes.items()}
        self.assertEqual(short, {
            "A.test_1_ok": "ok", "A.test_2_fail": "fail", "A.test_3_crash": "crash", "A.test_4_error": "error",
            "A.test_5_hang": "timeout", "A.test_6_skip": "skip", "A.test_7_xfail": "xfail", "A.test_8_subtests": "fail",
            "A.test_9_subtest_skip": "part", "B.test_x": "crash", "B.test_y": "crash",
            "D.test_forked_child_does_not_report": "ok",
        })
        self.assertTrue(result.loaded and result.ended)
        self.assertIn("test_sample.A.test_9_subtest_skip?", result.reference())
        self.assertIn("test_sample.A.test_1_ok?", result.passed())
        self.assertNotIn("test_sample.A.test_9_subtest_skip", result.passed())

    def test_only_some_ids(self):
        result = self.run_source(MIXED, only=["test_sample.A.test_1_ok", "test_sample.A.test_4_error"])
        self.assertEqual(result.outcomes, {"test_sample.A.test_1_ok": "ok", "test_sample.A.test_4_error": "error"})

    def test_modules_that_do_not_load(self):
        for source in ("import no_such_module", "1 +", "import os; os.abort()", "raise SystemExit(0)"):
            result = self.run_source(source)
            self.assertFalse(result.loaded, source)
            self.assertEqual(result.outcomes, {})
            self.assertTrue(result.notes[0].startswith("load"), result.notes)

    def test_restarts_are_bounded(self):
        crashes = "".join(f"    def test_{i}(self): os.abort()\n" for i in range(8))
        result = self.run_source("import os, unittest\nclass A(unittest.TestCase):\n" + crashes,
                                 limits=Limits(30, 5.0, 2))
        self.assertEqual(list(result.outcomes.values()), ["crash"] * 3)
        self.assertFalse(result.ended)

    def test_repeated_ids_are_numbered(self):
        result = self.run_source("""
            import unittest
            def make():
                class A(unittest.TestCase):
                    def test(self): pass
                A.__qualname__ = "A"
                return A
            X, Y = make(), make()
        """)
        self.assertEqual(result.reference(), {"test_sample.A.test", "test_sample.A.test#2"})

    def test_id_lists_are_read_as_written(self):
        ids = ["m.A.one", "m.A.two", "m.B.one", "plain", "m"]
        path = self.path / "ids.txt"
        write_grouped(path, ids)
        self.assertEqual(sorted(read_grouped(path)), sorted(ids))


if __name__ == "__main__":
    unittest.main()
