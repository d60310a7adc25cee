"""What is written in a definition, and how it is said: every head word and modifier, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from made.spoken import NAMES, criterion, plain
from vardforlopp.definitions.criteria import Criterion
from vardforlopp.definitions.walk import nodes
from vardforlopp.definitions.words import clause_of, criterion_words, speech_of

# Clauses stand after "if": `Gäller om journalen inte visar KOL`.
SAID = [
    # presence
    ("{has: andnod}", "journalen visar andnöd", "the record shows breathlessness"),
    (
        "{has: andnod, in: {last: 3 months}}",
        "journalen visar andnöd de senaste 3 månaderna",
        "the record shows breathlessness in the last 3 months",
    ),
    (
        '{has: kalium, where: ">= 5.5 mmol/L"}',
        "journalen visar P-Kalium med ett värde som är minst 5,5 mmol/L",
        "the record shows P-Potassium with a value that is at least 5.5 mmol/L",
    ),
    (
        "{has: retts, where: rod}",
        "journalen visar RETTS-färg med svaret röd",
        "the record shows RETTS colour with the answer red",
    ),
    ("{active: klozapin}", "behandling med klozapin pågår", "treatment with clozapine is ongoing"),
    ("{active: fotsar}", "diagnosen fotsår är aktuell", "the diagnosis foot ulcer is current"),
    ("{active: hjartsvikt-diagnos}", "hjärtsviktsdiagnos är aktuell", "heart failure diagnosis is current"),
    ("{active: slutenvard}", "slutenvård pågår", "the record shows ongoing hospital stay"),
    (
        "{active: slutenvard, in: {last: 1 month}}",
        "slutenvård har pågått någon gång den senaste månaden",
        "the record has shown ongoing hospital stay at some time in the last month",
    ),
    (
        "{active: fotsar, held: 4 weeks}",
        "diagnosen fotsår har varit aktuell i minst 4 veckor",
        "the diagnosis foot ulcer has been current for at least 4 weeks",
    ),
    # values
    (
        '{value: ntprobnp, is: ">= $ingang"}',
        "senaste värdet för NT-proBNP är minst 400 ng/L",
        "the latest value of NT-proBNP is at least 400 ng/L",
    ),
    (
        '{value: ntprobnp, pick: highest, in: {last: 1 year}, is: "> 2000 ng/L"}',
        "högsta värdet för NT-proBNP det senaste året är över 2 000 ng/L",
        "the highest value of NT-proBNP in the last year is above 2,000 ng/L",
    ),
    (
        '{value: ntprobnp, is: "125..399 ng/L"}',
        "senaste värdet för NT-proBNP är 125–399 ng/L",
        "the latest value of NT-proBNP is 125–399 ng/L",
    ),
    (
        '{value: ntprobnp, is: "> ref.high"}',
        "senaste värdet för NT-proBNP är över laboratoriets övre referensgräns",
        "the latest value of NT-proBNP is above the laboratory's upper reference limit",
    ),
    (
        '{value: ntprobnp, is: "> 3 x ref.high"}',
        "senaste värdet för NT-proBNP är över 3 gånger laboratoriets övre referensgräns",
        "the latest value of NT-proBNP is above 3 times the laboratory's upper reference limit",
    ),
    (
        '{value: sbt, is: "> own:mal-blodtryck"}',
        "senaste värdet för systoliskt blodtryck är över personens eget mål (målblodtryck)",
        "the latest value of systolic blood pressure is above the person's own goal (goal blood pressure)",
    ),
    (
        "{value: retts, is: [rod, orange]}",
        "senaste svaret för RETTS-färg är röd eller orange",
        "the latest answer for RETTS colour is red or orange",
    ),
    (
        '{value: das28, is: "< 2.6", held: 6 months}',
        "senaste värdet för DAS28 är under 2,6 och har varit det i minst 6 månader",
        "the latest value of DAS28 is below 2.6 and has been so for at least 6 months",
    ),
    (
        '{value: midjematt, is: "> $midja"}',
        "senaste värdet för midjemått är över 88 cm (kvinnor) eller 102 cm (män)",
        "the latest value of waist circumference is above 88 cm (women) or 102 cm (men)",
    ),
    # changes
    (
        '{value: vikt, rise: ">= 2 kg", against: lowest, in: {last: 3 days}}',
        "senaste värdet för vikt de senaste 3 dagarna är minst 2 kg högre än "
        "det lägsta tidigare värdet under samma tid",
        "the latest value of weight in the last 3 days is at least 2 kg higher than "
        "the lowest earlier value in the same period",
    ),
    (
        '{value: lvef, rise: ">= 10 %-points", against: first}',
        "senaste värdet för vänsterkammarens ejektionsfraktion är minst 10 procentenheter högre än "
        "det första värdet",
        "the latest value of left ventricular ejection fraction is at least 10 percentage points higher than "
        "the first value",
    ),
    (
        '{value: fev1-post, rise: ">= 12 %", against: {value: fev1-pre}}',
        "senaste värdet för FEV1 efter luftrörsvidgande är minst 12 % högre än "
        "senaste värdet för FEV1 före luftrörsvidgande",
        "the latest value of FEV1 after bronchodilation is at least 12% higher than "
        "the latest value of FEV1 before bronchodilation",
    ),
    (
        '{value: vikt, fall: "> 5 %"}',
        "senaste värdet för vikt är mer än 5 % lägre än det närmast föregående värdet",
        "the latest value of weight is more than 5% lower than the value just before it",
    ),
    (
        '{value: vikt, rise: ">= 7 %", against: {pick: latest, in: {to: {first: klozapin}}}}',
        "senaste värdet för vikt är minst 7 % högre än det senaste tidigare värdet "
        "till och med den första uppgiften om klozapin",
        "the latest value of weight is at least 7% higher than the latest earlier value "
        "up to and including the first record of clozapine",
    ),
    # counts
    (
        '{count: kol-exacerbation, apart: 4 weeks, in: {last: 12 months}, is: ">= 2"}',
        "journalen visar KOL-försämring vid minst 2 tillfällen de senaste 12 månaderna "
        "(uppgifter som ligger högst 4 veckor isär räknas som en)",
        "the record shows COPD exacerbation on at least 2 occasions in the last 12 months "
        "(entries at most 4 weeks apart count as one)",
    ),
    ("{count: tia, is: 1}", "journalen visar TIA vid 1 tillfälle", "the record shows TIA on 1 occasion"),
    (
        '{count: tia, is: "2..4"}',
        "journalen visar TIA vid 2–4 tillfällen",
        "the record shows TIA on 2–4 occasions",
    ),
    # the person
    ('{age: ">= 18 years"}', "personen är minst 18 år", "the person is at least 18 years old"),
    ('{age: "40..74 years"}', "personen är 40–74 år", "the person is 40–74 years old"),
    ('{age: "< 6 months"}', "personen är under 6 månader gammal", "the person is under 6 months old"),
    ("{sex: female}", "könet är registrerat som kvinna", "sex is recorded as female"),
    ("{dead: true}", "personen är avliden", "the person has died"),
    ("{dead: false}", "personen lever", "the person is alive"),
    # the course
    (
        "{reached: {first: symtomdebut, plus: 6 weeks}}",
        "det har gått minst 6 veckor sedan den första uppgiften om symtomdebut",
        "it has been at least 6 weeks since the first record of symptom onset",
    ),
    (
        "{reached: {due: eko}}",
        "tidpunkten är vid eller efter måldagen för åtgärden ”Ekokardiografi”",
        "the time is at or after the goal date of the step “Echocardiography”",
    ),
    ("{done: eko}", "åtgärden ”Ekokardiografi” är gjord", "the step “Echocardiography” is done"),
    (
        "{decided: operation, is: ja}",
        "beslutet ”Beslut om operation” är ja",
        "the decision “Decision on surgery” is yes",
    ),
    (
        "{branch: ef-klass, is: [hfref, hfpef]}",
        "valet ”Typ av hjärtsvikt” är ”Nedsatt pumpförmåga” eller ”Bevarad pumpförmåga”",
        "the choice “Type of heart failure” is “Reduced ejection fraction” or “Preserved ejection fraction”",
    ),
    (
        "{entered: [IN1, IN6]}",
        "personen kom in genom ”Symtom” eller ”Känd sjukdom”",
        "the person entered through “Symptoms” or “Known disease”",
    ),
    (
        "{setting: $hemuppfoljning}",
        "inställningen ”Uppföljning hemma” är påslagen",
        "the setting “Follow-up at home” is on",
    ),
    # joined
    (
        "{any: [{has: kol}, {has: andnod}]}",
        "journalen visar KOL eller andnöd",
        "the record shows COPD or breathlessness",
    ),
    (
        "{all: [{active: klozapin}, {active: metotrexat}]}",
        "behandling med klozapin och metotrexat pågår",
        "treatment with clozapine and methotrexate is ongoing",
    ),
    (
        '{all: [{age: ">= 18 years"}, {any: [{has: andnod}, {has: bensvullnad}]}]}',
        "personen är minst 18 år, och journalen visar andnöd eller bensvullnad",
        "the person is at least 18 years old, and the record shows breathlessness or leg swelling",
    ),
    (
        '{any: [{all: [{has: andnod}, {age: "> 40 years"}]}, {has: kol}]}',
        "(journalen visar andnöd och personen är över 40 år) eller journalen visar KOL",
        "(the record shows breathlessness and the person is over 40 years old) or the record shows COPD",
    ),
    (
        "{at_least: 2, of: [{has: andnod}, {has: bensvullnad}, {has: kol}]}",
        "journalen visar minst 2 av dessa: andnöd, bensvullnad, KOL",
        "the record shows at least 2 of these: breathlessness, leg swelling, COPD",
    ),
    (
        '{at_least: 1, of: [{has: andnod}, {age: "> 40 years"}]}',
        "minst 1 av dessa stämmer: journalen visar andnöd; personen är över 40 år",
        "at least 1 of these hold: the record shows breathlessness; the person is over 40 years old",
    ),
    (
        '{all: [{has: andnod}, {all: [{age: "> 40 years"}, {none: [{has: kol}]}]}]}',
        "journalen visar andnöd, personen är över 40 år och journalen inte visar KOL",
        "the record shows breathlessness, the person is over 40 years old and the record does not show COPD",
    ),
    ("{all: []}", "alltid", "always"),
    ("{any: []}", "aldrig", "never"),
]

DENIED = [
    ("{has: kol}", "journalen inte visar KOL", "the record does not show COPD"),
    ("{active: klozapin}", "behandling med klozapin inte pågår", "treatment with clozapine is not ongoing"),
    ("{active: fotsar}", "diagnosen fotsår inte är aktuell", "the diagnosis foot ulcer is not current"),
    (
        '{value: ntprobnp, is: ">= 400 ng/L"}',
        "senaste värdet för NT-proBNP är under 400 ng/L",
        "the latest value of NT-proBNP is below 400 ng/L",
    ),
    (
        "{value: retts, is: rod}",
        "senaste svaret för RETTS-färg inte är röd",
        "the latest answer for RETTS colour is not red",
    ),
    (
        '{value: vikt, pick: any, is: "> 100 kg"}',
        "inget värde för vikt är över 100 kg",
        "no value of weight is above 100 kg",
    ),
    (
        '{value: vikt, fall: ">= 5 %"}',
        "senaste värdet för vikt är mindre än 5 % lägre än det närmast föregående värdet",
        "the latest value of weight is less than 5% lower than the value just before it",
    ),
    (
        '{count: tia, is: ">= 2"}',
        "journalen visar TIA vid färre än 2 tillfällen",
        "the record shows TIA on fewer than 2 occasions",
    ),
    ('{age: ">= 18 years"}', "personen är under 18 år", "the person is under 18 years old"),
    ("{sex: female}", "könet inte är registrerat som kvinna", "sex is not recorded as female"),
    ("{dead: true}", "personen lever", "the person is alive"),
    ("{done: eko}", "åtgärden ”Ekokardiografi” inte är gjord", "the step “Echocardiography” is not done"),
    (
        "{reached: {first: symtomdebut, plus: 6 weeks}}",
        "det har gått mindre än 6 veckor sedan den första uppgiften om symtomdebut",
        "it has been less than 6 weeks since the first record of symptom onset",
    ),
    (
        "{setting: $hemuppfoljning}",
        "inställningen ”Uppföljning hemma” är avslagen",
        "the setting “Follow-up at home” is off",
    ),
    (
        "{any: [{has: kol}, {has: andnod}]}",
        "journalen inte visar KOL eller andnöd",
        "the record does not show COPD or breathlessness",
    ),
    (
        '{all: [{has: andnod}, {age: "> 40 years"}]}',
        "journalen inte visar andnöd eller personen är högst 40 år",
        "the record does not show breathlessness or the person is at most 40 years old",
    ),
    (
        "{all: [{has: andnod}, {has: kol}]}",
        "journalen inte visar andnöd eller journalen inte visar KOL",
        "the record does not show breathlessness or the record does not show COPD",
    ),
    (
        "{at_least: 2, of: [{has: andnod}, {has: kol}, {has: tia}]}",
        "journalen visar färre än 2 av dessa: andnöd, KOL, TIA",
        "the record shows fewer than 2 of these: breathlessness, COPD, TIA",
    ),
    ("{none: [{has: kol}]}", "journalen visar KOL", "the record shows COPD"),
]


@pytest.mark.parametrize("written, swedish, english", SAID, ids=[row[0] for row in SAID])
def test_a_criterion_is_said_in_both_languages(written: str, swedish: str, english: str) -> None:
    """The sentence says what the expression asks, with titles instead of ids."""
    node = criterion(written)

    assert swedish == plain(criterion_words(node, NAMES, lang="sv"))
    assert english == plain(criterion_words(node, NAMES, lang="en"))


@pytest.mark.parametrize("written, swedish, english", DENIED, ids=[row[0] for row in DENIED])
def test_none_of_a_criterion_is_said_where_the_denial_bites(written: str, swedish: str, english: str) -> None:
    """`none: [x]` is said as the denial of x, not as "none of this holds"."""
    node = criterion(f"{{none: [{written}]}}")

    assert swedish == plain(criterion_words(node, NAMES, lang="sv"))
    assert english == plain(criterion_words(node, NAMES, lang="en"))


def test_every_kind_of_criterion_stands_in_the_tables() -> None:
    """A new head word cannot come without its sentences."""
    written = [row[0] for row in SAID] + [f"{{none: [{row[0]}]}}" for row in DENIED]
    shown = {type(node) for text in written for node in nodes(criterion(text))}

    assert set(get_args(Criterion)) <= shown


def test_a_negation_stands_before_the_verb_after_om_and_after_it_in_an_outline() -> None:
    """Swedish says `om journalen inte visar` but `journalen visar inte`."""
    node = criterion('{any: [{none: [{has: kol}]}, {all: [{age: "> 40 years"}, {has: andnod}]}]}')
    speech = speech_of(NAMES, "sv")

    assert clause_of(speech, node).text.startswith("journalen inte visar KOL eller")
    assert clause_of(speech.standing_alone(), node).of[0].text == "journalen visar inte KOL"


def test_something_without_a_title_is_called_by_its_id_and_told() -> None:
    """Falling back is allowed, and can be found."""
    told: list[tuple[str, str]] = []
    names = replace(NAMES, on_missing=lambda kind, name: told.append((kind, name)))

    assert criterion_words(criterion("{has: okand-sak}"), names, lang="sv") == "journalen visar okand-sak"
    assert told == [("selector", "okand-sak")]
