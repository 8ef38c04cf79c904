"""Code of the library is read when it is asked for: what it shows must not depend on whether it ran."""

import gc
import marshal
import textwrap

cold = textwrap.TextWrapper._split_chunks
code = cold.__code__
print(code.co_name, code.co_qualname, code.co_varnames, code.co_argcount, code.co_freevars)
print(code.co_names)
print(code == code.replace(), code.replace(co_name="other").co_name, hash(code) == hash(code.replace()))
again = marshal.loads(marshal.dumps(code))
print(again == code, again.co_filename == code.co_filename)
lines = [line for _, _, line in code.co_lines() if line is not None]
print(min(lines) >= code.co_firstlineno, len(lines) > 1)

print(textwrap.fill.__doc__.splitlines()[0])


def first():
    """Doc of the first."""


def second():
    """Doc of the second."""


# The docstring stays with the function, whatever its code becomes.
first.__code__ = second.__code__
print(first.__doc__)
second.__doc__ = None
print(second.__doc__)
del first.__doc__
print(first.__doc__)


def nested():
    """Outer."""
    def inner(a, /, b, *, c=1):
        """Inner."""
        return a, b, c
    return inner


print(nested().__doc__, nested()(1, b=2, c=3))
try:
    textwrap.fill("text", no_such_option=1)
except TypeError as error:
    print(error)
try:
    textwrap.shorten("text")
except TypeError as error:
    print(error)

gc.collect()
print(textwrap.fill("one two three", width=8))
