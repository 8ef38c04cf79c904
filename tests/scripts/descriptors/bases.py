# Assigning to __bases__: what layouts fit.
import sys
def t(name, f):
    try: print(name, repr(f())[:200])
    except BaseException as e: print(name, type(e).__name__, str(e)[:300])
class A: pass
class B: pass
class S1: __slots__=('a',)
class S2: __slots__=('a',)
class S3: __slots__=('a','b')
class S4: __slots__=('b',)
class S5(S1): __slots__=()
class D(dict): pass
class L(list): pass
class I(int): pass
class E(Exception): pass
class W: __slots__=('__weakref__',)
class Dd: __slots__=('__dict__',)
class N: __slots__=()
class M(type): pass
class MM(metaclass=M): pass
names=[A,B,S1,S2,S3,S4,S5,D,L,I,E,W,Dd,N,MM,object,dict,list,int,Exception]
for base in names:
    for new in names:
        try: cls = type(base)('X',(base,),{}) 
        except TypeError as e: continue
        def f():
            cls.__bases__=(new,)
            return cls.__bases__
        t(f'{base.__name__} -> {new.__name__}', f)
        try: cls2 = type(base)('X',(base,),{'__slots__':()}) 
        except TypeError as e: continue
        def f():
            cls2.__bases__=(new,)
            return cls2.__bases__
        t(f'slots {base.__name__} -> {new.__name__}', f)
        def f():
            class Y(base): pass
            class Z(Y, A): pass
            Y.__bases__=(new,)
            return Z.__mro__
