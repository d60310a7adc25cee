"""What each sentence rests on, and a whole pathway in words: ways in and out, values, indicators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.spoken import (
    CATALOGUE,
    NAMES,
    OWN,
    PLACE,
    REGIONAL,
    criterion,
    evidence,
    moment,
    parameter,
    pathway,
    plain,
    quantity,
    step,
    texts,
)
from vardforlopp.definitions.catalogue import Catalogue, Definitions
from vardforlopp.definitions.criteria import Param
from vardforlopp.definitions.explain import explained_with, step_words, support_words
from vardforlopp.definitions.explained import Explained
from vardforlopp.definitions.model import (
    Adoption,
    Alternative,
    Entry,
    Exit,
    Indicator,
    IndicatorDays,
    Omitted,
    Overlay,
    Phase,
    Population,
    Provenance,
    Step,
)
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.durations import Duration

TWO_WEEKS, THREE_DAYS = Duration(2, "weeks"), Duration(3, "days")


def _names(*steps: Step, **given: object) -> Names:
    assert NAMES.pathway is not None
    return Names(CATALOGUE, pathway(*NAMES.pathway.steps.values(), *steps, **given))


def _sentence(names: Names, name: str, part: str, lang: str) -> str:
    explained = step_words(name, names, lang=lang)  # type: ignore[arg-type]
    return plain(next(sentence.text for sentence in explained.sentences if sentence.part == part))


# --- what it rests on ----------------------------------------------------------------------------


def test_each_part_names_its_own_source_and_level() -> None:
    """A part without its own entry rests on what the step rests on."""
    provenance = Provenance({"step": ("S2",), "within": ()}, {"step": "national", "within": "default"})
    names = _names(step("prov", "Prov", "Test", provenance=provenance, within=TWO_WEEKS))
    supports = {one.part: one.support for one in step_words("prov", names, lang="sv").sentences}

    assert support_words(supports["by"], "sv") == "nationellt förlopp, S2"  # type: ignore[arg-type]
    assert (
        support_words(
            supports["within"],
            "sv",  # type: ignore[arg-type]
        )
        == "vårt förslag, inte hämtat ur en källa; förslag, inte antaget"
    )


def test_a_parameter_of_our_own_makes_the_part_a_proposal() -> None:
    """The weakest of the part and the parameters that it uses."""
    names = _names(step("prov", "Prov", "Test", within=Param("eko-tid")))
    within = next(one for one in step_words("prov", names, lang="en").sentences if one.part == "within")

    assert within.support is not None
    assert within.support.proposal


@pytest.mark.parametrize("what", [("*",), ("prov",), ("fas-a",)])
def test_an_adopted_proposal_says_by_whom_and_when(what: tuple[str, ...]) -> None:
    """S04: adopted by the region, for this version of the pathway: all, the step, or its phase."""
    names = _adopting(what, version="1.0.0")

    assert (
        plain(support_words(step_words("prov", names, lang="sv").support, "sv"))
        == "vårt förslag, inte hämtat ur en källa; antaget av Exempelrådet, 15 januari 2026"
    )


@pytest.mark.parametrize("what, adopts", [("eko-tid", True), ("$eko-tid", True), ("$annan-tid", False)])
def test_a_parameter_is_adopted_with_or_without_its_sign(what: str, adopts: bool) -> None:
    """`$eko-tid` is how rules write it, and what the assessment takes too."""
    names = _adopting((what,), version="1.0.0")
    ours = Provenance({"step": ("S2",)}, {"step": "national", "$eko-tid": "default"})
    made = _names(step("prov", "Prov", "Test", within=Param("eko-tid"), provenance=ours))

    support = step_words("prov", replace(made, overlay=names.overlay), lang="sv").support

    assert support.proposal is not adopts


@pytest.mark.parametrize("what, version", [(("annat",), "1.0.0"), (("fas-b",), "1.0.0"), (("*",), "2.0.0")])
def test_an_adoption_of_something_else_adopts_nothing(what: tuple[str, ...], version: str) -> None:
    """Another step, or another version."""
    names = _adopting(what, version=version)

    assert step_words("prov", names, lang="sv").support.proposal


def _adopting(what: tuple[str, ...], *, version: str) -> Names:
    overlay = Overlay(
        "region-exempel", texts("Region Exempel", "Region Example"), PLACE, {},
        (Adoption("exempel", version, what, "Exempelrådet", day_from_iso("2026-01-15")),),
    )  # fmt: skip
    return replace(_names(step("prov", "Prov", "Test", provenance=OWN)), overlay=overlay)


def test_a_region_s_value_is_said_with_the_pathway_s_own() -> None:
    """And a national value may only be made stricter."""
    made = pathway(
        step("prov", "Prov", "Test", when=criterion('{value: ntprobnp, is: ">= $ingang"}')),
        parameters={
            "ingang": parameter(
                "ingang", quantity(400, "ng/L"), "Gräns", "Limit", level="national", sources=("S2",),
                low=quantity(125, "ng/L"), high=quantity(2000, "ng/L"), stricter="lower",
            )
        },
    )  # fmt: skip
    overlay = Overlay(
        "region", texts("Region Exempel", "Region Example"), PLACE,
        {"exempel": {"ingang": quantity(300, "ng/L")}},
    )  # fmt: skip
    definitions = Definitions({"exempel": made}, CATALOGUE, {"region": overlay})
    names = names_for(definitions, "exempel", region="region")
    explained = explained_with(names, "sv").parameters[0]

    assert (
        _sentence(names, "prov", "when", "sv") == "Gäller om senaste värdet för NT-proBNP är minst 300 ng/L."
    )
    assert [plain(sentence.text) for sentence in explained.sentences] == [
        "Gräns: 300 ng/L.",
        "Får sättas från 125 ng/L till 2 000 ng/L.",
        "Ett nationellt värde får bara sänkas.",
        "Värdet är satt av Region Exempel. Förloppets eget värde är 400 ng/L.",
    ]


def test_a_value_that_another_source_gives_rests_on_that_source_and_says_who_adopted_it() -> None:
    """A region that chooses it cites it; a value of the region's own cites nobody."""
    made = pathway(
        step("prov", "Prov", "Test", when=criterion('{value: ntprobnp, is: ">= $ingang"}')),
        parameters={
            "ingang": parameter(
                "ingang", quantity(400, "ng/L"), "Gräns", "Limit", level="regional", sources=("S1",),
                alternatives=(Alternative(quantity(300, "ng/L"), "guideline", ("S2",)),),
            )
        },
    )  # fmt: skip

    def explained(value: int) -> Explained:
        adopted = Adoption("exempel", "1.0.0", ("ingang",), "Exempelrådet", day_from_iso("2026-01-15"))
        overlay = Overlay(
            "region", texts("Region Exempel", "Region Example"), PLACE,
            {"exempel": {"ingang": quantity(value, "ng/L")}}, (adopted,),
        )  # fmt: skip
        definitions = Definitions({"exempel": made}, CATALOGUE, {"region": overlay})
        return explained_with(names_for(definitions, "exempel", region="region"), "sv").parameters[0]

    chosen, own = explained(300), explained(200)

    assert [plain(sentence.text) for sentence in chosen.sentences] == [
        "Gräns: 300 ng/L.",
        "S2 anger 300 ng/L.",
        "Värdet är satt av Region Exempel. Förloppets eget värde är 400 ng/L.",
        "Det är antaget av Exempelrådet, 15 januari 2026.",
    ]
    assert (chosen.support.level, chosen.support.sources) == ("guideline", ("S2",))
    assert (own.support.level, own.support.sources) == ("regional", ())


