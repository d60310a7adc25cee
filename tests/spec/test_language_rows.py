"""Every worked row of the definition language is read by the functions that read content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vardforlopp.definitions.linting import LANGUAGE, lint_pathway
from vardforlopp.definitions.load import Loaded, load
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.tree import parse_tree, plain

FILE = Path(__file__).with_name("language_rows.yaml")
DATA: Any = plain(parse_tree(FILE.read_text("utf-8"), FILE.name))
ROWS = [(name, row) for name, given in DATA["pathways"].items() for row in given["rows"]]
HOMES = {
    "entry": "entries", "exit": "exits", "phase": "phases", "indicator": "indicators", "choice": "choices",
    "step": "steps", "criterion": "steps",
}  # fmt: skip
CATALOGUE = """
roles: {lakare: {sv: läkare, en: physician}}
levels: {primarvard: {sv: primärvård, en: primary care}}
kinds: {measurements: {sv: mätningar, en: measurements}}
"""


def _flow(value: object) -> str:
    """A plain value as the flow text of a definition."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _selectors() -> str:
    common = "title: {sv: x, en: x}, kind: measurements, resource: Observation, codes: []"
    given = {**DATA["given"]["selectors"], "stub": {}}
    lines = []
    for name, traits in given.items():
        extra = "".join(f", {key}: {_flow(value)}" for key, value in traits.items())
        lines.append(f"{name}: {{{common}{extra}}}")
    return "\n".join(lines)


def _rows(given: dict[str, Any], *kinds: str) -> list[dict[str, str]]:
    return [row for row in given["rows"] if row["is"] in kinds]


def _block(head: str, lines: list[str]) -> str:
    return "\n".join((head, *(f"  {line}" for line in lines))) if lines else ""


def _head(name: str, given: dict[str, Any]) -> str:
    entries = [f"{row['id']}: {row['text']}" for row in _rows(given, "entry")]
    known = {row["id"] for row in _rows(given, "entry")}
    entries += [
        f"{other}: {{event: [stub]}}" for other in ["STUB", *given.get("entries", [])] if other not in known
    ]
    phases = ["- {id: fas}"]
    phases += [f"- {{id: {row['id']}, {row['text'][1:]}" for row in _rows(given, "phase")]
    return "\n".join(
        (
            f"id: {name}\nversion: 1.0.0\ntitle: {{sv: x, en: x}}\nstatus: draft\nsources: {{}}",
            f"sided: {_flow(given.get('sided', False))}",
            _block(
                "parameters:",
                [f"{key}: {_flow(value)}" for key, value in given.get("parameters", {}).items()],
            ),
            _block("entries:", entries),
            _block("exits:", [f"{row['id']}: {row['text']}" for row in _rows(given, "exit")]),
            _block("phases:", phases),
        )
    )


def _steps(given: dict[str, Any]) -> str:
    lines = [f"{step}: {{done: stub}}" for step in given.get("steps", [])]
    for row in _rows(given, "step", "choice", "criterion"):
        mode = row.get("mode", given.get("mode"))
        text = f"{{when: {row['text']}, done: stub}}" if row["is"] == "criterion" else row["text"]
        extra = f", mode: {mode}}}" if mode and row["is"] == "step" else "}"
        lines.append(f"{row['id']}: {text[:-1]}{extra}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    texts = {"catalogue.yaml": CATALOGUE, "valuesets/rows.yaml": _selectors()}
    for name, given in DATA["pathways"].items():
        folder = f"pathways/{name}/1.0.0"
        texts[f"{folder}/pathway.yaml"] = _head(name, given)
        texts[f"{folder}/steps/fas.yaml"] = _steps(given)
        indicators = [f"{row['id']}: {row['text']}" for row in _rows(given, "indicator")]
        if indicators:
            texts[f"{folder}/indicators.yaml"] = "\n".join(indicators)
    return load(texts)


def test_all_rows_are_read_without_an_error(loaded: Loaded) -> None:
    """Nothing in the worked rows is outside the language."""
    assert [str(error) for error in loaded.errors] == []


@pytest.mark.parametrize(("pathway", "row"), ROWS, ids=[f"{name}:{row['id']}" for name, row in ROWS])
def test_a_row_is_kept_as_what_it_is(loaded: Loaded, pathway: str, row: dict[str, str]) -> None:
    """Each row gives exactly one entry, exit, phase, choice, step or indicator."""
    assert loaded.definitions is not None
    home = getattr(loaded.definitions.pathways[pathway], HOMES[row["is"]])

    assert home[row["id"]].id == row["id"]


@pytest.mark.parametrize("name", list(DATA["pathways"]))
def test_the_rows_of_a_pathway_are_free_of_findings(loaded: Loaded, name: str) -> None:
    """The lint of order, times and values finds nothing in rows that are meant to be right."""
    assert loaded.definitions is not None
    pathway: Pathway = loaded.definitions.pathways[name]

    found = lint_pathway(pathway, loaded.definitions.catalogue, families=LANGUAGE)

    assert [str(one) for one in found] == []


def test_all_worked_rows_are_there() -> None:
    """The file carries the language's rows, not a choice of them."""
    assert len(ROWS) == 119
