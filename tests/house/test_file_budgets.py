"""A file has one subject: at most 400 lines. Functions stay short."""

from __future__ import annotations

import ast

from repository import files, listing, modules, texts, tree

BUDGET = 400
FUNCTION_BUDGET = 60  # about 30 is the aim; this is where a test has to say so
COUNTED = (".py", ".yaml", ".yml", ".html", ".j2", ".css", ".js")

#: Files that may be longer, each with the reason. A raise is argued for here, in review.
ROOMIER: dict[str, tuple[int, str]] = {
    "docs/safety/hazards.yaml": (800, "one register: a hazard's tests stand under it, a line each"),
}


def test_no_file_outgrows_its_budget():
    """Over 400 lines a file has two subjects: split it by subject, or argue in ROOMIER."""
    found = []
    for path, text in texts(*COUNTED):
        allowed, _ = ROOMIER.get(path.as_posix(), (BUDGET, ""))
        lines = text.count("\n")
        if lines > allowed:
            found.append(f"{path}: {lines} lines, {allowed} allowed")

    assert not found, "split these files by subject:" + listing(found)


def test_every_exception_from_the_budget_is_still_needed():
    """An exception for a file that is gone, or short again, is removed."""
    lengths = {path.as_posix(): text.count("\n") for path, text in texts(*COUNTED)}
    stale = [name for name in ROOMIER if lengths.get(name, BUDGET + 1) <= BUDGET]

    assert not stale, "remove from ROOMIER:" + listing(stale)


def test_no_function_outgrows_its_budget():
    """A function of more than 60 lines does several things: name them, as functions of their own."""
    found = []
    for path in modules():
        if path.parent.name == "versions":
            continue  # a step of the schema, which is a list
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_BUDGET:
                    found.append(f"{path}:{node.lineno} {node.name}: {lines} lines")

    assert not found, "split these functions:" + listing(found)


def test_no_file_is_a_drawer_for_everything():
    """A file is named by its subject; `utils`, `common`, `helpers` and `misc` name none."""
    drawers = {"utils", "util", "common", "helpers", "helper", "misc"}
    found = [str(path) for path in files() if drawers & {part.split(".")[0] for part in path.parts}]

    assert not found, "name these by what they are about:" + listing(found)
