"""Writes the .txt files: what CPython says about each snippet of the .in files. Run with CPython 3.14."""

import pathlib
import warnings

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
for name in ("errors", "warnings"):
    source = here / f"{name}.in"
    lines = []
    for snippet in source.read_text().split("###\n"):
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                compile(snippet, "<test>", "exec")
            if name == "warnings":
                lines.append(" | ".join(f"{w.lineno}: {w.message}" for w in caught))
            else:
                lines.append("ok")
        except SyntaxError as e:
            lines.append(
                f"{e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {type(e).__name__}: {e.msg}"
            )
    (here / f"{name}.txt").write_text("\n".join(lines) + "\n")
