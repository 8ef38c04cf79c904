# What profilers, trace functions and monitors hear of async generators.
import sys, asyncio
ev=[]
def prof(frame, event, arg):
    if frame.f_code.co_filename==__file__ and frame.f_code.co_name in ('agen','coro','gen','main','use'):
        ev.append((frame.f_code.co_name, event, type(arg).__name__ if not isinstance(arg,(int,str,type(None))) else arg))
async def agen():
    x = yield 1
    await coro()
    yield 2
async def coro(): return 'c'
def gen():
    yield 'g'
    return 'r'
async def use():
    async for x in agen(): pass
    a=agen()
    await a.__anext__()
    try: await a.athrow(ValueError('x'))
    except ValueError: pass
    a=agen()
    await a.asend(None)
    await a.aclose()
def main(): list(gen())
for setter in (sys.setprofile, sys.settrace):
    ev.clear()
    def tr(frame, event, arg):
        prof(frame,event,arg); return tr
    setter(prof if setter is sys.setprofile else tr)
    c=use()
    try:
        while 1: c.send(None)
    except StopIteration: pass
    main()
    setter(None)
    for e in ev: print(e)
mon=sys.monitoring
mon.use_tool_id(2,'x')
E=mon.events
for n in ('PY_START','PY_RESUME','PY_RETURN','PY_YIELD','PY_THROW','PY_UNWIND','STOP_ITERATION'):
    def cb(code,*a,n=n):
        if code.co_name in ('agen','coro','gen','use'): print(n, code.co_name, [type(x).__name__ if not isinstance(x,(str,type(None))) else x for x in a[1:]])
    mon.register_callback(2,getattr(E,n),cb)
mon.set_events(2, E.PY_START|E.PY_RESUME|E.PY_RETURN|E.PY_YIELD|E.PY_THROW|E.PY_UNWIND|E.STOP_ITERATION)
c=use()
try:
    while 1: c.send(None)
except StopIteration: pass
mon.set_events(2,0)
