import _io
f = open('/tmp/tauraro_io_t1.txt', 'w')
print(f)
print(f.write('hello\nwörld\r\nthird'))
print(f.tell())
f.close()
print(f.closed)
with open('/tmp/tauraro_io_t1.txt') as f:
    print(f.encoding, f.mode, f.name, f.newlines)
    print([f.readline()], f.tell())
    for l in f: print([l])
    print(f.newlines, f.tell())
    f.seek(0)
    print([f.read()])
with open('/tmp/tauraro_io_t1.txt', 'rb') as f:
    print(f, f.raw)
    print(f.read(3), f.peek(2)[:2], f.readline(), f.tell(), f.read())
    print(f.seek(-3, 2), f.read())
with open('/tmp/tauraro_io_t1.txt', newline='') as f:
    print(list(f))
s = _io.StringIO('abc\ndef')
print(s.readline(), s.read(), s.getvalue(), s.tell())
s.seek(0); s.write('XY'); print(s.getvalue())
b = _io.BytesIO(b'12345\n678')
print(b.read(2), b.readline(), list(b), b.getvalue())
try: open('/nonexistent/x')
except FileNotFoundError as e: print(e, e.errno, e.filename)
try: open('/tmp')
except IsADirectoryError as e: print(e)
try: open('/tmp/tauraro_io_t1.txt', 'q')
except ValueError as e: print(e)
try: open('/tmp/tauraro_io_t1.txt').write('x')
except OSError as e: print(type(e), e)
f = open('/tmp/tauraro_io_t1.txt', 'r+b')
print(f.read(2)); print(f.write(b'ZZ')); f.seek(0); print(f.read(8)); f.close()
try: f.read()
except ValueError as e: print(e)
print('a', 'b', sep='-', end='!\n')
import sys
print(sys.stdout, sys.stdin)
class R(_io._RawIOBase):
    def readinto(self, b):
        b[:3] = b'xyz'
        return 3
    def readable(self): return True
print(R().read(5))
