"""What every explanation keeps: goals never promised, both languages alike, no ids, provenance in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter

import pytest

from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.explain import explained_with
from vardforlopp.definitions.explained import Explained, PathwayExplained, Sentence
from vardforlopp.definitions.model import LEVELS
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.phrasebook import LANGS, Lang
from vardforlopp.definitions.words import BOOKS
from vardforlopp.present.explanations import pathway_text
from vardforlopp.present.lanes import flow_list, flowchart
from vardforlopp.present.wording import TEXTS

#: Words of law, which a pathway's goal must never use (S07).
PROMISES = {
    "sv": re.compile(r"\b(garanti\w*|garanter\w*|senast|rätt till|utlova\w*)\b", re.IGNORECASE),
    "en": re.compile(r"\b(guarant\w*|right to|at the latest|entitle\w*|promise\w*)\b", re.IGNORECASE),
}
#: What would show a value of the program, or a key of the definitions, instead of words.
PROGRAMMING = re.compile(r"[{}$]|\bNone\b|\bTrue\b|\bFalse\b|Fraction\(|object at|\w+\(\w+=")
REGIONS: tuple[str | None, ...] = (None, "region-exempel")


@cache
def definitions() -> Definitions:
    return load_definitions()


PATHWAYS = sorted(definitions().pathways)


def every_text(lang: Lang) -> Iterator[tuple[str, str]]:
    yield from BOOKS[lang].phrases.items()
    yield from TEXTS[lang].items()


# --- the catalogues ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_S07_no_phrase_of_a_catalogue_promises(lang: Lang) -> None:
    """A time is a goal: no guarantee, no right, no "at the latest"."""
    assert [text for text in every_text(lang) if PROMISES[lang].search(text[1])] == []


@pytest.mark.parametrize("lang", LANGS)
def test_S07_every_goal_says_that_it_is_a_goal(lang: Lang) -> None:
    """`Brukar ske inom 14 dagar (mål)`."""
    goal = {"sv": "mål", "en": "goal"}[lang]
    usual = {"sv": "rukar ", "en": "sually "}[lang]

    assert [text for key, text in every_text(lang) if usual in text and f"({goal}" not in text] == []


@pytest.mark.parametrize(
    "swedish, english",
    [(BOOKS["sv"].phrases, BOOKS["en"].phrases), (TEXTS["sv"], TEXTS["en"])],
    ids=["phrases", "texts"],
)
def test_both_languages_have_the_same_phrases_with_the_same_places(
    swedish: Mapping[str, str], english: Mapping[str, str]
) -> None:
    """Only Swedish has denials of their own for sentences that stand alone."""
    alone = {key for key in swedish if key.endswith(".not.stated")}

    assert set(swedish) - alone == set(english)
    for key in english:
        assert _places(swedish[key]) == _places(english[key]), key
    for key in alone:
        assert _places(swedish[key]) == _places(swedish[key.removesuffix(".stated")]), key


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", LANGS)
def test_every_level_has_its_words(lang: Lang) -> None:
    """Nothing is shown as a code."""
    assert {f"level.{level}" for level in LEVELS} <= set(BOOKS[lang].phrases)


def test_the_languages_know_the_same_answers_and_units() -> None:
    """A word that one language can say, the other can too."""
    assert set(BOOKS["sv"].answers) == set(BOOKS["en"].answers)
    assert set(BOOKS["sv"].measures) == set(BOOKS["en"].measures)
    assert set(BOOKS["sv"].units) == set(BOOKS["en"].units)


# --- all content ---------------------------------------------------------------------------------


def explained(pathway: str, lang: Lang, region: str | None = None) -> PathwayExplained:
    return explained_with(names_for(definitions(), pathway, region=region), lang)


def rules(found: PathwayExplained) -> Iterator[Explained]:
    yield from (*found.entries, *found.exits, *found.parameters, *found.indicators)
    for phase in found.phases:
        yield from (*phase.choices, *phase.steps)


def sentences(found: PathwayExplained) -> Iterator[Sentence]:
    yield from found.population
    for phase in found.phases:
        yield from phase.sentences
    for rule in rules(found):
        yield from rule.sentences


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_all_content_is_explained_without_falling_back_to_ids(pathway: str, lang: Lang) -> None:
    """Every selector, step, role, level, answer and parameter that is spoken of has its title."""
    untitled: set[tuple[str, str]] = set()
    names = names_for(definitions(), pathway, on_missing=lambda kind, name: untitled.add((kind, name)))
    explained_with(names, lang)
    flow_list(names, lang)

    assert untitled == set(), "give it a title, or the answer its word in definitions/words_*.py"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_sentence_is_a_sentence(pathway: str, lang: Lang, region: str | None) -> None:
    """It begins with a capital or a name, ends with a stop or leads an outline, and holds no code."""
    for sentence in sentences(explained(pathway, lang, region)):
        assert sentence.text.endswith((".", ":")), sentence
        assert sentence.text.endswith(":") == bool(sentence.items), sentence
        assert not sentence.text[0].islower() or not sentence.text.split()[0].isalpha(), sentence
        for text in (sentence.text, *(item.text for item in sentence.items)):
            assert not PROGRAMMING.search(text), text
            assert "  " not in text, text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_S07_no_page_and_no_picture_of_a_pathway_promises(pathway: str, lang: Lang) -> None:
    """Titles, summaries and patients' parts included."""
    names = names_for(definitions(), pathway, region="region-exempel")
    lines = flow_list(names, lang)
    conditions = [condition for line in lines for condition in line.conditions]
    listed = [
        *(line.text for line in lines),
        *(condition.text for condition in conditions),
        *(item.text for condition in conditions for item in condition.items),
    ]
    shown = (pathway_text(explained(pathway, lang), lang), flowchart(names, lang), *listed)

    assert [found.group() for text in shown for found in PROMISES[lang].finditer(text)] == []


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_both_languages_explain_the_same_parts_on_the_same_ground(pathway: str) -> None:
    """Sentence for sentence."""
    swedish, english = (explained(pathway, lang) for lang in LANGS)

    assert [(one.part, one.support) for one in sentences(swedish)] == [
        (one.part, one.support) for one in sentences(english)
    ]


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_S04_our_own_rules_are_proposals_until_the_region_adopts_them(pathway: str) -> None:
    """The same sentence, with and without the invented region's adoption."""
    alone, adopted = (list(sentences(explained(pathway, "sv", region))) for region in REGIONS)
    ours = [one for one in alone if one.support is not None and one.support.level == "default"]

    assert ours
    assert all(one.support is not None and one.support.proposal for one in ours)
    assert not [one for one in adopted if one.support is not None and one.support.proposal]


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_source_named_by_a_sentence_is_listed_below(pathway: str) -> None:
    """No dead reference."""
    found = explained(pathway, "sv")
    listed = {source.id for source in found.sources.cited}
    named = {source for one in sentences(found) if one.support for source in one.support.sources}

    assert named <= listed


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_the_picture_and_the_list_show_every_step_and_choice(pathway: str) -> None:
    """Equal in rank (ux: the ordered list carries everything)."""
    names = names_for(definitions(), pathway)
    assert names.pathway is not None
    lines = flow_list(names, "sv")
    titles = [rule.title["sv"] for rule in (*names.pathway.steps.values(), *names.pathway.choices.values())]

    assert len(lines) == len(titles) + 1
    assert all(any(line.text.startswith(f"{title} · ") for line in lines) for title in titles)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_the_list_asks_what_the_explanation_asks(pathway: str, lang: Lang) -> None:
    """Condition by condition, with the same parts as deep."""
    found = explained(pathway, lang)
    listed = [
        line.conditions for line in flow_list(names_for(definitions(), pathway), lang) if line.conditions
    ]
    told = [
        (*phase.sentences, *(one for one in step.sentences if step in phase.choices or one.part == "when"))
        for phase in found.phases
        for step in (*phase.choices, *phase.steps)
    ]

    assert sorted(map(str, listed)) == sorted(str(one) for one in told if one)


@pytest.mark.parametrize(
    "lang, heading",
    [("sv", "LÄSTA, MEN INGEN REGEL BYGGER PÅ DEM"), ("en", "READ, BUT NO RULE BUILDS ON THEM")],
)
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_a_source_that_no_rule_builds_on_stands_apart(pathway: str, lang: Lang, heading: str) -> None:
    """Nobody takes it for a ground of the pathway; each source stands once."""
    found = explained(pathway, lang)
    before, _, after = pathway_text(found, lang).partition(heading)

    assert [each.id for each in found.sources.cited if f"- {each.id}: " not in before] == []
    assert [each.id for each in found.sources.only_read if f"- {each.id}: " not in after] == []
    assert {*found.sources.cited, *found.sources.only_read} == {
        *definitions().pathways[pathway].sources.values()
    }
    assert bool(after) == bool(found.sources.only_read)
