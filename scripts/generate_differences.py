"""Where sources disagree: each such value, what each source says, and which example region shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generate_case_pages import definitions
from vardforlopp.definitions import formats
from vardforlopp.definitions.model import Overlay, Parameter, ParameterValue, Pathway
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.words import BOOKS, speech_of
from vardforlopp.definitions.words_time import value_words

LANG = "sv"
HEAD = """\
# Där källorna skiljer sig åt

Sidan skrivs ur definitionerna av `make docs`; ändra där. Förloppet har ett eget värde, och en region kan
välja ett annat. Regionerna här är påhittade: de visar hur ett val ser ut. Ingen riktig region har antagit
något av det. Källornas namn står på förloppens sidor."""


def page(root: Path) -> str:
    """`docs/pathways/skillnader.md`."""
    lines = [HEAD]
    for pathway in definitions().pathways.values():
        rows = [row for found in pathway.parameters.values() for row in _rows(pathway, found)]
        if rows:
            lines += ["", f"## [{pathway.title[LANG]}]({pathway.id}.md)", ""]
            lines += ["| Värde | Är | Källa | Visas av |", "|---|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _rows(pathway: Pathway, parameter: Parameter) -> Iterator[str]:
    if not parameter.alternatives:
        return
    speech = speech_of(names_for(definitions(), pathway.id), LANG)
    title = f"{parameter.title[LANG]} (`{parameter.id}`)"
    yield _row(title, value_words(speech, parameter.value), parameter.sources, "förloppet")
    for other in parameter.alternatives:
        shown = _shown(pathway, parameter, value=other.value)
        yield _row("", value_words(speech, other.value), other.sources, "; ".join(shown))


def _row(title: str, value: str, sources: tuple[str, ...], shown: str) -> str:
    return f"| {title} | {value} | {', '.join(sources) or 'ingen namngiven'} | {shown} |"


def _shown(pathway: Pathway, parameter: Parameter, *, value: ParameterValue) -> Iterator[str]:
    """The example regions that have set the value, with who adopted it and when."""
    for overlay in definitions().overlays.values():
        if overlay.settings.get(pathway.id, {}).get(parameter.id) == value:
            yield f"{overlay.title[LANG]}{_adopted(overlay, pathway, parameter)}"


def _adopted(overlay: Overlay, pathway: Pathway, parameter: Parameter) -> str:
    for each in overlay.adoptions:
        mine = (each.pathway, each.version) == (pathway.id, pathway.version)
        if mine and {"*", parameter.id, f"${parameter.id}"} & {*each.what}:
            return f", antaget av {each.by}, {formats.day(each.on, BOOKS[LANG])}"
    return ""
