"""Lint: every row of the fact sheet is either encoded or left out with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Pathway, Place
from vardforlopp.definitions.suggest import did_you_mean


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Rows missing, unknown, and both encoded and omitted."""
    known = set(pathway.rows)
    folder = pathway.place.file.rpartition("/")[0]
    encoded: dict[str, str] = {}
    for name, place, rows in encoders(pathway):
        for row in rows:
            encoded.setdefault(row, name)
            if row not in known:
                yield _unknown(name, place, row, known)
    omitted = Counter(left.row for left in pathway.omitted)
    beside = Place(f"{folder}/omitted.yaml", 1)
    for row, times in omitted.items():
        if row not in known:
            yield _unknown(f"omitted.yaml of '{pathway.id}'", beside, row, known)
        if times > 1 or row in encoded:
            other = f"encoded by {encoded[row]}" if row in encoded else "omitted twice"
            yield finding(
                "VF-DEF-045", beside, f"row '{row}' of '{pathway.id}' is omitted and {other}", do="Keep one."
            )
    for row in pathway.rows:
        if row not in encoded and row not in omitted:
            yield finding(
                "VF-DEF-072",
                Place(f"{folder}/rows.yaml", 1),
                f"row '{row}' of '{pathway.id}' is neither encoded nor omitted",
                do="Add `row:` where it is encoded, or list it in omitted.yaml with a reason.",
            )


def encoders(pathway: Pathway) -> Iterator[tuple[str, Place, tuple[str, ...]]]:
    """Everything that may encode a row: name, place, rows."""
    for kind, items in (
        ("entry", pathway.entries), ("exit", pathway.exits), ("choice", pathway.choices),
        ("step", pathway.steps), ("indicator", pathway.indicators),
    ):  # fmt: skip
        for item in items.values():
            yield f"{kind} '{item.id}'", item.place, item.rows


def _unknown(name: str, place: Place, row: str, known: set[str]) -> DefinitionFinding:
    do = did_you_mean(row, known, otherwise="Add it to rows.yaml, or correct it.")
    return finding("VF-DEF-044", place, f"{name} names row '{row}', which rows.yaml does not have", do=do)
