"""Courses, pathways and catalogues built by hand, for tests of the merge and the pages."""

from __future__ import annotations

from dataclasses import replace

from vardforlopp.contract.asks import Followed, asks
from vardforlopp.contract.person import PersonPlan
from vardforlopp.contract.propose import propose
from vardforlopp.definitions.catalogue import Activity, Catalogue, Definitions, Interaction, Role
from vardforlopp.definitions.criteria import FactLeaf
from vardforlopp.definitions.model import Overlay, Owner, Pathway, Place, Provenance, Step
from vardforlopp.engine.course import NO, YES, Course, Reason, StepState
from vardforlopp.kernel.civil import as_of_day, civil, day_from_iso
from vardforlopp.record.record import Enrolment, NotRead, Patient, Quality, Record, Source

PLACE = Place("made.yaml", 1)
MADE = Provenance({"step": ("S1",)}, {"step": "regional"})
TODAY = day_from_iso("2026-03-10")
AS_OF = as_of_day(TODAY)


def step(step_id: str, *, activity: str = "spirometri", **given: object) -> Step:
    """A step with everything ordinary but what the test is about."""
    made = Step(
        id=step_id,
        phase="fas-a",
        title={"sv": step_id.capitalize(), "en": step_id.capitalize()},
        summary={"sv": f"Det här är {step_id}.", "en": f"This is {step_id}."},
        provenance=MADE,
        place=PLACE,
        activity=activity,
        owner=Owner(("sjukskoterska",), "primarvard"),
        done=FactLeaf(step_id),
    )
    return replace(made, **given)  # type: ignore[arg-type]  # a test names real fields


def pathway(pathway_id: str, *steps: Step) -> Pathway:
    """A pathway of some steps."""
    return Pathway(
        id=pathway_id,
        version="1.0.0",
        title={"sv": pathway_id.capitalize(), "en": pathway_id.capitalize()},
        summary={},
        status="draft",
        place=PLACE,
        population=None,
        sources={},
        parameters={},
        entries={},
        exits={},
        phases={},
        choices={},
        steps={each.id: each for each in steps},
        indicators={},
    )


def state(step_id: str, name: str = "due", *, opens: str = "", due: str = "", **given: object) -> StepState:
    """A step occurrence in a state, with its window as ISO dates."""
    made = StepState(
        step=step_id,
        occurrence=opens or due or "-",
        state=name,  # type: ignore[arg-type]  # a test names real states
        opens=civil(day_from_iso(opens)) if opens else None,
        due=civil(day_from_iso(due)) if due else None,
        level="regional",
        explain=lambda: Reason("Step", YES, f"made#{step_id}"),
    )
    return made._replace(**given)  # type: ignore[arg-type]


def followed(path: Pathway, *states: StepState, **given: object) -> Followed:
    """An explicit enrolment in `path` and where its steps stand."""
    known = {"id": f"CarePlan/{path.id}", "side": None, "explicit": True, "dead": False, "ended": ""} | given
    enrolment = Enrolment(
        id=str(known["id"]),
        pathway=path.id,
        version=path.version,
        entry=None,
        started=civil(day_from_iso("2026-01-02")),
        followed_from=day_from_iso("2026-01-02"),
        side=known["side"],  # type: ignore[arg-type]
        explicit=bool(known["explicit"]),
    )
    course = Course(
        enrolment=enrolment,
        pathway=path.id,
        version=path.version,
        as_of=AS_OF,
        known_at=AS_OF.at,
        ended=(civil(day_from_iso("2026-02-01")), str(known["ended"])) if known["ended"] else None,
        dead=bool(known["dead"]),
        steps=states,
        choices={},
    )
    return Followed(course, path)


def activity(activity_id: str, **given: object) -> Activity:
    """A catalogue activity."""
    title = {"sv": activity_id.capitalize(), "en": activity_id.capitalize()}
    return replace(Activity(activity_id, title, PLACE), **given)  # type: ignore[arg-type]


def catalogue(*interactions: Interaction, activities: tuple[Activity, ...] = ()) -> Catalogue:
    """A catalogue with the activities of the tests."""
    every = {each.id: each for each in (activity("spirometri"), activity("eko", sided=True), *activities)}
    return Catalogue(
        selectors={},
        activities=every,
        interactions={each.id: each for each in interactions},
        roles={"sjukskoterska": Role("sjukskoterska", {"sv": "sjuksköterska", "en": "nurse"})},
        levels={"primarvard": {"sv": "primärvård", "en": "primary care"}},
        kinds={},
    )


def interaction(interaction_id: str = "nsaid-vid-hjartsvikt", **given: object) -> Interaction:
    """A drug that does not go with a condition."""
    made = Interaction(
        id=interaction_id,
        kind="drug-against-condition",
        title={"sv": "NSAID vid hjärtsvikt", "en": "NSAID in heart failure"},
        severity="high",
        ways_out=({"sv": "Byt läkemedel.", "en": "Change the drug."},),
        decider="lakare",
        level="regional",
        sources=(("hjartsvikt", ("S16",)),),
        place=PLACE,
        medication_list=True,
    )
    return replace(made, **given)  # type: ignore[arg-type]


def answer(truth: int, *refs: str) -> Reason:
    """What a judge answers."""
    return Reason("active", truth, "made#when")


ALWAYS = answer(YES)


def definitions(known: Catalogue, *pathways: Pathway, overlay: Overlay | None = None) -> Definitions:
    """A catalogue and pathways, as if read from a content folder."""
    overlays = {overlay.id: overlay} if overlay else {}
    return Definitions({each.id: each for each in pathways}, known, overlays)


def record(**given: object) -> Record:
    """A record of an invented woman, born 1952, alive, with a fresh medication list."""
    born = day_from_iso("1952-03-01")
    patient = Patient("Patient/astrid", born, born, "female", None, "Astrid Påhittad", None)
    lists = (Source("medications", "Läkemedelslistan", True, TODAY, 30),)
    quality = Quality(3, 2, (NotRead("Claim", "type not used", ("Claim/1",)),))
    made = Record(patient, {}, sources=lists, quality=quality)
    return replace(made, **given)  # type: ignore[arg-type]


def person(*courses: Followed, known: Catalogue | None = None, **given: object) -> PersonPlan:
    """The plan of a person whose courses are given; interactions are judged by `judge`."""
    own = known or catalogue()
    of = given.pop("record", None) or record()
    assert isinstance(of, Record)
    judged = given.pop("judge", None) or (lambda _: answer(NO))
    made = PersonPlan(
        record=of,
        as_of=AS_OF,
        known_at=AS_OF.at,
        suggestions=(),
        followed=courses,
        asks=asks(courses, own.activities, today=TODAY),
        proposal=propose(
            courses,
            own,
            judge=judged,  # type: ignore[arg-type]
            as_of=AS_OF,
            other_plans=of.mentions,
            sources=of.sources,
        ),
        last_day_alive=None if of.patient.died is None else of.patient.died.day - 1,
    )
    return replace(made, **given)  # type: ignore[arg-type]
