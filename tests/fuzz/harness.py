"""Runs programs from a JSON file ({name: source}) one after the other, each with its own globals and a bound on its
steps, and prints what they show. Both interpreters run this same file.
"""

import io
import json
import re
import resource
import signal
import sys

FUEL = 400
SECONDS = 3


class OutOfFuel(BaseException):
    pass


def out_of_time(*_):
    raise OutOfFuel("time")


class Helpers:
    """What the programs use; a new one for each."""

    def __init__(self):
        self.fuel = FUEL
        self.out = io.StringIO()

    def tick(self):
        self.fuel -= 1
        if self.fuel < 0:
            raise OutOfFuel

    def text(self, x):
        if isinstance(x, (set, frozenset)) and type(x).__repr__ in (set.__repr__, frozenset.__repr__):
            return f"{type(x).__name__}{{{', '.join(sorted(map(self.text, x)))}}}"
        if isinstance(x, BaseException) and type(x).__repr__ is BaseException.__repr__:
            return f"{type(x).__name__}: {x}"
        if type(x) in (list, tuple) and len(x) < 100 and any(isinstance(v, (set, frozenset)) for v in x):
            return f"{type(x).__name__}[{', '.join(map(self.text, x))}]"
        return f"{type(x).__name__} {x!r}"

    def show(self, *values):
        self.tick()
        text = " | ".join(map(self.text, values))
        text = re.sub(r"0x[0-9a-f]{6,}", "0x..", text)
        self.out.write(text if len(text) < 2000 else f"{text[:2000]}... {len(text)}")
        self.out.write("\n")

    def clip(self, x):
        """x, or 0 when it has grown big."""
        budget, todo = 300, [x]
        while todo:
            v = todo.pop()
            budget -= 1
            if type(v) is int and v.bit_length() > 2000:
                return 0
            if isinstance(v, (str, bytes, bytearray)) and len(v) > 300:
                return 0
            if isinstance(v, (list, tuple, set, frozenset)):
                todo.extend(list.__iter__(v) if isinstance(v, list) else tuple.__iter__(v) if isinstance(v, tuple) else list(v))
            elif isinstance(v, dict):
                todo.extend(dict.values(v))
                todo.extend(dict.keys(v))
            if budget < 0 or len(todo) > 300:
                return 0
        return x

    def it(self, x):
        """An iterator over x; sets in the order of their items' reprs."""
        self.tick()
        if isinstance(x, (set, frozenset)):
            return iter(sorted(x, key=repr))
        return iter(x)

    def power(self, a, b):
        if isinstance(a, int) and isinstance(b, int) and (abs(b) > 40 or a.bit_length() > 200):
            return 1
        return a**b

    def drive(self, g):
        """Uses a generator in every way."""
        out = []
        for step in (lambda: next(g), lambda: g.send(1), lambda: g.throw(ValueError("thrown")), lambda: g.send(None), lambda: g.close(), lambda: next(g)):
            try:
                out.append(step())
            except OutOfFuel:
                raise
            except BaseException as e:
                out.append(f"{type(e).__name__}: {e}")
        return out

    def deco(self, f):
        def wrapped(*a, **k):
            return ("deco", f(*a, **k))

        return wrapped

    def namespace(self):
        show = self.show

        class CM:
            def __init__(self, kind):
                self.kind = kind

            def __enter__(self):
                if self.kind == 3:
                    raise KeyError("enter")
                return self.kind

            def __exit__(self, t, v, tb):
                show("exit", t and t.__name__)
                if self.kind == 2:
                    raise ValueError("exit")
                return self.kind == 1

        class Base:
            x = "base"
            val = "base val"

            def __repr__(self):
                return "<Base>"

        names = {"__name__": "fuzz", "CM": CM, "Base": Base, "print": lambda *a: show("print", *a), "vars": lambda *a: sorted(k for k in (vars(*a) if a else {}))}
        for k in ("tick", "show", "clip", "it", "power", "drive", "deco"):
            names[k] = getattr(self, k)
        return names


def run(source, name):
    h = Helpers()
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        exec(compile(source, name, "exec"), h.namespace())
    except OutOfFuel as e:
        h.out.write(f"out of fuel {e}\n")
    except BaseException as e:
        line = tb.tb_lineno if (tb := e.__traceback__.tb_next) else None
        try:
            text = str(e)
        except OutOfFuel:
            text = "?"
        except Exception as e2:
            text = f"str failed: {e2}"
        h.out.write(f"uncaught {type(e).__name__}: {text} line {line}\n")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return re.sub(r"0x[0-9a-f]{6,}", "0x..", h.out.getvalue())


def main():
    sys.setrecursionlimit(400)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    signal.signal(signal.SIGALRM, out_of_time)
    import warnings

    warnings.simplefilter("ignore")
    with open(sys.argv[1]) as f:
        programs = json.load(f)
    for name, source in programs.items():
        print(json.dumps([name, run(source, name)]), flush=True)


if __name__ == "__main__":
    main()
