# StopIteration out of a function that an iterator calls is the iterator's end.
from itertools import cycle, islice
def roundrobin(*iterables):
    iterators = map(iter, iterables)
    for num_active in range(len(iterables), 0, -1):
        iterators = cycle(islice(iterators, num_active))
        yield from map(next, iterators)
print(list(roundrobin("ab", "c")))
def boom(x): raise StopIteration(x)
print(list(map(boom,[1,2])), list(filter(boom,[1])), [x for x in map(boom,[1])], tuple(map(boom,[1])), sum(map(boom,[1])))
import itertools, functools
for f in (lambda: list(itertools.starmap(boom,[(1,)])), lambda: list(itertools.takewhile(boom,[1])), lambda: list(itertools.filterfalse(boom,[1])), lambda: list(itertools.accumulate([1,2],lambda a,b:boom(1))), lambda: list(itertools.chain(map(boom,[1]),[2])), lambda: list(itertools.groupby([1],boom)), lambda: list(iter(lambda: boom(1),2)), lambda: list(zip([1,2],map(boom,[1]))), lambda: list(enumerate(map(boom,[1]))),lambda: sorted([1,2],key=boom), lambda: max([1],key=boom), lambda: functools.reduce(lambda a,b: boom(1),[1,2]), lambda: next(map(boom,[1])), lambda: [*map(boom,[1])], lambda: {*map(boom,[1])}, lambda: dict(map(boom,[1])), lambda: ','.join(map(boom,[1])), lambda: any(map(boom,[1])), lambda: 1 in map(boom,[1]), lambda: (lambda *a: a)(*map(boom,[1])), lambda: list(x for x in map(boom,[1])), lambda: list(itertools.islice(map(boom,[1]),3)), lambda: bytes(map(boom,[1])), lambda: set(map(boom,[1])),lambda: min(map(boom,[1]),default=3)):
    try: print(f())
    except Exception as e: print(repr(e))
def h():
    a,*b=map(boom,[1])
    print(a)
try: h()
except Exception as e: print(repr(e))
def h():
    r = yield from map(boom,[7])
    print('r',r)
    yield 2
print(list(h()))
def h():
    for x in map(boom,[1]): pass
    yield 3
print(list(h()))
class I:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(9)
def h():
    r = yield from I(); print('r',r); yield 1
print(list(h()))
class I2:
    def __iter__(self): return self
    def __next__(self): return next(iter([]))
def h():
    r = yield from I2(); print('r',r); yield 1
    r = yield from zip(I2()); print('r',r); yield 1
    r = yield from enumerate(I2()); print('r',r); yield 1
    r = yield from filter(None,I2()); print('r',r); yield 1
    r = yield from iter(I2().__next__,1); print('r',r); yield 1
    r = yield from itertools.chain(I2()); print('r',r); yield 1
print(list(h()))
class S:
    def __getitem__(self,i): raise StopIteration(4)
def h():
    r = yield from S(); print('r',r); yield 1
print(list(h()))
