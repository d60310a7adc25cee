"""The manual's page on semantics, printed from the spec tests.

A file of `tests/spec/chapters` is a chapter whose examples are run as tests and shown as they are.
A Python file of `tests/spec` is a chapter too (its docstring the heading and lead): a test is a
line in it, its name the rule, its docstring the promise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

#: Runs the chapters, and tells nothing of its own.
RUNNER = "test_semantics.py"
#: Parts of an example that are shown, in this order, each as it is written.
SHOWN = ("sided", "parameters", "entries", "exits", "phase_when", "source", "steps", "case")


def page(root: Path) -> str:
    """`docs/reference/semantics.md`."""
    lines = [
        "# What the program promises",
        "",
        "Printed from `tests/spec` by `make docs`; do not edit. Each example and each rule below is a test.",
        "How to read an example: the steps of a made-up pathway, what the record says, and what is expected",
        "on which day. Where nothing else is said, the person entered the pathway at the fact `start`.",
    ]
    spec = root / "tests" / "spec"
    for file in sorted(spec.glob("chapters/[0-9]*.yaml")):
        lines += _worked(yaml.safe_load(file.read_text("utf-8")))
    for file in sorted(set(spec.rglob("test_*.py")) - {spec / RUNNER}):
        lines += _told(ast.parse(file.read_text("utf-8")), file)
    return "\n".join(lines) + "\n"


def _worked(chapter: dict[str, Any]) -> Iterator[str]:
    """A chapter of worked examples."""
    yield from ("", f"## {chapter['title']}", "", _paragraph(chapter["text"]))
    for example in chapter["examples"]:
        yield from ("", f"### {example['title']}", "")
        if "text" in example:
            yield from (_paragraph(example["text"]), "")
        yield "```yaml"
        for part in (*SHOWN, *(key for key in example if key not in (*SHOWN, "title", "text"))):
            if part in example:
                yield from _written(part, example[part])
        yield "```"


def _written(part: str, value: Any) -> Iterator[str]:
    """A part of an example: text as it stands, anything else as YAML."""
    text = value if isinstance(value, str) else yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    lines = text.removesuffix("...\n").strip("\n").splitlines()
    if part == "case":
        yield from lines
    elif isinstance(yaml.safe_load(text), dict | list):
        yield f"{part}:"
        yield from (f"  {line}" if line else "" for line in lines)
    else:
        yield f"{part}: {' '.join(lines).strip()}"


def _told(module: ast.Module, file: Path) -> Iterator[str]:
    """A chapter of rules in words."""
    heading, _, lead = (ast.get_docstring(module) or _words(file.stem.removeprefix("test_"))).partition("\n")
    tests = [*_tests(module.body)]
    if not tests:
        return
    yield from ("", f"## {heading.rstrip('.')}", "")
    if lead.strip():
        yield from (_paragraph(lead), "")
    yield from tests
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from ("", f"### {(ast.get_docstring(node) or node.name).splitlines()[0].rstrip('.')}", "")
            yield from _tests(node.body)


def _tests(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            promise = _paragraph(ast.get_docstring(node) or "")
            yield f"- **{_words(node.name.removeprefix('test_'))}.** {promise}".rstrip()


def _words(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _paragraph(text: str) -> str:
    return " ".join(text.split())
