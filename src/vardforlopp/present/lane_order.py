"""The arrows of a flowchart put in order: no loops, no arrow that only repeats a longer way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Edge = tuple[str, str]


def _targets(edges: Sequence[Edge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, target in edges:
        found.setdefault(source, []).append(target)
    return found


def _reaches(after: Mapping[str, Sequence[str]], source: str, target: str) -> bool:
    seen, left = set[str](), [source]
    while left:
        here = left.pop()
        if here == target:
            return True
        if here not in seen:
            seen.add(here)
            left.extend(after.get(here, ()))
    return False


def acyclic(edges: Sequence[Edge]) -> list[Edge]:
    """The arrows without those that would close a loop."""
    kept: list[Edge] = []
    for source, target in edges:
        if not _reaches(_targets(kept), target, source):
            kept.append((source, target))
    return kept


def reduced(edges: Sequence[Edge]) -> list[Edge]:
    """The arrows without those that only repeat a longer way."""
    kept = list(edges)
    for edge in edges:
        others = [other for other in kept if other != edge]
        if _reaches(_targets(others), *edge):
            kept = others
    return kept
