# not-in: jit-eager deopts    stale words in frames of compiled code keep objects alive
# gc.collect() frees what the program dropped, whatever native frames and dead registers still hold.
import gc
import weakref


def check(name, make):
    class C:
        pass

    obj = C()
    ref = weakref.ref(obj)
    obj.v = {1: 2, "x": obj}
    obj.x = make(obj)
    del obj
    gc.collect()
    return ref() is None


makers = {
    "dict iterator": lambda o: iter(o.v),
    "list iterator": lambda o: iter([o]),
    "items": lambda o: iter(o.v.items()),
    "tuple": lambda o: (o,),
    "method": lambda o: o.v.get,
    "slice": lambda o: slice(o),
}
for name, make in makers.items():
    print(name, all([check(name, make) for _ in range(4)]))


# Classes do not live as long as their bases.
class Base:
    pass


def subclasses():
    for i in range(10):
        type(f"K{i}", (Base,), {})


subclasses()
gc.collect()
print(Base.__subclasses__())


# Owners are finalized before what they own.
order = []


class Node:
    def __init__(self, n, child):
        self.n, self.child = n, child

    def __del__(self):
        order.append(self.n)


def chain():
    node = None
    for i in range(6):
        node = Node(i, node)


chain()
gc.collect()
print(order)
