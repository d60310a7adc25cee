"""States out of pieces: prescriptions, stays and habits become facts that last.

Shared by every way in (FHIR import, a clinician's case), so that all of them give the same
facts. What was known when is kept: a renewal that became known later gives a new version of
the united state from that instant on, and ends the old version there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from vardforlopp.kernel.civil import end_of_day, start_of_day
from vardforlopp.record.facts import Fact, Side, changed, order

END = ".end"


class Recipe(NamedTuple):
    """How the facts of one selector are made of pieces.

    `includes`: the selector is a union that also takes these selectors' pieces. `keep`: the
    selector's fixed value cut, None = all. `state` and `gap_days`: pieces are united.
    """

    selector: str
    state: bool = False
    gap_days: int = 0
    includes: tuple[str, ...] = ()
    keep: Callable[[Fact], bool] | None = None


def unite(pieces: list[Fact], gap_days: int) -> list[Fact]:
    """Pieces of one state selector as states: overlapping or adjoining ones become one fact.

    Up to `gap_days` between the end of one piece and the start of the next are bridged.
    Left and right are never united. The facts come in the one order.
    """
    by_side: dict[Side | None, list[Fact]] = {}
    for piece in pieces:
        by_side.setdefault(piece.side, []).append(piece)
    united: list[Fact] = []
    for of_side in by_side.values():
        for chain in _chains(sorted(of_side, key=order), gap_days):
            united.extend(_versions(chain, gap_days))
    return sorted(united, key=order)


def ends(states: Iterable[Fact]) -> list[Fact]:
    """The facts `S.end`: one for each end of a state of selector `S`."""
    return sorted((_end(state) for state in states if state.until is not None), key=order)


def stop(pieces: list[Fact], stops: list[Fact]) -> list[Fact]:
    """Pieces that go on, ended by the first later fact that says so (`ended_by`).

    Before a stop was known the state still went on: such a piece gets one version for each
    time at which its end, as known, changed.
    """
    stopped: list[Fact] = []
    stops = sorted(stops, key=order)
    for piece in pieces:
        own = [found for found in stops if found.lo >= piece.lo and _same_side(piece, found)]
        stopped.extend(_stopped(piece, own) if piece.until is None and own else (piece,))
    return sorted(stopped, key=order)


def assemble(pieces: Mapping[str, Sequence[Fact]], recipes: Iterable[Recipe]) -> list[Fact]:
    """All facts of a record: unions filled, value cuts made, states united, ends added."""
    by_id = {recipe.selector: recipe for recipe in recipes}
    facts: list[Fact] = []
    for recipe in by_id.values():
        own = _pieces(recipe, pieces, by_id, ())
        if recipe.state:
            own = unite(own, recipe.gap_days)
            facts.extend(ends(own))
        facts.extend(own)
    return facts


def _pieces(
    recipe: Recipe, pieces: Mapping[str, Sequence[Fact]], by_id: Mapping[str, Recipe], seen: tuple[str, ...]
) -> list[Fact]:
    found = list(pieces.get(recipe.selector, ()))
    for part in recipe.includes:
        if part in by_id and part not in seen:
            inner = _pieces(by_id[part], pieces, by_id, (*seen, recipe.selector))
            found.extend(changed(piece, selector=recipe.selector, state=recipe.state) for piece in inner)
    return found if recipe.keep is None else [piece for piece in found if recipe.keep(piece)]


def _end(state: Fact) -> Fact:
    assert state.until is not None
    assert state.until_day is not None
    by_day = state.until == start_of_day(state.until_day)
    return Fact(
        selector=state.selector + END,
        lo=state.until,
        hi=end_of_day(state.until_day) if by_day else state.until,
        day=state.until_day,
        last_day=state.until_day,
        known_from=state.known_from,
        known_to=state.known_to,
        ref=state.refs[-1] if state.refs else state.ref,
        refs=state.refs,
        side=state.side,
    )


def _same_side(piece: Fact, found: Fact) -> bool:
    return None in (piece.side, found.side) or piece.side == found.side or "both" in (piece.side, found.side)


def _stopped(piece: Fact, stops: list[Fact]) -> list[Fact]:
    """The versions of a piece that goes on; its stops stand in the one order."""
    versions: list[Fact] = []
    for known in sorted({max(piece.known_from, edge) for edge in (piece.known_from, *_edges(stops))}):
        first = next((found for found in stops if _known(found, known)), None)
        until, until_day = (None, None) if first is None else (first.lo, first.day)
        if versions and versions[-1].until == until:
            continue
        if versions:
            versions[-1] = changed(versions[-1], known_to=known)
        versions.append(changed(piece, until=until, until_day=until_day, known_from=known))
    return versions if piece.known_to is None else _until_retracted(versions, piece.known_to)


def _until_retracted(versions: list[Fact], known_to: int) -> list[Fact]:
    return [
        changed(version, known_to=known_to if version.known_to is None else min(version.known_to, known_to))
        for version in versions
        if version.known_from < known_to
    ]


def _edges(pieces: Iterable[Fact]) -> set[int]:
    found: set[int] = set()
    for piece in pieces:
        found.add(piece.known_from)
        if piece.known_to is not None:
            found.add(piece.known_to)
    return found


def _known(piece: Fact, at: int) -> bool:
    return piece.known_from <= at and (piece.known_to is None or at < piece.known_to)


def _chains(pieces: list[Fact], gap_days: int) -> list[list[Fact]]:
    """Pieces in order, cut where a gap is too wide whatever is known."""
    chains: list[list[Fact]] = []
    reach: Fact | None = None
    for piece in pieces:
        if reach is not None and _adjoins(reach, piece, gap_days):
            chains[-1].append(piece)
            reach = reach if _outlasts(reach, piece) else piece
        else:
            chains.append([piece])
            reach = piece
    return chains


def _adjoins(before: Fact, after: Fact, gap_days: int) -> bool:
    if before.until is None or after.lo <= before.until:
        return True
    assert before.until_day is not None
    return gap_days > 0 and after.day - before.until_day <= gap_days


def _outlasts(one: Fact, other: Fact) -> bool:
    return one.until is None or (other.until is not None and one.until >= other.until)


def _versions(chain: list[Fact], gap_days: int) -> list[Fact]:
    """The united states of one chain, one version for each time at which they changed."""
    if len(chain) == 1:
        return [_alone(chain[0])]
    retracted = any(piece.known_to is not None for piece in chain)
    told: dict[int, list[Fact]] = {}
    for piece in chain:
        told.setdefault(piece.known_from, []).append(piece)
    current: list[Fact] = []
    closed: list[Fact] = []
    for known in sorted(_edges(chain)):
        # Without retractions what was united so far stands for all its pieces.
        heard = (
            [piece for piece in chain if _known(piece, known)]
            if retracted
            else sorted([*current, *told[known]], key=order)
        )
        current, replaced = _renewed(current, _merged(heard, gap_days), known)
        closed.extend(replaced)
    return closed + current


def _alone(piece: Fact) -> Fact:
    return changed(piece, state=True, refs=piece.refs or (piece.ref,))


def _merged(pieces: list[Fact], gap_days: int) -> list[Fact]:
    united: list[Fact] = []
    for piece in pieces:
        if united and _adjoins(united[-1], piece, gap_days):
            united[-1] = _joined(united[-1], piece)
        else:
            united.append(_alone(piece))
    return united


def _joined(one: Fact, other: Fact) -> Fact:
    """Two pieces as one: the first's start and name, the later end, the last piece's value."""
    longest = one if _outlasts(one, other) else other
    more = other.refs or (other.ref,)
    return changed(
        one,
        until=longest.until,
        until_day=longest.until_day,
        refs=one.refs + tuple(ref for ref in more if ref not in one.refs),
        value=other.value,
        unit=other.unit,
        original=other.original,
        ref_low=other.ref_low,
        ref_high=other.ref_high,
        unusable=other.unusable,
    )


def _renewed(current: list[Fact], merged: list[Fact], known: int) -> tuple[list[Fact], list[Fact]]:
    """The versions that hold from `known` on, and those that ended then."""
    standing = {_content(fact): fact for fact in current}
    now: list[Fact] = []
    for fact in merged:
        content = _content(fact)
        unchanged = content in standing
        now.append(standing.pop(content) if unchanged else changed(fact, known_from=known, known_to=None))
    return now, [changed(fact, known_to=known) for fact in standing.values()]


def _content(fact: Fact) -> tuple[object, ...]:
    return fact.lo, fact.hi, fact.until, fact.value, fact.unit, fact.unusable
