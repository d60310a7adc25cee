"""The cases of a pathway as a page that a clinician can read and correct, each in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from case_words import LANG, case_words
from generate_language import anchor
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.formats import JOINER
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.definitions.read_cases import load_cases


@cache
def definitions() -> Definitions:
    """The bundled definitions, read once."""
    return load_content().definitions


@cache
def cases_of(pathway: str) -> tuple[Case, ...]:
    """The cases of one pathway, in the order of their files."""
    return _all().get(pathway, ())


@cache
def _all() -> dict[str, tuple[Case, ...]]:
    return load_cases(content_texts(), definitions()).cases


@cache
def _names(pathway: str, region: str | None) -> Names:
    return names_for(definitions(), pathway, region=region)


def page(pathway: str, root: Path) -> str:
    """`docs/pathways/<id>-fall.md`."""
    found = definitions().pathways[pathway]
    lines = [
        f"# Fall: {found.title[LANG]}",
        "",
        f"Påhittade personer som prövar [förloppet]({pathway}.md). Varje fall är ett test: stämmer inte ett",
        "svar är antingen regeln eller fallet fel. Läs, och säg till när något inte är som det ska vara i",
        "vården. Sidan skrivs av `make docs` ur filen som nämns vid fallet; ändra där. Det som inte står",
        "under en dag prövas inte. Där ingen källa nämns är alla källor anslutna. Alla tider är mål.",
    ]
    for case in cases_of(pathway):
        lines += ["", *_case(case, pathway)]
    return "\n".join(line.replace(JOINER, "").rstrip() for line in lines) + "\n"


def link(case: Case) -> str:
    """The case on its page, for a list of cases."""
    return f"[{_heading(case)}]({case.pathway}-fall.md#{anchor(_heading(case))})"


def _heading(case: Case) -> str:
    return f"{case.id.partition('-')[0]} {case.title.get(LANG, case.id)}"


def _case(case: Case, pathway: str) -> Iterator[str]:
    told = case_words(case, _names(pathway, case.region))
    sheet = f" Testpatient {case.sheet} i faktabladet." if case.sheet else ""
    yield from (f"## {_heading(case)}", "", f"{told.person}{sheet} `{case.id}.yaml`", "")
    if case.differs:
        yield from (f"Skiljer sig från faktabladet: {case.differs}", "")
    yield from ("Det har hänt:", "", *(f"- {line}" for line in told.record), "") if told.record else ()
    yield from ("Det väntas:", "")
    for day, lines in told.expected:
        yield f"- {day}"
        yield from (f"  - {line}" for line in lines)
