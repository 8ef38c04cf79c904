# Operations whose results nobody uses still raise, and still call what another type defines.


def quiet(value):
    pass


class Loud:
    calls = 0

    def op(self, *other):
        Loud.calls += 1
        return 0

    __add__ = __radd__ = __lt__ = __gt__ = __neg__ = __floordiv__ = __getitem__ = __lshift__ = op

    def __bool__(self):
        Loud.calls += 1
        return True


def floor_div(a, b): a // b
def mod(a, b): a % b
def true_div(a, b): a / b
def shift_left(a, b): a << b
def shift_right(a, b): a >> b
def add(a, b): a + b
def less(a, b): a < b
def negate(a, b): -a
def item(a, b): a[b]
def truth(a, b): not a


def drive(f, usual, odd):
    """Warms f up with the usual arguments, then counts what the odd ones raise."""
    for _ in range(6000):
        f(*usual)
    raised = 0
    for _ in range(3000):
        try:
            f(*odd)
        except Exception as e:
            raised += 1
            last = e
    print(f.__name__, raised, repr(last) if raised else None, Loud.calls)
    Loud.calls = 0


drive(floor_div, (7, 2), (7, 0))
drive(mod, (7, 2), (7, 0))
drive(true_div, (7, 2), (7, 0))
drive(true_div, (7.5, 2.0), (7.5, 0.0))
drive(shift_left, (7, 2), (7, -1))
drive(shift_right, (7, 2), (7, -1))
drive(item, ([1, 2], 1), ([1, 2], 2))
drive(item, ((1, 2), 1), ((1, 2), 2))
drive(item, ([1, 2], 1), ([1, 2], "x"))
drive(add, (7, 2), (7, "x"))
drive(add, (7, 2), (7, Loud()))
drive(add, (7.5, 2.5), (Loud(), 2.5))
drive(less, (7, 2), (7, "x"))
drive(less, (7, 2), (Loud(), 2))
drive(negate, (7, 2), ("x", 2))
drive(negate, (7, 2), (Loud(), 2))
drive(floor_div, (7, 2), (Loud(), 2))
drive(shift_left, (7, 2), (Loud(), 2))
drive(item, ([1, 2], 1), (Loud(), 1))
drive(truth, (True, 2), (Loud(), 2))


def loops(items):
    """The same in a loop that is entered while it runs."""
    zero = missing = 0
    for i in range(6000):
        try:
            1 / 0
        except ZeroDivisionError:
            zero += 1
        try:
            items[i]
        except IndexError:
            missing += 1
        quiet(i)
    return zero, missing


print(loops([1] * 1000))

found = []
while True:
    try:
        1 // 0
    except ZeroDivisionError as e:
        found.append(e)
    if len(found) > 5000:
        break
print(len(found))
