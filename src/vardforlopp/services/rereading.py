"""Reading the log for what it says of a patient: a whole record, or some of its resources again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import orjson

from vardforlopp.fhir.patient import Person
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.resource_types import READ
from vardforlopp.fhir.stored_record import STEPS, Stored, followed, read_stored, tasks_of
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.pieces import Pieces
from vardforlopp.services.ports import Key, Version
from vardforlopp.services.projected import Link, Sent

T = TypeVar("T")


class Nobody(Exception):
    """There is no Patient, or none that can be read."""


class Fault(Exception):
    """The program failed at a record; in words that repeat nothing of it."""


class Reread(NamedTuple):
    """The person, what resources say of them, and from whom they take a part of it."""

    person: Person
    pieces: Pieces
    links: tuple[Link, ...]


def reread(
    unit: Sent,
    patient: str,
    *,
    versions: Sequence[Version],
    reader: Reader,
    now: int,
    person: Person | None = None,
) -> Reread:
    """What versions of resources say of a patient, with what they take from others. `now` is an instant.

    `person`: as known already, where the Patient is not among the versions. Raises: Nobody, Fault.
    """
    stored = [_of(each, patient) for each in versions]
    told = sorted({each.ref for each in stored})
    takes = _told_by(unit, stored)
    known, newest = set(told), stored
    for _ in range(STEPS):
        for each in newest:
            if each.resource is not None:
                takes.setdefault(each.ref, set()).update(followed(each.resource))
        wanted = set().union(*takes.values()) - known if takes else set()
        if not wanted:
            break
        known |= wanted
        newest = [_of(each, patient) for each in unit.newest(list(map(key_of, wanted)))]
        stored += newest
    found_person, pieces = purely(lambda: read_stored(stored, reader, name=patient, now=now, person=person))
    if person is not None:
        pieces = pieces.only(told)
    reached = [Link(target, patient, ref) for ref in told for target in sorted(_reached(ref, takes))]
    return Reread(found_person, pieces, tuple(reached))


def purely(work: Callable[[], T]) -> T:
    """What pure work gives. A fault of ours must keep no resource from being written."""
    try:
        return work()
    except InputError as error:
        raise Nobody from error
    except Exception as error:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = "" if last is None else f" in {last.tb_frame.f_code.co_qualname}, line {last.tb_lineno}"
        raise Fault(f"{type(error).__name__}{where}") from error


def stored_of(version: Version) -> Stored:
    """A version, parsed."""
    resource = None if version.body is None else orjson.loads(version.body)
    return Stored(version.type, version.id, version.at, resource)


def _of(version: Version, patient: str) -> Stored:
    """A version as it tells of a patient. What is read of a person is this person's own: what was moved to
    another is gone, others' resources only lend their names and codes, and another person is no part of it.
    """
    stored = stored_of(version)
    if version.type == "Patient":
        own = version.id == patient
    else:
        own = version.type not in READ or patient in version.patients
    return stored if own else stored._replace(resource=None)


def tasks_told(versions: Sequence[Version]) -> set[str]:
    """The tasks that Provenances among some versions tell of."""
    told = (stored_of(each).resource for each in versions if each.type == "Provenance")
    return {ref for resource in told if resource is not None for ref in tasks_of(resource)}


def key_of(ref: str) -> Key:
    """`Type/id` as a key."""
    kind, _, own = ref.partition("/")
    return Key(kind, own)


def _told_by(unit: Sent, stored: Sequence[Stored]) -> dict[str, set[str]]:
    """For each task the Provenances that tell who did it."""
    found: dict[str, set[str]] = {}
    tasks = sorted({Key("Task", each.id) for each in stored if each.type == "Task"})
    for provenance, task in unit.telling(tasks) if tasks else ():
        found.setdefault(task, set()).add(provenance)
    return found


def _reached(ref: str, takes: Mapping[str, set[str]]) -> set[str]:
    """All that a resource takes something from, at once or by way of another."""
    found: set[str] = set()
    step = takes.get(ref, set())
    for _ in range(STEPS):
        found |= step
        step = set().union(*(takes.get(each, set()) for each in step)) - found if step else set()
    return found - {ref}
