# The tokenizer of `tokenize` (with comments and line ends as tokens).

import re
from token import (
    COMMENT, DEDENT, ENDMARKER, FSTRING_END, FSTRING_MIDDLE, FSTRING_START, INDENT, NAME, NEWLINE, NL,
    NUMBER, OP, STRING, TSTRING_END, TSTRING_MIDDLE, TSTRING_START, EXACT_TOKEN_TYPES,
)

_OPERATORS = "|".join(re.escape(op) for op in sorted(EXACT_TOKEN_TYPES, key=len, reverse=True) if op != "!")
_NUMBER = (
    r"0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][-+]?\d(?:_?\d)*)?[jJ]?"
)
_TOKEN = re.compile(
    rf"(?P<comment>#[^\r\n]*)|(?P<string>(?i:[rbuft]{{0,2}})(?:'''|\"\"\"|'|\"))|(?P<number>{_NUMBER})"
    rf"|(?P<name>\w+)|(?P<op>{_OPERATORS}|[!$?`])"
)


class TokenizerIter:
    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        self._tokens = _tokens(_lines(readline, encoding), extra_tokens)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)


def _lines(readline, encoding):
    while True:
        try:
            line = readline()
        except StopIteration:
            return
        if isinstance(line, bytes):
            line = line.decode(encoding or "utf-8")
        if not line:
            return
        yield line


def _error(kind, message, row, column, line):
    raise kind(message, ("<string>", row, column + 1, line, row, column + 1))


class _Reader:
    """The current line and position; `next_line` moves on."""

    def __init__(self, lines):
        self.lines = lines
        self.row = 0
        self.line = ""
        self.at = 0

    def next_line(self):
        self.line = next(self.lines, "")
        self.at = 0
        self.row += bool(self.line)
        return self.line

    def here(self):
        return self.row, self.at


