"""A person whom every pathway concerns: the facts of the clinicians' cases, as one record.

Nobody is in twelve pathways at once. What the cases hold is what the definitions ask for, so that such a
record makes the engine work more than a real one of the same size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case, FactLine
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.kernel.civil import Moment, civil, day_from_iso
from vardforlopp.record.record import Enrolment, Patient, Record

STARTED = civil(day_from_iso("2025-11-01"))
BORN = day_from_iso("1956-05-05")


def full_record(definitions: Definitions, *, facts: int, as_of: Moment) -> Record:
    """One invented person with this many facts of the cases, all of them before `as_of`.

    What would end a course is left out.
    """
    cases = _in_turn(definitions)
    enders = _enders(definitions)
    lines: list[FactLine] = []
    acts = []
    for case in cases:
        if len(lines) >= facts:
            break
        lines += [
            line
            for line in case.record
            if isinstance(line, FactLine) and line.selector not in enders and line.on.lo < as_of.at
        ]
        acts += case_record(case, definitions.catalogue).acts
    one = replace(cases[0], record=tuple(lines[:facts]), died=None, sources=(), enrol=None)
    made = case_record(one, definitions.catalogue)
    return replace(made, patient=Patient("Patient/1", BORN, BORN, "female", None), acts=tuple(acts))


def followed(person: Record, pathways: list[Pathway]) -> Record:
    """The same person, enrolled in these pathways; in the right leg or hip where a side belongs to it."""
    stays = [
        Enrolment(
            f"CarePlan/{one.id}", one.id, one.version, next(iter(one.entries)), STARTED, STARTED.day,
            "right" if one.sided else None,
        )
        for one in pathways
    ]  # fmt: skip
    return replace(person, enrolments=tuple(stays))


def _in_turn(definitions: Definitions) -> list[Case]:
    """The cases of all pathways, one of each in turn."""
    loaded = load_cases(content_texts(), definitions).cases
    own = [loaded[name] for name in sorted(definitions.pathways)]
    return [case for each in zip_longest(*own) for case in each if case is not None]


def _enders(definitions: Definitions) -> set[str]:
    return set(_events(definitions))


def _events(definitions: Definitions) -> Iterator[str]:
    for pathway in definitions.pathways.values():
        for ending in pathway.exits.values():
            yield from (event.removesuffix(".end") for event in ending.event)
