# gzip, zipfile, tarfile and shutil archives over the native compressors.
import gzip, io, os, shutil, tarfile, tempfile, zipfile

text = b"".join(b"%d squared is %d\n" % (i, i * i) for i in range(3000))
packed = gzip.compress(text, mtime=0)
print(packed[:10], gzip.decompress(packed + packed) == text * 2)
with gzip.open(io.BytesIO(packed), "rt") as f:
    print(sum(len(line) for line in f))
try:
    gzip.decompress(packed[:-4])
except EOFError as e:
    print(e)
try:
    gzip.decompress(b"nothing")
except gzip.BadGzipFile as e:
    print(e)

with tempfile.TemporaryDirectory() as top:
    os.makedirs(os.path.join(top, "in", "sub"))
    for name in ("a.txt", "sub/b.txt"):
        with open(os.path.join(top, "in", name), "wb") as f:
            f.write(text[: 1000 + len(name)])
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = os.path.join(top, f"{method}.zip")
        with zipfile.ZipFile(path, "w", method) as z:
            z.write(os.path.join(top, "in", "a.txt"), "a.txt")
            z.writestr("made.txt", "hello " * 100)
        with zipfile.ZipFile(path) as z:
            print(z.namelist(), z.testzip(), z.read("made.txt")[:12], z.getinfo("a.txt").CRC)
    for mode in ("", "gz", "bz2", "xz"):
        path = os.path.join(top, "t.tar" + mode)
        with tarfile.open(path, "w:" + mode) as t:
            t.add(os.path.join(top, "in"), "in")
        with tarfile.open(path) as t:
            print(sorted(t.getnames()), t.extractfile("in/sub/b.txt").read()[:20])
    for kind in ("zip", "tar", "gztar", "bztar", "xztar"):
        made = shutil.make_archive(os.path.join(top, "made"), kind, os.path.join(top, "in"))
        out = os.path.join(top, "out-" + kind)
        shutil.unpack_archive(made, out)
        print(os.path.basename(made), sorted(n for _, _, ns in os.walk(out) for n in ns))
