"""The six criteria of a national pathway (C1 to C6), each judged by what the definition holds.

Source: the agreement of the state and SKR on person-centred and coherent care pathways. A
criterion may be not met, with a motive: that is told, never coloured green.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from vardforlopp.definitions.catalogue import Catalogue, leaves
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Pathway, Step, Texts
from vardforlopp.definitions.read_person import CRITERIA
from vardforlopp.definitions.walk import selectors_in

PRIMARY_CARE: Final = "primarvard"
MUNICIPALITY: Final = "kommun"
_ASKS: Final = {
    "C1": "involves several specialties",
    "C2": "starts in primary care, includes the municipality",
    "C3": "suits complex and lasting illness",
    "C4": "promotes health in each phase",
    "C5": "builds on reliable, current knowledge",
    "C6": "can be followed in digital systems",
}


class National(NamedTuple):
    """One criterion: whether it is met, what shows it (ids), what lacks, and the motive if any."""

    id: str
    met: bool
    evidence: tuple[str, ...]
    lacking: tuple[str, ...]
    motive: Texts


def national_criteria(pathway: Pathway, catalogue: Catalogue) -> tuple[National, ...]:
    """The six criteria of one pathway."""
    found = []
    for name in CRITERIA:
        shown, lacking = _JUDGES[name](pathway, catalogue)
        motive = pathway.motives.get(name, {})
        found.append(National(name, bool(shown) and not lacking and not motive, shown, lacking, motive))
    return tuple(found)


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """A criterion that is not met needs a motive. Whoever gives one says that it is not met."""
    if pathway.person is None:
        yield finding(
            "VF-DEF-086",
            pathway.place,
            f"'{pathway.id}' does not say what the person is told, does and is helped with",
            do="Add `person:` with tell, contact, own_part, relatives and social_services.",
        )
    for each in national_criteria(pathway, catalogue):
        if not each.met and not each.motive:
            yield finding(
                "VF-DEF-087",
                pathway.place,
                f"national criterion {each.id} ({_ASKS[each.id]}) of '{pathway.id}' is not met: "
                f"it lacks {', '.join(each.lacking)}",
                do=f"Add what lacks, or say why under `not_met: {{{each.id}: ...}}`.",
            )


_Shown = tuple[tuple[str, ...], tuple[str, ...]]  # what shows it, what lacks


def _specialties(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C1, several specialties: more than one care level, and more than one profession."""
    levels = dict.fromkeys(step.owner.level for step in _live(pathway) if step.owner.level != "patient")
    roles = dict.fromkeys(role for step in _live(pathway) for role in step.owner.roles if role != "patient")
    enough = len(levels) > 1 and len(roles) > 1
    return (*levels, *roles), () if enough else ("a second care level or profession",)


def _start(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C2, starts in primary care and includes the municipality: a live step of each."""
    primary = [step.id for step in _live(pathway) if step.owner.level == PRIMARY_CARE]
    municipal = [step.id for step in _live(pathway) if step.owner.level == MUNICIPALITY]
    lacking = [
        *([] if primary else ["a step in primary care"]),
        *([] if municipal else ["a step of the municipality"]),
    ]
    return (*primary[:1], *municipal), tuple(lacking)


def _complex(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C3, complex and lasting illness: steps that come again, and what is told of other pathways."""
    again = [step.id for step in pathway.steps.values() if step.kind != "single"]
    others = [
        each.id
        for each in catalogue.interactions.values()
        if pathway.id in each.pathways or {step.activity for step in _live(pathway)} & {*each.activities}
    ]
    lacking = [
        *([] if again else ["a step that comes again"]),
        *([] if others else ["an interaction with others"]),
    ]
    return (*again, *others), tuple(lacking)


def _health(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C4, promotes health through the whole course: a step that does in each phase, or why not."""
    activities = catalogue.activities
    promoting = {
        step.phase: step.id
        for step in reversed(list(_live(pathway)))
        if step.activity in activities and activities[step.activity].promotes
    }
    bare = [
        name for name, phase in pathway.phases.items() if name not in promoting and not phase.no_promotion
    ]
    return tuple(promoting.values()), (f"a step that promotes health in {', '.join(bare)}",) if bare else ()


def _knowledge(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C5, reliable and current knowledge: national or guideline sources, each with the day it was read."""
    strong = [each.id for each in pathway.sources.values() if each.level in ("national", "guideline")]
    unread = [each.id for each in pathway.sources.values() if each.checked is None]
    lacking = [
        *([] if strong else ["a source of level national or guideline"]),
        *(f"`checked:` of source {name}" for name in unread),
    ]
    return tuple(strong), tuple(lacking)


def _digital(pathway: Pathway, catalogue: Catalogue) -> _Shown:
    """C6, can be followed in digital supports: each step's evidence has codes, each indicator its data."""
    coded = [step.id for step in pathway.steps.values() if _coded(step, catalogue)]
    bare = [f"codes for step {name}" for name in pathway.steps if name not in set(coded)] or (
        [] if coded else ["steps"]
    )
    silent = [
        f"data or a note for indicator {each.id}"
        for each in pathway.indicators.values()
        if not each.measurable and not each.note
    ]
    return tuple(coded), (*bare, *silent)


def _live(pathway: Pathway) -> Iterator[Step]:
    return (step for step in pathway.steps.values() if step.mode == "prospective")


def _coded(step: Step, catalogue: Catalogue) -> bool:
    """Whether a record can tell that the step is done: by codes, our own included, or a decision of ours."""
    named = selectors_in(step.done)
    return all(leaves(name, catalogue.selectors) for name in named)


_JUDGES: dict[str, Callable[[Pathway, Catalogue], _Shown]] = {
    "C1": _specialties,
    "C2": _start,
    "C3": _complex,
    "C4": _health,
    "C5": _knowledge,
    "C6": _digital,
}
