"""The bundled records, read and planned once: with the demo's day and its invented region."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import yaml

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.contract.proposal import Conflict, PlannedActivity
from vardforlopp.definitions import load, read_systems
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import Reason, StepState
from vardforlopp.engine.interactions import Interactions
from vardforlopp.fhir import Reader, read_record
from vardforlopp.kernel.civil import as_of_day, day_from_iso, iso
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Record, Source
from vardforlopp.record.sources import parse_sources

FOLDER = Path(__file__).parents[2] / "examples" / "records"
NAMES = tuple(
    sorted(path.name for path in FOLDER.iterdir() if ".json" in path.name or ".ndjson" in path.name)
)
INVENTED = tuple(name for name in NAMES if not name.endswith(".gz"))
GENERATED = tuple(name for name in NAMES if name.endswith(".gz"))
#: The day that the demo asks about.
TODAY = "2026-03-04"
REGION = "region-exempel"


class Ready(NamedTuple):
    """The packaged definitions, compiled with the invented region's overlay."""

    definitions: Definitions
    reader: Reader
    compiled: tuple[Compiled, ...]
    interactions: Interactions


@cache
def ready() -> Ready:
    """Definitions and reader; made once."""
    texts = content_texts()
    loaded = load(texts)
    assert loaded.definitions is not None, loaded.errors
    known = loaded.definitions
    compiled = tuple(
        compile_pathway(each, known.catalogue, overlay=known.overlays[REGION], calendar=swedish())
        for each in known.pathways.values()
    )
    reader = Reader(known.catalogue.selectors, SystemTable(read_systems(texts)))
    return Ready(known, reader, compiled, Interactions(known.catalogue, swedish()))


@cache
def data(name: str) -> bytes:
    """An example's bytes, unpacked."""
    written = (FOLDER / name).read_bytes()
    return gzip.decompress(written) if name.endswith(".gz") else written


@cache
def resources(name: str) -> tuple[dict[str, Any], ...]:
    """An example's resources, in its order."""
    if ".ndjson" in name:
        return tuple(orjson.loads(line) for line in data(name).splitlines())
    return tuple(entry["resource"] for entry in orjson.loads(data(name))["entry"])


@cache
def sources(name: str) -> tuple[Source, ...] | None:
    """What lies beside the record as `NAME.sources.yaml`."""
    beside = FOLDER / f"{name.partition('.')[0]}.sources.yaml"
    if not beside.exists():
        return None
    return parse_sources(yaml.safe_load(beside.read_text("utf-8")), where=beside.name)


@cache
def record(name: str) -> Record:
    """An example as a record, with the sources that lie beside it."""
    return read_record(data(name), name=name, reader=ready().reader, sources=sources(name))


@cache
def plan(name: str, day: str = TODAY) -> PersonPlan:
    """The plan of an example, as of the end of a day."""
    return planned(record(name), day)


def planned(of: Record, day: str = TODAY) -> PersonPlan:
    """The plan of a record."""
    known, _, compiled, interactions = ready()
    now = as_of_day(day_from_iso(day))
    return plan_person(
        of, compiled, catalogue=known.catalogue, interactions=interactions, as_of=now, known_at=now.at
    )


def steps(of: PersonPlan, pathway: str) -> dict[str, StepState]:
    """`step@occurrence` -> its state, in one pathway."""
    (course,) = (course for course in of.courses if course.pathway == pathway)
    return {f"{state.step}@{state.occurrence}": state for state in course.steps}


def stands(of: PersonPlan, pathway: str, *asked: str) -> dict[str, str]:
    """How each asked `step@occurrence` stands: its state, and the day by which it is due if it is open."""
    found = steps(of, pathway)
    return {name: _short(found[name]) for name in asked}


def _short(state: StepState) -> str:
    if state.state in ("due", "overdue", "unseen", "upcoming") and state.due is not None:
        return f"{state.state} {iso(state.due.day)}"
    if state.completed is not None:
        return f"{state.state} {iso(state.completed.day)}"
    return state.state


def joined(of: PersonPlan) -> dict[str, PlannedActivity]:
    """Activities that serve more than one pathway, by activity."""
    return {
        each.activity: each
        for each in of.proposal.activities
        if len({origin.pathway for origin in each.origins}) > 1
    }


def conflict(of: PersonPlan, name: str) -> Conflict:
    """The conflict of one interaction, or of one kind of the merge's own."""
    (found,) = (each for each in of.proposal.conflicts if name in (each.interaction, each.kind))
    return found


def refs(reason: Reason) -> Iterator[str]:
    """Every resource that a reason names, in all its parts."""
    for fact in reason.facts:
        yield from (fact.ref, *fact.refs)
    yield from (act.ref for act in reason.acts)
    for part in reason.of:
        yield from refs(part)
