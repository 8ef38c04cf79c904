from itertools import *
print(list(islice(count(3,2),5)), list(islice(cycle('ab'),5)), list(repeat(1,3)), repeat(1,3), count(2))
print(list(accumulate([1,2,3])), list(accumulate([1,2,3],lambda a,b:a*b,initial=2)), list(chain([1],'ab')), list(chain.from_iterable(['ab','c'])))
print(list(compress('abc',[1,0,1])), list(dropwhile(lambda x:x<2,[1,2,1])), list(takewhile(lambda x:x<2,[1,2,1])), list(filterfalse(None,[0,1])), list(starmap(pow,[(2,3)])))
print(list(islice('abcdef',1,None,2)), list(islice('abcdef',2)), list(batched('abcdefg',3)), list(pairwise('abcd')))
print([(k,list(g)) for k,g in groupby('aabbbc')], list(zip_longest('ab','c',fillvalue='-')))
print(list(product('ab',[1,2])), list(product([0,1],repeat=2)), list(permutations('abc',2)), list(combinations('abcd',2)), list(combinations_with_replacement('ab',2)))
a,b=tee([1,2,3]); print(list(a), list(b)); a,b,c=tee(range(100),3); print(sum(a),sum(b))
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
t(lambda:islice([],-1)); t(lambda:islice([])); t(lambda:islice([],1,2,0)); t(lambda:batched([],0)); t(lambda:list(batched('abc',2,strict=True))); t(lambda: permutations([1],-1)); t(lambda:permutations([1],'a')); t(lambda:product([1],repeat=-1)); t(lambda:count('a')); t(lambda:repeat()); t(lambda:tee([],-1)); t(lambda: list(permutations([],0)))
class C(count): pass
print(C(3), next(C(3)))
for n in range(5): print(list(map(lambda p:''.join(p), permutations('abcd',n)))[:5])
