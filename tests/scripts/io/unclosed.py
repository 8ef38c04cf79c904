# What was written to a file that was dropped without being closed is there when somebody looks.
import csv, json, os, pathlib, pickle, subprocess, sys, tempfile

with tempfile.TemporaryDirectory() as folder:
    p = os.path.join(folder, "file")

    open(p, "w").write("text")
    print(open(p).read())
    open(p, "w", encoding="utf-8").write("with keywords")
    print(open(p, encoding="utf-8").read())
    open(p, "wb").write(b"bytes")
    print(open(p, "rb").read())

    def save(text):
        f = open(p, "w")
        f.write(text)

    def load():
        f = open(p)
        return f.read()

    save("one")
    print(load())
    save("three")
    print(load())
    open(p, "w").write("size")
    print(os.path.getsize(p))
    open(p, "w").write("path")
    print(pathlib.Path(p).read_text())
    json.dump([1, 2], open(p, "w"))
    print(json.load(open(p)))
    pickle.dump((1, 2), open(p, "wb"))
    print(pickle.load(open(p, "rb")))
    print("printed", file=open(p, "w"))
    print(open(p).read())
    csv.writer(open(p, "w")).writerow([1, 2])
    print(open(p).read())
    open(p, "w").writelines(["a\n"] * 5)
    print(sum(1 for line in open(p)))
    open(p, "w").write("a\nb\n")
    print(subprocess.run(["cat", p], capture_output=True).stdout)
    sys.stdout.flush()
    open(p, "w").write("shown by the shell\n")
    os.system(f"cat {p}")
    for i in range(20):
        open(p + "n", "a").write("x")
        assert len(open(p + "n").read()) == i + 1
    for i in range(50):
        open(f"{p}{i}", "w").write("x" * i)
    print(sum(len(open(f"{p}{i}").read()) for i in range(50)))

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
