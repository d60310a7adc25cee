"""A record out of what its resources say: states united, what people did in order, sources as shown."""

from __future__ import annotations

from dataclasses import replace

from vardforlopp.fhir.patient import Person
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.civil import civil
from vardforlopp.record.facts import Fact
from vardforlopp.record.pieces import Pieces
from vardforlopp.record.record import Patient, Record, Source, index
from vardforlopp.record.sources import as_shown, assumed
from vardforlopp.record.states import assemble, stop


def put_together(
    person: Person, pieces: Pieces, reader: Reader, *, sources: tuple[Source, ...] | None = None
) -> Record:
    """The record of a person, without a report of its quality. `sources` None = assumed from what occurs."""
    facts, names = _assembled(pieces, reader)
    targets = [reader.targets[name] for name in names]
    kinds = pieces.kinds | {target.kind for target in targets}
    own_kinds = {target.kind for target in targets if target.uncoded}
    return Record(
        patient=_patient(person, facts),
        facts=index(facts),
        acts=tuple(sorted(pieces.acts, key=lambda act: (act.day, act.at, act.known_from, act.ref))),
        enrolments=tuple(sorted(pieces.enrolments, key=lambda e: (e.started, e.id))),
        sources=as_shown(assumed(kinds) if sources is None else sources, own_kinds),
        mentions=tuple(sorted(pieces.mentions, key=lambda m: (m.kind, m.day or 0, m.at or 0, m.text, m.ref))),
    )


def died_undated(person: Person) -> bool:
    """True for somebody who is dead, and nobody has written when."""
    return person.dead and person.patient.died is None


def _assembled(read: Pieces, reader: Reader) -> tuple[list[Fact], set[str]]:
    """All facts: pieces ended by stops, united to states, with their ends; and whose pieces they are."""
    plain = reader.as_they_are
    made: list[Fact] = []
    pieces: dict[str, list[Fact]] = {}
    for fact in read.facts:
        if fact[0] in plain:
            made.append(fact)
        else:
            pieces.setdefault(fact[0], []).append(fact)
    stops: dict[str, list[Fact]] = {}
    for fact in read.stops:
        stops.setdefault(fact.selector, []).append(fact)
    for name, own in stops.items():
        if name in pieces:
            pieces[name] = stop(pieces[name], own)
    names = {fact[0] for fact in made} | pieces.keys() | stops.keys()
    made.extend(assemble(pieces, reader.recipes_for(pieces)))
    return made, names


def _patient(person: Person, facts: list[Fact]) -> Patient:
    """The patient; who is dead without a written date died no later than the record's last day."""
    patient = person.patient
    if not died_undated(person):
        return patient
    last = max((fact.day for fact in facts), default=patient.birth_hi or 1)
    return replace(patient, died=civil(last))
