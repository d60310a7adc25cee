"""`vardforlopp plan`: from records to plans."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from vardforlopp.adapters.files import read_bytes, read_content, write_text
from vardforlopp.definitions.load import load_pathway, load_selectors
from vardforlopp.engine.assess import assess, suggest
from vardforlopp.engine.course import Suggestion
from vardforlopp.fhir.bundle import read_bundle
from vardforlopp.kernel.civil import Moment, as_of_day, day_of_date
from vardforlopp.present.page import as_html, as_text
from vardforlopp.record.record import Enrolment


def plan(files: tuple[Path, ...], *, day: date, out: Path | None) -> str:
    """The text of each record's plan at the end of `day`; with `out`, also an HTML file each."""
    texts = read_content()
    selectors = load_selectors(texts)
    pathway = load_pathway(texts, "pathways/hjartsvikt/1.0.0")
    as_of = as_of_day(day_of_date(day))
    said = []
    for file in files:
        record = read_bundle(read_bytes(file), name=file.name, selectors=selectors)
        courses = [
            assess(pathway, record, _followed(each, as_of), as_of=as_of, known_at=as_of.at)
            for each in suggest(pathway, record, as_of=as_of, known_at=as_of.at)
        ]
        said.append(as_text(record, courses, {pathway.id: pathway}, as_of))
        if out is not None:
            page = out / f"{file.stem}.html"
            write_text(page, as_html(record, courses, {pathway.id: pathway}, as_of))
            said.append(f"Sidan ligger i {page}\n")
    return "\n".join(said)


def _followed(suggestion: Suggestion, as_of: Moment) -> Enrolment:
    """A suggestion looked at as if it were followed from today on."""
    return Enrolment(
        suggestion.entry, suggestion.pathway, suggestion.version, suggestion.entry, suggestion.on,
        followed_from=as_of.day, explicit=False,
    )  # fmt: skip
