"""`_stat`: modes as numbers and as text."""

import _stat
import stat

for name in sorted(dir(_stat)):
    if name.isupper():
        value = getattr(_stat, name)
        print(name, hex(value) if isinstance(value, int) else "function")

for mode in (0o100644, 0o040755, 0o120777, 0o060660, 0o020620, 0o010600, 0o140777, 0o104755, 0o102644, 0o041777,
             0o001666, 0o007000):
    kinds = [n for n in dir(_stat) if n.startswith("S_IS") and callable(getattr(_stat, n)) and getattr(_stat, n)(mode)]
    print(oct(mode), _stat.filemode(mode), kinds, oct(_stat.S_IMODE(mode)), oct(_stat.S_IFMT(mode)))

for wrong in (-1, 1 << 40, 1.5, "x"):
    try:
        _stat.S_ISDIR(wrong)
    except Exception as error:
        print(type(error).__name__, error)

print(stat.filemode is _stat.filemode)
