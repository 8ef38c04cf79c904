# an inlined method: shape and version are checked once, before the loop; the slot is forwarded
class Counter:
    def __init__(self):
        self.n = 0

    def inc(self):
        self.n += 1


def unit(c):
    for i in range(20000):
        c.inc()


for _ in range(40):
    Counter()
unit(Counter())
