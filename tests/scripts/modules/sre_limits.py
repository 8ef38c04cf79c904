"""Repeats that capture in empty iterations, long repeats and signals, odd templates."""

import _sre
import re
import signal


class Odd(list):
    def __iter__(self):
        return iter([])


print(type(_sre.template(re.compile("a"), Odd(["x"]))).__name__)
for parts in ([], ["a", 1], Odd(["a", 1])):
    try:
        _sre.template(re.compile("a"), parts)
    except TypeError as e:
        print(e)
print(re.match(r"(?:(?(1)a|())){1,}+", "aa").span())
print(re.match(r"(?:(?(1)a|())){1,3}+", "aaaaa").span())
print(re.match(r"(?:(?(1)a|())){0,3}+", "aaaaa").span())


class Alarm(Exception):
    pass


def ring(*_):
    raise Alarm


signal.signal(signal.SIGALRM, ring)
for pattern, text in (
    (r"(?:b*){1000000000}+b", "aa"),
    (r"(?:(a)|){1000000000}+", ""),
):
    p = re.compile(pattern)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        p.match(text)
        print("done")
    except Alarm:
        print("interrupted")