def _tokens(lines, extra):
    r = _Reader(lines)
    indents = [0]
    brackets = []
    continued = False
    while True:
        line = r.next_line()
        if not line:
            break
        if not brackets and not continued:
            body = line.lstrip(" \t\f")
            column = 0
            for ch in line[:len(line) - len(body)]:
                column = (column // 8 + 1) * 8 if ch == "\t" else 0 if ch == "\f" else column + 1
            r.at = len(line) - len(body)
            if body[:1] in ("#", "\n", "\r", ""):
                if extra:
                    yield from _blank(r, body)
                continue
            if column > indents[-1]:
                indents.append(column)
                yield INDENT, line[:r.at], (r.row, 0), (r.row, r.at), line
            while column < indents[-1]:
                if column not in indents:
                    _error(IndentationError, "unindent does not match any outer indentation level", r.row, r.at, line)
                indents.pop()
                yield DEDENT, "", r.here(), r.here(), line
        continued = False
        while r.at < len(r.line):
            ch = r.line[r.at]
            if ch in " \t\f":
                r.at += 1
            elif ch == "\\" and r.line[r.at + 1:] in ("\n", "\r\n"):
                continued = True
                break
            elif ch in "\r\n":
                kind = NL if brackets else NEWLINE
                if kind == NEWLINE or extra:
                    yield kind, r.line[r.at:] if extra else "", r.here(), (r.row, len(r.line)), r.line
                break
            else:
                yield from _one(r, brackets, extra)
        else:
            if not brackets and r.line:
                # The last line has no line end.
                yield NEWLINE, "", r.here(), (r.row, r.at + 1), r.line
    if brackets:
        _error(SyntaxError, "unexpected EOF in multi-line statement", r.row, 0, r.line)
    end = (r.row + 1, 0)
    for _ in indents[1:]:
        yield DEDENT, "", end, end, ""
    yield ENDMARKER, "", end, end, ""


def _blank(r, body):
    if body.startswith("#"):
        text = body.rstrip("\r\n")
        yield COMMENT, text, r.here(), (r.row, r.at + len(text)), r.line
        r.at += len(text)
    yield NL, r.line[r.at:], r.here(), (r.row, len(r.line)), r.line


def _one(r, brackets, extra):
    match = _TOKEN.match(r.line, r.at)
    if match is None:
        _error(SyntaxError, f"invalid non-printable character U+{ord(r.line[r.at]):04X}", r.row, r.at, r.line)
    kind, text, start = match.lastgroup, match.group(), r.here()
    if kind == "string":
        yield from _string(r, text)
        return
    r.at = match.end()
    if kind == "op":
        if text in "([{":
            brackets.append(text)
        elif text in ")]}" and brackets:
            brackets.pop()
    if kind != "comment" or extra:
        number = {"comment": COMMENT, "number": NUMBER, "name": NAME, "op": OP}[kind]
        if not extra and number == OP:
            number = EXACT_TOKEN_TYPES.get(text, OP)
        yield number, text, start, r.here(), r.line


def _string(r, opening):
    quote = opening.lstrip("rRbBuUfFtT")
    prefix = opening[:len(opening) - len(quote)].lower()
    start, first = r.here(), r.line
    r.at += len(opening)
    if "f" in prefix or "t" in prefix:
        kinds = (FSTRING_START, FSTRING_MIDDLE, FSTRING_END) if "f" in prefix else (TSTRING_START, TSTRING_MIDDLE, TSTRING_END)
        yield kinds[0], opening, start, r.here(), r.line
        yield from _format_parts(r, quote, kinds, 0)
        at = r.here()
        r.at += len(quote)
        yield kinds[2], quote, at, r.here(), r.line
        return
    text = [opening]
    while True:
        if r.at >= len(r.line):
            if len(quote) == 1 or not r.next_line():
                what = "triple-quoted string" if len(quote) == 3 else "string"
                _error(SyntaxError, f"unterminated {what} literal (detected at line {r.row})", *start, first)
            first += r.line
            continue
        if r.line.startswith(quote, r.at):
            text.append(quote)
            r.at += len(quote)
            break
        if r.line[r.at] == "\\":
            step = 3 if r.line.startswith("\r\n", r.at + 1) else 2
            text.append(r.line[r.at:r.at + step])
            r.at += step
            if r.at >= len(r.line) and r.next_line():
                first += r.line
            continue
        if r.line[r.at] in "\r\n" and len(quote) == 1:
            _error(SyntaxError, f"unterminated string literal (detected at line {start[0]})", *start, first)
        text.append(r.line[r.at])
        r.at += 1
    yield STRING, "".join(text), start, r.here(), first


def _format_parts(r, quote, kinds, depth):
    """The parts of an f-string up to its end, or of a format spec up to the closing brace."""
    text, start = [], r.here()
    while True:
        if r.at >= len(r.line):
            if not r.next_line():
                _error(SyntaxError, f"unterminated f-string literal (detected at line {r.row})", r.row, 0, r.line)
            continue
        ch = r.line[r.at]
        if r.line.startswith(quote, r.at) or (depth and ch == "}"):
            break
        if ch in "\r\n" and len(quote) == 1:
            _error(SyntaxError, f"unterminated f-string literal (detected at line {r.row})", r.row, r.at, r.line)
        if not depth and r.line.startswith(("{{", "}}"), r.at):
            text.append(ch)
            r.at += 2
            continue
        if ch == "{":
            if text:
                yield kinds[1], "".join(text), start, r.here(), r.line
            yield from _replacement(r, quote, kinds, depth)
            text, start = [], r.here()
            continue
        if ch == "\\":
            text.append(r.line[r.at:r.at + 2])
            r.at += 2
            continue
        text.append(ch)
        r.at += 1
    if text:
        yield kinds[1], "".join(text), start, r.here(), r.line


def _replacement(r, quote, kinds, depth):
    yield OP, "{", r.here(), (r.row, r.at + 1), r.line
    r.at += 1
    brackets = []
    while True:
        if r.at >= len(r.line):
            if not r.next_line():
                _error(SyntaxError, "'{' was never closed", r.row, 0, r.line)
            continue
        ch = r.line[r.at]
        if ch in " \t\f":
            r.at += 1
        elif ch in "\r\n":
            yield NL, ch, r.here(), (r.row, len(r.line)), r.line
            r.at = len(r.line)
        elif not brackets and ch in "}:!" and not (ch == "!" and r.line.startswith("!=", r.at)):
            start = r.here()
            r.at += 1
            yield OP, ch, start, r.here(), r.line
            if ch == "}":
                return
            if ch == ":":
                yield from _format_parts(r, quote, kinds, depth + 1)
        else:
            yield from _one(r, brackets, True)
