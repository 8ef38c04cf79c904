# Peak memory of a million objects with two attributes each. Prints a checksum.
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


points = [Point(i, i + 1) for i in range(1_000_000)]
print(len(points), points[0].x, points[500_000].y, points[-1].x)
