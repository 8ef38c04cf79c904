from _functools import partial, reduce, cmp_to_key, Placeholder, _lru_cache_wrapper
print(partial(print,1,a=2), Placeholder, partial(max,1)(5), reduce(lambda a,b:a+b,[1,2,3],10))
p=partial(lambda *a,**k:(a,k), Placeholder, 2, x=1); print(p(1,3,y=2), p.args, p.keywords)
q=partial(p, 0, z=9); print(q(5), q.args)
q.attr=1; print(q.attr, q.__dict__)
print(sorted([3,1,2], key=cmp_to_key(lambda a,b:b-a)))
calls=[]
def f(x,y=0): calls.append(x); return x*2
w=_lru_cache_wrapper(f,2,False,lambda *a:a)
print([w(1),w(2),w(1),w(3),w(2),w(1,y=1)], w.cache_info(), calls); w.cache_clear(); print(w.cache_info()); w.__wrapped__=f; print(w.__wrapped__ is f)
class C:
    m=w
    pm=partial(lambda s,x:x,1)
print(C().m(y=2) if 0 else 'ok')
from _contextvars import *
v=ContextVar('v',default=5); t=v.set(1); print(v.get()); c=copy_context(); v.reset(t); print(v.get(), c[v], c.run(v.get), len(c), v in c, Token.MISSING, t.old_value)
def g(): v.set(7); return v.get()
print(c.run(g), c[v], v.get())
from _queue import SimpleQueue, Empty
q=SimpleQueue(); q.put(1); q.put(2); print(q.get(), q.qsize(), q.empty(), q.get())
try: q.get_nowait()
except Empty as e: print(repr(e))
try: q.get(timeout=0.01)
except Empty as e: print(repr(e))
