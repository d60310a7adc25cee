"""The six criteria of a national pathway (C1 to C6), each judged by what the definition holds.

Source: the agreement of the state and SKR on person-centred and coherent care pathways. A
criterion may be not met, with a motive: that is told, never coloured green.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from vardforlopp.definitions.catalogue import Catalogue, Interaction, Selector, leaves
from vardforlopp.definitions.cited import sources_of
from vardforlopp.definitions.criteria import DecidedLeaf, Evidence, EvidenceNode
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Pathway, Phase, Step, Texts
from vardforlopp.definitions.read_person import CRITERIA

PRIMARY_CARE: Final = "primarvard"
MUNICIPALITY: Final = "kommun"
#: Systems whose codes no Swedish care support sends: our own names, and those read for public test records.
NOT_SENT: Final = frozenset({"fact", "icd-10-cm", "rxnorm", "cvx"})
_ASKS: Final = {
    "C1": "involves several specialties",
    "C2": "starts in primary care, includes the municipality",
    "C3": "suits complex and lasting illness",
    "C4": "promotes health in each phase",
    "C5": "builds on reliable, current knowledge",
    "C6": "can be followed in digital systems",
}


class Shown(NamedTuple):
    """What shows that a criterion is met: in words, and in which phase (empty when it is of none)."""

    title: Texts
    phase: Texts


class Share(NamedTuple):
    """So many of all steps."""

    n: int
    of: int


class National(NamedTuple):
    """One criterion: whether it is met, what shows it, what lacks, the motive, the share if counted."""

    id: str
    met: bool
    evidence: tuple[Shown, ...]
    lacking: tuple[str, ...]
    motive: Texts
    share: Share | None


def national_criteria(pathway: Pathway, catalogue: Catalogue) -> tuple[National, ...]:
    """The six criteria of one pathway."""
    return tuple(_judged(name, pathway, catalogue) for name in CRITERIA)


def _judged(name: str, pathway: Pathway, catalogue: Catalogue) -> National:
    judged = _JUDGES[name](pathway, catalogue)
    motive = pathway.motives.get(name, {})
    met = bool(judged.evidence or judged.share) and not judged.lacking and not motive
    return National(name, met, judged.evidence, judged.lacking, motive, judged.share)


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


class _Judged(NamedTuple):
    """What shows a criterion, what lacks, and the share if it is counted."""

    evidence: tuple[Shown, ...]
    lacking: tuple[str, ...]
    share: Share | None = None


def _specialties(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C1, several specialties: more than one care level, and more than one profession."""
    levels = dict.fromkeys(step.owner.level for step in _live(pathway) if step.owner.level != "patient")
    roles = dict.fromkeys(role for step in _live(pathway) for role in step.owner.roles if role != "patient")
    titles = {**catalogue.levels, **{role.id: role.title for role in catalogue.roles.values()}}
    shown = tuple(Shown(titles[name], {}) for name in (*levels, *roles) if name in titles)
    enough = len(levels) > 1 and len(roles) > 1
    return _Judged(shown, () if enough else ("a second care level or profession",))


def _start(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C2, starts in primary care and includes the municipality: a live step of each."""
    primary = [step for step in _live(pathway) if step.owner.level == PRIMARY_CARE]
    municipal = [step for step in _live(pathway) if step.owner.level == MUNICIPALITY]
    lacking = [
        *([] if primary else ["a step in primary care"]),
        *([] if municipal else ["a step of the municipality"]),
    ]
    return _Judged(_titles((*primary[:1], *municipal)), tuple(lacking))


def _complex(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C3, complex and lasting illness: steps that come again, and what is told of other pathways."""
    again = [step for step in pathway.steps.values() if step.kind != "single"]
    others = [
        each
        for each in catalogue.interactions.values()
        if pathway.id in each.pathways or {step.activity for step in _live(pathway)} & {*each.activities}
    ]
    lacking = [
        *([] if again else ["a step that comes again"]),
        *([] if others else ["an interaction with others"]),
    ]
    return _Judged(_titles((*again, *others)), tuple(lacking))


def _health(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C4, promotes health through the whole course: steps that do in each phase, or why not."""
    shown: list[Shown] = []
    bare = []
    for phase in pathway.phases.values():
        promoting = [step.title for step in _live(pathway) if _promotes(step, phase, catalogue=catalogue)]
        said = promoting or [phase.no_promotion] * bool(phase.no_promotion)
        shown += [Shown(title, phase.title) for title in said]
        bare += [] if said else [phase.id]
    return _Judged(tuple(shown), (f"a step that promotes health in {', '.join(bare)}",) if bare else ())


def _promotes(step: Step, phase: Phase, *, catalogue: Catalogue) -> bool:
    activity = catalogue.activities.get(step.activity)
    return step.phase == phase.id and activity is not None and activity.promotes


def _knowledge(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C5, reliable and current knowledge: rules that cite national or guideline sources, each source read."""
    cited = sources_of(pathway, catalogue.interactions.values()).cited
    strong = [each for each in cited if each.level in ("national", "guideline")]
    unread = [each.id for each in pathway.sources.values() if each.checked is None]
    lacking = [
        *([] if strong else ["a source of level national or guideline that a rule cites"]),
        *(f"`checked:` of source {name}" for name in unread),
    ]
    titles = [f"{each.id} {each.title}" for each in strong]
    return _Judged(tuple(Shown({"sv": title, "en": title}, {}) for title in titles), tuple(lacking))


def _digital(pathway: Pathway, catalogue: Catalogue) -> _Judged:
    """C6, can be followed in digital supports: known codes tell of each step; indicators have data."""
    bare = [step.id for step in pathway.steps.values() if not _followed(step.done, catalogue.selectors)]
    silent = [
        f"data or a note for indicator {each.id}"
        for each in pathway.indicators.values()
        if not each.measurable and not each.note
    ]
    total = len(pathway.steps)
    share = Share(total - len(bare), total)
    lacking = [f"codes of a known system for {', '.join(bare)}"] if bare else [] if total else ["steps"]
    return _Judged((), (*lacking, *silent), share)


def _live(pathway: Pathway) -> Iterator[Step]:
    return (step for step in pathway.steps.values() if step.mode == "prospective")


def _titles(told: Iterable[Step | Interaction]) -> tuple[Shown, ...]:
    return tuple(Shown(each.title, {}) for each in told)


def _followed(evidence: Evidence, selectors: Mapping[str, Selector]) -> bool:
    """Whether codes that others know are enough to tell that the evidence is there.

    A decision is recorded here, and our own names are known to nobody else: neither counts.
    """
    match evidence:
        case EvidenceNode(op="all"):
            return all(_followed(part, selectors) for part in evidence.of)
        case EvidenceNode():
            followed = sum(_followed(part, selectors) for part in evidence.of)
            return followed >= (evidence.n if evidence.op == "at_least" else 1)
        case DecidedLeaf():
            return False
        case _:
            return any(_known(leaf) for leaf in leaves(evidence.selector, selectors))


def _known(selector: Selector) -> bool:
    """Whether a code of a national or international system means it, or a class of contacts."""
    return bool(selector.setting) or any(code.system not in NOT_SENT for code in selector.codes)


_JUDGES: dict[str, Callable[[Pathway, Catalogue], _Judged]] = {
    "C1": _specialties,
    "C2": _start,
    "C3": _complex,
    "C4": _health,
    "C5": _knowledge,
    "C6": _digital,
}
