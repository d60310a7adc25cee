"""One Swedish word for one thing, wherever people read: the table at the end of GLOSSARY.md."""

from __future__ import annotations

import ast
import re

import pytest
from repository import ROOT, listing, texts

#: Modules that hold what people read in Swedish: interface texts, sentences, ways out, generated pages.
SPOKEN = re.compile(r"catalogues/|wording\.py|/words_sv|/steps_sv|ways_out|fhir/quality|scripts/generate_")
#: What the everyday language means with a word that is not ours.
EVERYDAY = re.compile(r"nästa steg", re.IGNORECASE)


def words_not_to_use() -> list[str]:
    """The second column of the glossary's table."""
    glossary = (ROOT / "GLOSSARY.md").read_text("utf-8")
    rows = glossary.split("| We say | Not | About |")[1].strip().splitlines()[1:]
    return [row.split("|")[2].strip() for row in rows]


def spoken() -> list[tuple[str, str]]:
    """Every text in those modules, with where it stands."""
    found = []
    for path, text in (*texts(".py", under="src/"), *texts(".py", under="scripts/")):
        if SPOKEN.search(path.as_posix()):
            strings = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
            found += [
                (f"{path}:{node.lineno}", node.value) for node in strings if isinstance(node.value, str)
            ]
    return found


@pytest.mark.parametrize("word", words_not_to_use())
def test_what_people_read_says_one_word_for_one_thing(word: str):
    """Say the word in the first column instead."""
    unwanted = re.compile(rf"\b{word}(en|er|et|s|n|erna|orn?a?)?\b", re.IGNORECASE)
    found = [f"{where}: {text}" for where, text in spoken() if unwanted.search(EVERYDAY.sub("", text))]

    assert not found, f"the glossary has another word for '{word}':" + listing(found)


def test_the_words_are_looked_for_where_people_read():
    """The modules are found, and so are their texts."""
    assert set(words_not_to_use()) == {"konflikt", "steg", "selektor"}
    assert len(spoken()) > 1000
