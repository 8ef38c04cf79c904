# Peak memory of a dict of a million ints to ints. Prints a checksum.
table = {}
for i in range(1_000_000):
    table[i] = i * 2
print(len(table), table[0], table[500_000], table[999_999])
