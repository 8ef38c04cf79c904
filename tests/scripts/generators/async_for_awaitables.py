# `async for` over what gives awaitables of every kind.
import types


class Await:
    def __init__(self, *out):
        self.out = out

    def __await__(self):
        for x in self.out[:-1]:
            yield x
        return self.out[-1]


class Iterate:
    def __init__(self, make, n):
        self.make, self.n = make, n

    def __aiter__(self):
        return self

    def __anext__(self):
        self.n -= 1
        if self.n < 0:
            async def stop():
                raise StopAsyncIteration
            return stop()
        return self.make(self.n)


async def coroutine(n):
    return n * 10


@types.coroutine
def old(n):
    got = yield 'old'
    return got, n


def drive(c):
    out = []
    try:
        while True:
            out.append(c.send(None))
    except StopIteration as e:
        return out, e.value


async def collect(make, n):
    got = []
    async for x in Iterate(make, n):
        got.append(x)
    return got, [x async for x in Iterate(make, n)]


for make in lambda n: Await('a', n), lambda n: Await(n), coroutine, old:
    print(drive(collect(make, 3)))
for wrong in lambda n: 5, lambda n: iter([]), lambda n: (x for x in 'ab'):
    try:
        print(drive(collect(wrong, 2)))
    except TypeError as e:
        print(e, '/', e.__cause__)


class Both:
    """An iterator of an awaitable that could be awaited itself: it is not."""

    def __await__(self):
        return self

    def __iter__(self):
        return self

    calls = 0

    def __next__(self):
        Both.calls += 1
        raise StopIteration(Both.calls)


print(drive(collect(lambda n: Both(), 2)))
