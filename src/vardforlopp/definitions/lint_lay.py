"""Lint: texts for the person. Nothing missing, readable, without words of the trade or promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.lay import LAY_LANGUAGES, LAY_PARTS, Jargon, Lay, LayTexts, lay_of_step
from vardforlopp.definitions.lint_texts import PROMISES, SENSITIVE
from vardforlopp.definitions.model import Pathway, Place, Step
from vardforlopp.definitions.readability import lix

#: The hardest LIX that a text may have, by language.
HARDEST = {"sv": 30, "sv-x-lattlast": 25}


def check(
    pathway: Pathway, catalogue: Catalogue, *, texts: Table[tuple[str, str], LayTexts], jargon: Jargon
) -> Iterator[DefinitionFinding]:
    """All texts of one pathway, in each language."""
    folder = pathway.place.file.rpartition("/")[0]
    for language in LAY_LANGUAGES:
        found = texts.get((pathway.id, language))
        if found is None:
            yield finding(
                "VF-DEF-090",
                Place(f"{folder}/texts/{language}.yaml", 1),
                f"'{pathway.id}' has no texts in '{language}'",
                do="Add the file.",
            )
            continue
        head = f"pathway '{pathway.id}'"
        yield from _missing(head, found.pathway, language, parts=LAY_PARTS, under="pathway")
        yield from _text(head, found.pathway, language, jargon=jargon)
        needed = [part for part in LAY_PARTS if part != "ask" or found.pathway.ask]
        for step in pathway.steps.values():
            if step.disclosure == "staff-only" or pathway.disclosure == "staff-only":
                continue  # the person never meets it
            lay = lay_of_step(step, found, catalogue=catalogue, language=language)
            name = f"step '{pathway.id}.{step.id}'"
            yield from _missing(name, lay, language, parts=needed, under=f"steps: {step.id}")
            yield from _text(name, lay, language, jargon=jargon)
            yield from _early(name, step, lay, pathway=pathway)


def _missing(
    name: str, lay: Lay, language: str, *, parts: Iterable[str], under: str
) -> Iterator[DefinitionFinding]:
    bare = [part for part in parts if not getattr(lay, part).strip(" .")]
    if bare:
        yield finding(
            "VF-DEF-090",
            lay.place,
            f"{name} does not say {' or '.join(bare)} in '{language}'",
            do=f"Write {', '.join(f'`{part}:`' for part in bare)} under `{under}:`.",
        )


def _text(name: str, lay: Lay, language: str, *, jargon: Jargon) -> Iterator[DefinitionFinding]:
    hard = lix(lay.whole)
    if hard > HARDEST.get(language, hard):
        yield finding(
            "VF-DEF-091",
            lay.place,
            f"the text of {name} in '{language}' has LIX {hard}, above {HARDEST[language]}",
            do="Write shorter sentences and shorter words.",
        )
    for word, instead in jargon.get(language[:2], {}).items():
        if re.search(rf"\b{re.escape(word)}\w{{0,3}}\b", lay.whole, re.IGNORECASE):
            yield finding(
                "VF-DEF-092",
                lay.place,
                f"the text of {name} in '{language}' says '{word}'",
                do=f"Write: {instead}.",
            )
    promise = PROMISES.search(lay.whole)
    if promise is not None:
        yield finding(
            "VF-DEF-071",
            lay.place,
            f"the text of {name} says '{promise[0]}' ({language})",
            do="A pathway's time is a goal: word it so.",
        )


def _early(name: str, step: Step, lay: Lay, *, pathway: Pathway) -> Iterator[DefinitionFinding]:
    if step.disclosure == "open" and pathway.disclosure == "open" and SENSITIVE.search(lay.whole):
        yield finding(
            "VF-DEF-075",
            lay.place,
            f"{name} is about what nobody should first meet on a screen",
            do="Word it otherwise, or give the step `disclosure: after-informed`.",
        )
