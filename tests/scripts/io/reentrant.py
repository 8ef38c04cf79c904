# A raw stream that calls back the buffered stream which is using it; threads that use one stream.
import io
import os
import threading


def attempt(name, *args):
    try:
        getattr(stream, name)(*args)
    except Exception as e:
        print(" ", name, type(e).__name__, e)
    else:
        print(" ", name, "fine")


class Raw(io.RawIOBase):
    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def seek(self, *args):
        return 0

    def tell(self):
        return 0

    def write(self, data):
        for name, args in CALLS:
            attempt(name, *args)
        return len(data)

    def readinto(self, target):
        for name, args in CALLS:
            attempt(name, *args)
        target[:3] = b"abc"
        return 3


CALLS = [
    ("read", ()), ("read", (1,)), ("peek", ()), ("read1", ()), ("readline", ()), ("readinto", (bytearray(2),)),
    ("write", (b"x",)), ("flush", ()), ("seek", (0,)), ("tell", ()), ("truncate", ()), ("close", ()),
]
for make in (io.BufferedReader, io.BufferedRandom):
    print(make.__name__)
    stream = make(Raw(), 8)
    print(stream.read(2), stream.closed)
for make in (io.BufferedWriter, io.BufferedRandom):
    print(make.__name__)
    stream = make(Raw(), 4)
    print(stream.write(b"abcdefgh"), stream.closed)

# Lines that several threads write are whole, and nothing that several threads read is lost.
r, w = os.pipe()
out = os.fdopen(w, "wb", 64)
seen = []


def write(name):
    for i in range(200):
        out.write(b"%s%d\n" % (name, i))
        if i % 7 == 0:
            out.flush()


def read(source):
    while part := source.read(50):
        seen.append(part)


source = os.fdopen(r, "rb", 32)
readers = [threading.Thread(target=read, args=(source,)) for _ in range(3)]
writers = [threading.Thread(target=write, args=(name,)) for name in (b"a", b"b", b"c")]
for t in readers + writers:
    t.start()
for t in writers:
    t.join()
out.close()
for t in readers:
    t.join()
expected = b"".join(b"%s%d\n" % (name, i) for name in (b"a", b"b", b"c") for i in range(200))
print(sorted(b"".join(seen)) == sorted(expected))
