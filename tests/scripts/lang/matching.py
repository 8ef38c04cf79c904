# The match statement: every kind of pattern, captures, guards, and what is left bound.
from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


class Pair:
    __match_args__ = ("first", "second")

    def __init__(self, first, second):
        self.first, self.second = first, second


RED = "red"


class Colour:
    RED = "red"


def describe(value):
    match value:
        case None | True | False:
            return f"singleton {value}"
        case 0 | -1 | 2.5 | 3 + 4j:
            return f"number {value}"
        case Colour.RED:
            return "value pattern"
        case "text" | b"bytes":
            return "literal"
        case str(s) if len(s) > 5:
            return f"long {s}"
        case str():
            return "short string"
        case Point(x=0, y=0):
            return "origin"
        case Point(0, y) | Point(y, 0):
            return f"on an axis at {y}"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point():
            return "point"
        case Pair(Pair(a, b), [c, *d]):
            return f"nested {a} {b} {c} {d}"
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [1, *middle, 9]:
            return f"1..9 with {middle}"
        case (first, _, *_):
            return f"starts with {first}"
        case {"kind": "circle", "r": r}:
            return f"circle {r}"
        case {"a": {"b": [_, deep]}, **others}:
            return f"deep {deep} {others}"
        case {}:
            return "mapping"
        case int() as number:
            return f"int {number}"
        case _:
            return f"other {type(value).__name__}"


values = [
    None, True, 0, -1, 2.5, 3 + 4j, "red", "text", b"bytes", "longer text", "tiny", Point(0, 0), Point(0, 7),
    Point(8, 0), Point(4, 4), Point(1, 2), Pair(Pair(1, 2), (3, 4, 5)), [], [5], (1, 2, 3, 9), range(3), [1, 9],
    {"kind": "circle", "r": 3, "x": 1}, {"a": {"b": [1, 2]}, "c": 3}, {"k": 1}, 17, 1.5, {1}, bytearray(b"xy"),
]
for value in values:
    print(describe(value))

match [1, [2, 3]]:
    case [a, [b, c]] if a > 1:
        print("guard passed")
    case [p, [q, *r]]:
        print(a, b, c, p, q, r)

match 5:
    case 6:
        print("six")
try:
    match Point(1, 2):
        case Point(1, 2, 3):
            pass
except TypeError as error:
    print(error)
try:
    match Pair(1, 2):
        case Pair(1, first=1):
            pass
except TypeError as error:
    print(error)
