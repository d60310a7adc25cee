"""The reference page of error codes, read off the source: code, what is said, what to do.

A code is a text like `VF-DEF-014` that stands as an argument of a call, in a tuple, or as a key
of a table; the last two texts after it are `what` and `do`. A table from a word to a code is
followed to the calls that look a code up in it. Placeholders are shown as `<name>`. Nothing is
written by hand, so nothing can go stale.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CODE = re.compile(r"VF-([A-Z]{2,4})-\d{3}")

#: What each family is about, and the exit code of a call in which one of its errors stops the work.
FAMILIES = {
    "APP": ("The server: a setting, a file of clients or a database that it cannot work with.", "2"),
    "CLI": ("The command line: an argument or a place to write that cannot be used.", "2"),
    "DEF": ("Definitions: a pathway, catalogue, overlay or case that cannot be understood.", "1"),
    "ENG": ("Compiling: definitions that are well written but cannot work.", "1"),
    "HAZ": ("The hazard log of a source checkout: a guard that no test holds.", "1"),
    "ID": ("Identifiers of persons, organisations and units.", "2"),
    "IMP": ("Plans from elsewhere: a file that cannot be imported, or a draft that cannot be written.", "2"),
    "INT": ("Faults of the program itself.", "3"),
    "QUA": ("Data quality: a line of the report on a record, which is read all the same.", "0"),
    "REC": ("Records: a file that cannot be read as a record.", "2"),
    "SYS": ("The table of code systems.", "1"),
}


class Said(NamedTuple):
    """One place that uses a code: its wording and its file."""

    code: str
    what: str
    do: str
    file: str
    line: int


class Use(NamedTuple):
    """A code literal, the expressions that follow it, and its word if it comes from a table of words."""

    code: str
    line: int
    parts: list[ast.expr]
    word: str = ""


def scan(root: Path) -> list[Said]:
    """Every use of an error code below `src`, in the order of code, file and line."""
    found: list[Said] = []
    for file in sorted((root / "src").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"), str(file))
        for use in _uses(tree):
            what, do = _wording(use.parts, _texts(tree, use.line))
            what = f"{what} ({use.word})" if what and use.word else what
            found.append(Said(use.code, what, do, file.relative_to(root).as_posix(), use.line))
    return sorted(found, key=lambda said: (said.code, said.file, said.line))


def page(root: Path) -> str:
    """`docs/reference/errors.md`."""
    found = scan(root)
    lines = [
        "# Error codes",
        "",
        "Generated from the source by `make docs`; do not edit.",
        "",
        "Every error says where, what, and what to do, and holds no patient data.",
        "Words in `<>` are filled in.",
        "The exit code is that of a call whose work the error stops; see [exit codes](exit-codes.md).",
    ]
    for family in sorted({_family(said.code) for said in found}):
        about, exit_code = FAMILIES.get(family, ("", "?"))
        lines += ["", f"## VF-{family}", "", f"{about} Exit code {exit_code}."]
        for code in sorted({said.code for said in found if _family(said.code) == family}):
            lines += ["", f"### {code}", "", "| What | What to do |", "|---|---|"]
            rows = dict.fromkeys(
                (said.what, said.do) for said in found if said.code == code and (said.what or said.do)
            )
            lines += [f"| {_cell(what)} | {_cell(do)} |" for what, do in rows]
    return "\n".join(lines) + "\n"


def _family(code: str) -> str:
    return code.split("-")[1]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip() or "told where it happens"


def _uses(tree: ast.Module) -> Iterator[Use]:
    """Each code literal with the expressions that follow it in its call, tuple or table."""
    tables = _tables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node, tables)
        elif isinstance(node, ast.Tuple | ast.List):
            for at, element in enumerate(node.elts):
                if code := _code(element):
                    yield Use(code, node.lineno, list(node.elts[at + 1 :]))
        elif isinstance(node, ast.Dict):
            yield from _in_table(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.IfExp):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr) and (code := _code(child)):
                    yield Use(code, child.lineno, [])


def _in_call(call: ast.Call, tables: dict[str, dict[str, str]]) -> Iterator[Use]:
    named = {word.arg: word.value for word in call.keywords}
    said = [named[word] for word in ("what", "do") if word in named]
    for at, argument in enumerate(call.args):
        after = list(call.args[at + 1 :]) + said
        if code := _code(argument):
            yield Use(code, call.lineno, after)
        elif isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
            table = tables.get(argument.value.id, {})
            key = argument.slice.value if isinstance(argument.slice, ast.Constant) else None
            for word, code in table.items():
                if key in (None, word):
                    yield Use(code, call.lineno, after, word)
    if "code" in named and (code := _code(named["code"])):
        yield Use(code, call.lineno, list(call.args) + said)


def _in_table(table: ast.Dict) -> Iterator[Use]:
    for key, value in zip(table.keys, table.values, strict=True):
        if key is not None and (code := _code(key)):
            yield Use(code, key.lineno, list(getattr(value, "elts", getattr(value, "args", [value]))))
        elif code := _code(value):
            yield Use(code, value.lineno, [])


def _tables(tree: ast.Module) -> dict[str, dict[str, str]]:
    """The module's tables from a word to a code."""
    found: dict[str, dict[str, str]] = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            words = zip(value.keys, value.values, strict=True)
            found[target.id] = {
                str(key.value): code
                for key, each in words
                if isinstance(key, ast.Constant) and (code := _code(each))
            }
    return found


def _code(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        return node.value
    return None


def _texts(tree: ast.Module, line: int) -> dict[str, str]:
    """The texts that names stand for at a line: of the module, then of the functions around it."""
    scopes: list[ast.AST] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or line)
    ]
    found: dict[str, str] = {}
    for node in [*tree.body, *(child for scope in scopes for child in ast.walk(scope))]:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if text := _text(node.value, found):
            found[node.targets[0].id] = text
    return found


def _text(node: ast.expr, names: dict[str, str]) -> str | None:
    """The wording of a text expression, or None when it is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else _placeholder(part) for part in node.values
        )
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.IfExp):
        one, other = _text(node.body, names), _text(node.orelse, names)
        if one == other or not (one and other):
            return one or other
        return f"{one.rstrip('.')}, or: {other}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left, names), _text(node.right, names)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.Call):
        otherwise = next((word.value for word in node.keywords if word.arg == "otherwise"), None)
        return _text(otherwise, names) if otherwise is not None else None
    return None


def _placeholder(part: ast.expr) -> str:
    """`<name>` for what is filled in: the plainest name in the expression, never a function's."""
    called = {id(node.func) for node in ast.walk(part) if isinstance(node, ast.Call)}
    names = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(part)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in called
    ]
    names.sort(key=str.isupper)
    return f"<{names[0].strip('_').replace('_', ' ').lower() if names else '...'}>"


def _wording(parts: list[ast.expr], names: dict[str, str]) -> tuple[str, str]:
    """`what` and `do`: the last two texts after a code; what stands before them says where."""
    worded = [_text(part, names) or _filled(part) for part in parts[-2:]]
    return (worded[0], worded[1]) if len(worded) == 2 else ("", "")


def _filled(part: ast.expr) -> str:
    """A text that is made elsewhere, as a placeholder."""
    return "" if isinstance(part, ast.Constant) else _placeholder(part)
