"""To whom a thing may be shown: what a pathway closes, nothing in it opens."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from made.courses import (
    ALWAYS,
    catalogue,
    definitions,
    followed,
    interaction,
    pathway,
    person,
    state,
    step,
)
from made.examples import FOLDER
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import read_records
from vardforlopp.contract.asks import Followed
from vardforlopp.contract.disclosure import of_step, strictest
from vardforlopp.contract.person import plan_person
from vardforlopp.definitions.model import Disclosure
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.fhir.plan_steps import extension, step_activity
from vardforlopp.kernel.civil import as_of_day, day_from_iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.present.plan_json import plan_json
from vardforlopp.present.sheet import sheet
from vardforlopp.present.voice import Voice


def closed_course(disclosure: Disclosure) -> Followed:
    """An open step in a pathway that is not."""
    path = replace(pathway("demens", step("eko")), disclosure=disclosure)
    return followed(path, state("eko", opens="2026-03-01", due="2026-04-01"))


@pytest.mark.parametrize(
    ("whole", "own", "shown"),
    [
        ("open", "open", "open"),
        ("open", "staff-only", "staff-only"),
        ("after-informed", "open", "after-informed"),
        ("after-informed", "staff-only", "staff-only"),
        ("staff-only", "after-informed", "staff-only"),
    ],
)
def test_S09_the_strictest_of_pathway_and_step_holds(whole: Disclosure, own: Disclosure, shown: str) -> None:
    """Whichever of the two is more closed."""
    made = replace(pathway("demens", step("eko", disclosure=own)), disclosure=whole)

    assert of_step(made, made.steps["eko"]) == shown
    assert strictest(()) == "open"


def test_S09_a_closed_pathway_closes_its_steps_in_the_plan_the_data_and_on_the_sheet() -> None:
    """Origins, planned activities, JSON steps; and nothing of it reaches the person's own page."""
    course = closed_course("staff-only")
    made = person(course)
    voice = Voice(definitions(catalogue(), course.pathway), "sv")
    value = plan_json(made, voice, pathways=(course.pathway,), version="0.1.0")

    assert [each.origin.disclosure for each in made.asks] == ["staff-only"]
    assert [each.disclosure for each in made.proposal.activities] == ["staff-only"]
    assert [each["disclosure"] for each in value["steps"]] == ["staff-only"]
    assert "Eko" not in json.dumps(value["sheet"], ensure_ascii=False)
    assert sheet(made, voice).actions == ()


def test_S09_what_a_suspicion_asks_for_stays_with_staff_in_the_plan_and_the_data() -> None:
    """A memory test that nobody has decided on tells of the suspicion, however open its step is."""
    path = pathway("demens", step("eko"))
    asked = state("eko", opens="2026-03-01", due="2026-04-01")
    course = followed(path, asked, explicit=False)
    made = person(course)
    value = plan_json(made, Voice(definitions(catalogue(), path), "sv"), pathways=(path,), version="0.1.0")
    fhir = step_activity(asked, course.course.enrolment, pathway=path)

    assert [each.disclosure for each in made.proposal.activities] == ["staff-only"]
    assert [each["disclosure"] for each in (*value["steps"], *value["plan"]["items"])] == ["staff-only"] * 2
    assert extension("disclosure", "valueCode", "staff-only") in fhir["detail"]["extension"]


def test_S09_a_closed_reason_leaves_no_trace_in_the_open_part_of_the_data() -> None:
    """The whole stays with staff; its open part has the time, origin and owner of the open ask alone."""
    open_, after, closed = (
        replace(pathway(name, step(f"eko-{name}", activity="eko")), disclosure=disclosure)
        for name, disclosure in (("hjarta", "open"), ("lunga", "after-informed"), ("demens", "staff-only"))
    )
    courses = (
        followed(open_, state("eko-hjarta", opens="2026-03-01", due="2026-06-01")),
        followed(after, state("eko-lunga", opens="2026-03-01", due="2026-05-01")),
        followed(closed, state("eko-demens", opens="2026-03-20", due="2026-04-01")),
    )
    voice = Voice(definitions(catalogue(), open_, after, closed), "sv")
    (item,) = plan_json(person(*courses), voice, pathways=(), version="0.1.0")["plan"]["items"]
    (alone,) = plan_json(person(courses[0]), voice, pathways=(), version="0.1.0")["plan"]["items"]
    (without,) = plan_json(person(*courses[:2]), voice, pathways=(), version="0.1.0")["plan"]["items"]

    assert (item["disclosure"], len(item["origins"])) == ("staff-only", 3)
    assert [each["disclosure"] for each in item["parts"]] == ["open", "after-informed"]
    assert item["parts"][0] | {"parts": []} == alone
    assert item["parts"][1] | {"parts": [item["parts"][0]]} == without
    assert "demens" not in json.dumps(item["parts"])


def test_S09_a_closed_pathway_closes_the_collisions_that_speak_of_it() -> None:
    """An open rule about a closed pathway would tell of the pathway."""
    rule = interaction(pathways=("demens",))
    made = person(closed_course("after-informed"), known=catalogue(rule), judge=lambda _: ALWAYS)

    assert [each.disclosure for each in made.proposal.conflicts] == ["after-informed"]


def test_S09_a_closed_pathway_closes_its_suggestions() -> None:
    """However open an entry is written."""
    content = load_content()
    catalogue_, path = content.definitions.catalogue, content.definitions.pathways["hjartsvikt"]
    opened = {name: replace(each, disclosure="open") for name, each in path.entries.items()}
    closed = replace(path, entries=opened, disclosure="staff-only")
    (of,) = read_records(FOLDER / "hjartsvikt-83a7c2b3.json.gz", content.reader())
    now = as_of_day(day_from_iso("2026-03-10"))

    def disclosures(of_pathway: object) -> set[str]:
        compiled = compile_pathway(of_pathway, catalogue_, calendar=swedish())  # type: ignore[arg-type]
        rules = Interactions(catalogue_, swedish())
        plan = plan_person(
            of, [compiled], catalogue=catalogue_, interactions=rules, as_of=now, known_at=now.at
        )
        return {each.disclosure for each in plan.suggestions}

    assert disclosures(closed) == {"staff-only"}
    assert disclosures(replace(closed, disclosure="open")) == {"open"}
