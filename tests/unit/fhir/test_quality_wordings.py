"""The texts of the findings: one a code, in two languages, calm and without anything of the patient."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vardforlopp.fhir.quality import WORDINGS, finding

SOURCES = Path(__file__).parents[3] / "src" / "vardforlopp" / "fhir"
USED = {
    code
    for path in SOURCES.glob("*.py")
    if path.name != "quality.py"
    for code in re.findall(r"VF-QUA-\d{3}", path.read_text("utf-8"))
}


def test_every_code_has_its_words_and_every_wording_a_use():
    """No finding without text, no text without finding."""
    assert set(WORDINGS) == USED


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_a_wording_is_fixed_and_says_what_to_do(code: str):
    """In both languages; the place is the only thing that varies."""
    for wording in WORDINGS[code].values():
        assert wording.what
        assert not wording.what.endswith(".")
        assert wording.do.endswith(".")
        assert "{" not in wording.what + wording.do
    assert finding(code, "Observation/o1", "status").what == WORDINGS[code]["en"].what