def test_an_age_is_said_in_years() -> None:
    """The value and its limits: a bare number says nothing."""
    made = pathway(
        step("prov", "Prov", "Test", when=criterion('{age: ">= $alder"}')),
        parameters={"alder": parameter("alder", 35, "Ålder", "Age", low=30, high=45)},
    )
    explained = explained_with(Names(CATALOGUE, made), "sv").parameters[0]

    assert [plain(sentence.text) for sentence in explained.sentences] == [
        "Ålder: 35 år.",
        "Får sättas från 30 år till 45 år.",
    ]


def test_a_decision_that_steps_share_is_not_called_by_the_title_of_one() -> None:
    """It has the name that the catalogue gives it."""
    made = pathway(
        step("ett", "Ta ställning (besvär)", "Decide (symptoms)", done=evidence("{decided: kol}")),
        step("tva", "Ta ställning (EF)", "Decide (EF)", done=evidence("{decided: kol}")),
    )

    assert Names(CATALOGUE, made).decision("kol", "sv") == Names(CATALOGUE, made).selector("kol", "sv")


# --- the whole pathway ---------------------------------------------------------------------------


def test_a_pathway_is_explained_from_whom_it_is_for_to_what_it_leaves_out() -> None:
    """Population, ways in and out, phases, indicators, omitted rows."""
    made = pathway(
        step("prov", "Prov", "Test"),
        population=Population(
            texts("Vuxna", "Adults"),
            criterion('{age: ">= 18 years"}'),
            texts("Barn: ring", "Children: call"),
            REGIONAL,
        ),
        entries={
            "IN1": Entry(
                "IN1", ("andnod", "bensvullnad"), texts("Symtom", "Symptoms"), REGIONAL, PLACE,
                plus=TWO_WEEKS, when=criterion("{has: kol}"), restart=True, apart=THREE_DAYS,
                opportunity=True, known=True,
            )
        },
        exits={"UT1": Exit("UT1", ("slutenvard.end",), texts("Utskriven", "Discharged"), REGIONAL, PLACE)},
        phases={"fas-a": Phase("fas-a", texts("Utredning", "Work-up"), criterion("{entered: [IN1]}"))},
        indicators={"I1": _INDICATOR},
        omitted=(Omitted("C3", "device", texts("Läkaren väljer dosen", "The physician chooses the dose")),),
        rows={"C3": "Dossteg"},
    )  # fmt: skip
    explained = explained_with(Names(CATALOGUE, made), "sv")

    assert [plain(sentence.text) for sentence in explained.population] == [
        "Vuxna.",
        "Gäller om personen är minst 18 år.",
        "Utanför gruppen: Barn: ring.",
    ]
    entry = explained.entries[0]
    assert [plain(sentence.text) for sentence in entry.sentences] == [
        "Prövas 2 veckor efter att journalen visar andnöd eller bensvullnad.",
        "Gäller om journalen visar KOL.",
        "Uppgifter som ligger högst 3 dagar isär räknas som en.",
    ]
    assert entry.notes == (
        "Startar om förloppet även när det redan pågår.",
        "Föreslås bara under ett pågående besök.",
        "Gäller känd sjukdom, inte ny misstanke.",
        "Visas bara för personal.",
    )
    assert (
        explained.exits[0].sentences[0].text == "Förloppet avslutas när journalen visar avslut av slutenvård."
    )
    assert explained.phases[0].sentences[0].text == "Hela fasen gäller om personen kom in genom ”Symtom”."
    assert tuple(one.id for one in explained.phases[0].steps) == ("prov",)
    assert explained.omitted == (
        "C3, ”Dossteg”: skulle göra programmet till en medicinteknisk produkt. Läkaren väljer dosen.",
    )
    assert explained_with(Names(CATALOGUE, made), "en").omitted == (
        "C3: would make the program a medical device. The physician chooses the dose.",
    )


