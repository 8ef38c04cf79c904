# pdb: stops, breakpoints by function, variables of comprehensions, post mortem; dis and inspect.
import dis
import inspect
import io
import os
import pdb
import subprocess
import sys
import tempfile
import threading

PROGRAM = '''\
def f(x):
    y = [i * 2 for i in range(x)]
    return y
print(f(3))
'''
COMMANDS = 'n\nb f\nc\nn\np x\np [x for i in range(1)]\nl\nr\nn\nq\n'

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'program.py')
    with open(path, 'w') as file:
        file.write(PROGRAM)
    ran = subprocess.run([sys.executable, '-m', 'pdb', path], input=COMMANDS, capture_output=True, text=True, timeout=60)
    print(ran.stdout.replace(folder, '.'), ran.stderr)


def session(commands, f, *args):
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=out, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    try:
        result = debugger.runcall(f, *args)
    except Exception as e:
        result = repr(e)
    print(out.getvalue().replace(__file__, 'debugger.py'), result)


def numbers(n):
    for i in range(n):
        yield i


def total(n):
    s = 0
    for x in numbers(n):
        s += x
    return s


session('n\nn\np s\ns\ns\np n\na\nr\nunt\nc\n', total, 2)
session('tbreak total\nc\nn\n!s = 10\nc\n', total, 3)
session('n\nj 3\nc\n', lambda n: n and
        1 / 0, 0)

code = total.__code__
print(next(dis.get_instructions(code)).opname, len(code.co_code) == 2 * len(list(code.co_positions())))
print(code._varname_from_oparg(0), code.replace(co_name='other').co_name, code == code.__replace__())


class Slots:
    __slots__ = {'power': 'measured in kilowatts'}


class Meta(type):
    __call__ = classmethod(lambda cls, x: ('classmethod', cls.__name__, x))


class Made(metaclass=Meta):
    pass


print(inspect.getdoc(Slots.power), inspect.ismemberdescriptor(Slots.power), Made(1))
print(inspect.getattr_static(sys, 'maxsize') == sys.maxsize, inspect.formatannotation(list[str] | int))

# The stacks of other threads.
ready, stop = threading.Event(), threading.Event()


def wait():
    ready.set()
    stop.wait()


thread = threading.Thread(target=wait)
thread.start()
ready.wait()
frames = sys._current_frames()
frame, names = frames[thread.ident], []
while frame:
    names.append(frame.f_code.co_name)
    frame = frame.f_back
print('wait' in names, frames[threading.get_ident()] is sys._getframe(), set(sys._current_exceptions().values()))
stop.set()
thread.join()


async def coroutine():
    pass

sys.set_coroutine_origin_tracking_depth(2)
c = coroutine()
print(sys.get_coroutine_origin_tracking_depth(), [row[1:] for row in c.cr_origin])
c.close()
