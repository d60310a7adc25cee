"""The examples in the documents are run: what the reader is told to do works, and prints what it says.

A comment just above a fenced block says what the block is:

    <!-- write: PATH -->     the block is the file PATH (json, yaml)
    <!-- find: PATH -->      the block stands in PATH, to the letter
    <!-- replace -->         the block takes the place of the one found before it
    <!-- read as: FORM -->   the block is read as the examples of the language page are
    <!-- prints: a | b -->   what the commands of the block print, among other things
    <!-- exit: 1 -->         their worst exit code, when it is not 0
    <!-- server -->          the block is about a running server: `tests/journeys` does what it says

The blocks of a page run in order, in a folder of their own that has the content and the examples.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from repository import ROOT, files, listing

from generate_docs import PAGES
from generate_language import UnsaidError, anchor, tables_of_the_reader
from language_examples import World, shown
from vardforlopp.adapters import content_files
from vardforlopp.app.version import VERSION
from vardforlopp.cli.commands import run
from vardforlopp.cli.outside import Outside
from vardforlopp.kernel.civil import civil, day_from_iso

TODAY = day_from_iso("2026-11-21")
PROGRAM = ".venv/bin/vardforlopp"
CONTENT = "src/vardforlopp/content"
#: Sections that people read from top to bottom; reference pages are generated and checked as such.
HANDMADE = ("docs/tutorials/", "docs/how-to/", "docs/explanation/", "docs/safety/", "docs/README.md")

_BLOCK = re.compile(r"((?:^<!-- .*? -->\n)*)^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- ([a-z ]+?)(?:: (.*))? -->")
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]*)#([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block, with the marks above it."""

    kind: str
    text: str
    marks: dict[str, str]
    line: int


def pages() -> list[Path]:
    """The documents whose examples are run."""
    return [path for path in files() if path.suffix == ".md" and path.as_posix().startswith(HANDMADE)]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = (ROOT / page).read_text("utf-8")
    for match in _BLOCK.finditer(text):
        marks = dict(_MARK.findall(match[1]))
        yield Block(match[2], match[3], marks, text.count("\n", 0, match.start(2)) + 1)


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: tuple[Path, str] | None = None

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        if "server" in block.marks:
            return
        if block.kind == "sh":
            self._type(block)
        elif "write" in block.marks:
            file = self._folder / block.marks["write"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
        elif "find" in block.marks:
            file = self._folder / block.marks["find"]
            assert file.read_text("utf-8").count(block.text) == 1, (
                f"{file.name} does not hold this block once"
            )
            self._found = file, block.text
        elif "replace" in block.marks:
            assert self._found is not None, "nothing was found to replace"
            file, old = self._found
            file.write_text(file.read_text("utf-8").replace(old, block.text), "utf-8")
        elif "read as" in block.marks:
            shown(world(), block.marks["read as"], block.text)
        else:
            pytest.fail("say above the block what it is: write, find, replace or read as")

    def _type(self, block: Block) -> None:
        printed, codes = StringIO(), [0]
        for line in block.text.splitlines():
            program, *arguments = shlex.split(line, comments=True)
            if program == "rm":
                (self._folder / arguments[0]).unlink()
            elif program == "make":
                assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            else:
                assert program == PROGRAM, f"only {PROGRAM}, make and rm are run: {line}"
                codes.append(run(arguments, _outside(printed)))
        said = _plain(printed.getvalue())
        for words in filter(None, block.marks.get("prints", "").split(" | ")):
            assert _plain(words) in said, f"'{words}' is not printed:\n{printed.getvalue()}"
        assert max(codes) == int(block.marks.get("exit", "0")), printed.getvalue()


def _outside(printed: StringIO) -> Outside:
    return Outside(
        today=lambda: TODAY, now=lambda: civil(TODAY + 1).at, out=printed, err=printed, version=VERSION
    )


def _plain(text: str) -> str:
    """Words in a row, however the lines were broken."""
    return " ".join(text.replace("\u2060", "").split())


@cache
def world() -> World:
    """The bundled definitions, which examples may name."""
    return World.bundled()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.as_posix())
def test_what_a_page_tells_the_reader_to_do_works(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every command, file and piece of YAML, in the order of the page."""
    shutil.copytree(ROOT / CONTENT, tmp_path / CONTENT)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(content_files, "PACKAGED", tmp_path / CONTENT)
    reader = Reader(tmp_path)

    for block in blocks(page):
        try:
            reader.follow(block)
        except AssertionError as error:
            raise AssertionError(f"{page}:{block.line} {error}") from error


def test_every_handmade_page_is_in_the_index():
    """`docs/README.md` leads to each page that people read."""
    index = (ROOT / "docs/README.md").read_text("utf-8")
    missing = [
        str(path)
        for path in pages()
        if path.name != "README.md" and f"({path.relative_to('docs')})" not in index
    ]

    assert not missing, "add to docs/README.md:" + listing(missing)


def test_every_link_to_a_heading_finds_it():
    """`page.md#heading` is a heading of that page."""
    missing = []
    for path in (path for path in files() if path.suffix == ".md"):
        for target, heading in _LINK.findall((ROOT / path).read_text("utf-8")):
            file = (ROOT / path.parent / target) if target else ROOT / path
            if "://" not in target and heading not in _anchors(file.resolve()):
                missing.append(f"{path}: {target}#{heading}")

    assert not missing, "correct the link:" + listing(missing)


@cache
def _anchors(file: Path) -> frozenset[str]:
    return frozenset(anchor(heading) for heading in _HEADING.findall(file.read_text("utf-8")))


class TestTheLanguagePage:
    """The page on the language is complete, and refuses what is not so."""

    def test_it_has_each_keyword_of_the_reader(self):
        """Generated from the keyword tables: a new keyword without a meaning stops the page."""
        text = (ROOT / "docs/reference/language.md").read_text("utf-8")
        missing = {
            f"{table}: {name}"
            for table, shape in tables_of_the_reader().values()
            for name in shape.keys
            if f"| `{name}` |" not in text
        }

        assert "docs/reference/language.md" in PAGES
        assert not missing, "give it a meaning in docs/reference/language/:" + listing(list(missing))

    @pytest.mark.parametrize(
        ("form", "text"),
        [
            ("criteria", "- {hass: hjartsvikt-diagnos}"),
            ("criteria", "- {has: hjartsvik-diagnos}"),
            ("criteria", "- {value: lvef, is: '<= 40 kg'}"),
            ("evidences", "- {times: 0, of: ekg}"),
            ("moments", "- {done: no-such-step}"),
            ("record", "- {on: 2026-03-02, fact: ekg, until: 2026-03-04}"),
        ],
    )
    def test_an_example_that_is_not_legal_is_refused(self, form: str, text: str):
        """Keywords, names and units of an example are checked as those of content are."""
        with pytest.raises(ValueError, match="VF-DEF-"):
            shown(world(), form, text)

    def test_a_keyword_without_meaning_is_refused(self, tmp_path: Path):
        """A chapter that leaves a keyword out cannot become the page."""
        folder = tmp_path / "docs/reference/language"
        shutil.copytree(ROOT / "docs/reference/language", folder)
        chapter = folder / "2-moments.yaml"
        chapter.write_text(chapter.read_text("utf-8").replace("      for: How", "      fore: How"), "utf-8")

        with pytest.raises(UnsaidError, match="for"):
            PAGES["docs/reference/language.md"](tmp_path)
