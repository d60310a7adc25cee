"""Each part of a step, a choice, an entry, a parameter and an indicator as a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.spoken import (
    CATALOGUE,
    NAMES,
    PLACE,
    REGIONAL,
    criterion,
    duration_like,
    evidence,
    moment,
    pathway,
    plain,
    step,
    texts,
)
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.criteria import Param
from vardforlopp.definitions.explain import step_words
from vardforlopp.definitions.model import Choice, Option, Owner, Per, Slots, Step, Until
from vardforlopp.definitions.names import Names
from vardforlopp.kernel.durations import Duration

TWO_WEEKS, THREE_DAYS = Duration(2, "weeks"), Duration(3, "days")

PARTS: list[tuple[dict[str, object], str, str, str]] = [
    ({}, "by", "Ansvarig är läkare, primärvård.", "Responsible: physician, primary care."),
    (
        {"owner": Owner(("sjukskoterska", "lakare"), "specialiserad")},
        "by",
        "Ansvarig är sjuksköterska, specialiserad vård. Kan också göras av läkare.",
        "Responsible: nurse, specialised care. May also be done by physician.",
    ),
    (
        {"when": criterion("{none: [{has: kol}]}")},
        "when",
        "Gäller om journalen inte visar KOL.",
        "Applies if the record does not show COPD.",
    ),
    (
        {"after": moment("{first: klozapin}")},
        "after",
        "Tiden räknas från den första uppgiften om klozapin.",
        "Time is counted from the first record of clozapine.",
    ),
    (
        {"within": Duration(14, "days")},
        "within",
        "Brukar ske inom 14 dagar (mål).",
        "Usually happens within 14 days (goal).",
    ),
    (
        {"within": Param("eko-tid")},
        "within",
        "Brukar ske inom 14 dagar (mål).",
        "Usually happens within 14 days (goal).",
    ),
    (
        {"within": Duration(0, "days")},
        "within",
        "Brukar ske samma dag (mål).",
        "Usually happens on the same day (goal).",
    ),
    (
        {"within": Duration(0, "minutes")},
        "within",
        "Brukar ske direkt (mål).",
        "Usually happens at once (goal).",
    ),
    (
        {"before": moment("{first: klozapin, plus: 0 days}")},
        "before",
        "Brukar ske före eller vid den första uppgiften om klozapin (mål).",
        "Usually happens before or at the first record of clozapine (goal).",
    ),
    (
        {"within": Duration(-4, "weeks")},
        "within",
        "Brukar ske minst 4 veckor i förväg (mål).",
        "Usually happens at least 4 weeks beforehand (goal).",
    ),
    (
        {"within": duration_like("[{when: {has: andnod}, is: 14 days}, {is: 42 days}]")},
        "within",
        "Brukar ske inom 14 dagar om journalen visar andnöd; annars inom 42 dagar (mål).",
        "Usually happens within 14 days if the record shows breathlessness; otherwise within 42 days (goal).",
    ),
    (
        {},
        "within",
        "Ingen tid är satt, så åtgärden räknas aldrig som sen.",
        "No time is set, so the step never counts as late.",
    ),
    (
        {"opens": THREE_DAYS, "within": TWO_WEEKS},
        "opens",
        "Kan göras tidigast efter 3 dagar.",
        "Can be done no earlier than 3 days later.",
    ),
    (
        {"preferred": Duration(7, "days"), "within": TWO_WEEKS},
        "preferred",
        "Sker helst inom 7 dagar (mål som aldrig räknas som sent).",
        "Preferably happens within 7 days (a goal that never counts as late).",
    ),
    (
        {"before": moment("{first: klozapin}")},
        "before",
        "Brukar ske före eller vid den första uppgiften om klozapin (mål).",
        "Usually happens before or at the first record of clozapine (goal).",
    ),
    (
        {"before": moment("{at: entry, plus: 90 days}")},
        "before",
        "Brukar ske inom 90 dagar efter ingången i förloppet (mål).",
        "Usually happens within 90 days after entry into the pathway (goal).",
    ),
    (
        {"fresh": Duration(3, "months")},
        "fresh",
        "Räknas också om det gjordes upp till 3 månader i förväg.",
        "Also counts if it was done up to 3 months beforehand.",
    ),
    (
        {"every": Duration(6, "months")},
        "every",
        "Brukar upprepas var sjätte månad (mål).",
        "Is usually repeated every 6 months (goal).",
    ),
    (
        {"every": Duration(6, "months"), "first": Duration(0, "days")},
        "first",
        "Första gången brukar ske samma dag (mål).",
        "The first time usually happens on the same day (goal).",
    ),
    (
        {"every": Duration(1, "years"), "within": Duration(4, "weeks")},
        "within",
        "Brukar ske inom 4 veckor från den planerade dagen (mål).",
        "Usually happens within 4 weeks of the planned day (goal).",
    ),
    (
        {"slots": Slots(offsets=(Duration(0, "days"), TWO_WEEKS, Duration(12, "months")))},
        "slots",
        "Brukar ske vid start, efter 2 veckor och efter 12 månader (mål).",
        "Usually happens at the start, after 2 weeks and after 12 months (goal).",
    ),
    (
        {"slots": Slots(every=Duration(12, "months"))},
        "slots",
        "Brukar ske var tolfte månad på fasta dagar (mål).",
        "Usually happens every 12 months on fixed days (goal).",
    ),
    (
        {"slots": Slots(season=Param("influensa"))},
        "slots",
        "Brukar ske en gång varje säsong, 15 oktober–28 februari (mål).",
        "Usually happens once every season, 15 October–28 February (goal).",
    ),
    (
        {"per": Per(selector="slutenvard.end"), "within": TWO_WEEKS},
        "per",
        "Görs en gång för varje uppgift om avslut av slutenvård.",
        "Is done once for each record of end of hospital stay.",
    ),
    (
        {"per": Per(selector="slutenvard.end"), "within": TWO_WEEKS},
        "within",
        "Brukar ske inom 2 veckor från händelsen (mål).",
        "Usually happens within 2 weeks of the event (goal).",
    ),
    (
        {"per": Per(step="eko", what="due"), "opens": Duration(-4, "weeks"), "within": Duration(0, "days")},
        "per",
        "Görs inför varje måldag för åtgärden ”Ekokardiografi”.",
        "Is done ahead of each goal date of the step “Echocardiography”.",
    ),
    (
        {"per": Per(step="eko", what="due"), "opens": Duration(-4, "weeks"), "within": Duration(0, "days")},
        "opens",
        "Kan göras från 4 veckor före den planerade dagen.",
        "Can be done from 4 weeks before the planned day.",
    ),
    (
        {"every": TWO_WEEKS, "until": Until(when=criterion("{decided: operation, is: ja}"))},
        "until",
        "Inga nya gånger när beslutet ”Beslut om operation” är ja.",
        "No new times when the decision “Decision on surgery” is yes.",
    ),
    (
        {"every": TWO_WEEKS, "until": Until(times=5)},
        "until",
        "Görs högst 5 gånger.",
        "Is done at most 5 times.",
    ),
    ({"every": TWO_WEEKS, "until": Until(times=1)}, "until", "Görs högst en gång.", "Is done at most once."),
    (
        {"every": TWO_WEEKS, "until": Until(moment=moment("{at: entry, plus: 1 year}"))},
        "until",
        "Upprepas till och med 1 år efter ingången i förloppet.",
        "Is repeated up to and including 1 year after entry into the pathway.",
    ),
    (
        {"done": evidence("{all: [kalium, kreatinin]}")},
        "done",
        "Räknas som gjord när journalen visar P-Kalium och kreatinin.",
        "Counts as done when the record shows P-Potassium and creatinine.",
    ),
]


def _names(*steps: Step, **given: object) -> Names:
    assert NAMES.pathway is not None
    return Names(CATALOGUE, pathway(*NAMES.pathway.steps.values(), *steps, **given))


def _sentence(names: Names, name: str, part: str, lang: str) -> str:
    explained = step_words(name, names, lang=lang)  # type: ignore[arg-type]
    return plain(next(sentence.text for sentence in explained.sentences if sentence.part == part))


@pytest.mark.parametrize(
    "given, part, swedish, english", PARTS, ids=[f"{row[1]}: {row[2][:40]}" for row in PARTS]
)
def test_each_part_of_a_step_is_a_sentence(
    given: dict[str, object], part: str, swedish: str, english: str
) -> None:
    """A time is worded as a goal, whatever way it is written."""
    names = _names(step("prov", "Prov", "Test", **given))

    assert swedish == _sentence(names, "prov", part, "sv")
    assert english == _sentence(names, "prov", part, "en")


def test_a_nested_condition_becomes_an_outline() -> None:
    """What would need brackets in brackets is shown line by line, negations as sentences of their own."""
    when = criterion('{any: [{none: [{has: kol}]}, {all: [{age: "> 40 years"}, {has: andnod}]}]}')
    names = _names(step("prov", "Prov", "Test", when=when))
    explained = step_words("prov", names, lang="sv")
    sentence = next(sentence for sentence in explained.sentences if sentence.part == "when")

    assert sentence.text == "Gäller om något av detta är uppfyllt:"
    assert [(item.depth, plain(item.text)) for item in sentence.items] == [
        (0, "journalen visar inte KOL"),
        (0, "allt detta är uppfyllt:"),
        (1, "personen är över 40 år"),
        (1, "journalen visar andnöd"),
    ]


def test_labels_are_told_as_notes() -> None:
    """A decision, a safety check, retrospective mode, disclosure, the patient's own part."""
    made = step(
        "beslut", "Beslut", "Decision", done=evidence("{decided: beslut}"), maintenance=True, preventive=True,
        mode="retrospective", watch="core", disclosure="after-informed",
        patient_part=texts("Säg vad du vill", "Say what you want"),
    )  # fmt: skip

    assert step_words("beslut", _names(made), lang="sv").notes == (
        "Detta är ett beslut som personalen fattar. Programmet föreslår inget svar.",
        "Säkerhetskontroll: fortsätter även när förloppet har avslutats eller pausats.",
        "Förebyggande åtgärd.",
        "Bedöms bara i efterhand, för uppföljning. Ger inga påminnelser.",
        "Bevakas i arbetslistor.",
        "Visas för patienten först när hen har fått information.",
        "Patientens egen del: Säg vad du vill.",
    )


