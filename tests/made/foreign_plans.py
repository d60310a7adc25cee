"""Plans from elsewhere, made for tests: in the style of other publishers, with all that R4 lets them say."""

from __future__ import annotations

from functools import cache
from typing import Any

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.load import Loaded, load
from vardforlopp.definitions.model import Pathway, Step
from vardforlopp.fhir.plan_import.draft import Vocabulary
from vardforlopp.fhir.plan_import.importing import Imported, import_plan
from vardforlopp.fhir.plan_import.shelf import Shelf
from vardforlopp.fhir.plan_import.written import files

Json = dict[str, Any]
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
#: A duration of each unit that R4 may write, and ours.
DAYS_3 = {"value": 3, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
WEEKS_2 = {"value": 2, "system": "http://unitsofmeasure.org", "code": "wk"}
HOURS_36 = {"value": 1.5, "code": "h"}


#: Actions with nothing but a name.
A, B, C = {"id": "a", "title": "A"}, {"id": "b", "title": "B"}, {"id": "c", "title": "C"}


def plan(*actions: Json, **more: Any) -> Json:
    """A plan with a head that says where it comes from."""
    made: Json = {
        "resourceType": "PlanDefinition",
        "id": "knee-care",
        "language": "en",
        "url": "https://example.org/fhir/PlanDefinition/knee-care",
        "version": "2.1.0",
        "name": "KneeCare",
        "title": "Knee care",
        "status": "active",
        "date": "2025-04-01",
        "publisher": "Example Institute",
        "action": list(actions),
    }
    return {key: value for key, value in (made | more).items() if value is not None}


def coding(system: str, code: str, display: str = "") -> Json:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def fhirpath(text: str, kind: str = "applicability") -> Json:
    return {"kind": kind, "expression": {"language": "text/fhirpath", "expression": text}}


def has(kind: str, code: str, system: str = SNOMED) -> str:
    """FHIRPath: the record has such a resource."""
    return f"{kind}.where(code.coding.where(system='{system}' and code='{code}').exists()).exists()"


def three_levels() -> Json:
    """Groups in groups, each with a condition of its own."""
    return plan(
        {
            "id": "workup",
            "title": "Work-up",
            "condition": [fhirpath("%patient.birthDate <= today() - 18 years")],
            "action": [
                {
                    "id": "imaging",
                    "title": "Imaging",
                    "condition": [fhirpath(has("Condition", "239873007"))],
                    "action": [
                        {
                            "id": "x-ray",
                            "title": "X-ray",
                            "code": [coding(SNOMED, "74016001", "X-ray of knee")],
                            "condition": [fhirpath("Patient.gender = 'female'")],
                        },
                        {
                            "id": "mri",
                            "title": "MRI",
                            "relatedAction": [
                                {"actionId": "x-ray", "relationship": "after-end", "offsetDuration": DAYS_3}
                            ],
                        },
                    ],
                },
                {"id": "visit", "title": "Visit"},
            ],
        },
        {"id": "follow-up", "title": "Follow-up", "action": [{"id": "call", "title": "Call"}]},
    )


@cache
def _ours() -> Any:
    return load_content()


def vocabulary() -> Vocabulary:
    catalogue = _ours().definitions.catalogue
    return Vocabulary(frozenset(catalogue.roles), frozenset(catalogue.levels))


def imported(*resources: Json, wanted: str | None = None) -> Imported:
    """The import of one plan with what it refers to."""
    shelf = Shelf([(f"file {number}", each) for number, each in enumerate(resources)], name="plan.json")
    return import_plan(shelf, _ours().systems, vocabulary=vocabulary(), wanted=wanted)


@cache
def _shared() -> dict[str, str]:
    return dict(content_texts())


def texts(found: Imported) -> dict[str, str]:
    """The draft's files."""
    return files(found.draft, _shared())


def loaded(found: Imported) -> Loaded:
    """The draft as the program reads it."""
    return load(texts(found))


def pathway(found: Imported) -> Pathway:
    """The draft as a pathway; it must be readable."""
    made = loaded(found)
    assert made.definitions is not None, [str(error) for error in made.errors]
    return made.definitions.pathways[found.draft.id]


def step(action: Json, *others: Json, **more: Any) -> Step:
    """The step of the first action of a plan."""
    found = imported(plan(action, *others, **more))
    return pathway(found).steps[next(iter(found.draft.phases[0].items))]


def keys(found: Imported, name: str) -> Json:
    """A step or choice of the draft, as it will be written."""
    return next(phase.items[name].keys for phase in found.draft.phases if name in phase.items)


def related(relationship: str, **offset: Any) -> list[Json]:
    """A relation to the action `b`."""
    return [{"actionId": "b", "relationship": relationship, **offset}]


def reasons(found: Imported) -> dict[str, str]:
    """Why each entry of the report is there, by its path."""
    return {entry.path: entry.why for entry in found.account.entries}


def leaves(value: Any) -> int:
    """How many elements have no others below."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(leaves, below)) if below else 1
