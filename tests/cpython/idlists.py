"""Lists of test ids as text files.

An expectation file (expected/MODULE.txt) holds the ids that CPython passes in one module, grouped so that the
repository stays small: a line without indent is everything up to the last dot, the lines indented by one space
below it are the last parts.
"""

from pathlib import Path


def write_grouped(path: Path, ids) -> None:
    """Writes ids grouped by their prefix, sorted."""
    groups: dict[str, list[str]] = {}
    for name in sorted(set(ids)):
        prefix, _, last = name.rpartition(".")
        groups.setdefault(prefix, []).append(last)
    lines = []
    for prefix in sorted(groups):
        lines.append(prefix)
        lines.extend(" " + last for last in groups[prefix])
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def read_grouped(path: Path) -> list[str]:
    """The ids of an expectation file; an empty list if there is none."""
    ids, prefix = [], ""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                ids.append(prefix + "." + line[1:] if prefix else line[1:])
            else:
                prefix = line
    return ids


def read_names(path: Path) -> list[str]:
    """The words of a list with one name a line; `#` begins a comment."""
    if not path.exists():
        return []
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def module_of(name: str, modules) -> str | None:
    """The module an id belongs to: ids of tests of MODULE begin with MODULE, doctests may not."""
    head = name.split(".", 1)[0]
    return head if head in modules else None
