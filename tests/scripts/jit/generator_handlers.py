# A handler of a generator ends in a compiled loop: the exception of the caller is current again.
import sys
log = set()
def gen(n):
    try:
        try: raise ValueError
        except ValueError:
            for i in range(n):
                if i == n - 1:
                    return i
    finally:
        log.add(repr(sys.exception()))
    yield 1
for r in range(3000):
    try: raise LookupError('outer')
    except LookupError:
        for v in gen(20): pass
for r in range(5):
    try: raise LookupError('outer')
    except LookupError:
        for v in gen(20000): pass
print(log)


# Two loops over one iterator.
def twice(n):
    it = iter(list(range(n)))
    s = 0
    for x in it:
        for y in it:
            if y % 5 == 0: break
            s += y
        s += x * 3
    print(s)
twice(20000)
