"""The interface texts: complete in each language, plain, and without promises."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from vardforlopp.adapters.plan_files import page_templates
from vardforlopp.present.catalogues import CATALOGUES

SV, EN = CATALOGUES["sv"], CATALOGUES["en"]
ROOT = Path(__file__).parents[3]
PRESENT, SCRIPTS = ROOT / "src" / "vardforlopp" / "present", ROOT / "scripts"
#: Keys that are put together where they are used.
MADE = re.compile(r"""f["']([a-z_.\-]+)\.\{|"([a-z_.\-]+)\." ~""")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_texts() -> None:
    """No text is missing in a language, none is left over."""
    assert set(SV) == set(EN)


@pytest.mark.parametrize("key", sorted(SV))
def test_every_language_fills_the_same_places(key: str) -> None:
    """A translation says all that the Swedish text says."""
    assert places(SV[key]) == places(EN[key])


def test_one_and_many_stand_together() -> None:
    """What is counted has both its forms."""
    assert all(f"{key[:-4]}.many" in SV for key in SV if key.endswith(".one"))


def test_S07_no_text_promises() -> None:
    """The words of law are left to the law."""
    forbidden = re.compile(r"\b(garanti\w*|senast|rätt till|guarantee\w*|entitled)\b", re.IGNORECASE)

    assert [text for catalogue in (SV, EN) for text in catalogue.values() if forbidden.search(text)] == []


def test_every_text_is_used() -> None:
    """What nothing says is deleted."""
    readers = (*PRESENT.parent.rglob("*.py"), *SCRIPTS.glob("*.py"))
    source = "\n".join(path.read_text("utf-8") for path in readers if "catalogues" not in path.parts)
    source += "\n".join(page_templates().values())
    prefixes = {match[1] or match[2] for match in MADE.finditer(source)}

    def used(key: str) -> bool:
        plain = key.removesuffix(".one").removesuffix(".many")
        return any(f"{quote}{plain}{quote}" in source for quote in "\"'") or any(
            plain.startswith(f"{prefix}.") for prefix in prefixes
        )

    assert [key for key in SV if not used(key)] == []


def test_templates_hold_no_words() -> None:
    """All that a page says comes from the catalogues or the definitions."""
    for name, text in page_templates().items():
        if name.endswith(".j2"):
            bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
            assert not re.search(r"[a-zåäö]{3,}", bare, re.IGNORECASE), name
