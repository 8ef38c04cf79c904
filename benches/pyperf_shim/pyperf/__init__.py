"""A small stand-in for the package `pyperf`, so that the benchmark files of pyperformance run unmodified.

Only what those files use: Runner with its bench_* methods, metadata and argparser, and perf_counter. Everything
happens in one process. Times are CPU time unless PYPERF_SHIM_CLOCK=wall. Results go to the file named by
PYPERF_SHIM_OUT (else to standard output), a line each:

    time NAME COLD WARM ...      seconds of one loop: the first call, then one figure a value
    check NAME PART DIGEST       with PYPERF_SHIM_CHECK=1: fingerprints of what one loop computed, and no times
"""

import argparse
import os
import sys
import time

from . import check

__all__ = ["Runner", "perf_counter", "python_implementation"]

perf_counter = time.perf_counter if os.environ.get("PYPERF_SHIM_CLOCK") == "wall" else time.process_time


def python_implementation():
    """Name of the running implementation in small letters, such as "cpython"."""
    return sys.implementation.name


def emit(line):
    """Writes one line of results."""
    path = os.environ.get("PYPERF_SHIM_OUT")
    if path:
        with open(path, "a", encoding="utf-8") as out:
            out.write(line + "\n")
    else:
        print(line, flush=True)


class Runner:
    """Takes the same arguments as pyperf's; those that manage worker processes have no effect here."""

    def __init__(self, values=None, processes=None, loops=0, min_time=0.1, warmups=None, metadata=None,
                 show_name=True, program_args=None, add_cmdline_args=None, **_ignored):
        self.metadata = dict(metadata or {})
        self.args = None
        self.min_time = float(os.environ.get("PYPERF_SHIM_MIN_TIME", min_time))
        self.default_values = int(os.environ.get("PYPERF_SHIM_VALUES", values or 3))
        self.default_loops = loops
        self.argparser = argparse.ArgumentParser()
        self.argparser.add_argument("-l", "--loops", type=int, default=None)
        self.argparser.add_argument("-n", "--values", type=int, default=None)
        self.argparser.add_argument("-w", "--warmups", type=int, default=None)
        self.argparser.add_argument("-o", "--output", default=None)
        self.argparser.add_argument("--fast", action="store_true")
        self.argparser.add_argument("--debug-single-value", action="store_true")

    def parse_args(self, args=None):
        """Parses the command line once; later calls return the same namespace."""
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        """`time_func(loops, *args)` runs that many loops and returns the seconds they took."""
        self.parse_args()
        if check.wanted():
            check.record(name, lambda: time_func(1, *args), emit, keep_result=False)
            return
        self._measure(name, lambda loops: time_func(loops, *args), inner_loops or 1)

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        """One loop is one call of `func(*args)`."""
        self.parse_args()
        if check.wanted():
            check.record(name, lambda: func(*args), emit)
            return

        def time_func(loops):
            rounds = range(loops)
            begin = perf_counter()
            for _ in rounds:
                func(*args)
            return perf_counter() - begin

        self._measure(name, time_func, inner_loops or 1)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        """One loop awaits `func(*args)`; all loops of a value run in one event loop."""
        import asyncio

        self.parse_args()
        if check.wanted():
            async def once():
                return await func(*args)

            check.record(name, lambda: self._run_async(asyncio, once, loop_factory), emit)
            return

        async def rounds(loops):
            begin = perf_counter()
            for _ in range(loops):
                await func(*args)
            return perf_counter() - begin

        self._measure(name, lambda loops: self._run_async(asyncio, lambda: rounds(loops), loop_factory),
                      inner_loops or 1)

    def bench_command(self, name, command):
        """One loop runs a command to its end; its time is wall time, for the work is in another process."""
        import subprocess

        self.parse_args()
        if check.wanted():
            check.record(name, lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True).returncode, emit)
            return

        def time_func(loops):
            begin = time.perf_counter()
            for _ in range(loops):
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            return time.perf_counter() - begin

        self._measure(name, time_func, 1)

    @staticmethod
    def _run_async(asyncio, make, loop_factory):
        if loop_factory is None:
            return asyncio.run(make())
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(make())

    def _measure(self, name, time_func, inner_loops):
        """The cold call, then loops doubled until a value takes min_time, then the values."""
        cold = time_func(1)
        if self.args.debug_single_value:
            emit("time %s %.9f" % (name, cold / inner_loops))
            return
        loops = self.args.loops or self.default_loops or 1
        took = time_func(loops)
        if not (self.args.loops or self.default_loops):
            while took < self.min_time and loops < 1 << 30:
                loops *= 2
                took = time_func(loops)
        values = [took]
        for _ in range((self.args.values or self.default_values) - 1):
            values.append(time_func(loops))
        shown = " ".join("%.9f" % (value / loops / inner_loops) for value in values)
        emit("time %s %.9f %s" % (name, cold / inner_loops, shown))
