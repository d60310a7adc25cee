"""What the documents name exists: files, functions, classes, links, make targets."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from repository import LAYERS, ROOT, files, listing, modules, texts, tree

from vardforlopp.kernel.errors import VardforloppError

#: Documents that must be true of the code as it is now. Decisions are history and may name what was.
LIVING = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "GLOSSARY.md", "docs/safety", "docs/reference")

_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"(?:\.ci/run|[\w./-]+\.(?:py|yaml|md|json|toml|txt|html|css|svg)|(?:[\w.-]+/)+)")
_NAME = re.compile(rf"(?:{'|'.join(LAYERS)})(?:\.\w+)+(?:\(\))?")
_LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
_SECTION = re.compile(r"\*\*`(\w+/)`\*\*")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def living() -> list[tuple[Path, str]]:
    """The living documents and their text without fenced examples."""
    return [
        (path, _BLOCK.sub("", text))
        for path, text in texts(".md")
        if path.as_posix().startswith(LIVING) and path.name not in {"errors.md", "cli.md", "semantics.md"}
    ]


def spans(pattern: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    """Every `code span` of the living documents that looks like this.

    In a paragraph that begins with a package in bold, file names are those of the package.
    """
    for path, text in living():
        for paragraph in text.split("\n\n"):
            section = _SECTION.match(paragraph)
            for span in _SPAN.findall(paragraph):
                if pattern.fullmatch(span):
                    inside = section and "/" not in span and _FILE.fullmatch(span)
                    yield path, f"{section[1]}{span}" if inside and section else span


def exists(name: str) -> bool:
    """A path from the root, or from the package; its folder or file is among the committed ones."""
    wanted = name.rstrip("/")
    for base in ("", "src/vardforlopp/"):
        full = f"{base}{wanted}"
        if any(path.as_posix() == full or path.as_posix().startswith(f"{full}/") for path in files()):
            return True
    return False


def test_every_file_that_is_named_exists():
    """A document names a file by its path from the root or from the package."""
    made = {"demo-output/", ".venv/"}
    missing = [
        f"{path}: {name}"
        for path, name in spans(_FILE)
        if name not in made and not re.search(r"NN|<|\*", name) and not exists(name)
    ]

    assert not missing, "correct the path, or the document:" + listing(missing)


def test_every_function_that_is_named_exists():
    """`engine.assess.assess` is a function `assess` in `engine/assess.py`."""
    missing = []
    for path, name in spans(_NAME):
        if re.search(r"\.(py|yaml)$", name):
            continue
        parts = name.removesuffix("()").split(".")
        if not _resolves(parts):
            missing.append(f"{path}: {name}")

    assert not missing, "correct the name, or the document:" + listing(missing)


def _resolves(parts: list[str]) -> bool:
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["vardforlopp", *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def test_every_link_leads_somewhere():
    """A relative link in any document points at a file of the repository."""
    missing = []
    for path, text in texts(".md"):
        for target in _LINK.findall(_BLOCK.sub("", text)):
            if "://" not in target and not target.startswith("mailto:"):
                place = (ROOT / path.parent / target).resolve()
                if not place.exists():
                    missing.append(f"{path}: {target}")

    assert not missing, "correct the link:" + listing(missing)


def test_every_english_word_of_the_glossary_is_a_name_in_the_code():
    """The second column of GLOSSARY.md holds identifiers; those of later parts are marked (later)."""
    defined = {
        node.name if hasattr(node, "name") else target.id
        for path in modules()
        for node in tree(path).body
        for target in getattr(node, "targets", [None])
        if hasattr(node, "name") or hasattr(target, "id")
    }
    missing = []
    for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) >= 5 and "(later)" not in cells[2]:
            missing += [name for name in re.findall(r"`([A-Z]\w+)`", cells[2]) if name not in defined]

    assert not missing, "use the code's name, or mark it (later):" + listing(missing)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_make_target_that_is_named_exists(name: str):
    """`make x` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", text, re.MULTILINE))
    missing = {target for pair in named for target in pair if target} - targets

    assert not missing, f"no such target: {sorted(missing)}"


def test_every_decision_has_its_three_parts_and_a_number_of_its_own():
    """Context, decision, what it costs: under a page each, numbered without gaps."""
    found = sorted((ROOT / "docs/decisions").glob("*.md"))

    assert [path.name[:4] for path in found] == [f"{number:04d}" for number in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text("utf-8")
        for heading in ("## Context", "## Decision", "## What it costs"):
            assert heading in text, f"{path.name} has no '{heading}'"
        assert text.count("\n") <= 60, f"{path.name} is longer than a page"


def test_every_exit_code_is_documented():
    """The codes of the error classes stand in the page on exit codes."""
    page = (ROOT / "docs/reference/exit-codes.md").read_text("utf-8")
    family = [VardforloppError, *VardforloppError.__subclasses__()]

    assert {f"| {error.exit_code} |" for error in family} <= {line[:5] for line in page.splitlines()}
