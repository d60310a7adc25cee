"""The cases are pages of the manual: each of them, in words, in the order of their files."""

from __future__ import annotations

import re

import pytest
from repository import ROOT, listing

from case_words import STATES as SAID
from case_words import STATUS
from generate_case_pages import cases_of, definitions, page
from vardforlopp.definitions.cases import STATUSES
from vardforlopp.definitions.read_cases import STATES

PATHWAYS = sorted(definitions().pathways)


def test_every_state_of_a_case_has_words():
    """A new state is worded before it can be printed."""
    assert set(SAID) == set(STATES)


def test_every_status_of_a_fact_has_words():
    """What was ordered or refuted is not told as done (S08)."""
    assert set(STATUS) == set(STATUSES)


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
