# not-in: gc frames    10**6 turns
# One activation leaves and enters compiled code 10**5 times: neither stack nor heap may grow.
import resource


def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Odd:
    """Addition leaves: its class is not what was recorded."""

    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return other + self.n


def turns(n, odd):
    total = 0
    for i in range(n):
        x = i
        if i % 10 == 3:
            # An exception that is caught only here, of kinds that alternate.
            try:
                x = [i][i % 20 == 3]
            except IndexError:
                x = odd[i % 7] + 1
        total = (total + x) % 1000003
    return total


odd = [Odd(1), 2, 3.0, True, Odd(5), 6, 2**70]
turns(20000, odd)
before = resident()
print(turns(1000000, odd))
grown = resident() - before
print(grown < 8000 or grown)


def plain(n, values):
    total = 0
    for i in range(n):
        total = (total + values[i & 7]) % 1000003
    return total


values = [1, 22, 333, 4444, 5, 66, 777, 8888]
plain(20000, values)
before = resident()
print(plain(1000000, values))
grown = resident() - before
print(grown < 8000 or grown)
