# Intersections stop asking for items when the result can not grow.
import itertools

g = iter(range(10))
print({2}.intersection(g), next(g))
print({1, 2}.intersection(itertools.count()))
s = {3, 4}
s.intersection_update(itertools.count())
print(s, set().intersection([1]), {1} & {1, 2})


def raising():
    yield 2
    raise ValueError


print({2}.intersection(raising()))
try:
    print({2, 9}.intersection(raising()))
except ValueError:
    print('raised')
