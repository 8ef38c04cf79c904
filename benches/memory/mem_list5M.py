# Peak memory of a list of five million different ints. Prints a checksum.
numbers = []
for i in range(5_000_000):
    numbers.append(i * 3)
print(len(numbers), numbers[0], numbers[2_500_000], numbers[-1])
