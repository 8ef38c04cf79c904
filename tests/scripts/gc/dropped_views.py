# A bytearray is resized as soon as nobody has a view of it, without `release`; and not before.
import io
from array import array


def drop_and_cut(buffer, n):
    data = bytes(memoryview(buffer)[:n])
    del buffer[:n]
    return data


def keep_and_cut(buffer):
    view = memoryview(buffer)[1:]
    try:
        del buffer[:1]
    except BufferError as e:
        return f"{e} ({len(view)})"


class Reader:
    def __init__(self):
        self.buffer = bytearray()

    async def read(self, n):
        data = bytes(memoryview(self.buffer)[:n])
        del self.buffer[:n]
        return data


buffer = bytearray(b"0123456789" * 300)
for i in range(30):
    drop_and_cut(buffer, 3)
print(len(buffer), keep_and_cut(buffer), len(buffer))
drop_and_cut(buffer, 1)
print(len(buffer))

held = memoryview(buffer)
for change in (lambda: buffer.append(1), lambda: buffer.extend(b"xy"), buffer.clear, lambda: buffer.pop()):
    try:
        change()
    except BufferError as e:
        print(e)
print(held[:3].tobytes())
held.release()
buffer.append(1)

reader = Reader()
for i in range(20):
    reader.buffer += b"some data"
    try:
        reader.read(4).send(None)
    except StopIteration as e:
        assert e.value in b"some datasome datasome data"
print(len(reader.buffer))


def others(b, a):
    bytes(b.getbuffer()[1:]), bytes(memoryview(a)[1:])
    b.write(b"longer than before"), a.append(3)
    view, view2 = b.getbuffer(), memoryview(a)
    for change in (lambda: b.write(b"x" * 30), lambda: a.append(1)):
        try:
            change()
        except BufferError as e:
            print(e, len(view), len(view2))


others(io.BytesIO(b"abc"), array("i", [1, 2]))


# A function that is compiled meanwhile: what its registers held before does not count.
grown = bytearray(b"x" * 4096)


def grow():
    bytes(memoryview(grown)[:1])
    grown.append(1)


for _ in range(12000):
    grow()
print(len(grown))
