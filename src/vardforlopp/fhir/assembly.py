"""A record out of what its resources say: states united, what people did in order, sources as shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from vardforlopp.fhir.patient import Person
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.civil import Moment, civil
from vardforlopp.record.facts import Act, Fact
from vardforlopp.record.pieces import Pieces
from vardforlopp.record.record import Enrolment, Mention, Patient, Record, Source, index
from vardforlopp.record.sources import as_shown, assumed
from vardforlopp.record.states import assemble, stop


def put_together(
    person: Person, pieces: Pieces, reader: Reader, *, sources: tuple[Source, ...] | None = None
) -> Record:
    """The record of a person, without a report of its quality. `sources` None = assumed from what occurs."""
    facts, names = _assembled(pieces, reader)
    return record_with(
        index(facts),
        lambda: (fact.day for fact in facts),
        person=person,
        acts=pieces.acts,
        enrolments=pieces.enrolments,
        mentions=pieces.mentions,
        sources=sources_as_shown(sources, *kinds_shown(pieces.kinds, names, reader)),
    )


def record_with(
    facts: Mapping[str, tuple[Fact, ...]],
    days: Callable[[], Iterable[int]],
    *,
    person: Person,
    acts: Iterable[Act],
    enrolments: Iterable[Enrolment],
    mentions: Iterable[Mention],
    sources: tuple[Source, ...],
) -> Record:
    """A record with all else in order beside its facts; `days` gives the civil days of these."""
    return Record(
        patient=_patient(person, days),
        facts=facts,
        acts=tuple(sorted(acts, key=order_of_acts)),
        enrolments=tuple(sorted(enrolments, key=order_of_stays)),
        sources=sources,
        mentions=tuple(sorted(mentions, key=_order_of_mentions)),
    )


def order_of_acts(act: Act) -> tuple[int, int, int, str]:
    """The order in which people acted."""
    return act.day, act.at, act.known_from, act.ref


def order_of_stays(stay: Enrolment) -> tuple[Moment, str]:
    """The order in which stays began."""
    return stay.started, stay.id


def _order_of_mentions(mention: Mention) -> tuple[str, int, int, str, str]:
    return mention.kind, mention.day or 0, mention.at or 0, mention.text, mention.ref


def kinds_shown(
    kinds: Collection[str], names: Iterable[str], reader: Reader
) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds of sources that occur, by resources or by pieces of these selectors; and those of which
    something was sent by our own name alone.
    """
    targets = [reader.targets[name] for name in names]
    own = frozenset(target.kind for target in targets if target.uncoded)
    return frozenset(kinds).union(target.kind for target in targets), own


def sources_as_shown(
    sources: tuple[Source, ...] | None, kinds: Collection[str], own_kinds: Collection[str]
) -> tuple[Source, ...]:
    """Sources as declared, or (None) as what occurs lets one assume."""
    if sources is None:
        return _as_occurs(frozenset(kinds), frozenset(own_kinds))
    return as_shown(sources, own_kinds)


@lru_cache(maxsize=1_000)
def _as_occurs(kinds: frozenset[str], own_kinds: frozenset[str]) -> tuple[Source, ...]:
    return as_shown(assumed(kinds), own_kinds)


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


def _patient(person: Person, days: Callable[[], Iterable[int]]) -> Patient:
    """The patient; who is dead without a written date died no later than the record's last day."""
    patient = person.patient
    if not died_undated(person):
        return patient
    return replace(patient, died=civil(max(days(), default=patient.birth_hi or 1)))
