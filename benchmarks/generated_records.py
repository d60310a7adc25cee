"""Generated records for the generated pathways: many facts, deterministic by seed."""

from __future__ import annotations

import random
from fractions import Fraction

from vardforlopp.kernel.civil import day_from_iso, interval_of_day, start_of_day
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Patient, Record, Source, index


def facts(*, number: int, pathways: int, known: int, steps: int = 35, seed: int = 1) -> list[Fact]:
    """`number` facts over ten years before 2026-03-01, spread over the pathways' selectors.

    `known`: for how many of the pathways the diagnosis stands in the record.
    """
    chance = random.Random(seed)
    end = day_from_iso("2026-03-01")
    found = []
    for i in range(number):
        name, n = f"p{chance.randrange(pathways)}", chance.randrange(steps)
        kind = chance.choice("eevvvd")
        day = end - chance.randrange(3650)
        span = interval_of_day(day, day)
        selector = f"{name}-{kind}{n}"
        if i < known:
            selector, kind = f"p{i}-diagnos", "d"
        until_day = day + chance.randrange(20, 400) if kind == "d" and i >= known else None
        found.append(
            Fact(
                selector,
                span.lo,
                span.hi,
                day,
                day,
                span.lo,
                f"Observation/{i}",
                Fraction(chance.randrange(5, 95)) if kind == "v" else None,
                unit="mmol/L" if kind == "v" else None,
                state=kind == "d",
                until=None if until_day is None else start_of_day(until_day),
                until_day=until_day,
            )
        )
    return found


def record(found: list[Fact]) -> Record:
    """One invented person with these facts and all sources connected."""
    born = day_from_iso("1950-05-05")
    kinds = ("diagnoses", "laboratory", "medications", "procedures", "contacts")
    return Record(
        Patient("Patient/1", born, born, "female", None),
        index(found),
        sources=tuple(Source(kind, "påhittad", True, None, None) for kind in kinds),
    )
