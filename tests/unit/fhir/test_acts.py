"""Our own acts in FHIR: what is written is read back equal, and stands in the documented table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from made.fhir_bundles import ME, Json, bundle, day, found, patient, reader, reasons, resource
from made.fhir_bundles import read as read_resources
from vardforlopp.fhir import record_of
from vardforlopp.fhir.care_plan import enrolment_to_fhir
from vardforlopp.fhir.names import ACT_SYSTEM, ACTS, CATEGORY_SYSTEM, EXTENSION, INPUT_SYSTEM
from vardforlopp.fhir.task import acts_to_fhir
from vardforlopp.kernel.civil import civil, exact, parse_time, start_of_day
from vardforlopp.record.facts import Act, ActKind
from vardforlopp.record.record import Enrolment, Record

TABLE = Path(__file__).parents[3] / "docs" / "reference" / "acts.md"
ON = day("2026-03-05")
KNOWN = parse_time("2026-03-06T08:15:30.25+01:00").lo

STAY = Enrolment(
    id="CarePlan/stay-1",
    pathway="hjartsvikt",
    version="1.0.0",
    entry="IN6",
    started=civil(day("2026-03-02")),
    followed_from=day("2026-03-03"),
    side="left",
    unit="Exempelbyns vårdcentral",
    known_from=KNOWN,
)


def act(kind: ActKind, **more: object) -> Act:
    given = {"day": ON, "at": start_of_day(ON), "known_from": KNOWN, "ref": f"Task/{kind}"} | more
    return Act(kind=kind, **given)  # type: ignore[arg-type]


def back(*, acts: tuple[Act, ...] = (), enrolments: tuple[Enrolment, ...] = (STAY,)) -> Record:
    resources = [
        *(enrolment_to_fhir(each, "Patient/p") for each in enrolments),
        *acts_to_fhir(acts, "Patient/p"),
    ]
    return record_of([bundle(patient(), *resources)], name="x", reader=reader())


@pytest.mark.parametrize(
    "stay",
    [
        STAY,
        replace(STAY, started=exact(KNOWN)),
        Enrolment("CarePlan/a", "kol", None, None, civil(ON), ON),
        Enrolment("CarePlan/b", "kol", "1.0.0", "IN2", exact(KNOWN), ON, ended=(day("2026-05-01"), "OUT1")),
    ],
)
def test_an_enrolment_is_read_back_as_it_was_written(stay: Enrolment):
    """CarePlan with pathway and version, entry, start, side, unit, end and its reason."""
    record = back(enrolments=(stay,))

    assert record.enrolments == (stay,)
    assert not record.quality.findings


@pytest.mark.parametrize(
    "made",
    [
        act(
            "decision",
            step="stark-misstanke",
            value="nej",
            by="läkare",
            enrolment=STAY.id,
            pathway="hjartsvikt",
        ),
        act(
            "decision",
            step="ef-klass",
            value="hfref",
            at=parse_time("2026-03-05T14:00:00+01:00").lo,
            pathway="hjartsvikt",
            enrolment=STAY.id,
        ),
        act(
            "deviation",
            step="ekokardiografi",
            occurrence=day("2026-04-01"),
            reason="medicinskt skäl",
            pathway="hjartsvikt",
            enrolment=STAY.id,
        ),
        act(
            "decline",
            step="influensavaccin",
            until_day=day("2027-10-01"),
            reason="vill inte",
            pathway="hjartsvikt",
        ),
        act("decline", pathway="hjartsvikt"),
        act(
            "attestation",
            step="ekokardiografi",
            done_day=day("2026-02-01"),
            where="Privat klinik",
            by="Sam Exempel",
            pathway="hjartsvikt",
            enrolment=STAY.id,
        ),
        act(
            "pause", until_day=day("2026-03-20"), reason="utomlands", pathway="hjartsvikt", enrolment=STAY.id
        ),
        act("care-focus", value="palliativ", by="läkare"),
        act("informed", by="läkare", pathway="hjartsvikt", enrolment=STAY.id),
        act("credit", step="spirometri", done_day=day("2025-12-01"), pathway="kol"),
    ],
    ids=lambda made: f"{made.kind}",
)
def test_an_act_is_read_back_as_it_was_written(made: Act):
    """Task with code, focus, inputs, reason, output and limits; Provenance says who."""
    record = back(acts=(made,))

    assert record.acts == (made,)
    assert not record.quality.findings


def test_what_somebody_else_writes_the_same_way_is_read():
    """The table is enough to write an act by: no extension, any order, who did it as requester."""
    written: Json = resource(
        "Task",
        "t1",
        status="completed",
        intent="order",
        authoredOn="2026-03-05T10:00:00+01:00",
        code={"coding": [{"system": ACT_SYSTEM, "code": "decision"}]},
        requester={"display": "Sam Exempel"},
        instantiatesCanonical="urn:x-vardforlopp:pathway:hjartsvikt|1.0.0",
        input=[{"type": {"coding": [{"system": INPUT_SYSTEM, "code": "step"}]}, "valueString": "operation"}],
        output=[{"type": {"text": "beslut"}, "valueCodeableConcept": {"text": "ja"}}],
    )
    (made,) = read_resources(written).acts

    assert (made.kind, made.pathway, made.step, made.value, made.by) == (
        "decision",
        "hjartsvikt",
        "operation",
        "ja",
        "Sam Exempel",
    )
    assert made.day == ON


@pytest.mark.parametrize(
    "more, reason",
    [
        ({"status": "draft"}, "planned"),
        ({"status": "requested"}, "planned"),
        ({"status": "entered-in-error"}, "entered in error"),
        ({"status": "cancelled"}, "cancelled"),
        ({"code": {"coding": [{"system": ACT_SYSTEM, "code": "magi"}]}}, "unknown act"),
        ({"for": {"reference": "Patient/annan"}}, "another person"),
    ],
)
def test_an_act_that_was_not_done_or_is_not_known_is_none(more: Json, reason: str):
    """Asked for is not decided; an unknown act is told."""
    (task,) = acts_to_fhir([act("pause", pathway="kol")], "Patient/p")
    record = read_resources(task | more)

    assert not record.acts
    assert reasons(record) == {("Task", reason): 1}


@pytest.mark.parametrize("kind", ["attestation", "credit", "decision"])
@pytest.mark.parametrize("step", [None, "*"])
def test_an_act_that_needs_its_step_and_has_none_is_told(kind: ActKind, step: str | None):
    """It could have no effect, so it is not counted as read."""
    (task,) = acts_to_fhir([act(kind, step=step, done_day=day("2025-12-01"), pathway="kol")], "Patient/p")
    record = read_resources(task)

    assert not record.acts
    assert found(record) == {"VF-QUA-050"}
    assert reasons(record) == {("Task", "unknown act"): 1}


def test_an_act_without_for_is_about_whom_its_focus_is_about():
    """The CarePlan says whose it is."""
    task, _ = acts_to_fhir(
        [act("informed", by="läkare", pathway="hjartsvikt", enrolment=STAY.id)], "Patient/p"
    )
    del task["for"]
    record = read_resources(enrolment_to_fhir(STAY, "Patient/p"), task)

    assert [each.enrolment for each in record.acts] == [STAY.id]


def test_an_enrolment_without_pathway_is_told():
    """A CarePlan of ours that does not say which pathway is none."""
    plan = enrolment_to_fhir(STAY, ME["reference"]) | {"instantiatesCanonical": ["http://other.example"]}
    record = read_resources(plan)

    assert not record.enrolments
    assert found(record) == {"VF-QUA-050"}


def test_the_table_names_every_act_system_and_extension():
    """`docs/reference/acts.md` is the one table: nothing is written that it does not name."""
    text = TABLE.read_text("utf-8")

    assert set(get_args(ActKind)) == ACTS
    for name in (ACT_SYSTEM, INPUT_SYSTEM, CATEGORY_SYSTEM, EXTENSION, *ACTS):
        assert f"`{name}`" in text, f"name {name} in docs/reference/acts.md"
