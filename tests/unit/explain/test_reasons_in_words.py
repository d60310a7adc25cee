"""Reasons, missing data and states: true sentences, with titles, dates and what is missing."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from made.spoken import CATALOGUE, NAMES, criterion, evidence, moment, pathway, plain, step
from vardforlopp.definitions.criteria import Criterion, Evidence, Param
from vardforlopp.definitions.model import Provenance
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import BOOKS
from vardforlopp.engine.course import NO, UNKNOWN, YES, Missing, Reason
from vardforlopp.kernel.civil import day_from_iso, start_of_day
from vardforlopp.present.lacking import lacking_words, missing_words
from vardforlopp.present.reasons import answer_words, fact_words, reason_lines, waits_words
from vardforlopp.record.facts import Day, Fact, FactValue, Span, Word

DAY = day_from_iso("2026-03-02")


def fact(selector: str, value: FactValue | None = None, *, unit: str | None = None, **given: object) -> Fact:
    made = Fact(
        selector, start_of_day(DAY), start_of_day(DAY + 1) - 1, DAY, DAY, start_of_day(DAY), "Observation/1",
        value, unit,
    )  # fmt: skip
    return made._replace(**given)  # type: ignore[arg-type]


def reason(written: str, truth: int, *facts: Fact, **given: object) -> Reason:
    node: Criterion = criterion(written)
    return Reason(type(node).__name__, truth, "exempel/1.0.0#eko.when", node, facts, **given)  # type: ignore[arg-type]


def said(found: Reason, lang: str = "sv") -> list[str]:
    return [plain(line.text) for line in reason_lines(found, NAMES, lang=lang)]  # type: ignore[arg-type]


PEPTIDE = fact("ntprobnp", Fraction(2450), unit="ng/L")


def test_a_value_is_told_with_its_date_and_the_limit_that_it_passes() -> None:
    """The fact itself is the subject of the sentence."""
    found = reason('{value: ntprobnp, is: ">= 400 ng/L"}', YES, PEPTIDE)

    assert said(found) == ["NT-proBNP 2 450 ng/L den 2 mars 2026 är minst 400 ng/L."]
    assert said(found, "en") == ["NT-proBNP 2,450 ng/L on 2 March 2026 is at least 400 ng/L."]


def test_a_value_that_fails_is_told_as_it_is() -> None:
    """Not "is not at least" but "is below"."""
    low = PEPTIDE._replace(value=Fraction(300))
    found = reason('{value: ntprobnp, is: ">= 400 ng/L"}', NO, low)

    assert said(found) == ["NT-proBNP 300 ng/L den 2 mars 2026 är under 400 ng/L."]


def test_what_gave_the_due_day_is_told_with_what_it_rests_on() -> None:
    """The rule of the time, as the definition words it, and its level or source (I4)."""
    sourced = Provenance({"step": ("S1",)}, {"step": "regional", "$eko-tid": "default"})
    timed = step("eko", "Ekokardiografi", "Echocardiography", within=Param("eko-tid"), provenance=sourced)
    names = Names(CATALOGUE, pathway(timed))

    def told(rule: str, lang: Lang = "sv") -> list[str]:
        return [
            plain(line.text)
            for line in reason_lines(Reason("Due", YES, rule, timed.within), names, lang=lang)
        ]

    assert told("exempel/1.0.0#eko.within") == [
        "Brukar ske inom 14 dagar (mål). Vilar på: vårt förslag, inte antaget."
    ]
    assert told("exempel/1.0.0#eko.within", "en") == [
        "Usually happens within 14 days (goal). Rests on: our proposal, not adopted."
    ]
    assert told("annat/1.0.0#finns-inte.within") == []


def test_a_kind_of_reason_not_known_here_is_told_by_its_facts_or_left_out() -> None:
    """A newer engine never breaks the page."""
    assert said(Reason("Weighed", YES, "x", object(), (PEPTIDE,))) == [
        "NT-proBNP 2 450 ng/L den 2 mars 2026."
    ]
    assert said(Reason("Weighed", YES, "x", object())) == []


def test_a_code_of_some_system_is_never_shown_as_an_answer() -> None:
    """Neither a long number nor an answer of LOINC says anything to a reader; a grade does."""
    assert answer_words("449868002", NAMES, book=BOOKS["sv"]) == ""
    assert answer_words("LA28404-4", NAMES, book=BOOKS["sv"]) == ""
    assert answer_words("449868002", NAMES, book=BOOKS["sv"], choice="eko") == ""
    assert answer_words("3", NAMES, book=BOOKS["sv"]) == "3"


def test_where_one_of_several_is_enough_the_missing_are_told_so() -> None:
    """`a, b` would ask for both."""
    lacking = tuple(Missing("selector", name, "no-data") for name in ("andnod", "ntprobnp", "vikt"))
    either = evidence("{any: [ntprobnp, andnod]}")
    nested = evidence("{all: [vikt, {any: [ntprobnp, andnod]}]}")

    def told(found: Evidence) -> str:
        return plain(re.sub(r" \([^)]*\)", "", lacking_words(lacking, NAMES, lang="sv", evidence=found)))

    assert told(either) == "en av: NT-proBNP, andnöd; vikt"
    assert told(nested) == "vikt; en av: NT-proBNP, andnöd"
    assert told(evidence("{any: [vikt, {all: [ntprobnp, andnod]}]}")) == (
        "en av: vikt; alla av: NT-proBNP, andnöd"
    )


def test_a_source_that_has_gone_silent_is_told_with_its_day() -> None:
    """Not the same as a source that is not there."""
    silent = missing_words(Missing("selector", "ntprobnp", "silent", DAY), NAMES, lang="sv")

    assert "källan har inte hörts av sedan 2 mars 2026" in plain(silent)
    assert "källan har tystnat" in missing_words(Missing("selector", "ntprobnp", "silent"), NAMES, lang="sv")


def test_a_coded_answer_that_fails_is_denied() -> None:
    """There is no opposite to a list of answers."""
    found = reason("{value: retts, is: [rod, orange]}", NO, fact("retts", Word("gron")))

    assert said(found) == ["RETTS-färg grön den 2 mars 2026 är inte röd eller orange."]


def test_a_change_is_told_with_both_values() -> None:
    """The later value against the earlier."""
    now = fact("vikt", Fraction(84), unit="kg")
    earlier = start_of_day(DAY - 3)
    before = fact("vikt", Fraction(80), unit="kg", lo=earlier, hi=earlier, day=DAY - 3, last_day=DAY - 3)
    found = reason('{value: vikt, rise: ">= 2 kg", against: lowest}', YES, before, now)

    assert said(found) == [
        "Vikt 84 kg den 2 mars 2026 är minst 2 kg högre än vikt 80 kg den 27 februari 2026."
    ]


def test_presence_is_told_with_the_fact_and_absence_without() -> None:
    """The denial stands after the verb: this is a sentence, not a clause."""
    assert said(reason("{has: andnod}", YES, fact("andnod"))) == [
        "Journalen visar andnöd: andnöd den 2 mars 2026"
    ]
    assert said(reason("{has: kol}", NO)) == ["Journalen visar inte KOL."]


def test_what_is_unknown_names_what_is_missing() -> None:
    """S03: unknown is loud."""
    missing = (Missing("selector", "ntprobnp", "no-data"),)
    found = reason('{value: ntprobnp, is: ">= 400 ng/L"}', UNKNOWN, missing=missing)

    assert said(found) == [
        "Okänt om senaste värdet för NT-proBNP är minst 400 ng/L. Saknas: NT-proBNP (laboratorium)."
    ]


def test_a_tree_is_outlined_and_marks_tell_whether_each_line_is_met() -> None:
    """Below "none of this" a line is met when it does not hold."""
    parts = (reason("{has: kol}", NO), reason("{has: andnod}", YES, fact("andnod")))
    found = reason("{none: [{has: kol}, {has: andnod}]}", NO, of=parts)
    lines = reason_lines(found, NAMES, lang="sv")

    assert [(line.depth, line.truth, plain(line.text)) for line in lines] == [
        (0, NO, "Inget av detta är uppfyllt:"),
        (1, YES, "Journalen visar inte KOL."),
        (1, NO, "Journalen visar andnöd: andnöd den 2 mars 2026"),
    ]


def test_a_list_of_one_is_only_that_one() -> None:
    """No lead for a single part, but its mark is turned by "none"."""
    found = reason("{none: [{has: kol}]}", YES, of=(reason("{has: kol}", NO),))
    (line,) = reason_lines(found, NAMES, lang="sv")

    assert (line.depth, line.truth, line.text) == (0, YES, "Journalen visar inte KOL.")


def test_a_step_tells_its_anchor_and_its_evidence() -> None:
    """What it is counted from, what completed it, or what would."""
    anchor = Reason("Anchor", YES, "x", moment("{first: ntprobnp}"), (PEPTIDE,))
    done = Reason("Evidence", YES, "x", evidence("kalium"), (fact("kalium", Fraction(4), unit="mmol/L"),))
    missing = (Missing("selector", "kalium", "no-data"),)
    undone = Reason("Evidence", NO, "x", evidence("kalium"), missing=missing)

    assert said(Reason("Step", YES, "x", of=(anchor, done))) == [
        "Räknas från NT-proBNP 2 450 ng/L den 2 mars 2026",
        "Gjord enligt: P-Kalium 4 mmol/L den 2 mars 2026",
    ]
    assert said(Reason("Step", YES, "x", of=(undone,))) == [
        "Räknas som gjord när journalen visar P-Kalium. Saknas: P-Kalium (laboratorium)."
    ]


def test_a_missing_anchor_is_what_the_step_waits_for() -> None:
    """In words, not as an id."""
    found = Reason("Anchor", NO, "x", moment("{done: eko}"))

    assert said(found) == ["Väntar på: den tidpunkt då åtgärden ”Ekokardiografi” är gjord"]


@pytest.mark.parametrize(
    "made, swedish",
    [
        (
            fact("kalium", Span(None, Fraction(5), hi_open=True), unit="mmol/L"),
            "P-Kalium under 5 mmol/L den 2 mars 2026",
        ),
        (
            fact("kalium", Span(Fraction(4), Fraction(5)), unit="mmol/L"),
            "P-Kalium 4–5 mmol/L den 2 mars 2026",
        ),
        (fact("utskrivning-planerad", Day(DAY + 5)), "planerad utskrivning 7 mars 2026 den 2 mars 2026"),
        (fact("klozapin", state=True), "klozapin sedan den 2 mars 2026"),
        (
            fact("klozapin", state=True, until_day=DAY + 30),
            "klozapin från den 2 mars 2026 till den 1 april 2026",
        ),
        (fact("kol", day=day_from_iso("2019-01-01"), last_day=day_from_iso("2019-12-31")), "KOL år 2019"),
        (fact("kol", day=day_from_iso("2019-05-01"), last_day=day_from_iso("2019-05-31")), "KOL i maj 2019"),
        (fact("fotsar", side="left"), "fotsår den 2 mars 2026, vänster sida"),
    ],
)
def test_a_fact_says_its_value_and_its_time_as_exactly_as_they_are_known(made: Fact, swedish: str) -> None:
    """A year stays a year, a state says since when."""
    assert swedish == plain(fact_words(made, NAMES, lang="sv"))


@pytest.mark.parametrize(
    "missing, swedish, english",
    [
        (Missing("selector", "kalium", "no-data"), "P-Kalium (laboratorium)", "P-Potassium (laboratory)"),
        (
            Missing("decision", "operation", "no-data"),
            "beslut: ”Beslut om operation”",
            "decision: “Decision on surgery”",
        ),
        (Missing("side", "fotsar", "no-data"), "vilken sida (fotsår)", "which side (foot ulcer)"),
        (Missing("moment", "x", "no-data"), "en tidpunkt", "a time"),
    ],
)
def test_missing_data_is_named_with_where_it_would_come_from(
    missing: Missing, swedish: str, english: str
) -> None:
    """A person can see what to look for."""
    assert swedish == missing_words(missing, NAMES, lang="sv")
    assert english == missing_words(missing, NAMES, lang="en")


def test_a_stale_value_says_since_when() -> None:
    """The last value counts as absent, and its day is told."""
    words = plain(missing_words(Missing("selector", "kalium", "stale", DAY), NAMES, lang="sv"))

    assert words.startswith("P-Kalium (laboratorium; ")
    assert "2 mars 2026" in words


def test_what_a_step_waits_for_is_told_by_title() -> None:
    """Steps and facts alike."""
    assert waits_words(("step:eko", "fact:klozapin"), NAMES, lang="sv") == "ekokardiografi och klozapin"
    assert waits_words(("eko",), NAMES, lang="sv") == "ekokardiografi"
