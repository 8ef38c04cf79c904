# coroutines and async generators driven by hand
class Yield:
    def __init__(self, v): self.v = v
    def __await__(self):
        return (yield self.v)

def run(coro, feed=()):
    feed = list(feed)
    v = None
    try:
        while True:
            y = coro.send(v)
            print("  yielded", y)
            v = feed.pop(0) if feed else None
    except StopIteration as e:
        return e.value

async def leaf(n):
    r = await Yield(("leaf", n))
    return r

async def main():
    a = await leaf(1)
    b = await leaf(2)
    return a, b

print(run(main(), ["A", "B"]))
c = main()
print(type(c), c.cr_await, c.cr_running, c.cr_origin)
c.close()
try:
    c.send(None)
except RuntimeError as e:
    print(e)
c = main()
w = c.__await__()
print(type(w).__name__, next(w))
try:
    w.throw(ValueError("thrown"))
except ValueError as e:
    print("out", e)

async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("  agen got", got)
            await Yield(("tick", i))
    finally:
        print("  agen finally")

async def loop():
    out = []
    async for x in agen(3):
        out.append(x)
    out.append([x async for x in agen(2) if x])
    return out

print(run(loop()))

async def manual():
    g = agen(3)
    print(type(g), g.ag_running, g.ag_await)
    print(await g.asend(None))
    print(await g.asend("hello"))
    try:
        await g.athrow(KeyError("k"))
    except KeyError as e:
        print("caught", e)
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("stopped")
    first = g
    g = agen(3)
    await g.__anext__()
    print(await g.aclose())
    print(await g.aclose())
    g = agen(1)
    a = g.__anext__()
    print(await a, first is not g)
    try:
        await a
    except RuntimeError as e:
        print(e)
    await g.aclose()

print(run(manual()))

async def ignoring():
    try:
        yield 1
    except GeneratorExit:
        yield 2

async def m2():
    g = ignoring()
    await g.asend(None)
    try:
        await g.aclose()
    except RuntimeError as e:
        print(e)

run(m2())

async def raises_stop():
    raise StopIteration

try:
    run(raises_stop())
except RuntimeError as e:
    print(e)

async def agen_stop():
    raise StopAsyncIteration
    yield

async def m3():
    try:
        async for x in agen_stop(): pass
    except RuntimeError as e:
        print(e)
run(m3())

class CM:
    async def __aenter__(self):
        await Yield("enter")
        return self
    async def __aexit__(self, *a):
        await Yield("exit")
        print("  exit", a[0])
        return True

async def m4():
    async with CM() as c:
        print(type(c).__name__)
        raise ValueError
    return "after"
print(run(m4()))

async def m5():
    try:
        await 5
    except TypeError as e:
        print(e)
    try:
        async for i in 5: pass
    except TypeError as e:
        print(e)
    try:
        async with 5: pass
    except TypeError as e:
        print(e)
run(m5())
