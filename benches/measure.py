"""Starting one process and measuring it: CPU time, peak memory, instructions."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Interpreter:
    """A command to measure, and the name of its column."""

    label: str
    command: tuple[str, ...]


@dataclass
class Run:
    """One process: exit code (negative: signal, None: time-out), CPU seconds, peak RSS in MB, output."""

    code: int | None
    cpu: float
    rss: float
    out: str
    err: str


def interpreter(text: str, default_label: str | None = None) -> Interpreter:
    """Reads "COMMAND [OPTIONS]" or "LABEL=COMMAND [OPTIONS]"."""
    label, sign, rest = text.partition("=")
    if sign and re.fullmatch(r"[\w.+-]+", label):
        return Interpreter(label, tuple(shlex.split(rest)))
    command = tuple(shlex.split(text))
    return Interpreter(default_label or ask_label(command), command)


def ask_label(command: tuple[str, ...]) -> str:
    """The implementation and its version, as it says itself; else the file's name."""
    code = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([*command, "-c", code], capture_output=True, text=True, timeout=30)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    words = done.stdout.split()
    return "".join(words) if done.returncode == 0 and len(words) == 2 else Path(command[0]).name


def environment() -> dict[str, str]:
    """The caller's variables without Python's own; nothing is written beside the programs, hashes are reproducible."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env.update(PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")
    return env


def run(command, timeout: float = 120.0, env: dict[str, str] | None = None, cwd=None) -> Run:
    """Runs a command to its end; wait4 gives the CPU time and peak memory of exactly this child (and its children)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   env=env or environment(), cwd=cwd)
        signal.signal(signal.SIGALRM, lambda *_: process.kill())
        signal.setitimer(signal.ITIMER_REAL, timeout)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            fired = signal.setitimer(signal.ITIMER_REAL, 0)[0] == 0
        process.returncode = os.waitstatus_to_exitcode(status)
        code = None if fired and process.returncode == -signal.SIGKILL else process.returncode
        out.seek(0)
        err.seek(0)
        return Run(code, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
                   out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace"))


PROBE = """
for line in open("/proc/self/status"):
    if line.startswith("VmHWM:"):
        print("peak", line.split()[1])
"""


def peak_of(command, code: str, timeout: float) -> float | None:
    """Peak memory in MB of `command -c code`, asked from inside, in a run that is not timed.

    wait4's figure starts at the size this process had at the fork (a Linux rule), too much for small programs.
    """
    done = run([*command, "-c", code + PROBE], timeout)
    found = re.findall(r"^peak (\d+)$", done.out, re.M)
    return int(found[-1]) / 1024 if done.code == 0 and found else None


def has_perf() -> bool:
    """Whether `perf stat` can count instructions here (virtual machines often cannot)."""
    try:
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True)
    except OSError:
        return False
    return re.search(r"^\d+,", done.stderr, re.M) is not None


def instructions(command, perf: bool, timeout: float = 1800.0) -> int | None:
    """User instructions of a whole process by perf, or by callgrind (about 50 times slower); None if it failed."""
    if perf:
        done = run(["perf", "stat", "-x,", "-e", "instructions:u", "--", *command], timeout)
        found = re.findall(r"^(\d+),", done.err, re.M)
    else:
        # A launcher script execs the real interpreter: every image reports, the last and largest is it.
        done = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes",
                    *command], timeout)
        found = re.findall(r"Collected : (\d+)", done.err)
    return max(map(int, found)) if done.code == 0 and found else None
