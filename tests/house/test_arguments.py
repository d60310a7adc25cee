"""From the third argument on, public functions and methods take keywords only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from repository import listing, modules, tree

IN_ORDER = 2

#: Packages that do not keep the rule yet, each with the reason. New ones keep it from the start.
NOT_YET = {
    "api": "ask, unit and server go in this order through one function an interaction",
    "engine": "step, ctx and t go from closure to closure, for every fact: a keyword costs time there",
    "fhir": "resource, kind, ref and reading go in this order through one module a resource type",
}
_ERROR = "code, where, what: the order of every error of the one family"
_HANDED = "handed to `read_named`, which calls it"
_SHAPE = "x, y, width and height stand in one order everywhere"
#: Functions that may take more in order, each with the reason. One more is argued for here, in review.
MORE_IN_ORDER = {
    "access/may.py may": "who does what to what, as it is said",
    "definitions/findings.py finding": _ERROR,
    "definitions/read_indicators.py build_indicator": _HANDED,
    "definitions/read_pathway.py build_entry": _HANDED,
    "definitions/read_pathway.py build_exit": _HANDED,
    "definitions/reading.py error": _ERROR,
    "definitions/reading.py report": _ERROR,
    "kernel/durations.py add": "called for every due day; the engine hands it on",
    "kernel/quantities.py convert": "5 mmol/L to mg/dL: value, unit, to, as it is said",
    "present/lane_marks.py hexagon": _SHAPE,
    "present/lane_marks.py rect": _SHAPE,
    "present/lane_marks.py text": _SHAPE,
    "services/outcomes.py refused": _ERROR,
}


def public_functions(module: ast.Module) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
    """The public functions of a module and methods of its public classes, with what they take in order.

    Functions within functions are values of their makers, and not looked at.
    """
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node, _in_order(node)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    yield method, _in_order(method)


def _in_order(function: ast.FunctionDef) -> list[str]:
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def offenders() -> dict[str, str]:
    """`package/module.py function`, and where it stands with what it takes in order."""
    return {
        f"{Path(*path.parts[2:]).as_posix()} {function.name}": f"{path}:{function.lineno} {', '.join(names)}"
        for path in modules()
        for function, names in public_functions(tree(path))
        if len(names) > IN_ORDER
    }


def test_the_third_argument_is_named_where_it_is_passed():
    """Write `*` before the third parameter: three things in a row are not read right by everybody."""
    found = [
        f"{name} ({where})"
        for name, where in offenders().items()
        if name not in MORE_IN_ORDER and name.split("/")[0] not in NOT_YET
    ]

    assert not found, "make these keyword-only from the third on, or argue in MORE_IN_ORDER:" + listing(found)


def test_every_exception_from_the_rule_is_still_needed():
    """What keeps the rule by now, or is gone, is taken off the lists."""
    found = offenders()
    stale = [name for name in MORE_IN_ORDER if name not in found]
    stale += [package for package in NOT_YET if not any(name.startswith(f"{package}/") for name in found)]

    assert not stale, "remove from MORE_IN_ORDER or NOT_YET:" + listing(stale)


def test_the_finder_sees_functions_and_methods():
    """The reading itself is tested: keywords do not count, `self` does not count, makers' values do not."""
    written = """
def fine(a, b, *, c): ...
def three(a, b, c=1): ...
def _private(a, b, c): ...
def maker(a):
    def made(a, b, c): ...
class Thing:
    def method(self, a, b, c): ...
    @classmethod
    def of(cls, a, b): ...
"""
    seen = {node.name: names for node, names in public_functions(ast.parse(written))}

    assert seen == {
        "fine": ["a", "b"], "three": ["a", "b", "c"], "maker": ["a"],
        "method": ["a", "b", "c"], "of": ["a", "b"],
    }  # fmt: skip
