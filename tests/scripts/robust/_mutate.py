"""Shared by the mutation_* scripts: objects whose special methods change the container that is being worked on."""
import re


def junk():
    """Allocates, so that memory which was given up too early is written over."""
    return [[i, str(i)] * 3 for i in range(60)], bytearray(300), dict.fromkeys(range(20))


class Trap:
    """Calls `action` when it is sprung for the `at`-th time, and never again."""

    def __init__(self, action, at=1):
        self.action, self.left = action, at

    def __call__(self):
        self.left -= 1
        if self.left == 0:
            self.action()
            junk()


class Item:
    """An element whose comparisons, hash, conversions and texts spring a trap."""

    def __init__(self, trap, n=0, equal=False):
        self.trap, self.n, self.equal = trap, n, equal

    def __eq__(self, other):
        self.trap()
        return self is other or self.equal

    def __lt__(self, other):
        self.trap()
        return self.n < getattr(other, "n", other)

    def __gt__(self, other):
        self.trap()
        return self.n > getattr(other, "n", other)

    def __hash__(self):
        self.trap()
        return 1

    def __index__(self):
        self.trap()
        return self.n

    def __bool__(self):
        self.trap()
        return True

    def __repr__(self):
        return f"I{self.n}"


class Loud(Item):
    """An element whose texts spring the trap."""

    def __repr__(self):
        self.trap()
        return f"L{self.n}"

    def __format__(self, spec):
        self.trap()
        return f"F{self.n}{spec}"

    __hash__ = None


def outcome(f, *args, **named):
    """What a call gives or raises, as text without addresses."""
    try:
        text = repr(f(*args, **named))
    except Exception as e:
        text = f"{type(e).__name__}: {e}"
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def short(value, limit=90):
    """A text that shows a value's beginning and how long it is."""
    text = value if isinstance(value, str) else outcome(lambda: value)
    return text if len(text) <= limit else f"{text[:limit]}...{len(text)}"
