"""Moments, windows, evidence and durations that depend on the patient, as written and as said."""

from __future__ import annotations

from functools import partial
from typing import get_args

import pytest

from made.spoken import NAMES, criterion, duration_like, evidence, moment, plain
from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import Criterion, Evidence, MomentExpr
from vardforlopp.definitions.walk import nodes
from vardforlopp.definitions.words import (
    clause_of,
    criterion_words,
    evidence_words,
    moment_in_words,
    speech_of,
)
from vardforlopp.definitions.words_time import Speech, duration_words

MOMENTS = [
    ("entry", "ingången i förloppet", "entry into the pathway"),
    ("now", "nu", "now"),
    ("trigger", "den utlösande händelsen", "the triggering event"),
    ("index", "indexdagen", "the index date"),
    ("{first: andnod}", "den första uppgiften om andnöd", "the first record of breathlessness"),
    (
        "{first: andnod, in: {last: 4 weeks}}",
        "den första uppgiften om andnöd de senaste 4 veckorna",
        "the first record of breathlessness in the last 4 weeks",
    ),
    ("{last: andnod}", "den senaste uppgiften om andnöd", "the latest record of breathlessness"),
    (
        "{first: slutenvard.end}",
        "den första uppgiften om avslut av slutenvård",
        "the first record of end of hospital stay",
    ),
    (
        "{done: eko}",
        "den tidpunkt då åtgärden ”Ekokardiografi” är gjord",
        "the time when the step “Echocardiography” is done",
    ),
    (
        "{settled: eko}",
        "den tidpunkt då åtgärden ”Ekokardiografi” är gjord eller har utgått",
        "the time when the step “Echocardiography” is done or has lapsed",
    ),
    (
        "{due: eko}",
        "måldagen för åtgärden ”Ekokardiografi”",
        "the goal date of the step “Echocardiography”",
    ),
    (
        "{date_in: utskrivning-planerad}",
        "det datum som anges i den senaste uppgiften om planerad utskrivning",
        "the date given in the latest record of planned discharge",
    ),
    (
        "{date_in: trigger}",
        "det datum som anges i den utlösande uppgiften",
        "the date given in the triggering record",
    ),
    (
        "{earliest: [{first: andnod}, {first: kol}]}",
        "det som kommer först av den första uppgiften om andnöd och den första uppgiften om KOL",
        "whichever comes first of the first record of breathlessness and the first record of COPD",
    ),
    (
        "{latest: [entry, {first: kol}]}",
        "det som kommer sist av ingången i förloppet och den första uppgiften om KOL",
        "whichever comes last of entry into the pathway and the first record of COPD",
    ),
    (
        "{first: symtomdebut, plus: 6 weeks}",
        "6 veckor efter den första uppgiften om symtomdebut",
        "6 weeks after the first record of symptom onset",
    ),
    ("{at: index, minus: 1 month}", "1 månad före indexdagen", "1 month before the index date"),
    (
        "{at: entry, plus: $eko-tid}",
        "14 dagar efter ingången i förloppet",
        "14 days after entry into the pathway",
    ),
]

WINDOWS = [
    ("{last: 1 day}", "den senaste dagen", "in the last day"),
    ("{last: 2 working days}", "de senaste 2 arbetsdagarna", "in the last 2 working days"),
    ("{last: 90 minutes}", "de senaste 90 minuterna", "in the last 90 minutes"),
    ("{from: entry}", "från och med ingången i förloppet", "from entry into the pathway on"),
    ("{to: index}", "till och med indexdagen", "up to and including the index date"),
    ("{from: index, for: 14 days}", "inom 14 dagar från indexdagen", "within 14 days from the index date"),
    ("{to: index, for: 24 hours}", "inom 24 timmar före indexdagen", "within 24 hours before the index date"),
    (
        "{from: trigger, for: 0 days}",
        "samma dag som den utlösande händelsen",
        "on the same day as the triggering event",
    ),
    (
        "{from: trigger, for: 0 minutes}",
        "vid tidpunkten för den utlösande händelsen",
        "at the time of the triggering event",
    ),
    (
        "{from: {at: index, plus: 6 months}, to: {at: index, plus: 12 months}}",
        "från 6 månader efter indexdagen till 12 månader efter indexdagen",
        "from 6 months after the index date to 12 months after the index date",
    ),
]

