"""What was due before the person was followed: not late, and not gone either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from made.calls import call
from made.courses import catalogue, definitions, followed, pathway, person, record, state, step
from vardforlopp.definitions.criteria import FactLeaf
from vardforlopp.definitions.model import Per
from vardforlopp.engine.course import NO, UNKNOWN, YES, Reason, StepState
from vardforlopp.present.plan_model import StepGroup
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice

FACT = "urn:x-vardforlopp:fact"
SUBJECT = {"reference": "Patient/nina"}
ASK = "Var aktuellt före starten: fråga om det är gjort"


def high_peptide_and_referral(folder: Path) -> Path:
    """A very high NT-proBNP on 2 March, a referral to echocardiography on 3 March, and nothing more."""
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "nina", "birthDate": "1950-05-04", "gender": "female"},
        {
            "resourceType": "Observation",
            "id": "peptid",
            "status": "final",
            "subject": SUBJECT,
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": {"coding": [{"system": FACT, "code": "ntprobnp"}]},
            "effectiveDateTime": "2026-03-02",
            "valueQuantity": {"value": 2450, "unit": "ng/L", "code": "ng/L"},
        },
        {
            "resourceType": "ServiceRequest",
            "id": "remiss",
            "status": "active",
            "intent": "order",
            "subject": SUBJECT,
            "code": {
                "coding": [{"system": FACT, "code": "ekoremiss"}, {"system": FACT, "code": "remiss-eko"}]
            },
            "authoredOn": "2026-03-03",
        },
    ]
    path = folder / "nina.json"
    entry = [{"resource": each} for each in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry}), "utf-8")
    return path


def test_S17_what_was_due_before_the_start_is_asked_about_and_never_late(tmp_path: Path) -> None:
    """Three weeks after the referral nobody follows her: the missing echocardiography is named."""
    path = high_peptide_and_referral(tmp_path)
    text = call("plan", path, "--as-of", "2026-03-24").out
    page = call("plan", path, "--as-of", "2026-03-24", "--format", "html").out
    asked = text[text.index(ASK) :].splitlines()

    assert any(line.strip().startswith("◌ Ultraljud av hjärtat") for line in asked[1:8])
    assert "efter målet" not in text
    assert ASK in page
    assert "aktuella före starten" in " ".join(text[: text.index("EN SAMLAD PLAN")].split())


def was_due(name: str, day: str = "2026-01-01", *, guard: int = YES) -> StepState:
    parts = (Reason("All", guard, f"hjartsvikt/1.0.0#{name}.when"), Reason("Anchor", YES, f"x#{name}.after"))
    return state(
        name, "before-start", due=day, explain=lambda: Reason("Step", YES, "x", of=parts), occurrence=name
    )


def asked(*states: StepState, **labels: object) -> StepGroup | None:
    """The group of what is asked about, in a course of such steps."""
    path = pathway("hjartsvikt", *(step(each.step, **labels) for each in states))
    made = person(followed(path, *states), record=record())
    view = plan_view(made, Voice(definitions(catalogue(), path), "sv"), pathways=(), version="1")
    groups = [group for group in view.courses[0].groups if group.title == ASK]
    assert view.before == "" or groups
    return groups[0] if groups else None


def test_S17_only_single_steps_that_concerned_the_person_are_asked_about() -> None:
    """Not what did not apply or nobody can tell, not one of a series, not what is only looked back on."""
    found = asked(was_due("a"), was_due("b", guard=NO), was_due("c", guard=UNKNOWN))

    assert found is not None
    assert [line.title for line in found.lines] == ["A"]
    assert asked(was_due("a"), per=Per(selector="besok")) is None
    assert asked(was_due("a"), mode="retrospective") is None
    assert asked(state("a", "done")) is None


def test_S17_many_are_folded_and_all_are_named() -> None:
    """History is not a flood: the latest in lines, the rest by their titles."""
    found = asked(*(was_due(f"s{n:02d}", f"2026-01-{n:02d}") for n in range(1, 11)), done=FactLeaf("x"))

    assert found is not None
    assert [line.title for line in found.lines] == ["S10", "S09", "S08", "S07", "S06", "S05"]
    assert found.more == "och 4 till: S04, S03, S02, S01"
