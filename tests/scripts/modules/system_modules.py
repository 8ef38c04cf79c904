# mmap, termios on a pty, resource, faulthandler, shared memory, semaphores.
import faulthandler, mmap, os, pty, resource, sys, tempfile, termios, threading, tty


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


with tempfile.TemporaryFile() as f:
    f.write(b"first line\nsecond line\n" * 4)
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        print(len(m), m.readline(), m.read(6), m.tell(), m.find(b"second"), m.rfind(b"first"), m[0:5], m[-1])
        m[0:5] = b"FIRST"
        m[5] = ord("-")
        m.seek(11)
        print(m.write(b"SECOND"), m.tell(), m[:22], m.size())
        m.move(0, 11, 6)
        m.flush()
        attempt(m.__setitem__, slice(0, 3), b"toolong")
        attempt(m.seek, 1000)
        attempt(m.write_byte, 256)
        view = memoryview(m)[:6]
        attempt(m.close)
        print(bytes(view))
        view.release()
        m.resize(30)
        print(len(m), os.fstat(f.fileno()).st_size)
    attempt(len, m)
    with mmap.mmap(f.fileno(), 10, access=mmap.ACCESS_READ) as m:
        attempt(m.__setitem__, 0, 1)
        print(memoryview(m).readonly, m)
    attempt(mmap.mmap, f.fileno(), 1 << 20)
with mmap.mmap(-1, 20) as m:
    m.write(b"abc")
    print(bytes(m)[:5], m)

master, slave = pty.openpty()
mode = termios.tcgetattr(slave)
print(len(mode), len(mode[6]), mode[3] & termios.ICANON != 0)
tty.setraw(slave)
print(termios.tcgetattr(slave)[3] & termios.ICANON, termios.tcgetattr(slave)[6][termios.VMIN])
termios.tcsetattr(slave, termios.TCSANOW, mode)
termios.tcsetwinsize(slave, (24, 80))
print(termios.tcgetwinsize(slave), termios.tcgetattr(slave) == mode)
with tempfile.TemporaryFile() as f:
    attempt(termios.tcgetattr, f)
attempt(termios.tcsetattr, slave, 0, [1])
os.close(master)
os.close(slave)

print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0, resource.getrusage(resource.RUSAGE_SELF).ru_utime >= 0, resource.getpagesize())
attempt(resource.getrlimit, 99)
attempt(resource.getrusage, 99)

with tempfile.TemporaryFile() as f:
    def inner():
        faulthandler.dump_traceback(f, all_threads=False)
    inner()
    faulthandler.dump_traceback_later(0.05, file=f)
    threading.Event().wait(0.4)
    faulthandler.cancel_dump_traceback_later()
    f.seek(0)
    lines = f.read().decode().splitlines()
    print(lines[0], [line.split(" in ")[1] for line in lines[1:3]], [line for line in lines if line.startswith("Timeout")])
print(faulthandler.is_enabled(), faulthandler.disable())

from multiprocessing import shared_memory, synchronize, get_context
memory = shared_memory.SharedMemory(create=True, size=64)
other = shared_memory.SharedMemory(memory.name)
memory.buf[:3] = b"hey"
print(bytes(other.buf[:3]))
other.close()
memory.close()
memory.unlink()
lock = get_context("spawn").Lock()
with lock:
    print(lock.acquire(timeout=0.01))
print(lock.acquire(False), lock.release())
attempt(lock.release)
