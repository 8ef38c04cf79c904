# Bytes and bytearrays whose methods meet arguments that change them, or the list they join.
def t(name, f):
    try: print(name, repr(f())[:200])
    except BaseException as e: print(name, type(e).__name__, str(e)[:300])
ba=bytearray(b'abc')
class I:
    def __init__(s,f): s.f=f
    def __index__(s): s.f(); return 0
class It:
    def __init__(s,f,v): s.f=f;s.v=v
    def __iter__(s):
        for x in s.v:
            s.f(); yield x
def grow(): ba.extend(b'x'*1000)
for n in ('startswith','endswith','find','index','count','rfind','rindex'):
    ba=bytearray(b'abc'); t(n, lambda: getattr(ba,n)(b'a', I(grow)))
    ba=bytearray(b'abc'); t(n+'cl', lambda: getattr(ba,n)(b'a', I(lambda: ba.clear())))
ba=bytearray(b','); t('join', lambda: ba.join(It(grow,[b'a',b'b'])))
ba=bytearray(b','); t('joincl', lambda: ba.join(It(ba.clear,[b'a',b'b'])))
class B(bytes):
    def __buffer__(s, f):
        grow(); return memoryview(b'q')
class BB:
    def __init__(s,f): s.f=f
    def __buffer__(s, f):
        s.f(); return memoryview(b'q')
ops=dict(join=lambda: ba.join([BB(g),b'x']), replace=lambda: ba.replace(b'a',BB(g)), find=lambda: ba.find(BB(g)), count=lambda: ba.count(BB(g)), startswith=lambda: ba.startswith((BB(g),)),
  split=lambda: ba.split(BB(g)), rsplit=lambda: ba.rsplit(BB(g)), strip=lambda: ba.strip(BB(g)), lstrip=lambda: ba.lstrip(BB(g)), partition=lambda: ba.partition(BB(g)), rpartition=lambda: ba.rpartition(BB(g)),
  translate=lambda: ba.translate(None,BB(g)), extend=lambda: ba.extend(BB(g)), add=lambda: ba+BB(g), iadd=lambda: ba.__iadd__(BB(g)), contains=lambda: BB(g) in ba, removeprefix=lambda: ba.removeprefix(BB(g)), removesuffix=lambda: ba.removesuffix(BB(g)),
  setsl=lambda: ba.__setitem__(slice(0,2),BB(g)), eq=lambda: ba==BB(g), ljust=lambda: ba.ljust(I(g)), center=lambda: ba.center(I(g)), mul=lambda: ba*I(g), pop=lambda: ba.pop(I(g)), ins=lambda: ba.insert(I(g),I(g)),
  setit=lambda: ba.__setitem__(I(g),I(g)), getit=lambda: ba[I(g)], append=lambda: ba.append(I(g)), remove=lambda: ba.remove(I(g)), expandtabs=lambda: ba.expandtabs(I(g)), zfill=lambda: ba.zfill(I(g)), hex=lambda: ba.hex(':',I(g)),
  splitlines=lambda: ba.splitlines(I(g)), decode=lambda: ba.decode(I(g)), resize=lambda: ba.resize(I(g)), getsl=lambda: ba[I(g):2], delsl=lambda: ba.__delitem__(slice(I(g),2)), setslx2=lambda: ba.__setitem__(slice(None,None,2),BB(g)))
for gname, g in (('grow',grow),('clear',lambda: ba.clear())):
    for n,f in ops.items():
        ba=bytearray(b'abcabc')
        t(gname+' '+n, lambda: (f(), len(ba)))
l=[b'a',BB(lambda: l.clear()),b'c']
t('bjoin', lambda: b','.join(l))
l=[b'a',BB(lambda: l.append(b'x')),b'c']
t('bjoin', lambda: b','.join(l))
l=[BB(lambda: l.__setitem__(2,3)),b'a',b'c']
t('bjoin', lambda: b','.join(l))
l=[BB(lambda: l.__setitem__(0,b'zzz')),b'a',b'c']
t('bjoin', lambda: b','.join(l))
for o in (b'abc', bytearray(b'abc'), memoryview(b'abc')):
  for a in ((1,),(None,),('',),('ab',),('é',),('\u0100',),(b'ab',),(b'\xff',),(b'a',),(b'a',1.5),('a','b'),(bytearray(b'a'),),(':',2**100),(':',-1),(':',0),(':',1,2)): t('hex', lambda: o.hex(*a))
  t('hexkw', lambda: o.hex(sep=1)); t('hexkw', lambda: o.hex(bytes_per_sep=1)); t('hexkw', lambda: o.hex(bytes_per_se=1))
