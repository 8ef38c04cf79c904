# stderr: RuntimeWarning: coroutine .never. was never awaited
# __del__ of what is still alive when the program ends, and the rest of generators.
import sys
class A:
    def __init__(s,n): s.n=n
    def __del__(s): print('del', s.n, sys.is_finalizing() if sys else None, type(helper).__name__)
def helper(): pass
a=A('a'); b=A('b'); c=[A('c')]
def g():
    try: yield 1
    finally: print('gen finally')
gg=g(); next(gg)
d = A("d"); d.child = [A("d.child")]
_u=A('_u')
print('end')
async def never(): pass
x = never()
import atexit; atexit.register(print, 'atexit')
