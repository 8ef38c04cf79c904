"""Compares names, flags and positions of our code with CPython's. Run with CPython 3.14:
python facts.py PATH_OF_DIS FILE..."""

import collections
import dis
import subprocess
import sys
import types

KINDS = {
    "CALL": "call", "CALL_KW": "call", "CALL_FUNCTION_EX": "call",
    "LOAD_ATTR": "attr", "LOAD_SUPER_ATTR": "attr", "STORE_ATTR": "setattr",
    "BINARY_OP": "binop", "BINARY_SLICE": "binop", "STORE_SUBSCR": "setitem", "STORE_SLICE": "setitem",
    "RAISE_VARARGS": "raise", "LOAD_GLOBAL": "load", "LOAD_NAME": "load", "IMPORT_NAME": "import",
    "IMPORT_FROM": "importfrom", "YIELD_VALUE": "yield", "GET_ITER": "iter", "FOR_ITER": "for",
    "UNPACK_SEQUENCE": "unpack", "UNPACK_EX": "unpack", "CHECK_EXC_MATCH": "match", "CONTAINS_OP": "in",
}


def facts(code, out):
    function = code.co_flags & 1
    varnames = sorted(code.co_varnames) if function else []
    out.append(
        f"code\t{code.co_qualname}\t{code.co_firstlineno}\t{code.co_name}\t"
        f"{code.co_argcount}/{code.co_posonlyargcount}/{code.co_kwonlyargcount}\t{code.co_flags:#x}\t"
        f"{','.join(varnames)}\t{','.join(sorted(code.co_cellvars))}\t{','.join(code.co_freevars)}"
    )
    seen = set()
    for i in dis.get_instructions(code):
        kind = KINDS.get(i.opname)
        p = i.positions
        if kind and p and p.lineno:
            none = lambda v: -1 if v is None else v
            seen.add((kind, p.lineno, none(p.col_offset), p.end_lineno, none(p.end_col_offset)))
    out.extend(f"{k}\t{a}:{b}-{c}:{d}" for k, a, b, c, d in sorted(seen))
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            facts(c, out)


def group(lines):
    groups = {}
    for line in lines:
        if line.startswith("code\t"):
            key = tuple(line.split("\t")[1:3])
            while key in groups:
                key += ("again",)
            groups[key] = (line, set())
            current = groups[key][1]
        else:
            current.add(line)
    return groups


count = collections.Counter()
shown = collections.Counter()
for path in sys.argv[2:]:
    try:
        text = open(path, encoding="utf-8").read()
        code = compile(text, path, "exec")
    except (OSError, SyntaxError, ValueError):
        continue
    theirs = []
    facts(code, theirs)
    ours = subprocess.run([sys.argv[1], "--facts", path], capture_output=True, text=True).stdout
    ours, theirs = group(ours.splitlines()), group(theirs)
    for key in theirs.keys() | ours.keys():
        if key not in ours or key not in theirs:
            count["missing" if key not in ours else "extra"] += 1
            if shown["m"] < 10:
                shown["m"] += 1
                print(path, "missing" if key not in ours else "extra", key)
            continue
        a, b = ours[key], theirs[key]
        if a[0].replace("__classdict__","") != b[0].replace(",__classdict__","").replace("__classdict__",""):
            ours_, theirs_ = a[0].split("\t"), b[0].split("\t")
            if [x for i, x in enumerate(ours_) if i not in (6, 7)] == [
                x for i, x in enumerate(theirs_) if i not in (6, 7)
            ]:
                # variables of inlined comprehensions are no varnames of ours
                count["varnames"] += 1
            elif shown["h"] < 25:
                shown["h"] += 1
                print(path, "\n  ours  ", a[0], "\n  theirs", b[0])
        for line in a[1] ^ b[1]:
            kind = line.split("\t")[0]
            side = "ours  " if line in a[1] else "theirs"
            count[kind, side] += 1
            if shown[kind, side] < 6:
                shown[kind, side] += 1
                print(path, key, side, line)
        count["same"] += len(a[1] & b[1])
print(count)
