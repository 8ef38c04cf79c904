import _operator as o, _bisect, _heapq
def t(s,f):
    try: print(s,'->',repr(f()))
    except BaseException as e: print(s,'->',type(e).__name__,str(e))
class C: pass
c=C(); c.x=C(); c.x.y=5; c.z=1
t(1,lambda:o.itemgetter(1)([1,2])); t(2,lambda:o.itemgetter(1,0)([1,2])); t(3,lambda:o.attrgetter('x.y','z')(c)); t(4,lambda:o.attrgetter('z')(c)); t(5,lambda:o.methodcaller('split',',')('a,b')); t(6,lambda:o.methodcaller('split',sep=';',maxsplit=1)('a;b;c'))
t(8,lambda:o.attrgetter(1)); t(9,lambda:o.methodcaller()); t(10,lambda:o.methodcaller(1)); t(11,lambda:o.itemgetter(1)); t(12,lambda:o.attrgetter('a.b','c')); t(13,lambda:o.methodcaller('a',1,b=2)); t(14,lambda:o.itemgetter(1)()); t(15,lambda:o.itemgetter(1)(1,2)); t(16,lambda:o.itemgetter(1)(x=1)); t(17,lambda:o.attrgetter('a')(c))
t(18,lambda:o.indexOf([1,2],2)); t(19,lambda:o.indexOf([1,2],3)); t(20,lambda:o.countOf([1,1],1)); t(22,lambda:o.concat([1],[2])); t(23,lambda:o.concat(1,2)); t(24,lambda:o.concat('a','b')); t(25,lambda:o.iadd([1],[2])); t(26,lambda:o.is_(c,c)); t(27,lambda:o.not_(0)); t(28,lambda:o.length_hint([1])); t(29,lambda:o.length_hint(1)); t(30,lambda:o.length_hint(1,5)); t(31,lambda:o.length_hint(1,'a')); t(32,lambda:o.call(max,1,2)); t(33,lambda:o.call(sorted,[2,1],reverse=True)); t(34,lambda:o._compare_digest('a','a')); t(35,lambda:o._compare_digest(b'a',b'b')); t(37,lambda:o._compare_digest('é','a')); t(38,lambda:o.add(1)); t(39,lambda:o.truth()); t(40,lambda:o.add(1,'a')); t(41,lambda:o.is_none(None)); t(42,lambda:o.contains([1],1)); t(43,lambda:o.itemgetter(1).__reduce__()); t(44,lambda:o.pow(2,3)); t(45,lambda:o.matmul(1,2)); t(46,lambda:o.getitem([1,2],0)); t(47,lambda:o.index(1.5)); t(48,lambda:o.ipow(2,2))
t(50,lambda:_bisect.bisect_left([1,2,2,3],2)); t(51,lambda:_bisect.bisect_right([1,2,2,3],2)); t(52,lambda:_bisect.bisect_left([1,2,3],2,-1)); t(53,lambda:_bisect.bisect_left([1,2,3],2,0,2)); t(54,lambda:_bisect.bisect_left([3,2,1],2,key=lambda x:-x)); t(55,lambda:_bisect.bisect_left(x=1,a=[1])); t(56,lambda:_bisect.bisect(1))
l=[1,3]; _bisect.insort_right(l,2); _bisect.insort_left(l,0,key=lambda x:x); print(l)
h=[5,3,8,1,9,2]; _heapq.heapify(h); print(h); _heapq.heappush(h,0); print(h); print(_heapq.heappop(h),h); print(_heapq.heapreplace(h,7),h); print(_heapq.heappushpop(h,1),h)
h=[5,3,8,1,9,2]; _heapq.heapify_max(h); print(h); _heapq.heappush_max(h,10); print(_heapq.heappop_max(h),h, _heapq.heappushpop_max(h,4), _heapq.heapreplace_max(h,6), h)
t(60,lambda:_heapq.heappop([])); t(61,lambda:_heapq.heappop(1)); t(62,lambda:_heapq.heappush(1,2)); t(63,lambda:_heapq.heapreplace([],1)); t(64,lambda:_heapq.heappush([1],'a')); t(65,lambda:_heapq.heapify((1,))); t(66,lambda:_heapq.heappop())
