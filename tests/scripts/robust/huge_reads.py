# Asking for far more than there is takes no memory for it.
import io
import os
import resource
import socket
import tempfile


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


HUGE = 1 << 30
a, b = socket.socketpair()
a.send(b"x")
with tempfile.TemporaryFile() as f:
    f.write(b"abc")
    reads = {
        "read": lambda: f.read(HUGE),
        "read1": lambda: f.read1(HUGE),
        "raw": lambda: f.raw.read(HUGE),
        "os.read": lambda: os.read(f.fileno(), HUGE),
        "pread": lambda: os.pread(f.fileno(), HUGE, 0),
        "text": lambda: io.TextIOWrapper(open(f.fileno(), "rb", closefd=False)).read(HUGE),
        "recv": lambda: b.recv(HUGE),
    }
    for name, read in reads.items():
        f.seek(0)
        before = peak()
        got = read()
        print(name, got, peak() - before < 100_000)
