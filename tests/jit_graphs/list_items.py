# items of a list: the list is checked before the loop, the index inside
def unit(values):
    total = 0
    for i in range(20000):
        total += values[i]
    return total

unit(list(range(20000)))
