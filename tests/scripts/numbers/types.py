class I(int): pass
class F(float): pass
class C(complex): pass
a=I(5); b=F(2.5); c=C(1,2)
print(a,b,c,a+b,a*a,b-a,a/b,c*a,c+b,a**2,-a,+a,~a,abs(I(-3)))
print(int(a).__class__ is int, (a+1).__class__ is int, (b+1).__class__ is float, (+b).__class__ is float)
a.x=3; b.y=4
print(a.x,b.y, a==5, 5==a, b==2.5, hash(a)==hash(5), hash(b)==hash(2.5), {a:1}[5])
print(int('0x1f',0), int('1_000'), int(b'12'), int(' -12 '), int('zz',36), int(12.7), int(-12.7), int(1e20), int('0b11',2))
print(2**100, -2**100, 10**30//7, 10**30%-7, divmod(-7,2), divmod(7,-2), divmod(-7.5,2), 7//-2, -7%3)
print((2**100).bit_length(), (255).bit_count(), (1024).to_bytes(2,'big'), int.from_bytes(b'\xff\x00','little'), int.from_bytes(b'\xff\x00','big',signed=True), int.from_bytes([1,2]))
print(round(2.5), round(3.5), round(2.675,2), round(1234,-2), round(1250,-2), round(1350,-2), round(-15,-1), round(10**30+5,-1))
print(pow(3,100,7), pow(3,-1,7), pow(2,0.5), pow(-8,1/3))
print(1e22, 1e16, 1.5e-7, 0.1+0.2, -0.0, float('inf'), float('-inf'), float('nan'))
print((0.1).hex(), float.fromhex('0x1.8p3'), (0.75).as_integer_ratio(), (1.0).is_integer(), (5).is_integer())
print(format(1234567,','), format(255,'#x'), format(-5,'05d'), format(3.14159,'.2f'), format(1e10,'g'), format(1+2j,'.1f'), format(5,'c') , format(0.5,'%'))
print(sum([1,2,3]), sum([0.1]*10), sum([1,2.5,3j]), sum([[1],[2]],[]), min(3,1,2), max([1,5,3]), max('a','b'), min([], default=0), max([1,-5], key=abs))
print(bin(10), oct(8), hex(-255), bin(-2**70))
print(True+True, True*3, True&False, True|1, ~5, True^True, bool(), bool(3), bool([]))
print((1+2j)*(3-1j), (1+2j)/(3-1j), (1+2j)**2, abs(3+4j), (1j).conjugate(), complex('1+2j'), complex(' -1.5j '), complex(1.0,-0.0), 1j**1j, complex(), -1j, 2-1j, 1-(0j))
print(hash(1j), hash(1.5), hash(2**61-1), hash(-1), hash(2**100), hash(float('inf')), hash((1,2.0)), hash(True))
print(1<2.5, 2**53+1==float(2**53), 2**53+1>2.0**53, 1==1.0==True==1+0j, float('nan')==float('nan'))
print((5).__add__(2.0), (5.0).__add__(2), (5).__radd__(3), (5).__pow__(2,7), (5).__rpow__(2), (2.0).__rpow__(3), (5).real, (5).imag, (5).numerator, (2.5).real)
print([1,2,3].__class__, (5).__class__, (10).__getnewargs__(), (1.5).__getnewargs__(), (1j).__getnewargs__(), (5).__sizeof__(), (2**70).__sizeof__())
print(int.__add__.__doc__, int.__add__.__name__, int.to_bytes.__text_signature__, int.__pow__.__text_signature__)
class P:
    def __radd__(self,o): return ('radd',o)
    def __rpow__(self,o,m=None): return ('rpow',o,m)
    def __index__(self): return 3
print(1+P(), 1.5+P(), 1j+P(), 2**P(), pow(2,P(),5), [10,20,30,40][P()], hex(P()), int(P()), float(P()), complex(P()))
class J(int):
    def __radd__(self,o): return 'J'
    def __add__(self,o): return 'Ja'
    def __repr__(self): return 'J!'
print(1+J(2), J(2)+1, J(5), str(J(5)), f'{J(5)}', f'{J(5):3}', [J(1)])
print(chr(97), chr(0x1f600), ord('a'), ord(b'x'), callable(print), callable(1), callable(int), ascii('é'), repr('x'), format(3), sorted([3,1,2]), sorted([3,1,2],reverse=True,key=lambda x:-x) )
print(any([0,1]), all([1,0]), all([]), any([]), round(5), round(5.5), round(-2.5), abs(-5), abs(-5.5), abs(True), abs(-2**70))
print(1<<100, (1<<100)>>98, -1>>5, -2**70>>69, 5&-2**65, 2**70|1, 2**70^2**70)
print(int('١٢٣'), float('١.٥'), int('  12\u3000'))
x=float('nan'); print(x!=x, x in [x], hash(x)==hash(x))
print(int(True), int.__new__(int), float(), float('1_0.5'), float(' 1e5 '), float(b'1.5'), int(), bool.__doc__[:10])
print(str(10**4299)[:3], len(str(10**4299)))
print(5 .__format__(''), f'{12345.678:,.1f}', f'{-5:+d}', f'{5:>5}|{5:<5}|{5:^5}|{5:*^5}', f'{1e-5!r}', f'{255:#b}', f'{1234.5:e}', f'{0.00001234:g}', f'{True:d}', f'{True}', f'{1_000_000:_}')
for k in ('__add__','__radd__','__pow__','__float__'):
    print(k, k in int.__dict__, k in float.__dict__)
