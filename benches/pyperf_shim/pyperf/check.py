"""Fingerprints of what a benchmark computed, to compare interpreters.

pyperf throws results away, so three things are looked at: the value that the measured function returns, the values
that the module's own functions return when it calls them directly, and the plain data in the module's globals
afterwards. What differs between two runs of one interpreter (times, addresses) is left out by the caller.
"""

import binascii
import os
import sys


DEPTH = 6
WIDTH = 20000


def wanted():
    """Whether this process checks results instead of measuring time."""
    return bool(os.environ.get("PYPERF_SHIM_CHECK"))


def describe(value, depth=0):
    """A text for plain data, the same in every implementation; other objects are described by type and attributes."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        # repr of a huge int may exceed the digit limit
        return hex(value) if type(value) is int else repr(value)
    if depth >= DEPTH:
        return type(value).__name__
    if isinstance(value, (list, tuple)):
        inside = [describe(item, depth + 1) for item in value[:WIDTH]]
        return "%s%d[%s]" % (type(value).__name__, len(value), ",".join(inside))
    if isinstance(value, (set, frozenset)):
        inside = sorted(describe(item, depth + 1) for item in value)
        return "%s%d{%s}" % (type(value).__name__, len(value), ",".join(inside[:WIDTH]))
    if isinstance(value, dict):
        inside = ["%s:%s" % (describe(k, depth + 1), describe(v, depth + 1)) for k, v in list(value.items())[:WIDTH]]
        return "dict%d{%s}" % (len(value), ",".join(inside))
    data = getattr(value, "__dict__", None)
    if type(value).__module__ == "__main__" and isinstance(data, dict):
        return "%s(%s)" % (type(value).__name__, describe(data, depth + 1))
    return type(value).__name__


def digest(value):
    """A short checksum of `describe`."""
    return "%08x" % binascii.crc32(describe(value).encode("utf-8", "backslashreplace"))


class Recorder:
    """Wraps the module's functions while one loop runs and keeps what its outermost calls return."""

    def __init__(self, module):
        self.module = module
        self.active = False
        self.results = {}
        self.originals = {}

    def wrap(self, name, function):
        def wrapper(*args, **kwargs):
            if self.active:
                return function(*args, **kwargs)
            self.active = True
            try:
                result = function(*args, **kwargs)
            finally:
                self.active = False
            self.results.setdefault(name, []).append(digest(result))
            return result

        wrapper.__dict__ = function.__dict__  # shared, for functions that keep data in attributes
        return wrapper

    def __enter__(self):
        plain = type(describe)
        for name, value in list(vars(self.module).items()):
            if type(value) is plain and value.__module__ == "__main__" and not value.__code__.co_flags & 0x2A0:
                self.originals[name] = value
                setattr(self.module, name, self.wrap(name, value))
        return self

    def __exit__(self, *exc):
        for name, value in self.originals.items():
            setattr(self.module, name, value)


def record(name, once, emit, keep_result=True):
    """Runs one loop and emits its fingerprints."""
    module = sys.modules["__main__"]
    with Recorder(module) as recorder:
        result = once()
    emit("check %s done 1" % name)
    if keep_result:
        emit("check %s result %s" % (name, digest(result)))
    for function, digests in sorted(recorder.results.items()):
        emit("check %s %s() %s" % (name, function, digest(digests)))
    for key, value in sorted(vars(module).items()):
        if isinstance(value, (int, float, str, bytes, list, tuple, dict, set)) and not key.startswith("__"):
            emit("check %s %s %s" % (name, key, digest(value)))
