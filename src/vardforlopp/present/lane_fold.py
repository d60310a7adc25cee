"""A flow with more boxes than a page can show, folded: whole phases become one box a lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.present.lane_graph import SETTLED, URGENCY, Flow, FlowNode, Standing, here_of
from vardforlopp.present.lane_order import acyclic, reduced
from vardforlopp.present.wording import say

MOST_NODES = 40


def folded(flow: Flow, lang: Lang) -> Flow:
    """At most 40 boxes: the fullest phases shrink to one box a lane; that where the person is, last."""
    while len(flow.nodes) > MOST_NODES:
        phase = _to_fold(flow.nodes)
        if phase is None:
            break
        flow = _fold(flow, lang, phase)
    return flow


def _groups(boxes: Sequence[FlowNode], phase: str) -> dict[str, list[FlowNode]]:
    """The steps of a phase by lane, where there are several; choices stay."""
    lanes: dict[str, list[FlowNode]] = {}
    for node in boxes:
        if node.phase == phase and node.kind == "step":
            lanes.setdefault(node.lane, []).append(node)
    return {lane: inside for lane, inside in lanes.items() if len(inside) > 1}


def _to_fold(boxes: Sequence[FlowNode]) -> str | None:
    here = here_of(boxes)

    def weight(phase: str) -> tuple[bool, bool, int]:
        inside = [node for group in _groups(boxes, phase).values() for node in group]
        is_open = any(node.standing in ("now", "late") for node in inside)
        return all(node.id != here for node in inside), not is_open, len(inside)

    phases = dict.fromkeys(node.phase for node in boxes if node.phase)
    return max((phase for phase in phases if _groups(boxes, phase)), key=weight, default=None)


def _fold(flow: Flow, lang: Lang, phase: str) -> Flow:
    into: dict[str, str] = {}
    boxes: dict[str, FlowNode] = {}
    for lane, inside in _groups(flow.nodes, phase).items():
        name = f"{phase}·{lane}"
        into |= dict.fromkeys((node.id for node in inside), name)
        boxes[name] = FlowNode(
            name, "folded", say(lang, "flow.folded", n=len(inside)), lane, phase,
            number=_runs([int(node.number) for node in inside]),
            inside=tuple(f"{node.number} {node.title}" for node in inside),
            time=_tally(inside, lang), counted=_counted(inside, lang), standing=_most_urgent(inside),
        )  # fmt: skip
    kept = dict.fromkeys(into.get(node.id, node.id) for node in flow.nodes)
    known = {node.id: node for node in flow.nodes} | boxes
    first = {name: place for place, name in enumerate(kept)}
    arrows = {(into.get(source, source), into.get(target, target)) for source, target in flow.edges}
    forward = sorted(arrows, key=lambda arrow: (first[arrow[0]], first[arrow[1]]))
    edges = reduced(acyclic([arrow for arrow in forward if arrow[0] != arrow[1]]))
    reached = {target for _, target in edges}
    shown = [
        replace(known[name], counted="") if name in boxes and name in reached else known[name]
        for name in kept
    ]
    return replace(flow, nodes=tuple(shown), edges=tuple(edges))


def _most_urgent(inside: Sequence[FlowNode]) -> Standing | None:
    found = {node.standing for node in inside}
    return next((standing for standing in (*URGENCY, *SETTLED) if standing in found), None)


def _counted(inside: Sequence[FlowNode], lang: Lang) -> str:
    """From what the times inside are counted, where no arrow leads to the box."""
    found = {node.counted for node in inside}
    return found.pop() if len(found) == 1 else say(lang, "flow.counted.several")


def _tally(inside: Sequence[FlowNode], lang: Lang) -> str:
    """How many are in each state, so that nothing unknown or late hides in a fold (S03)."""
    counts = Counter(node.standing for node in inside if node.standing is not None)
    ordered = [standing for standing in (*URGENCY, *SETTLED) if standing in counts]
    return ", ".join(f"{say(lang, f'flow.state.{standing}')}: {counts[standing]}" for standing in ordered)


def _runs(numbers: Sequence[int]) -> str:
    """`2–3, 5–12`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
