"""The plan of one person as a calm page: text for the terminal, HTML for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment, StrictUndefined

from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.course import Course, StepState
from vardforlopp.kernel.civil import Moment, iso
from vardforlopp.record.record import Record

SHEET = (
    "Det här är viktigt för mig",
    "Vem gör vad",
    "Nästa steg",
    "Hit vänder jag mig",
    "Om jag blir sämre",
)

_HTML = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
section.sheet { break-before: page }
section.sheet p { border-bottom: 1px solid #767676; height: 2.2rem; margin: 0 }
</style>
</head>
<body>
<h1>{{ title }}</h1>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}<section class="sheet">
<h2>Mitt patientkontrakt</h2>
{% for heading in sheet %}<h3>{{ heading }}</h3>
<p></p>
<p></p>
{% endfor %}</section>
</body>
</html>
"""
_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(_HTML)


def title(record: Record, as_of: Moment) -> str:
    """Whose plan it is, and on which day."""
    return f"Plan för {record.patient.name or 'patienten'}, läget {iso(as_of.day)}"


def lines(courses: Sequence[Course], pathways: Mapping[str, Pathway]) -> list[str]:
    """What the page says, a line a thing; staff read it, so suggestions are shown (S09)."""
    if not courses:
        return ["Inget vårdförlopp föreslås utifrån det som står i journalen."]
    said = []
    for course in courses:
        pathway = pathways[course.pathway]
        entry = pathway.entries[course.enrolment.entry or ""]
        said.append(f"{pathway.title['sv']}: förslag till vårdpersonal ({entry.title['sv']}).")
        said += [f"{pathway.steps[state.step].title['sv']}: {_state_words(state)}." for state in course.steps]
    return said


def _state_words(state: StepState) -> str:
    if state.completed is not None:
        return f"gjord {iso(state.completed.day)}, enligt {state.evidence[0].ref}"
    if state.due is None:
        return f"väntar på {', '.join(state.waits_for)}"
    goal = f"brukar ske till och med {iso(state.due.day)} (mål, förslag som ingen region har antagit)"
    return f"att göra, {goal}" if not state.proposal else f"ännu inte sedd, {goal}"


def as_text(record: Record, courses: Sequence[Course], pathways: Mapping[str, Pathway], as_of: Moment) -> str:
    """The page for the terminal."""
    head = title(record, as_of)
    sheet = [f"{heading}: ______________________________" for heading in SHEET]
    return "\n".join(
        [head, "=" * len(head), *lines(courses, pathways), "", "Mitt patientkontrakt", *sheet, ""]
    )


def as_html(record: Record, courses: Sequence[Course], pathways: Mapping[str, Pathway], as_of: Moment) -> str:
    """The same page as one self-contained HTML file that ends with the contract sheet."""
    return _PAGE.render(title=title(record, as_of), lines=lines(courses, pathways), sheet=SHEET) + "\n"
