"""The cases are pages of the manual: each of them, in words, in the order of their files."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from repository import ROOT, listing

from case_words import case_words
from generate_case_pages import cases_of, definitions, page
from generate_persons import page as persons_page
from vardforlopp.definitions.cases import STATUSES
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.read_cases import STATES
from vardforlopp.present.catalogues import CATALOGUES
from vardforlopp.record.facts import ActKind

PATHWAYS = sorted(definitions().pathways)


def test_every_state_of_a_case_has_words():
    """A new state is worded before it can be printed."""
    assert worded("state") == set(STATES)


def test_every_status_of_a_fact_has_words():
    """What was ordered or refuted is not told as done (S08)."""
    assert worded("status") == set(STATUSES)


def test_everything_that_people_do_has_words():
    """A decision is told by what it is about."""
    assert worded("act") == set(get_args(ActKind)) - {"decision"}


def worded(kind: str) -> set[str]:
    """The codes that the pages for clinicians have Swedish words for."""
    start = f"case.{kind}."
    return {key.removeprefix(start) for key in CATALOGUES["sv"] if key.startswith(start)}


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_no_case_is_told_with_an_id(pathway: str):
    """Answers, ways of choices, steps and entries by their titles or their words."""
    untitled: set[tuple[str, str]] = set()
    for case in cases_of(pathway):
        case_words(
            case,
            names_for(
                definitions(), pathway, region=case.region, on_missing=lambda *what: untitled.add(what)
            ),
        )

    assert {each for each in untitled if each[0] != "role"} == set(), (
        "give it a title, or the answer its words in definitions/answers.py"
    )


def test_the_page_of_persons_has_no_raw_words():
    """What people did, and what a fact was, is told in Swedish."""
    raw = re.compile(
        r"\b(informed|decline|deviation|attestation|pause|care-focus)\b|\((\w+)\)$", re.MULTILINE
    )
    found = {match[1] or match[2] for match in raw.finditer(persons_page(ROOT))}

    assert not found & {*get_args(ActKind), *STATUSES}


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_case_stands_on_the_page_of_its_pathway(pathway: str):
    """With the file in which a clinician corrects it, and what is expected on each day."""
    printed = page(pathway, ROOT)
    missing = [case.id for case in cases_of(pathway) if f"`{case.id}.yaml`" not in printed]
    days = sum(len(case.expect) for case in cases_of(pathway))

    assert not missing, "not on its page:" + listing(missing)
    assert len(re.findall(r"^- .*\n  - ", printed, re.MULTILINE)) == days


def test_a_case_is_told_as_a_person_with_a_story_and_days():
    """One case, whole: who, what happened when, and what is expected when."""
    printed = page("hjartsvikt", ROOT)
    told = printed[printed.index("## 81 ") : printed.index("## 82 ")]

    assert (
        told
        == """\
## 81 Region Exempel Väst har gränser efter ålder: 900 ng/L vid 60 år, inte 400

Kvinna, född 1\u00a0juni\u00a01965, Region Exempel Väst (påhittad). `81-region-vast-grans-efter-alder.yaml`

Det har hänt:

- 2\u00a0mars\u00a02026: NT-proBNP 899\u00a0ng/L.
- 9\u00a0mars\u00a02026: NT-proBNP 900\u00a0ng/L.

Det väntas:

- 2\u00a0mars\u00a02026
  - Möjlig ingång, som visas för personal: NT-proBNP i gråzonen och stark klinisk misstanke.
- 9\u00a0mars\u00a02026
  - Ingång: Högt NT-proBNP.
  - Förloppet började 9\u00a0mars\u00a02026.

"""
    )
