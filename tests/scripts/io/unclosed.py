# What was written to a file that was dropped without being closed is there when somebody looks.
#
# A collection finds the dropped file, and it is conservative on the native stack: a stale word may keep one. So each
# case drops several files where the frames of whoever looks do not reach, and most of them must be there.
import csv, json, os, pathlib, pickle, subprocess, sys, tempfile


def deep(n, function, *args):
    """Calls the function below n native frames of `map`."""
    if n:
        list(map(lambda _: deep(n - 1, function, *args), [0]))
    else:
        function(*args)


def check(name, write, read, expected, times=8):
    found = 0
    for i in range(times):
        path = os.path.join(folder, f"{name}{i}")
        deep(6, write, path)
        found += read(path) == expected
    print(name, "most were found" if found >= times * 3 // 4 else f"only {found} of {times} were found")


def read_text(path):
    return open(path).read()


def save(path):
    f = open(path, "w")
    f.write("saved")


def lines(path):
    return sum(1 for line in open(path))


def cat(path):
    return subprocess.run(["cat", path], capture_output=True).stdout


def shell(path):
    return os.system(f"test `cat {path}` = shell")


with tempfile.TemporaryDirectory() as folder:
    check("text", lambda p: open(p, "w").write("text"), read_text, "text")
    check("keywords", lambda p: open(p, "w", encoding="utf-8").write("k"), lambda p: open(p, encoding="utf-8").read(), "k")
    check("bytes", lambda p: open(p, "wb").write(b"bytes"), lambda p: open(p, "rb").read(), b"bytes")
    check("function", save, read_text, "saved")
    check("size", lambda p: open(p, "w").write("size"), os.path.getsize, 4)
    check("path", lambda p: open(p, "w").write("path"), lambda p: pathlib.Path(p).read_text(), "path")
    check("json", lambda p: json.dump([1, 2], open(p, "w")), lambda p: open(p).read(), "[1, 2]")
    check("pickle", lambda p: pickle.dump((1, 2), open(p, "wb")), lambda p: pickle.loads(open(p, "rb").read()), (1, 2))
    check("print", lambda p: print("printed", file=open(p, "w")), read_text, "printed\n")
    check("csv", lambda p: csv.writer(open(p, "w")).writerow([1, 2]), read_text, "1,2\n")
    check("lines", lambda p: open(p, "w").writelines(["a\n"] * 5), lines, 5)
    check("process", lambda p: open(p, "w").write("a\nb\n"), cat, b"a\nb\n")
    check("system", lambda p: open(p, "w").write("shell"), shell, 0)

    found = 0
    p = os.path.join(folder, "appended")
    for i in range(20):
        deep(6, lambda: open(p, "a").write("x"))
        found += len(open(p).read()) == i + 1
    print("appended", found >= 15)
    for i in range(50):
        deep(6, lambda: open(f"{p}{i}", "w").write("x" * 10))
    print("many", sum(len(open(f"{p}{i}").read()) for i in range(50)) >= 400)

    # Those still in use keep what they have.
    a = open(p, "w")
    a.write("held")
    print(repr(open(p).read()))
    a.close()
    print(open(p).read())
    # At the end of a process too.
    for how in ("", "raise SystemExit(3)", "1 / 0", "def g():\n h = f\n import sys; sys.exit()\ng()"):
        subprocess.run([sys.executable, "-c", f"f = open({p!r}, 'w'); f.write('at the end')\n{how}"], stderr=subprocess.DEVNULL)
        print(open(p).read())
