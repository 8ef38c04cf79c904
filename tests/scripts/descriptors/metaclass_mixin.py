# Metaclasses with a plain class before type among their bases.
from abc import ABCMeta
class Mix(object):
    pass
class M(Mix,ABCMeta): pass
class C(metaclass=M): pass
print(C.__dict__.keys()>={'__module__'}, M.__dict__.keys())
class Mix2:
    __slots__=()
class M2(Mix2,type): pass
class D(metaclass=M2): pass
print(D.__dict__ is not None)
class M3(Mix,type): pass
class E(metaclass=M3): pass
print(type(E.__dict__), vars(E).keys(), '__dict__' in Mix.__dict__)
