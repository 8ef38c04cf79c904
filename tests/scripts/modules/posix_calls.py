# Calls of os beyond files and directories: vectors, pipes, timers, scheduling, terminals, spawn.
import os, sys, signal, tempfile, select


def shown(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def vectors(path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    print(os.writev(fd, [b"ab", bytearray(b"cde"), memoryview(b"xfgx")[1:3]]))
    os.lseek(fd, 0, os.SEEK_SET)
    a, b = bytearray(3), bytearray(10)
    print(os.readv(fd, [a, memoryview(b)[2:]]), a, b)
    print(os.pwritev(fd, [b"12", b"3"], 2), os.preadv(fd, [a, b], 1), a, b)
    for call in os.readv, os.writev:
        print(shown(call, fd, 5), shown(call, fd, [5]), shown(call, fd, iter([])), sep=" | ")
    print(shown(os.readv, fd, [b"fixed"]))
    print(shown(os.preadv, fd, [a], -1), shown(os.pwritev, fd, 3, 0), sep=" | ")
    a.append(1)  # not lent any more
    return fd


def pipes(fd):
    r, w = os.pipe()
    print(os.splice(fd, w, 4, offset_src=0), os.read(r, 10))
    print(shown(os.splice, fd, w, -1), shown(os.splice, fd, w, 1, 0, 0), sep=" | ")
    os.close(r), os.close(w)


def counters():
    fd = os.eventfd(3, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
    os.eventfd_write(fd, 4)
    print(os.eventfd_read(fd), shown(os.eventfd_read, fd))
    print(shown(os.eventfd_write, fd, -1), shown(os.eventfd, -1), shown(os.eventfd, 1 << 40), sep=" | ")
    os.close(fd)
    import time

    fd = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK)
    print(os.get_inheritable(fd), os.timerfd_gettime(fd), os.timerfd_settime(fd, initial=0.001, interval=50.5))
    select.select([fd], [], [])
    print(int.from_bytes(os.read(fd, 8), sys.byteorder), os.timerfd_gettime(fd)[1], os.timerfd_gettime_ns(fd)[1])
    print(os.timerfd_settime_ns(fd)[1], os.timerfd_gettime_ns(fd))
    for value in "a", float("nan"), 1e300, -1.0:
        print(shown(os.timerfd_settime, fd, initial=value), end=" | ")
    print(shown(os.timerfd_settime_ns, fd, initial=1.5))
    os.close(fd)


def scheduling():
    p = os.sched_param(7)
    print(p, p.sched_priority, p[0], p == (7,), p.__reduce__(), os.sched_param("x"))
    print(os.sched_getparam(0), os.sched_getscheduler(0) == os.SCHED_OTHER, os.sched_rr_get_interval(0) >= 0)
    cpus = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    print(cpus == os.sched_getaffinity(0))
    for mask in 3, ["a"], [-1], [1 << 40], [1 << 70], []:
        print(shown(os.sched_setaffinity, 0, mask))
    print(shown(os.sched_setparam, 0, 3), shown(os.sched_setparam, 0, os.sched_param(1 << 40)), sep=" | ")


def ids():
    print(shown(os.getgrouplist, "root", 0), shown(os.getgrouplist, b"root", 0))
    for bad in "a", -2, 1 << 40, 1 << 70:
        print(shown(os.setresuid, bad, 0, 0), shown(os.setregid, 0, bad), shown(os.setgroups, [bad]), sep=" | ")
    print(shown(os.setgroups, 3), shown(os.setgroups, range(70000)), sep=" | ")
    os.setreuid(-1, -1), os.setresgid(-1, -1, -1)


def terminals():
    fd = os.posix_openpt(os.O_RDWR | os.O_NOCTTY)
    os.grantpt(fd), os.unlockpt(fd)
    name = os.ptsname(fd)
    print(name.startswith("/dev/pts/"), os.get_inheritable(fd), shown(os.ptsname, 0) != name, shown(os.grantpt, -1))
    slave = os.open(name, os.O_RDWR | os.O_NOCTTY)
    print(os.ttyname(slave) == name)
    os.close(slave), os.close(fd)
    pid, fd = os.forkpty()
    if pid == 0:
        os.write(1, b"tty" if os.isatty(0) else b"no")
        os._exit(5)
    print(os.read(fd, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.close(fd)


def attributes(path):
    try:
        os.setxattr(path, "user.one", b"1")
    except OSError:
        pass  # not every file system has them
    else:
        os.setxattr(path, b"user.two", bytearray(b"x" * 300), os.XATTR_CREATE)
        assert sorted(a for a in os.listxattr(path) if a.startswith("user.")) == ["user.one", "user.two"]
        with open(path) as f:
            assert os.getxattr(f.fileno(), "user.two") == b"x" * 300
        os.removexattr(path, "user.one", follow_symlinks=False)
        assert shown(os.getxattr, path, "user.one").startswith("OSError: [Errno 61]")
    print(shown(os.getxattr, path, 3), shown(os.getxattr, 3, "a", follow_symlinks=False), sep=" | ")
    print(shown(os.listxattr, "/nonexistent"), shown(os.listxattr, 2.5), sep=" | ")


def wait(pid):
    pid2, status, usage = os.wait4(pid, 0)
    return pid == pid2, os.waitstatus_to_exitcode(status), type(usage).__name__, usage.ru_maxrss > 0


def spawning(path):
    sh = ["sh", "-c", "echo $0 $A; exit 3"]
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        (os.POSIX_SPAWN_CLOSE, 0),
        (os.POSIX_SPAWN_CLOSEFROM, 3),
    ]
    print(wait(os.posix_spawn("/bin/sh", sh, {"A": "env"}, file_actions=actions)), open(path).read())
    print(wait(os.posix_spawnp("sh", ("sh", "-c", "kill -USR1 $$; exit 9"), None, setsigdef=[signal.SIGUSR1])))
    blocked = "import signal as s; s.raise_signal(10); raise SystemExit(4)"
    argv = [sys.executable, "-I", "-c", blocked]
    print(wait(os.posix_spawn(sys.executable, argv, os.environ, setsigmask={10}, setsid=True, resetids=True)))
    print(wait(os.posix_spawn("/bin/true", ["a"], {}, setpgroup=0, scheduler=(None, os.sched_param(0)))))
    spawn = lambda *a, **k: shown(os.posix_spawn, "/bin/true", *a, **k)
    print(spawn(3, {}), spawn([], {}), spawn([""], {}), spawn(["a"], 3), spawn(["a", 3], {}), sep="\n")
    print(spawn(["a"], {"a=b": "c"}), spawn(["a"], {3: "c"}), spawn(["a\0"], {}), sep="\n")
    for bad in 3, [3], [()], [(None,)], [(7,)], [(0, 1)], [(1,)], [(2, 1, 2, 3)], [(3, 1, 2)], [(1, None)], [(0, 1, "a\0", 0, 0)]:
        print(spawn(["a"], {}, file_actions=bad))
    for bad in 1, (1,), (1, 2), ("a", os.sched_param(1)):
        print(spawn(["a"], {}, scheduler=bad))
    for bad in 3, ["a"], [65]:
        print(spawn(["a"], {}, setsigmask=bad))
    print(spawn(["a"], {}, setpgroup="a"), shown(os.posix_spawn, "/nonexistent", ["a"], {}), sep="\n")


def audited(path):
    seen = []
    sys.addaudithook(lambda name, args: seen.append((name, len(args))) if name.startswith("os.") else None)
    shown(os.listxattr, path)
    os.waitpid(os.posix_spawn("/bin/true", ["true"], None), 0)
    print(seen)


def devices():
    print(os.major(os.makedev(8, 1)), os.minor(os.makedev(8, 300)), os.major(-1), os.minor(-1), os.makedev(-1, -1))
    for bad in -2, 2**32, 2**64, 1.5:
        print(shown(os.major, bad), shown(os.makedev, 1, bad), sep=" | ")


def bools():
    import warnings

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for f, *args in (os.fsync, True), (os.stat, True), (os.fpathconf, True, "PC_NAME_MAX"), (open, True, "rb", -1, None, None, None, False):
            shown(f, *args)
    print(*[str(w.message) for w in seen], sep="\n")


with tempfile.TemporaryDirectory() as d:
    devices()
    bools()
    fd = vectors(d + "/v")
    pipes(fd)
    os.close(fd)
    counters()
    scheduling()
    ids()
    terminals()
    attributes(d + "/v")
    spawning(d + "/out")
    audited(d + "/v")
    print(shown(os.wait3, os.WNOHANG), shown(os.setns, -1), shown(os.unshare, "a"), sep=" | ")
