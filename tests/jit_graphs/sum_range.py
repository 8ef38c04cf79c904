# a range loop: the iterator's fields and the sum go round unboxed; only the sum is checked for overflow
def unit():
    total = 0
    for i in range(20000):
        total += i
    return total

unit()
