# Daemon threads, running or blocked, do not keep the process from ending, and exit functions run.
import atexit
import os
import threading
import time

lock = threading.Lock()
lock.acquire()
r, w = os.pipe()


def spin():
    while True:
        pass


for target in (spin, lambda: lock.acquire(), lambda: time.sleep(1000), lambda: os.read(r, 1), spin):
    threading.Thread(target=target, daemon=True).start()


ended = threading.Event()


def late():
    ended.wait()
    time.sleep(0.05)
    print("a thread that is no daemon is waited for")


threading.Thread(target=late).start()
atexit.register(print, "exit function")
print("end of main")
ended.set()
