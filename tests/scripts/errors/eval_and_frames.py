def f(a, b=2):
    c = 3
    d = locals()
    print(sorted(d), vars() == locals())
    return d
print(f(1)["c"])
print(eval("1+2"), eval(" x+1", {"x": 4}), eval("x*y", {"x": 4}, {"y": 3}))
ns = {}
exec("a = 1\ndef g(): return a + 1", ns)
print(ns["g"](), sorted(k for k in ns))
class A:
    x = 1
    def m(self): pass
a = A(); a.z = 1
print([n for n in dir(a) if not n.startswith("__")], hasattr(a, "x"), getattr(a, "q", 5))
setattr(a, "q", 3); print(a.q); delattr(a, "q"); print(hasattr(a, "q"))
try: getattr(a, 1)
except TypeError as e: print(e)
try: compile("a b", "f.py", "exec")
except SyntaxError as e: print(e, e.lineno, e.offset, e.text, e.end_offset, e.filename)
try: compile("if 1:\nx", "f.py", "exec")
except IndentationError as e: print(repr(e))
try: compile("1", "f", "foo")
except ValueError as e: print(e)
try: eval("1", 5)
except TypeError as e: print(e)
try: exec(5)
except TypeError as e: print(e)
c = compile("x = 1\nprint(x)", "<s>", "exec")
exec(c)
def outer():
    n = 1
    def inner():
        nonlocal n
        n += 1
        return n
    return inner
i = outer()
try: exec(i.__code__)
except TypeError as e: print(e)
exec(i.__code__, closure=i.__closure__)
print(i())
print(issubclass(bool, (str, int)), issubclass(ValueError, Exception))
print(len(dir()) > 5, "f" in dir())
print(globals()["A"] is A)
import sys
def fr():
    v = 1
    p = sys._getframe()
    p.f_locals["v"] = 10
    p.f_locals["new"] = 5
    print(v, dict(p.f_locals).keys() >= {"v", "new"}, p.f_lineno, p.f_back.f_lineno)
    return p
p = fr()
print(p.f_locals["v"])
