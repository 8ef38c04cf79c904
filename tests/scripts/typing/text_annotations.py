# Annotations kept as text by the future import.
from __future__ import annotations
class A:
    print(sorted(k for k in dir()))
    x: int
    print(sorted(k for k in dir()))
    print(__annotations__)
    __annotations__['zz']=1
print(A.__annotations__, sorted(A.__dict__))
class B: pass
print(sorted(B.__dict__), B.__annotations__)
class C:
    if 0: x: int
print(sorted(C.__dict__), C.__annotations__,sorted(C.__dict__))
def g(*a: int, b: str=1, **k: "float") -> list[int]: 
    x: int = 3
    return locals()
print(type(g.__annotate__), g.__annotate__(1), g.__annotations__)
try: print(g.__annotate__(2))
except BaseException as e: print(type(e))
import annotationlib,inspect,typing
print(annotationlib.get_annotations(g,format=annotationlib.Format.STRING),annotationlib.get_annotations(g,format=annotationlib.Format.FORWARDREF))
print(typing.get_type_hints(g), inspect.signature(g))
print(g.__annotate__.__name__,g.__annotate__.__qualname__,g.__annotate__.__code__.co_varnames)
class D:
    def m(self, x: D): pass
    y: D
print(D.m.__annotate__.__qualname__, D.m.__annotations__, D.__annotate__)
lam = lambda x: x
print(lam.__annotate__)
def h[T](x: T) -> T: ...
print(h.__annotations__, typing.get_type_hints(h))
g.__annotations__ = {}
print(g.__annotate__)
if 1:
    q: int = 1
print(__annotations__, '__annotate__' in globals(), '__annotations__' in globals())
