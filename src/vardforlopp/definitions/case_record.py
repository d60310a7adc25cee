"""A case's lines as a record: the same facts that an import of the same things would give."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from vardforlopp.definitions.cases import ActLine, Case, EnrolLine, FactLine
from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.definitions.recipes import recipes
from vardforlopp.kernel.civil import Interval, Moment, civil, exact
from vardforlopp.record.facts import Act, Fact, Span
from vardforlopp.record.record import Enrolment, Patient, Quality, Record, Source, index
from vardforlopp.record.states import assemble

PATIENT = "Patient/case"
ENROLMENT = "CarePlan/case"
PROVIDER = "case"


def case_record(case: Case, catalogue: Catalogue) -> Record:
    """The record that a case describes.

    Lines whose status says that it did not happen (planned, refuted, family ...) give no fact,
    unless the selector itself asks for the order (S08). Every kind of source is connected and
    fresh unless the case says otherwise.
    """
    pieces: dict[str, list[Fact]] = {}
    for line in case.record:
        if isinstance(line, FactLine):
            selector = catalogue.selectors[line.selector]
            if _happened(line, selector):
                pieces.setdefault(line.selector, []).append(_piece(line, selector))
    acts = tuple(act_of(line, case.pathway) for line in case.record if isinstance(line, ActLine))
    read = len(case.record)
    return Record(
        patient=_patient(case),
        facts=index(assemble(pieces, recipes(catalogue.selectors.values()))),
        acts=tuple(sorted(acts, key=lambda act: (act.at, act.known_from, act.ref))),
        enrolments=_enrolments(case),
        sources=_sources(case, catalogue),
        quality=Quality(read, read),
    )


def _happened(line: FactLine, selector: Selector) -> bool:
    if line.status is None:
        return True
    return line.status == ("ordered" if selector.status == "ordered" else "performed")


def _piece(line: FactLine, selector: Selector) -> Fact:
    on, until = line.on, line.until
    return Fact(
        selector=line.selector,
        lo=on.lo,
        hi=on.hi,
        day=on.day,
        last_day=on.last_day,
        known_from=on.lo if line.known is None else line.known.lo,
        known_to=None if line.retracted is None else line.retracted.lo,
        ref=_ref(line),
        value=line.value,
        unit=selector.unit if isinstance(line.value, Fraction | Span) else None,
        original=line.written,
        ref_low=line.ref_low,
        ref_high=line.ref_high,
        side=line.side,
        state=selector.state,
        until=None if until is None else until.lo,
        until_day=None if until is None else until.day,
    )


def _ref(line: FactLine | ActLine) -> str:
    kind = "Observation" if isinstance(line, FactLine) else "Task"
    return f"{kind}/line-{line.place.line:04d}"


def act_of(line: ActLine, pathway: str) -> Act:
    """An act's line as the act that it tells of."""
    return Act(
        kind=line.kind,
        day=line.on.day,
        at=line.on.lo,
        known_from=line.on.lo if line.known is None else line.known.lo,
        ref=_ref(line),
        pathway=None if line.kind == "care-focus" else pathway,
        step=line.step,
        occurrence=line.occurrence,
        value=line.value,
        reason=line.reason,
        by=line.by,
        where=line.where,
        done_day=line.done,
        until_day=line.until,
        known_to=None if line.retracted is None else line.retracted.lo,
    )


def _patient(case: Case) -> Patient:
    born = case.born
    return Patient(
        ref=PATIENT,
        birth_lo=None if born is None else born.day,
        birth_hi=None if born is None else born.last_day,
        sex=case.sex,
        died=case.died,
    )


def _enrolments(case: Case) -> tuple[Enrolment, ...]:
    line = case.enrol
    if line is None:
        return ()
    stay = enrolment_of(line, case.pathway, version=case.version, name=ENROLMENT)
    return (stay if stay.side or case.side is None else replace(stay, side=case.side),)


def enrolment_of(line: EnrolLine, pathway: str, *, version: str, name: str) -> Enrolment:
    """A stored enrolment as the case writes it."""
    return Enrolment(
        id=name,
        pathway=pathway,
        version=version,
        entry=line.entry,
        started=_moment(line.on),
        followed_from=line.followed_from,
        side=line.side,
        known_from=line.on.lo,
    )


def _moment(on: Interval) -> Moment:
    return exact(on.lo) if on.lo == on.hi else civil(on.day)


def _sources(case: Case, catalogue: Catalogue) -> tuple[Source, ...]:
    said = {line.kind: line for line in case.sources}
    made = []
    for kind in sorted({*catalogue.kinds, *said}):
        line = said.get(kind)
        if line is None:
            made.append(Source(kind, PROVIDER, True, None, None, own_codes=True))
        else:
            made.append(
                Source(
                    kind,
                    PROVIDER,
                    line.connected,
                    line.last_seen,
                    line.limit_days,
                    line.since,
                    own_codes=line.own_codes,
                )
            )
    return tuple(made)
