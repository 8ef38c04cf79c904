# Threads get their turns: the interpreter lock and locks are handed over, time-outs and exceptions work.
import _thread
import os
import queue
import signal
import sys
import threading
import time

# Whoever started this may ignore SIGINT (a shell does, for what runs in the background).
signal.signal(signal.SIGINT, signal.default_int_handler)


def busy_threads():
    """No thread starves while others loop, and the main thread gets back in."""
    stop = False
    counts = [0] * 3

    def work(i):
        while not stop:
            counts[i] += 1

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    time.sleep(0.2)
    stop = True
    for t in threads:
        t.join()
    print("all ran", min(counts) * 20 > max(counts))


def contended_lock():
    """A thread that releases a lock and takes it again at once does not keep others out."""
    lock = threading.Lock()
    stop = False

    def greedy():
        while not stop:
            with lock:
                for _ in range(1000):
                    pass

    t = threading.Thread(target=greedy)
    t.start()
    got = [lock.acquire(timeout=10) and lock.release() is None for _ in range(3)]
    stop = True
    t.join()
    print("lock", got)


def switch_interval():
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    total = []

    def work():
        for i in range(2000):
            total.append(i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    sys.setswitchinterval(old)
    print("appended", len(total))


def timeouts():
    lock = threading.Lock()
    lock.acquire()
    start = time.monotonic()
    print(lock.acquire(timeout=0.05), time.monotonic() - start >= 0.05, lock.acquire(False))
    for bad in [lambda: lock.acquire(False, 1), lambda: lock.acquire(timeout=-2), lambda: lock.acquire(timeout=1e100)]:
        try:
            bad()
        except (ValueError, OverflowError) as e:
            print(type(e).__name__, e)
    lock.release()
    try:
        lock.release()
    except RuntimeError as e:
        print(e)
    rlock = threading.RLock()
    with rlock, rlock:
        held = []
        t = threading.Thread(target=lambda: held.append(rlock.acquire(timeout=0.02)))
        t.start()
        t.join()
        print("rlock", held)


def hand_over_to_many():
    """A queue with several consumers, each woken in turn."""
    for q in (queue.Queue(), queue.SimpleQueue()):
        got = []

        def consume():
            while (x := q.get()) is not None:
                got.append(x)

        threads = [threading.Thread(target=consume) for _ in range(4)]
        for t in threads:
            t.start()
        for i in range(200):
            q.put(i)
        for _ in threads:
            q.put(None)
        for t in threads:
            t.join()
        print(type(q).__name__, sorted(got) == list(range(200)))
    try:
        queue.SimpleQueue().get(timeout=0.01)
    except queue.Empty:
        print("empty")


def conditions():
    cond = threading.Condition()
    log = []

    def wait(i):
        with cond:
            cond.wait()
            log.append(i)

    threads = [threading.Thread(target=wait, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    while len(cond._waiters) < 3:
        time.sleep(0.001)
    with cond:
        cond.notify_all()
    for t in threads:
        t.join()
    print("condition", sorted(log))
    barrier = threading.Barrier(3)
    threads = [threading.Thread(target=barrier.wait) for _ in range(2)]
    for t in threads:
        t.start()
    barrier.wait()
    for t in threads:
        t.join()
    print("barrier", barrier.n_waiting)


def local_data():
    class Local(threading.local):
        def __init__(self, x):
            self.x = [x]

    data = Local(1)
    data.x.append("main")
    seen = []

    def work():
        seen.append(list(data.x))
        data.x.append("thread")

    t = threading.Thread(target=work)
    t.start()
    t.join()
    print(seen, data.x)


def exceptions():
    caught = []
    threading.excepthook = lambda args: caught.append((args.exc_type.__name__, str(args.exc_value), args.thread.name))
    t = threading.Thread(target=lambda: 1 / 0, name="divider")
    t.start()
    t.join()
    t = threading.Thread(target=sys.exit)
    t.start()
    t.join()
    threading.excepthook = threading.__excepthook__
    print(caught)


def handles():
    done = []
    h = _thread.start_joinable_thread(lambda: done.append(_thread.get_ident()))
    h.join()
    print(h.is_done(), done == [h.ident], _thread._is_main_interpreter())
    try:
        threading.current_thread()._os_thread_handle.join()
    except RuntimeError as e:
        print(e)


def interrupt():
    """SIGINT reaches the main thread while others run, and while it waits for a lock."""
    stop = False

    def work():
        while not stop:
            pass

    t = threading.Thread(target=work)
    t.start()
    threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGINT]).start()
    lock = threading.Lock()
    lock.acquire()
    try:
        lock.acquire()
    except KeyboardInterrupt:
        print("interrupted in acquire")
    try:
        _thread.interrupt_main()
        while True:
            pass
    except KeyboardInterrupt:
        print("interrupted in loop")
    stop = True
    t.join()


for test in (busy_threads, contended_lock, switch_interval, timeouts, hand_over_to_many, conditions, local_data,
             exceptions, handles, interrupt):
    test()
