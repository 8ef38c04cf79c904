"""Nanoseconds of single operations, to find those that are slow beside others; run by compare_micro.py.

    PYTHON benches/micro.py [WORD]      a line "NAME NS" for each operation whose name contains WORD
"""

import sys
import time

# NAME | setup | statement; the statement runs in a loop inside a function.
OPERATIONS = r"""
loop_empty | | pass
list_index_int | a = [1, 2, 3]; i = 1 | a[i]
list_index_neg | a = [1, 2, 3]; i = -1 | a[i]
tuple_index_int | a = (1, 2, 3); i = 1 | a[i]
tuple_index_neg | a = (1, 2, 3) | a[-1]
str_index | a = 'hello'; i = 1 | a[i]
bytes_index | a = b'hello'; i = 1 | a[i]
bytearray_index | a = bytearray(b'hello'); i = 1 | a[i]
bytearray_store | a = bytearray(b'hello'); i = 1 | a[i] = 7
list_store | a = [1, 2, 3]; i = 1 | a[i] = i
list_slice | a = [1, 2, 3, 4, 5] | a[1:3]
list_slice_full | a = [1, 2, 3, 4, 5] | a[:]
tuple_slice | a = (1, 2, 3, 4, 5) | a[1:]
str_slice | a = 'hello world' | a[2:7]
bytes_slice | a = b'hello world' | a[2:7]
slice_assign | a = [1, 2, 3, 4, 5] | a[1:3] = [2, 3]
slice_step | a = [1, 2, 3, 4, 5] | a[::-1]
dict_get_str | d = {'a': 1, 'b': 2}; k = 'b' | d[k]
dict_get_int | d = {1: 1, 2: 2}; k = 2 | d[k]
dict_get_tuple | d = {(1, 2): 1}; k = (1, 2) | d[k]
dict_store_str | d = {}; k = 'b' | d[k] = 1
dict_store_int | d = {}; k = 7 | d[k] = 1
dict_get_method | d = {'a': 1}; k = 'b' | d.get(k)
dict_get_default | d = {'a': 1}; k = 'b' | d.get(k, 0)
dict_setdefault | d = {'a': 1}; k = 'a' | d.setdefault(k, 0)
dict_pop_store | d = {} | d['x'] = 1; d.pop('x')
dict_in | d = {'a': 1}; k = 'a' | k in d
dict_in_int | d = {1: 1}; k = 3 | k in d
dict_items_iter | d = dict.fromkeys(range(10)) | for k, v in d.items(): pass
dict_iter | d = dict.fromkeys(range(10)) | for k in d: pass
dict_values_iter | d = dict.fromkeys(range(10)) | for k in d.values(): pass
dict_literal | x = 1 | {'a': x, 'b': x}
dict_copy | d = dict.fromkeys(range(10)) | d.copy()
dict_update | d = {'a': 1}; e = {'a': 2, 'b': 3} | d.update(e)
dict_merge | d = {'a': 1}; e = {'a': 2, 'b': 3} | {**d, **e}
dict_of_pairs | a = [(1, 2), (3, 4)] | dict(a)
dict_kwargs | | dict(a=1, b=2)
dict_comp | r = range(10) | {i: i for i in r}
dict_delete | d = {} | d[1] = 2; del d[1]
dict_len | d = {1: 2} | len(d)
dict_eq | d = {1: 2, 3: 4}; e = {1: 2, 3: 4} | d == e
set_in | s = {1, 2, 3}; k = 2 | k in s
set_add | s = set(); k = 2 | s.add(k)
set_add_discard | s = set(); k = 2 | s.add(k); s.discard(k)
set_literal | x = 1 | {x, 2, 3}
set_comp | r = range(10) | {i for i in r}
set_of_list | a = list(range(10)) | set(a)
set_and | a = {1, 2, 3}; b = {2, 3, 4} | a & b
set_or | a = {1, 2, 3}; b = {2, 3, 4} | a | b
set_iter | a = set(range(10)) | for x in a: pass
frozenset_in | s = frozenset((1, 2, 3)); k = 2 | k in s
tuple_in | s = (1, 2, 3); k = 2 | k in s
list_in | s = [1, 2, 3]; k = 2 | k in s
str_in | s = 'hello world' | 'wor' in s
str_char_in | s = 'abcdef'; c = 'c' | c in s
list_append_pop | a = [] | a.append(1); a.pop()
list_literal | x = 1 | [x, x, x]
list_empty | | []
list_copy_call | a = [1, 2, 3] | list(a)
list_of_range | | list(range(10))
list_of_map | a = [1, 2, 3]; f = str | list(map(f, a))
list_add | a = [1, 2]; b = [3, 4] | a + b
list_iadd | b = [1] | a = []; a += b
list_mul | a = [0] | a * 10
list_eq | a = [1, 2, 3]; b = [1, 2, 3] | a == b
list_lt | a = [1, 2, 3]; b = [1, 2, 4] | a < b
list_insert_pop0 | a = [1, 2, 3] | a.insert(0, 1); a.pop(0)
list_index | a = list(range(10)) | a.index(7)
list_count | a = list(range(10)) | a.count(7)
list_reverse | a = list(range(10)) | a.reverse()
list_extend | b = [1, 2] | a = []; a.extend(b)
list_sort_10 | a = [3, 1, 2, 5, 4, 9, 8, 7, 6, 0] | sorted(a)
list_sort_key | a = [3, 1, 2, 5, 4, 9, 8, 7, 6, 0]; f = lambda x: -x | sorted(a, key=f)
list_sort_str | a = ['c', 'a', 'b', 'e', 'd', 'g', 'f'] | sorted(a)
list_comp | r = range(10) | [i for i in r]
list_comp_call | r = range(10) | [abs(i) for i in r]
list_iter | a = list(range(10)) | for x in a: pass
list_unpack | a = [1, 2, 3] | x, y, z = a
tuple_unpack | a = (1, 2, 3) | x, y, z = a
star_unpack | a = [1, 2, 3, 4] | x, *y = a
nested_unpack | a = ((1, 2), 3) | (x, y), z = a
swap | x = 1; y = 2 | x, y = y, x
tuple_build | x = 1 | (x, x, x)
tuple_eq | a = (1, 2); b = (1, 2) | a == b
tuple_lt | a = (1, 2); b = (1, 3) | a < b
tuple_hash | a = (1, 2, 3) | hash(a)
tuple_of_list | a = [1, 2, 3] | tuple(a)
tuple_of_gen | a = [1, 2, 3] | tuple(x for x in a)
tuple_iter | a = tuple(range(10)) | for x in a: pass
str_eq | a = 'hello'; b = 'hellp' | a == b
str_lt | a = 'hello'; b = 'hellp' | a < b
str_hash | a = 'hello' | hash(a)
str_add | a = 'hello'; b = 'world' | a + b
str_mul | a = 'ab' | a * 10
str_join | a = ['a', 'b', 'c'] | ','.join(a)
str_join_gen | a = ['a', 'b', 'c'] | ','.join(x for x in a)
str_split | a = 'a b c d' | a.split()
str_split_sep | a = 'a,b,c,d' | a.split(',')
str_strip | a = '  a ' | a.strip()
str_replace | a = 'hello world' | a.replace('o', '0')
str_startswith | a = 'hello world' | a.startswith('hell')
str_startswith_tuple | a = 'hello world'; t = ('x', 'hell') | a.startswith(t)
str_find | a = 'hello world' | a.find('wor')
str_upper | a = 'hello world' | a.upper()
str_isdigit | a = '12345' | a.isdigit()
str_isalpha_char | a = 'x' | a.isalpha()
str_format | x = 5 | '{} {}'.format(x, 'a')
str_percent | x = 5 | '%d %s' % (x, 'a')
str_percent_s | x = 'abc' | 'x%s' % x
fstring_int | x = 5 | f'{x} items'
fstring_str | x = 'abc' | f'a {x} b'
fstring_float | x = 5.25 | f'{x:.2f}'
fstring_width | x = 5 | f'{x:>5}'
fstring_repr | x = 'abc' | f'{x!r}'
str_of_int | x = 12345 | str(x)
str_of_float | x = 1.25 | str(x)
repr_str | x = 'abc' | repr(x)
repr_list | x = [1, 2, 3] | repr(x)
int_of_str | x = '12345' | int(x)
float_of_str | x = '1.25' | float(x)
int_of_float | x = 1.25 | int(x)
str_iter | a = 'abcdefghij' | for c in a: pass
str_encode | a = 'hello' | a.encode()
bytes_decode | a = b'hello' | a.decode()
bytes_join | a = [b'a', b'b'] | b''.join(a)
ord_chr | a = 'x' | chr(ord(a))
str_partition | a = 'key=value' | a.partition('=')
str_rsplit | a = 'a.b.c' | a.rsplit('.', 1)
str_splitlines | a = 'a\nb\nc' | a.splitlines()
str_translate | t = str.maketrans('ab', 'cd'); a = 'abcabc' | a.translate(t)
str_zfill | a = '42' | a.zfill(5)
str_center | a = '42' | a.center(9)
str_count | a = 'hello world' | a.count('o')
int_add_big | a = 10 ** 20; b = 1 | a + b
int_mul_big | a = 10 ** 20; b = 10 ** 19 | a * b
int_div_big | a = 10 ** 40; b = 10 ** 19 | a // b
int_pow | a = 3 | a ** 10
int_powmod | a = 3 | pow(a, 1000, 1000007)
int_shift | a = 3; b = 70 | a << b
int_60bit | a = 0x9E3779B97F4A7C15; m = 0xFFFFFFFFFFFFFFFF | (a * 3) & m
int_divmod | a = 17; b = 5 | divmod(a, b)
int_truediv | a = 17; b = 5 | a / b
int_bitlen | a = 12345 | a.bit_length()
int_hex | a = 12345 | hex(a)
float_mul | a = 1.5; b = 2.5 | a * b
float_pow | a = 1.5 | a ** 2
float_round | a = 1.2345 | round(a, 2)
float_floor | a = 1.5; import math; f = math.floor | f(a)
float_mod | a = 7.5; b = 2.0 | a % b
float_divint | a = 7.5; b = 2 | a / b
math_sqrt | import math; f = math.sqrt; a = 2.0 | f(a)
math_attr_sqrt | import math; a = 2.0 | math.sqrt(a)
complex_mul | a = 1 + 2j; b = 2 - 1j | a * b
cmp_chain | a = 1; b = 2; c = 3 | a < b < c
bool_not | a = [] | not a
isinstance_exact | a = 5 | isinstance(a, int)
isinstance_sub | a = True | isinstance(a, int)
isinstance_tuple | a = 5 | isinstance(a, (str, int))
isinstance_user | o = D() | isinstance(o, C)
issubclass_user | | issubclass(D, C)
type_call | a = 5 | type(a)
len_list | a = [1] | len(a)
len_str | a = 'abc' | len(a)
len_user | o = L() | len(o)
abs_int | a = -5 | abs(a)
min_two | a = 1; b = 2 | min(a, b)
max_list | a = [1, 5, 2] | max(a)
max_key | a = [1, 5, 2]; f = lambda x: -x | max(a, key=f)
sum_list | a = [1, 2, 3] | sum(a)
sum_gen | a = [1, 2, 3] | sum(x for x in a)
any_gen | a = [0, 0, 1] | any(x for x in a)
all_gen | a = [1, 1, 1] | all(x for x in a)
any_list | a = [0, 0, 1] | any(a)
range_iter | | for x in range(10): pass
enumerate_iter | a = list(range(10)) | for i, x in enumerate(a): pass
zip_iter | a = list(range(10)); b = list(range(10)) | for x, y in zip(a, b): pass
map_iter | a = list(range(10)) | for x in map(abs, a): pass
map_lambda | a = list(range(10)); f = lambda x: x | for x in map(f, a): pass
filter_iter | a = list(range(10)) | for x in filter(None, a): pass
reversed_iter | a = list(range(10)) | for x in reversed(a): pass
genexp_loop | a = list(range(10)) | for x in (y for y in a): pass
gen_loop | | for x in gen10(): pass
gen_create | | gen10()
gen_yield_from | | for x in gen_from(): pass
gen_send | g = echo(); g.send(None) | g.send(1)
next_gen | g = forever() | next(g)
next_iter_default | | next(iter(()), None)
iter_user | o = It() | for x in o: pass
coroutine_await | | run_coro(outer())
call_0 | f = f0 | f()
call_2 | f = f2 | f(1, 2)
call_default | f = fdef | f(1)
call_kw | f = f2 | f(a=1, b=2)
call_kw_one | f = fdef | f(1, b=2)
call_star | f = f2; a = (1, 2) | f(*a)
call_starkw | f = f2; d = {'a': 1, 'b': 2} | f(**d)
call_varargs | f = fstar | f(1, 2, 3)
call_varkw | f = fkw | f(a=1, b=2)
call_both | f = fboth | f(1, 2, a=1)
call_forward | f = fforward | f(1, 2)
call_kwonly | f = fkwonly | f(1, key=2)
call_lambda | f = lambda x: x | f(1)
call_closure | f = closure(1) | f(2)
call_partial | import functools; f = functools.partial(f2, 1) | f(2)
call_decorated | f = decorated | f(1, 2)
call_lru_cache | f = cached | f(1)
method_call | o = C() | o.m()
method_call_arg | o = C() | o.add(1)
method_bound | o = C(); m = o.m | m()
method_super | o = D() | o.sup()
method_static | o = C() | o.static()
method_class | o = C() | o.klass()
property_get | o = C() | o.prop
property_set | o = C() | o.prop = 1
attr_get | o = C() | o.x
attr_set | o = C() | o.x = 1
attr_slots_get | o = S() | o.x
attr_slots_set | o = S() | o.x = 1
attr_class | o = C() | o.klassattr
attr_on_class | | C.klassattr
attr_getattr_hook | o = G() | o.missing
attr_getattr_builtin | o = C() | getattr(o, 'x')
attr_getattr_default | o = C() | getattr(o, 'zz', None)
attr_hasattr_no | o = C() | hasattr(o, 'zz')
attr_setattr_builtin | o = C() | setattr(o, 'x', 1)
attr_iadd | o = C() | o.x += 1
attr_dict | o = C() | o.__dict__
attr_dataclass | p = P(1, 2) | p.x
new_object | | E()
new_object_init | | P2(1, 2)
new_slots | | S2(1, 2)
new_dataclass | | P(1, 2)
new_namedtuple | | NT(1, 2)
new_exception | | ValueError('x')
namedtuple_get | p = NT(1, 2) | p.x
enum_attr | | Color.RED
enum_value | c = Color.RED | c.value
enum_eq | c = Color.RED | c == Color.RED
op_add_user | o = V(1) | o + o
op_eq_user | o = V(1); p = V(1) | o == p
op_lt_user | o = V(1); p = V(2) | o < p
op_getitem_user | o = L() | o[1]
op_contains_user | o = L() | 1 in o
op_call_user | o = L() | o(1)
op_hash_user | o = V(1); d = {o: 1} | d[o]
op_bool_user | o = V(1) | not o
op_iadd_user | o = V(1) | o += 1
with_user | o = W() | with o: pass
with_lock | import threading; o = threading.Lock() | with o: pass
with_contextmanager | | with cm(): pass
try_ok | | try: pass\nexcept ValueError: pass
try_raise | | try: raise ValueError\nexcept ValueError: pass
try_raise_msg | | try: raise ValueError('x')\nexcept ValueError as e: pass
try_keyerror | d = {} | try: d['x']\nexcept KeyError: pass
try_indexerror | a = [] | try: a[0]\nexcept IndexError: pass
try_attrerror | o = C() | try: o.zz\nexcept AttributeError: pass
try_raise_deep | | try: deep(5)\nexcept ValueError: pass
try_finally | | try: pass\nfinally: pass
try_stopiter | | try: next(iter(()))\nexcept StopIteration: pass
global_read | | GLOBAL
builtin_read | | len
closure_read | f = closure(1) | f(1)
lambda_make | | lambda: 1
class_make | | class X: pass
import_stmt | | import sys
import_from | | from sys import path
assert_true | a = 1 | assert a
match_int | a = 3 | match a:\n case 1: pass\n case 2: pass\n case 3: pass
match_class | p = P(1, 2) | match p:\n case P(x=1, y=y): pass
match_seq | p = [1, 2, 3] | match p:\n case [a, b, *c]: pass
match_map | p = {'a': 1} | match p:\n case {'a': x}: pass
re_match | import re; r = re.compile(r'(\d+)-(\w+)'); s = '123-abc' | r.match(s)
re_search | import re; r = re.compile(r'b+c'); s = 'aaaaaabbbbc' | r.search(s)
re_sub | import re; r = re.compile(r'\s+'); s = 'a b  c' | r.sub(' ', s)
re_findall | import re; r = re.compile(r'\w+'); s = 'the quick brown fox' | r.findall(s)
re_module_match | import re; s = '123' | re.match(r'\d+', s)
re_finditer | import re; r = re.compile(r'\w+'); s = 'the quick brown fox' | for m in r.finditer(s): m.group()
re_split | import re; r = re.compile(r','); s = 'a,b,c' | r.split(s)
json_dumps | import json; d = {'a': [1, 2, 3], 'b': 'text'} | json.dumps(d)
json_loads | import json; s = '{"a": [1, 2, 3], "b": "text"}' | json.loads(s)
struct_unpack | import struct; b = b'abcdefgh' | struct.unpack('<II', b)
struct_pack | import struct | struct.pack('<II', 1, 2)
deque_append_popleft | from collections import deque; d = deque() | d.append(1); d.popleft()
deque_index | from collections import deque; d = deque([1, 2, 3]) | d[1]
defaultdict_inc | from collections import defaultdict; d = defaultdict(int) | d['a'] += 1
counter_inc | from collections import Counter; d = Counter() | d['a'] += 1
counter_of_str | from collections import Counter | Counter('hello')
ordereddict_set | from collections import OrderedDict; d = OrderedDict() | d['a'] = 1
heap_push_pop | from heapq import heappush, heappop; h = [1, 2, 3] | heappush(h, 2); heappop(h)
bisect_call | from bisect import bisect_left; a = [1, 2, 3, 4] | bisect_left(a, 3)
itertools_chain | from itertools import chain; a = [1, 2] | for x in chain(a, a): pass
itertools_islice | from itertools import islice, count | for x in islice(count(), 5): pass
itertools_product | from itertools import product; a = [1, 2] | for x in product(a, a): pass
itertools_groupby | from itertools import groupby; a = [1, 1, 2] | for k, g in groupby(a): pass
itemgetter | from operator import itemgetter; f = itemgetter(1); a = (1, 2) | f(a)
attrgetter | from operator import attrgetter; f = attrgetter('x'); o = C() | f(o)
random_random | import random; f = random.random | f()
random_randint | import random; f = random.randint | f(1, 6)
time_perf | import time; f = time.perf_counter | f()
datetime_now | from datetime import datetime, timedelta; d = datetime(2020, 1, 1); t = timedelta(1) | d + t
decimal_add | from decimal import Decimal; a = Decimal('1.1') | a + a
fraction_add | from fractions import Fraction; a = Fraction(1, 3) | a + a
copy_copy | import copy; a = [1, 2, 3] | copy.copy(a)
deepcopy_list | import copy; a = [1, [2, 3]] | copy.deepcopy(a)
stringio_write | import io; f = io.StringIO() | f.write('x')
bytesio_read | import io; f = io.BytesIO(b'x' * 100) | f.seek(0); f.read(10)
array_index | import array; a = array.array('i', [1, 2, 3]) | a[1]
array_store | import array; a = array.array('d', [1, 2, 3]) | a[1] = 2.0
memoryview_index | a = memoryview(b'abc') | a[1]
hashlib_md5 | import hashlib; b = b'x' * 64 | hashlib.md5(b).digest()
eval_expr | c = compile('1', '', 'eval') | eval(c)
exec_stmt | c = compile('x=1', '', 'exec'); d = {} | exec(c, d)
id_call | a = 5 | id(a)
hash_int | a = 5 | hash(a)
callable_call | a = 5 | callable(a)
vars_call | o = C() | vars(o)
dir_call | o = C() | dir(o)
print_devnull | f = open('/dev/null', 'w') | print('x', file=f)
"""

