"""What a collision rests on, as the plan says it: by pathway, in the reader's language."""

from __future__ import annotations

import pytest

from made.courses import ALWAYS, as_of_day, catalogue, definitions, followed, interaction, pathway, person
from vardforlopp.contract.propose import propose
from vardforlopp.definitions.phrasebook import LANGS, Lang
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice

TODAY = 20_000
NOTE = {"sv": "Antalet är vårt.", "en": "The number is ours."}


def told(lang: Lang, **given: object) -> str:
    """The line on what the only conflict rests on."""
    paths = pathway("hjartsvikt"), pathway("kol")
    known = catalogue(interaction(pathways=("hjartsvikt",), **given))
    courses = tuple(followed(path) for path in paths)
    proposal = propose(courses, known, judge=lambda _: ALWAYS, as_of=as_of_day(TODAY))
    shown = person(*courses, known=known, proposal=proposal)
    view = plan_view(shown, Voice(definitions(known, *paths), lang, None), pathways=paths, version="1")
    (conflict,) = view.conflicts
    return conflict.source


SEEN, OURS = ("kol", ("S25", "S29")), ("hjartsvikt", ("default",))


@pytest.mark.parametrize(
    "sources, swedish, english",
    [
        ((SEEN,), "Källa: Kol S25, S29 (regional källa)", "Source: Kol S25, S29 (regional source)"),
        (
            (SEEN, OURS),
            "Källa: Kol S25, S29; i övrigt ingen källa sedd (regional källa)",
            "Source: Kol S25, S29; otherwise no source seen (regional source)",
        ),
        (
            (OURS,),
            "Källa: ingen sedd, står i faktabladet för Hjartsvikt (regional källa)",
            "Source: none seen, stands in the fact sheet on Hjartsvikt (regional source)",
        ),
    ],
    ids=["seen", "in part ours", "ours"],
)
def test_a_conflict_says_its_sources_in_the_reader_s_language(
    sources: tuple[tuple[str, tuple[str, ...]], ...], swedish: str, english: str
) -> None:
    """Ids of sources by pathway; what has none is said to have none."""
    assert (told("sv", sources=sources), told("en", sources=sources)) == (swedish, english)


@pytest.mark.parametrize("lang", LANGS)
def test_which_part_is_ours_is_said_after_it(lang: Lang) -> None:
    """`note:` of the interaction."""
    assert told(lang, sources=(SEEN,), note=NOTE).endswith(f"). {NOTE[lang]}")