EVIDENCE = [
    ("kalium", "journalen visar P-Kalium", "the record shows P-Potassium"),
    (
        '{has: kalium, where: "> 3 mmol/L", after: {first: klozapin}}',
        "journalen visar P-Kalium med ett värde som är över 3 mmol/L vid eller efter "
        "den första uppgiften om klozapin",
        "the record shows P-Potassium with a value that is above 3 mmol/L at or after "
        "the first record of clozapine",
    ),
    ("{active: klozapin}", "behandling med klozapin pågår", "treatment with clozapine is ongoing"),
    (
        "{times: 12, of: blododling}",
        "journalen visar blododling vid 12 tillfällen",
        "the record shows blood culture on 12 occasions",
    ),
    (
        "{decided: operation}",
        "beslutet ”Beslut om operation” är fattat",
        "the decision “Decision on surgery” is recorded",
    ),
    (
        "{decided: operation, is: ja}",
        "beslutet ”Beslut om operation” är ja",
        "the decision “Decision on surgery” is yes",
    ),
    (
        "{all: [kalium, {any: [kreatinin, {all: [vikt, sbt]}]}]}",
        "journalen visar P-Kalium och (kreatinin eller (vikt och systoliskt blodtryck))",
        "the record shows P-Potassium and (creatinine or (weight and systolic blood pressure))",
    ),
    (
        "{at_least: 2, of: [kalium, kreatinin, vikt]}",
        "journalen visar minst 2 av dessa: P-Kalium, kreatinin, vikt",
        "the record shows at least 2 of these: P-Potassium, creatinine, weight",
    ),
    (
        "{at_least: 1, of: [{active: klozapin}, {active: metotrexat}]}",
        "behandling med minst 1 av dessa: klozapin, metotrexat pågår",
        "treatment with at least 1 of these: clozapine, methotrexate is ongoing",
    ),
    (
        "{any: [kalium, {decided: operation}]}",
        "journalen visar P-Kalium eller beslutet ”Beslut om operation” är fattat",
        "the record shows P-Potassium or the decision “Decision on surgery” is recorded",
    ),
]


@pytest.mark.parametrize("written, swedish, english", MOMENTS, ids=[row[0] for row in MOMENTS])
def test_a_moment_is_a_noun_phrase(written: str, swedish: str, english: str) -> None:
    """It stands after "from", "before" and "6 weeks after" alike."""
    assert swedish == plain(moment_in_words(moment(written), NAMES, lang="sv"))
    assert english == plain(moment_in_words(moment(written), NAMES, lang="en"))


@pytest.mark.parametrize("written, swedish, english", WINDOWS, ids=[row[0] for row in WINDOWS])
def test_a_window_stands_last_in_the_clause(written: str, swedish: str, english: str) -> None:
    """Whatever is asked, the window says when."""
    node = criterion(f"{{has: andnod, in: {written}}}")

    assert f"journalen visar andnöd {swedish}" == plain(criterion_words(node, NAMES, lang="sv"))
    assert f"the record shows breathlessness {english}" == plain(criterion_words(node, NAMES, lang="en"))


@pytest.mark.parametrize("written, swedish, english", EVIDENCE, ids=[row[0] for row in EVIDENCE])
def test_evidence_is_said_as_what_the_record_shows(written: str, swedish: str, english: str) -> None:
    """What completes a step stands after "when"."""
    assert swedish == plain(evidence_words(evidence(written), NAMES, lang="sv"))
    assert english == plain(evidence_words(evidence(written), NAMES, lang="en"))


def test_every_kind_of_moment_and_evidence_stands_in_the_tables() -> None:
    """A new node cannot come without its sentences."""
    moments = {type(node) for row in MOMENTS for node in nodes(moment(row[0]))}
    leaves = {type(node) for row in EVIDENCE for node in nodes(evidence(row[0]))}

    assert set(get_args(MomentExpr)) <= moments
    assert set(get_args(Evidence)) <= leaves


def test_a_duration_that_depends_on_the_patient_says_each_row_with_its_condition() -> None:
    """The last row is what else holds."""
    table = duration_like('[{when: {value: ntprobnp, is: ">= 2000 ng/L"}, is: $eko-tid}, {is: 42 days}]')

    def asked(speech: Speech, node: Criterion) -> str:
        return clause_of(speech, node).text

    swedish, english = (
        duration_words(speech, table, render=partial(formats.duration, book=speech.book), criterion=asked)
        for speech in (speech_of(NAMES, "sv"), speech_of(NAMES, "en"))
    )

    assert plain(swedish) == "14 dagar om senaste värdet för NT-proBNP är minst 2 000 ng/L; annars 42 dagar"
    assert (
        plain(english) == "14 days if the latest value of NT-proBNP is at least 2,000 ng/L; otherwise 42 days"
    )
