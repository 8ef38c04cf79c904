# env: PYTHONWARNINGS=ignore
# After a fork with other threads the child has one thread, which is the main one, and usable locks.
import os
import threading
import time

lock = threading.Lock()


def spin():
    while True:
        with lock:
            pass


threading.Thread(target=spin, daemon=True).start()


def child():
    names = [t.name for t in threading.enumerate()]
    out = []
    t = threading.Thread(target=lambda: out.append(1))
    t.start()
    t.join()
    fresh = threading.Lock()
    fresh.acquire()
    ok = threading.current_thread() is threading.main_thread() and len(names) == 1 and out == [1]
    ok = ok and not fresh.acquire(timeout=0.01)
    os._exit(7 if ok else 1)


def fork_and_check():
    pid = os.fork()
    if pid == 0:
        child()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


for _ in range(3):
    fork_and_check()
t = threading.Thread(target=fork_and_check)
t.start()
t.join()