GLOBAL = 1


class C:
    klassattr = 1

    def __init__(self):
        self.x = 1
        self.y = 2

    def m(self):
        return 1

    def add(self, n):
        return n

    @property
    def prop(self):
        return 1

    @prop.setter
    def prop(self, value):
        pass

    @staticmethod
    def static():
        return 1

    @classmethod
    def klass(cls):
        return 1


class D(C):
    def sup(self):
        return super().m()


class S:
    __slots__ = ("x",)

    def __init__(self):
        self.x = 1


class S2:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class E:
    pass


class P2:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class G:
    def __getattr__(self, name):
        return 1


class L:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return i

    def __contains__(self, x):
        return True

    def __call__(self, x):
        return x


class V:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return self

    def __iadd__(self, other):
        return self

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True

    def __hash__(self):
        return 1

    def __bool__(self):
        return True


class W:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return None


class It:
    def __iter__(self):
        self.n = 0
        return self

    def __next__(self):
        self.n += 1
        if self.n > 10:
            raise StopIteration
        return self.n


def f0():
    return 1


def f2(a, b):
    return a


def fdef(a, b=2):
    return a


def fstar(*args):
    return 1


def fkw(**kw):
    return 1


def fboth(*args, **kw):
    return 1


def fforward(*args, **kw):
    return f2(*args, **kw)


