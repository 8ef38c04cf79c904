import math, _random
print(math.pi, math.e, math.tau, math.inf, math.nan)
for f in ('sin','cos','tan','exp','sqrt','gamma','lgamma','erf','log1p','cbrt','atan','sinh'):
    print(f, math.__dict__[f](0.7), math.__dict__[f](2))
print(math.floor(-2.5), math.ceil(2.1), math.trunc(-2.7), math.floor(5), math.ceil(True))
print(math.factorial(30), math.gcd(12,18,27), math.gcd(), math.lcm(4,6), math.lcm(), math.isqrt(10**40), math.comb(50,25), math.perm(10,3), math.perm(5))
print(math.gcd(2**100,2**70*3), math.lcm(2**64,3))
print(math.log(10), math.log(8,2), math.log2(2**200), math.log10(10**500), math.log(10**500))
print(math.hypot(3,4), math.hypot(), math.hypot(1,2,3), math.dist([1,2],[4,6]), math.fsum([.1]*10), math.prod([1,2,3.5]), math.sumprod([1,2],[3,4]), math.sumprod([1.5,2],[3,4]), math.prod([],start=5))
print(math.frexp(8.5), math.ldexp(0.5,10), math.modf(-2.75), math.copysign(3,-0.0), math.fmod(-7,3), math.remainder(7,4), math.nextafter(1,2), math.nextafter(1,2,steps=5), math.ulp(1.0), math.isclose(1,1+1e-10), math.fma(2,3,4))
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
t(lambda: math.sqrt(-1)); t(lambda: math.log(0)); t(lambda: math.exp(1000)); t(lambda: math.factorial(-1)); t(lambda: math.factorial(1.5)); t(lambda: math.sin('a')); t(lambda: math.log(-5)); t(lambda: math.comb(-1,2)); t(lambda: math.dist([1],[1,2])); t(lambda: math.ldexp(1,2.0)); t(lambda: math.trunc('a')); t(lambda: math.log(1.0,1)); t(lambda: math.sumprod([1],[1,2])); t(lambda: math.log(-10**400)); t(lambda: math.sin(math.inf)); t(lambda: math.nextafter(1,2,steps=-1)); t(lambda: math.pow(2,10000)); t(lambda: math.gamma(-1)); t(lambda: math.sqrt()); t(lambda: math.sqrt(1,2)); t(lambda: math.isqrt(-4)); t(lambda: math.floor('x')); t(lambda: math.fsum([1e308,1e308])); t(lambda: math.acos(2)); t(lambda: math.atanh(1)); t(lambda:math.fmod(1,0)); t(lambda: math.gcd(1.5))
class A:
    def __floor__(self): return 'fl'
    def __ceil__(self): return 'ce'
    def __trunc__(self): return 'tr'
    def __float__(self): return 2.25
print(math.floor(A()), math.ceil(A()), math.trunc(A()), math.sqrt(A()))
r=_random.Random(42); print(r.random(), r.getrandbits(10), r.getrandbits(100), r.random())
r.seed(-2**100); print(r.random()); s=r.getstate(); print(len(s), s[:3], s[-1]); a=r.random(); r.setstate(s); print(a==r.random())
r.seed(1.5); print(r.random()); t(lambda: r.setstate((1,))); t(lambda: r.getrandbits(-1)); t(lambda: _random.Random(1,2))
class R(_random.Random): pass
x=R(7); x.foo=1; print(x.random(), x.foo, _random.Random)
