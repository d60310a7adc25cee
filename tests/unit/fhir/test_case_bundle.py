"""A case written as raw FHIR and read again is the same record, for every case of every pathway."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from made.case_bundle import case_bundle
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.fhir import record_of
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.civil import end_of_day
from vardforlopp.record.facts import Act, Day, Fact
from vardforlopp.record.record import Record


@cache
def content() -> Content:
    return load_content()


@cache
def reader() -> Reader:
    return content().reader()


def every_case() -> list[Case]:
    loaded = load_cases(content_texts(None), content().definitions)
    return [case for cases in loaded.cases.values() for case in cases]


CASES = every_case()


def named(case: Case) -> str:
    return f"{case.pathway} {case.id}"


def expected(case: Case) -> Record:
    return case_record(case, content().definitions.catalogue)


def read_back(case: Case) -> Record:
    bundle = case_bundle(case, content().definitions.catalogue, reader())
    return record_of([bundle], name=case.id, reader=reader(), sources=expected(case).sources)


def implied(selector: str) -> bool:
    """True for a selector that any visit or stay of a class means: then the raw record shows it, too."""
    meta = content().definitions.catalogue.selectors[selector.removesuffix(".end")]
    return bool(meta.setting) and not meta.codes


def facts(record: Record) -> Counter[Fact]:
    """All facts but for their names and how the value was written; none from after death (S10)."""
    died = record.patient.died
    last = None if died is None else end_of_day(died.day)
    return Counter(
        _as_sent(fact)._replace(ref="", refs=(), original=None)
        for series in record.facts.values()
        for fact in series
        if last is None or fact.lo <= last
    )


def _as_sent(fact: Fact) -> Fact:
    """A fact without what FHIR always says more exactly than a case does.

    A document has an instant, and so have a booked time and a version: what was known
    on its own day was known at once.
    """
    selector = content().definitions.catalogue.selectors[fact.selector.removesuffix(".end")]
    if fact.known_from <= fact.hi:
        fact = fact._replace(known_from=fact.lo)
    if selector.resources[0] == "DocumentReference":
        fact = fact._replace(hi=fact.lo)
    return fact._replace(value=Day(fact.value.day)) if isinstance(fact.value, Day) else fact


def acts(record: Record) -> list[Act]:
    return [act._replace(ref="") for act in record.acts]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_read_back_from_fhir_is_the_same_record(case: Case) -> None:
    """Facts, acts, enrolment and patient; a stay of a kind is also a stay."""
    wanted, found = expected(case), read_back(case)
    more = facts(found) - facts(wanted)

    assert facts(wanted) - facts(found) == Counter()
    assert {fact.selector for fact in more if not implied(fact.selector)} == set()
    assert acts(found) == acts(wanted)
    assert found.enrolments == wanted.enrolments
    assert found.patient.birth_lo == wanted.patient.birth_lo
    assert (found.patient.birth_hi, found.patient.sex) == (wanted.patient.birth_hi, wanted.patient.sex)
    assert found.patient.died == wanted.patient.died


def test_cases_as_fhir_are_sound_r4() -> None:
    """By the strict schema, every one."""
    bundles = {named(case): case_bundle(case, content().definitions.catalogue, reader()) for case in CASES}

    assert {name: list(map(str, r4_validator().faults(each))) for name, each in bundles.items()} == {
        name: [] for name in bundles
    }
    assert sum(len(each["entry"]) for each in bundles.values()) > len(CASES) * 3
