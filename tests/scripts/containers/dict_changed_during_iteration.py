# Removed entries of a dict keep their places until it grows: iteration sees more entries than it had.
def attempt(iterator):
    try:
        return list(iterator)
    except RuntimeError as e:
        return str(e)


def replaced(d):
    for k in d:
        del d[k]
        d[k] = 0
        yield k


print(attempt(replaced({0: 0})))
d = dict.fromkeys(range(10))
for i in range(7):
    del d[i]
iterators = [reversed(d), reversed(d.keys()), reversed(d.values()), reversed(d.items())]
print([next(it) for it in iterators])
d.clear()
d.update(dict.fromkeys(range(10)))
for i in range(3, 10):
    del d[i]
print([attempt(it) for it in iterators])
d = {f'k{i}': i for i in range(1000)}
for i in range(1, 1000):
    del d[f'k{i}']
iterators = [reversed(d), reversed(d.items())]
d.clear()
d['k0'] = 0
print([attempt(it) for it in iterators])
d = dict.fromkeys(range(100))
while d:
    d.popitem()
    if len(d) % 7 == 0:
        d[-len(d)] = None
        d.popitem()
print(d, list(reversed(d)))
