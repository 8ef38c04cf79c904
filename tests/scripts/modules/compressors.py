# zlib, bz2 and lzma: round trips, streaming, limits, containers, errors.
import bz2, io, lzma, zlib


def attempt(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


data = b"".join(b"line %d of some text\n" % (i * i % 97) for i in range(5000))
for level in (-1, 0, 1, 9):
    packed = zlib.compress(data, level)
    assert zlib.decompress(packed) == data, level
for wbits in (9, 12, 15, -9, -15, 25, 31):
    c = zlib.compressobj(6, zlib.DEFLATED, wbits)
    packed = c.compress(data[:1000]) + c.flush(zlib.Z_SYNC_FLUSH) + c.compress(data[1000:]) + c.flush()
    assert zlib.decompress(packed, wbits) == data, wbits
print(zlib.crc32(data), zlib.adler32(data), zlib.crc32(b"b", zlib.crc32(b"a")) == zlib.crc32(b"ab"))
print(zlib.crc32(b"", -1), zlib.adler32(b"x", 2**40 + 5))

# Limits and leftovers.
packed = zlib.compress(data) + b"behind"
d = zlib.decompressobj()
got = d.decompress(packed, 100)
print(len(got), d.eof, d.unused_data, len(d.unconsumed_tail) > 0)
got += d.decompress(d.unconsumed_tail)
print(got == data, d.eof, d.unused_data, d.unconsumed_tail, d.flush())
d = zlib._ZlibDecompressor()
print(len(d.decompress(packed, 50)), d.needs_input, d.eof)
rest = b""
while not d.eof:
    rest += d.decompress(b"", 1000)
print(len(rest) + 50 == len(data), d.needs_input, d.unused_data)
attempt(d.decompress, b"more")

# Dictionaries and copies.
words = b"line of some text"
c = zlib.compressobj(zdict=words)
c.compress(data[:200])
twin = c.copy()
a, b = c.compress(data[200:]) + c.flush(), twin.compress(data[200:]) + twin.flush()
print(a == b)
attempt(zlib.decompress, zlib.compressobj(zdict=words).flush())
c = zlib.compressobj(zdict=words)
packed = c.compress(data) + c.flush()
print(zlib.decompressobj(zdict=words).decompress(packed) == data)
attempt(zlib.decompressobj(zdict=b"wrong").decompress, packed)
attempt(c.copy)
attempt(c.compress, b"after the end")

for args in ({"level": 10}, {"wbits": 3}, {"method": 2}, {"level": 2**40}, {"zdict": 5}):
    attempt(zlib.compressobj, **args)
attempt(zlib.compress, b"x", 77)
attempt(zlib.compress, "text")
attempt(zlib.decompress, b"x\x9c")
attempt(zlib.decompress, b"not compressed data")
attempt(zlib.decompress, zlib.compress(b"abc")[:-1] + b"\0")
attempt(zlib.decompress, b"", bufsize=-1)
attempt(zlib.decompressobj().decompress, b"", -1)
attempt(zlib.decompressobj().flush, 0)
attempt(type(zlib.compressobj()))

# bz2
for level in (1, 9):
    assert bz2.decompress(bz2.compress(data, level)) == data
c = bz2.BZ2Compressor(5)
packed = c.compress(data[:77]) + c.compress(data[77:]) + c.flush()
d = bz2.BZ2Decompressor()
print(len(d.decompress(packed + b"tail", 10)), d.eof, d.needs_input)
print(len(d.decompress(b"")) + 10 == len(data), d.eof, d.unused_data)
attempt(c.compress, b"")
attempt(c.flush)
attempt(bz2.BZ2Compressor, 0)
d = bz2.BZ2Decompressor()
attempt(d.decompress, b"nonsense" * 9)
attempt(d.decompress, b"nonsense")
with bz2.open(io.BytesIO(packed), "rt") as f:
    print(f.readline(), end="")

# lzma
for fmt in (lzma.FORMAT_XZ, lzma.FORMAT_ALONE):
    packed = lzma.compress(data, format=fmt, preset=1)
    assert lzma.decompress(packed) == data
chain = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 16}]
packed = lzma.compress(data, lzma.FORMAT_RAW, filters=chain)
print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=chain) == data)
d = lzma.LZMADecompressor()
packed = lzma.compress(data, check=lzma.CHECK_SHA256)
print(d.check, len(d.decompress(packed[:60], 10)), d.check, d.needs_input)
print(len(d.decompress(packed[60:] + b"??")) + 10 == len(data), d.eof, d.unused_data)
attempt(d.decompress, b"")
attempt(lzma.decompress, b"nonsense of some length")
attempt(lzma.decompress, packed, memlimit=1)
attempt(lzma.LZMACompressor, format=9)
attempt(lzma.LZMACompressor, preset=3, filters=chain)
attempt(lzma.LZMACompressor, format=lzma.FORMAT_RAW)
attempt(lzma.LZMACompressor, filters=[{"id": 77}])
attempt(lzma.LZMACompressor, filters=[{"id": lzma.FILTER_LZMA2, "nonsense": 1}])
attempt(lzma.LZMACompressor, filters=[{"dist": 1}])
attempt(lzma.LZMACompressor, filters=chain * 3)
print(lzma._encode_filter_properties(chain[1]), lzma._decode_filter_properties(lzma.FILTER_DELTA, b"\x03"))
with lzma.open(io.BytesIO(packed)) as f:
    f.seek(-20, 2)
    print(f.read())
