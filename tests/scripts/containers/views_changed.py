# Set operations of dict views while a comparison changes the dicts.
def t(name, f):
    try: print(name, repr(f())[:200])
    except BaseException as e: print(name, type(e).__name__, str(e)[:300])
class K:
    def __init__(s,n): s.n=n
    def __repr__(s): return f'K{s.n}'
    def __hash__(s): return 1
    def __eq__(s,o):
        act(); return isinstance(o,K) and s.n==o.n
import itertools
acts=dict(dclear=lambda: d.clear(), eclear=lambda: e.clear(), dadd=lambda: d.__setitem__(len(d)+1000,1), eadd=lambda: e.__setitem__(len(e)+1000,1), none=lambda: None, both=lambda:(d.clear(),e.clear()))
views={'items': lambda d: d.items(), 'keys': lambda d: d.keys(), 'set': lambda d: set(d), 'setitems': lambda d: set(d.items()), 'list': lambda d: list(d), 'valkeys': lambda d: {v: v for v in d.values()}.items()}
import operator as op
for (vn,v),(wn,w),(an,a) in itertools.product(views.items(), views.items(), acts.items()):
    if vn not in ('items','keys') and wn not in ('items','keys'): continue
    for o in (op.and_, op.or_, op.sub, op.xor, op.le, op.eq, lambda a,b: a.isdisjoint(b)):
      for sizes in ((3, 3), (2, 4)):
        act=lambda: None
        d={K(i):K(i) for i in range(sizes[0])}; e={K(i):K(i) for i in range(1,sizes[1]+1)}
        try: x=v(d); y=w(e)
        except TypeError: continue
        done=False
        def act():
            global done
            if not done:
                done=True; a()
        def run():
            r=o(x,y)
            return sorted(map(repr,r)) if isinstance(r,set) else r
        t(f'{vn} {wn} {an} {o.__name__} {sizes}', run)
