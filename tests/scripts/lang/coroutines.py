# async functions driven by hand: await, async for, async with, async generators, and asyncio on top.
import asyncio


class Suspend:
    def __init__(self, label):
        self.label = label

    def __await__(self):
        return (yield self.label)


def drive(coroutine, *replies):
    log = []
    replies = iter(replies)
    try:
        log.append(coroutine.send(None))
        while True:
            log.append(coroutine.send(next(replies, None)))
    except StopIteration as stop:
        return log, stop.value


async def add(a, b):
    return await Suspend(a) + await Suspend(b)


async def twice():
    return [await add("a", "b"), await add("c", "d")]


print(drive(twice(), 1, 2, 3, 4))


class Manager:
    async def __aenter__(self):
        print("enter", await Suspend("entering"))
        return self

    async def __aexit__(self, kind, error, traceback):
        print("exit", kind and kind.__name__, await Suspend("leaving"))
        return kind is KeyError


async def managed():
    async with Manager() as m, Manager():
        print("inside", type(m).__name__)
        raise KeyError("swallowed")
    return "after"


print(drive(managed(), 1, 2, 3, 4))


async def ticks(n):
    try:
        for i in range(n):
            received = yield i
            if received:
                print("received", received)
            await Suspend(f"tick {i}")
    finally:
        print("ticks closed")


async def consume():
    squares = [i * i async for i in ticks(3)]
    async for i in ticks(2):
        print("item", i)
    else:
        print("exhausted")
    generator = ticks(5)
    print(await anext(generator), await generator.asend("hello"))
    await generator.aclose()
    return squares


print(drive(consume()))


async def worker(name, delay, log):
    for i in range(2):
        await asyncio.sleep(delay)
        log.append((name, i))
    return name


async def main():
    log = []
    results = await asyncio.gather(worker("slow", 0.02, log), worker("fast", 0.005, log))
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(5)
    except TimeoutError:
        log.append("timed out")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker(str(i), 0, log)) for i in range(2)]
    return results, log, [t.result() for t in tasks]


print(asyncio.run(main()))
c = add(1, 2)
c.close()
try:
    c.send(None)
except RuntimeError as error:
    print(error)
try:
    for _ in ticks(1):
        pass
except TypeError as error:
    print(error)
