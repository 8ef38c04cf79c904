# What iterators of the library do with the StopIteration of the iterator below: some pass it on with its value, some
# end with one of their own.
import itertools, functools, collections
class It:
    def __init__(self, n=0): self.n=n
    def __iter__(self): return self
    def __next__(self):
        if self.n: self.n-=1; return self.n
        raise StopIteration('v')
def g():
    return 'v'
    yield
class S(StopIteration): pass
class It2(It):
    def __next__(self):
        raise S('w')
ident = lambda x: x
for mk in (g, It, It2, lambda: map(None, It()), lambda: zip(It())):
    I = mk
    cases = dict(
     enumerate=lambda: enumerate(I()), zip=lambda: zip([1],I()), zip2=lambda: zip(I(),[1]), zips=lambda: zip([1],I(),strict=True),
     map=lambda: map(ident, I()), map2=lambda: map(lambda a,b:0, [1], I()), filter=lambda: filter(None, I()), filter2=lambda: filter(ident,I()),
     islice=lambda: itertools.islice(I(), 5), islice2=lambda: itertools.islice(I(), 2,5), islice3=lambda: itertools.islice(I(), None),
     pairwise=lambda: itertools.pairwise(I()), chain=lambda: itertools.chain(I()), chain_from=lambda: itertools.chain.from_iterable(I()),
     takewhile=lambda: itertools.takewhile(ident,I()), dropwhile=lambda: itertools.dropwhile(ident,I()), filterfalse=lambda: itertools.filterfalse(ident,I()),
     compress=lambda: itertools.compress(I(),[1]), compress2=lambda: itertools.compress([1],I()), starmap=lambda: itertools.starmap(ident,I()),
     accumulate=lambda: itertools.accumulate(I()), accumulate2=lambda: itertools.accumulate(I(), lambda a,b:a), groupby=lambda: itertools.groupby(I()), cycle=lambda: itertools.cycle(I()),
     tee=lambda: itertools.tee(I())[0], batched=lambda: itertools.batched(I(),2), zl=lambda: itertools.zip_longest(I()), zl2=lambda: itertools.zip_longest(I(),[]),
     itr=lambda: iter(I()), citer=lambda: iter(lambda: next(I()), 5), mapf=lambda: map(lambda x: next(I()), [1]), filterf=lambda: filter(lambda x: next(I()), [1]),
     starmapf=lambda: itertools.starmap(lambda x: next(I()), [[1]]), twf=lambda: itertools.takewhile(lambda x: next(I()), [1]),dwf=lambda: itertools.dropwhile(lambda x: next(I()), [1]),
     gbf=lambda: itertools.groupby([1],lambda x: next(I())), accf=lambda: itertools.accumulate([1,2],lambda x,y: next(I())),
     gen=lambda: (x for x in I()),
    )
    for name, f in cases.items():
        try:
            it = f()
            for _ in range(4): next(it)
            print(name, 'fine')
        except BaseException as e:
            print(name, type(e).__name__, getattr(e,'value',None), e.args, type(e.__context__).__name__)
    # second element
class I1:
    def __init__(s): s.n=3
    def __iter__(s): return s
    def __next__(s):
        s.n-=1
        if s.n<0: raise StopIteration('late')
        return s.n
for name,f in dict(pairwise=lambda: itertools.pairwise(I1()), batched=lambda:itertools.batched(I1(),2), groupby=lambda: itertools.groupby(I1()), accumulate=lambda: itertools.accumulate(I1()),
   chain=lambda: itertools.chain(I1(),I1()), cyc=lambda: itertools.cycle(I1()), islice=lambda: itertools.islice(I1(),1,20), enum=lambda: enumerate(I1()), tee=lambda: itertools.tee(I1())[1],
   zip=lambda: zip(I1(),I1()), zips=lambda: zip(I1(),I1(),strict=True), zl=lambda: itertools.zip_longest(I1(),'abcde')).items():
    it=f()
    try:
        for _ in range(7): next(it)
        print(name,'fine')
    except BaseException as e:
        print(name, type(e).__name__, getattr(e,'value',None), e.args)
    try: next(it); print('more')
    except BaseException as e:
        print(name, type(e).__name__, getattr(e,'value',None), e.args)
k,gr = next(itertools.groupby(I1(), lambda x: 1))
try:
    for _ in range(7): next(gr)
except BaseException as e: print(type(e).__name__, e.args)
def deleg(it):
    r = yield from it
    return r
for f in (lambda: enumerate(It()), lambda: zip(It()), lambda: map(ident,It()), lambda: itertools.chain(It()), lambda: itertools.islice(It(),4)):
    try: next(deleg(f()))
    except StopIteration as e: print(e.value)