_INDICATOR = Indicator(
    "I1", texts("Andel", "Share"), "selector:slutenvard.end", moment("trigger"), REGIONAL, PLACE,
    of=criterion('{age: ">= 18 years"}'), exclude=criterion("{dead: true}"), follow_up=Duration(14, "days"),
    met=criterion("{has: kalium, in: {from: index, for: 14 days}}"),
    days=IndicatorDays(moment("index"), moment("{first: kalium}")), target=texts(">= 65 %", ">= 65 %"),
    note="delas på kön",
)  # fmt: skip


def test_an_indicator_says_what_a_row_is_and_when_it_is_met() -> None:
    """In both languages."""
    made = pathway(step("prov", "Prov", "Test"), indicators={"I1": _INDICATOR})
    swedish, english = (explained_with(Names(CATALOGUE, made), lang).indicators[0] for lang in ("sv", "en"))  # type: ignore[arg-type]

    assert [plain(sentence.text) for sentence in swedish.sentences] == [
        "En rad för varje uppgift om avslut av slutenvård.",
        "Indexdagen är den utlösande händelsen.",
        "Räknas med om personen är minst 18 år.",
        "Räknas bort om personen är avliden.",
        "Följs upp efter 14 dagar.",
        "Uppfylls om journalen visar P-Kalium inom 14 dagar från indexdagen.",
        "Mäter antal dagar från indexdagen till den första uppgiften om P-Kalium.",
        "Visas som andel.",
        "Målnivå: minst 65 %.",
    ]
    assert swedish.notes == ("Delas på kön.",)
    assert "Met if the record shows P-Potassium within 14 days from the index date." in [
        plain(sentence.text) for sentence in english.sentences
    ]


def test_an_indicator_that_the_record_cannot_answer_says_no_measure() -> None:
    """It is no share that cannot be counted; why stands in its note."""
    counted_elsewhere = replace(_INDICATOR, measurable=False, note="Tas ur registret.")
    made = pathway(step("prov", "Prov", "Test"), indicators={"I1": counted_elsewhere})
    explained = explained_with(Names(CATALOGUE, made), "sv").indicators[0]

    assert [plain(sentence.text) for sentence in explained.sentences] == [
        "Kan inte räknas ur journalen.",
        "Målnivå: minst 65 %.",
    ]
    assert explained.notes == ("Tas ur registret.",)


def test_an_empty_catalogue_still_explains_by_ids() -> None:
    """Explaining never fails for want of a title."""
    bare = Catalogue({}, {}, {}, {}, {}, {})
    explained = step_words("eko", replace(NAMES, catalogue=bare), lang="sv")

    assert explained.sentences[0].text == "Ansvarig är lakare, primarvard."