def fkwonly(a, *, key):
    return a


def closure(n):
    def inner(m):
        return n
    return inner


def gen10():
    for i in range(10):
        yield i


def gen_from():
    yield from range(10)


def echo():
    x = None
    while True:
        x = yield x


def forever():
    while True:
        yield 1


async def inner_coro():
    return 1


async def outer():
    await inner_coro()


def run_coro(c):
    try:
        c.send(None)
    except StopIteration:
        pass


def deep(n):
    if n == 0:
        raise ValueError
    deep(n - 1)


def setup_library():
    import contextlib
    import dataclasses
    import enum
    import functools
    from collections import namedtuple
    g = globals()

    def decorator(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return f(*args, **kwargs)
        return wrapper

    @contextlib.contextmanager
    def cm():
        yield

    g["decorated"] = decorator(f2)
    g["cached"] = functools.lru_cache(f0.__class__(fdef.__code__, g, argdefs=(2,)))
    g["cm"] = cm
    g["P"] = dataclasses.make_dataclass("P", ["x", "y"])
    g["NT"] = namedtuple("NT", "x y")
    g["Color"] = enum.Enum("Color", "RED GREEN")


def function_of(setup, statement):
    """A function that runs the statement n times and returns the CPU seconds."""
    lines = ["def run(n, clock):"]
    lines += ["    " + part.strip() for part in setup.split(";") if part.strip()]
    lines += ["    begin = clock()", "    for _ in range(n):"]
    for part in statement.split("\\n"):
        lines.append("        " + part.rstrip())
    lines.append("    return clock() - begin")
    space = globals()
    exec("\n".join(lines), space)
    return space["run"]


def measure(run, budget=0.02):
    """Best nanoseconds an iteration."""
    clock = time.process_time
    n = 16
    while (took := run(n, clock)) < budget / 4:
        n *= 4
    n = max(1, int(n * budget / took))
    return min(run(n, clock) for _ in range(3)) / n * 1e9


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    setup_library()
    for line in OPERATIONS.strip().splitlines():
        name, setup, statement = (part.strip() for part in line.split("|", 2))
        if word in name:
            try:
                print(name, "%.1f" % measure(function_of(setup, statement)), flush=True)
            except Exception as error:
                print(name, "failed", type(error).__name__, str(error)[:60].replace("\n", " "), flush=True)


main()
