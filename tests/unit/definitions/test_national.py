"""The six national criteria: each can fail, and what shows it is said in words."""

from __future__ import annotations

import pytest

from made.small_content import ACTIVITIES, HEAD, STEPS, VALUES, spoilt
from made.small_content import TEXTS as SOUND
from vardforlopp.definitions.load import load
from vardforlopp.definitions.national import National, Share, Shown, national_criteria

CODED = "codes: [{loinc: 2823-3}]"
DONE = "within: 14 days\n  done: kalium"


def judged(texts: dict[str, str], name: str) -> National:
    definitions = load(texts).definitions
    assert definitions is not None
    criteria = national_criteria(definitions.pathways["exempel"], definitions.catalogue)
    return next(each for each in criteria if each.id == name)


def done_by(evidence: str) -> dict[str, str]:
    """The first step with other evidence; the second step keeps its coded potassium."""
    return spoilt(STEPS, DONE, f"within: 14 days\n  done: {evidence}")


# --- C6: the share of steps that codes of others can tell --------------------------------------------


def test_steps_that_known_codes_can_tell_are_counted() -> None:
    """All steps: met, with its share."""
    found = judged(SOUND, "C6")

    assert (found.met, found.share, found.lacking) == (True, Share(2, 2), ())


@pytest.mark.parametrize(
    "codes",
    ["codes: []", "codes: [{rxnorm: '8588'}]"],
    ids=["our own name alone", "a system of public test records"],
)
def test_a_name_that_only_we_know_does_not_count(codes: str) -> None:
    """C6 can fail: it is not met when no known code tells of a step's evidence."""
    texts = spoilt(VALUES, CODED, codes)
    texts["systems.yaml"] += "rxnorm: {title: RxNorm, uri: http://www.nlm.nih.gov/research/umls/rxnorm}\n"
    found = judged(texts, "C6")

    assert (found.met, found.share) == (False, Share(0, 2))
    assert found.lacking == ("codes of a known system for prov, omprov",)


@pytest.mark.parametrize(
    "evidence, followed",
    [
        ("{all: [kalium, svar]}", 1),
        ("{any: [kalium, svar]}", 2),
        ("{at_least: 2, of: [kalium, svar, remiss]}", 1),
        ("{at_least: 1, of: [kalium, svar, remiss]}", 2),
        ("{times: 2, of: kalium}", 2),
        ("{active: tablett}", 1),
        ("{decided: vag}", 1),
    ],
)
def test_a_step_counts_when_known_codes_are_enough(evidence: str, followed: int) -> None:
    """Every part of `all`, one of `any`, n of `at_least`; a decision is recorded only here."""
    assert judged(done_by(evidence), "C6").share == Share(followed, 2)


# --- C4 and C5 ---------------------------------------------------------------------------------------


def test_health_is_shown_phase_by_phase() -> None:
    """The steps that promote it, or the phase's reason for none."""
    phase = {"sv": "Början", "en": "Start"}
    reason = {"sv": "Bara prov.", "en": "Samples only."}
    motive = ", no_promotion: {sv: Bara prov., en: Samples only.}}"
    without = spoilt(ACTIVITIES, "  promotes: true\n", "")
    without[HEAD] = without[HEAD].replace(
        "title: {sv: Början, en: Start}}", "title: {sv: Början, en: Start}" + motive
    )

    assert [(each.title["sv"], each.phase) for each in judged(SOUND, "C4").evidence] == [
        ("Prov", phase),
        ("Nytt prov", phase),
    ]
    assert judged(without, "C4").evidence == (Shown(reason, phase),)


def test_knowledge_counts_only_sources_that_a_rule_cites() -> None:
    """A national source that was read, and that nothing builds on, shows nothing."""
    uncited = {path: text.replace("S1", "S2") if path != HEAD else text for path, text in SOUND.items()}
    uncited[HEAD] = uncited[HEAD].replace("source: S1", "source: S2")
    found = judged(uncited, "C5")

    assert [each.title["sv"] for each in judged(SOUND, "C5").evidence] == ["S1 Nationell text"]
    assert (found.met, found.evidence) == (False, ())
    assert found.lacking == ("a source of level national or guideline that a rule cites",)
