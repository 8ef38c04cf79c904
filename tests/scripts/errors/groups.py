def t(excs, raise_in=None):
    try:
        try:
            raise ExceptionGroup("g", excs)
        except* ValueError as e:
            print("V", repr(e))
            if raise_in == "V": raise KeyError("new")
            if raise_in == "re": raise
        except* TypeError as e:
            print("T", repr(e))
            if raise_in == "T": raise e
    except BaseException as e:
        print("out", repr(e), repr(e.__context__), repr(e.__cause__))
t([ValueError(1)])
t([ValueError(1), TypeError(2), OSError(3)])
t([ValueError(1), TypeError(2), OSError(3)], "V")
t([ValueError(1), ExceptionGroup("n", [ValueError(5), TypeError(2)])], "re")
t([ValueError(1), TypeError(2), OSError(3)], "T")
try:
    try: raise ValueError(1)
    except* ValueError as e: print(repr(e), e.__traceback__ is not None)
except BaseException as e: print("x", repr(e))
try:
    try: raise ValueError(1)
    except* TypeError as e: print(repr(e))
except BaseException as e: print("x", repr(e))
try:
    try: raise ValueError(1)
    except* ExceptionGroup as e: print(repr(e))
except BaseException as e: print("x", repr(e))
try: BaseExceptionGroup("a", [1])
except ValueError as e: print(e)
try: ExceptionGroup("a", [KeyboardInterrupt()])
except TypeError as e: print(e)
print(repr(BaseExceptionGroup("a", [KeyboardInterrupt()])), type(BaseExceptionGroup("b", [ValueError()])))
class MyEG(ExceptionGroup):
    def derive(self, excs): return MyEG(self.message, excs)
m = MyEG("m", [ValueError(1), TypeError(2)])
m.add_note("n")
a, b = m.split(ValueError)
print(type(a), a.__notes__, repr(b))
import sys
def gen():
    try: yield sys._getframe()
    except GeneratorExit: print("closed", sys.exception())
g = gen(); f = g.__next__()
print(f.f_code.co_name, f.f_back, f.f_lineno)
g.close()
def deep(n):
    if n: return deep(n-1)
    raise ValueError
try: deep(50)
except ValueError as e:
    tb = e.__traceback__; n = 0
    while tb: n += 1; tb = tb.tb_next
    print(n)
try: raise KeyError("a") from 5
except TypeError as e: print(e)
try: raise 5
except TypeError as e: print(e)
e = OSError(13, "x", "f", None, "g"); print(repr(e), e, e.filename2, e.args)
class MyOS(OSError):
    def __init__(self, a, b): self.a = a; super().__init__(a, b)
print(MyOS(2, "b").errno, MyOS(2, "b"))
import copy
print(e.__reduce__(), AttributeError("x", name="n").__reduce__())
