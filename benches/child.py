"""Runs one benchmark program inside the interpreter that is measured, and prints its times.

    INTERPRETER child.py FOLDER NAME MIN_REPS MIN_SECONDS MAX_SECONDS

Imports NAME from FOLDER and calls its bench() again and again: at least MIN_REPS times and MIN_SECONDS of CPU time,
but not beyond MAX_SECONDS (then it stops after the second call). The first call is the cold one. Output:

    result REPR            what bench() returned (the same each time, or the word `unstable`)
    times SECONDS ...      CPU time of each call, in order
    peak KB                peak resident memory of the process, as Linux counts it
"""

import sys
import time

MAX_REPS = 2000


def peak_kb():
    """VmHWM of this process. The parent cannot know it: what wait4 says includes the parent's size at the fork."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return line.split()[1]
    except OSError:
        pass
    return "0"


def main():
    folder, name = sys.argv[1], sys.argv[2]
    min_reps, min_seconds, max_seconds = int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
    sys.path.insert(0, folder)
    bench = __import__(name).bench
    clock = time.process_time
    times = []
    results = set()
    spent = 0.0
    while len(times) < MAX_REPS:
        begin = clock()
        result = bench()
        took = clock() - begin
        times.append(took)
        results.add(repr(result))
        spent += took
        if len(times) >= min_reps and (spent >= min_seconds or min_seconds == 0):
            break
        if spent >= max_seconds and len(times) >= min(2, min_reps):
            break
    print("result", results.pop() if len(results) == 1 else "unstable")
    print("times", " ".join(["%.9f" % t for t in times]))
    print("peak", peak_kb())


main()
