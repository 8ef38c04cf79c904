# stderr: KeyboardInterrupt
# exit: -2
# a compiled infinite loop is interrupted
import os, signal, threading

# Whoever started this may ignore SIGINT (a shell does, for what runs in the background).
signal.signal(signal.SIGINT, signal.default_int_handler)

def spin():
    i = 0
    while True:
        i += 1

timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
timer.daemon = True
timer.start()
try:
    spin()
except KeyboardInterrupt:
    print("interrupted")
signal.alarm(5)
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
spin()
