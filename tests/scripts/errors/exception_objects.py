def f(x):
    y = x + 1
    raise ValueError("a", y)
try:
    f(1)
except ValueError as e:
    tb = e.__traceback__
    print(repr(e), e, e.args)
    while tb:
        print(tb.tb_lineno, tb.tb_frame.f_code is not None, tb.tb_frame.f_lineno, tb.tb_lasti >= 0)
        fr = tb.tb_frame
        tb = tb.tb_next
    print(fr.f_locals['y'], fr.f_locals['x'], fr.f_back.f_back)
    e.add_note("n1")
    print(e.__notes__)
print(repr(OSError(2, "No such", "file")), OSError(2, "No such", "file"))
e = FileNotFoundError(2, "x")
print(e.errno, e.strerror, e.filename)
print(KeyError("a"), StopIteration(5).value, SystemExit(1, 2).code)
try:
    try:
        1/0
    except Exception as e:
        raise KeyError(1) from e
except KeyError as k:
    print(repr(k.__cause__), repr(k.__context__), k.__suppress_context__)
eg = ExceptionGroup("m", [ValueError(1), TypeError(2), ExceptionGroup("n", [OSError(3)])])
print(eg, repr(eg), eg.message, eg.exceptions)
print(eg.split(ValueError))
print(eg.subgroup(lambda e: isinstance(e, OSError)))
try:
    try:
        raise eg
    except* ValueError as g:
        print("caught", repr(g))
    except* OSError as g:
        print("caught", repr(g))
        raise g
except BaseException as e:
    print(repr(e), repr(e.__context__))
print(SyntaxError("bad", ("f.py", 3, 4, "text")), SyntaxError("x").msg)
print(UnicodeEncodeError("ascii", "a\u1234", 1, 2, "ordinal"))
print(UnicodeDecodeError("ascii", b"a\xff", 1, 2, "ordinal"))
try:
    ImportError(foo=1)
except TypeError as e: print(e)
i = ImportError("m", name="n", path="p")
print(i, i.name, i.path, i.name_from)
try:
    print(undefinedname)
except NameError as e: print(e, e.name)
try:
    i.foo
except AttributeError as e: print(e, e.name, e.obj is i)
def g():
    yield 1
    raise KeyError
it = g()
for _ in [1]:
    print(it.__next__())
try: it.__next__()
except KeyError as e: print(e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_frame.f_code.co_name)