def _uncoded(*names: str, **unions: tuple[str, ...]) -> Catalogue:
    """The catalogue, with selectors that have no codes, and unions of others."""
    selectors = dict(CATALOGUE.selectors)
    for name in (*names, *unions):
        selectors[name] = replace(selectors[name], codes=(), includes=unions.get(name, ()))
    return replace(CATALOGUE, selectors=selectors)


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        (_uncoded("sbt"), ()),
        (
            _uncoded("kalium"),
            (
                "Vi har inte sett någon kod för P-Kalium. Sådant räknas bara där det skickas under "
                "programmets egen kod.",
            ),
        ),
        (_uncoded(kalium=("sbt", "vikt")), ()),
        (
            _uncoded("sbt", kalium=("sbt", "vikt")),
            (
                "Vi har inte sett någon kod för systoliskt blodtryck. Sådant räknas bara där det skickas "
                "under programmets egen kod.",
            ),
        ),
        (
            _uncoded("sbt", "tia", kalium=("sbt", "kalium")),
            (
                "Vi har inte sett någon kod för TIA och systoliskt blodtryck. Sådant räknas bara där det "
                "skickas under programmets egen kod.",
            ),
        ),
    ],
    ids=["coded", "no code", "a union of coded parts", "a union half coded", "trigger and evidence"],
)
def test_what_no_known_code_means_is_said(catalogue: Catalogue, said: tuple[str, ...]) -> None:
    """A unit that sends only standard codes must know which steps it will never complete."""
    made = step("prov", "Prov", "Test", per=Per(selector="tia"), done=evidence("kalium"))

    assert step_words("prov", replace(_names(made), catalogue=catalogue), lang="sv").notes == said


def test_a_choice_says_each_way_and_that_a_decision_wins() -> None:
    """The last way is what else holds."""
    choice = Choice(
        "klass", "fas-a", texts("Klass", "Class"),
        (
            Option("lag", texts("Låg", "Low"), criterion('{value: lvef, is: "<= 40 %"}')),
            Option("annan", texts("Annan", "Other"), None),
        ),
        REGIONAL, PLACE, otherwise="annan", after=moment("{first: lvef}"),
    )  # fmt: skip
    explained = step_words("klass", _names(choices={"klass": choice}), lang="sv")

    assert [plain(sentence.text) for sentence in explained.sentences] == [
        "Kan avgöras från den första uppgiften om vänsterkammarens ejektionsfraktion.",
        "Ett beslut av personalen gäller före villkoren.",
        "”Låg” om senaste värdet för vänsterkammarens ejektionsfraktion är högst 40 %.",
        "I övriga fall ”Annan”.",
    ]


def test_a_choice_without_conditions_is_settled_by_people() -> None:
    """No answer is suggested (S05)."""
    explained = step_words("ef-klass", _names(), lang="sv")

    assert "Avgörs bara av personalen." in [sentence.text for sentence in explained.sentences]
