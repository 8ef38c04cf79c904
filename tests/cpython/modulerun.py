"""Runs one test module in processes of its own and tells what became of each test."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

DRIVER = Path(__file__).resolve().with_name("driver.py")
OUTCOMES = ("ok", "fail", "error", "skip", "xfail", "xpass", "part", "crash", "timeout")


@dataclass
class Limits:
    """Seconds for a module (all its processes) and a single test; how often a module is started again."""

    module: float = 600.0
    test: float = 60.0
    restarts: int = 12


@dataclass
class ModuleResult:
    """Outcome of a module: `outcomes` maps ids to one of OUTCOMES; `loaded` says whether its tests were collected."""

    module: str
    loaded: bool = False
    ended: bool = False
    outcomes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def passed(self) -> set[str]:
        """Ids that pass, in each form an expectation may have: "ID?" asks for less than "ID" (see `reference`)."""
        whole = {name for name, outcome in self.outcomes.items() if outcome == "ok"}
        return whole | {name + "?" for name, outcome in self.outcomes.items() if outcome in ("ok", "part")}

    def reference(self) -> set[str]:
        """Ids as expectations write them: "ID?" if some of the test's subtests were skipped by CPython too."""
        forms = {"ok": "", "part": "?"}
        return {name + forms[outcome] for name, outcome in self.outcomes.items() if outcome in forms}

    def killers(self) -> list[str]:
        return [name for name, outcome in self.outcomes.items() if outcome in ("crash", "timeout")]


@dataclass
class _Events:
    """What the driver wrote in one process."""

    plan: list[str] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    running: str | None = None
    loaded: bool = False
    ended: bool = False


def _parse(text: str) -> _Events:
    events = _Events()
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "plan":
            events.plan.append(rest)
        elif word == "start":
            events.running = rest
        elif word == "loaded":
            events.loaded = True
        elif word == "end":
            events.ended = True
        elif word == "note":
            events.notes.append(rest)
        elif word in OUTCOMES:
            events.done[rest] = word
            events.running = None
    return events


def library_folder(cpython_lib: Path, cache: Path) -> Path:
    """A folder that holds only CPython's `test` package, for PYTHONPATH: the rest of its library stays out."""
    cache.mkdir(parents=True, exist_ok=True)
    link = cache / "test"
    target = cpython_lib / "test"
    if not link.is_symlink() or link.readlink() != target:
        fresh = cache / f"test.{os.getpid()}"
        fresh.symlink_to(target)
        fresh.replace(link)
    return cache


def _environment(pythonpath: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env.update(PYTHONPATH=str(pythonpath), PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8", TERM="dumb", NO_COLOR="1")
    env.pop("FORCE_COLOR", None)
    return env


def _kill_group(process: subprocess.Popen) -> None:
    """Ends the process and whatever it started (it leads a session of its own)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _watch(process: subprocess.Popen, results: Path, limits: Limits, deadline: float) -> str | None:
    """Waits for the process; returns "timeout" when no event came for limits.test seconds, or the module's time is up."""
    size, last_change = -1, time.monotonic()
    while True:
        try:
            process.wait(timeout=0.1)
            return None
        except subprocess.TimeoutExpired:
            pass
        now = time.monotonic()
        current = results.stat().st_size if results.exists() else 0
        if current != size:
            size, last_change = current, now
        if now - last_change > limits.test or now > deadline:
            return "timeout"


def _one_process(command, module, env, choice, limits, deadline, log):
    """Starts the driver once; returns its events, how it ended and its last words."""
    folder = Path(tempfile.mkdtemp(prefix=f"cpytest-{module}-"))
    try:
        results, choice_file, work = folder / "results", folder / "choice", folder / "work"
        work.mkdir()
        choice_file.write_text("\n".join(choice), encoding="utf-8")
        with open(folder / "output", "wb") as output:
            process = subprocess.Popen(
                [*command, str(DRIVER), module, str(results), str(choice_file)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=work, env=env, start_new_session=True,
            )
            ending = _watch(process, results, limits, deadline)
            _kill_group(process)
        text = results.read_text(encoding="utf-8", errors="replace") if results.exists() else ""
        tail = (folder / "output").read_bytes()[-4000:].decode("utf-8", "replace")
        if log is not None:
            with open(log, "ab") as f:
                f.write((folder / "output").read_bytes())
        if ending is None and process.returncode < 0:
            ending = f"signal {-process.returncode}"
        elif ending is None and process.returncode not in (0, 1):
            ending = f"exit code {process.returncode}"
        return _parse(text), ending, tail
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_module(command, module: str, pythonpath: Path, limits: Limits, only=None, log=None) -> ModuleResult:
    """Runs `module` under the interpreter `command` (a list); `only` restricts it to some ids.

    A test that crashes or hangs the process is blamed by name and the module is started again without it and
    without what is already done. A crash between tests is blamed on the next planned test's class.
    """
    result = ModuleResult(module)
    begin = time.monotonic()
    deadline = begin + limits.module
    env = _environment(pythonpath)
    wanted = ["+" + name.removesuffix("?") for name in only or ()]
    for _ in range(limits.restarts + 1):
        choice = wanted + ["-" + name for name in result.outcomes]
        events, ending, tail = _one_process(command, module, env, choice, limits, deadline, log)
        result.loaded |= events.loaded
        result.outcomes.update(events.done)
        result.notes += events.notes
        result.ended = events.ended
        if events.ended:
            break
        if not events.loaded:
            if ending is not None or not events.notes:
                last = tail.strip().splitlines()[-1:] or ["no output"]
                result.notes.append(f"load {ending or 'ended'}: {last[0]}")
            break
        blame = "timeout" if ending == "timeout" else "crash"
        left = [name for name in events.plan if name not in result.outcomes]
        if events.running is not None:
            result.outcomes[events.running] = blame
        elif left:
            group = left[0].rpartition(".")[0]
            result.outcomes.update({name: blame for name in left if name.rpartition(".")[0] == group})
        else:
            break
        result.notes.append(f"{ending or 'vanished'} in {events.running or left[0]}")
        if time.monotonic() > deadline:
            break
    result.seconds = time.monotonic() - begin
    return result
