"""A compiled criterion: truth, ground and reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.criteria import Criterion
from vardforlopp.engine.context import Ctx, TruthOf
from vardforlopp.engine.course import Missing, Reason
from vardforlopp.engine.deadlines import Deadlines
from vardforlopp.engine.moments import Moments
from vardforlopp.engine.parameters import Parameters
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Fact


class Ground(NamedTuple):
    """What an answer stands on."""

    facts: tuple[Fact, ...] = ()
    acts: tuple[Act, ...] = ()
    missing: tuple[Missing, ...] = ()


NO_GROUND = Ground()
GroundOf = Callable[[Ctx, Moment], Ground]


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A compiled criterion."""

    node: Criterion
    truth: TruthOf
    ground: GroundOf
    parts: tuple[Judge, ...] = ()


class Toolbox(NamedTuple):
    """What compiling needs: one pathway's parameters, moments, and the shared selectors."""

    parameters: Parameters
    moments: Moments
    deadlines: Deadlines
    selectors: Mapping[str, Selector]
    rule: str
    judges: dict[Criterion, Judge]  # what is compiled already: equal criteria are one


def nothing(ctx: Ctx, t: Moment) -> Ground:
    """The ground of a criterion that rests on no fact."""
    return NO_GROUND


def reason(judge: Judge, ctx: Ctx, t: Moment, rule: str) -> Reason:
    """Why a criterion has its truth at t, with its parts."""
    ground = judge.ground(ctx, t)
    return Reason(
        type(judge.node).__name__,
        judge.truth(ctx, t),
        rule,
        judge.node,
        ground.facts,
        ground.acts,
        ground.missing,
        tuple(reason(part, ctx, t, rule) for part in judge.parts),
    )


def missing_of(judge: Judge, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
    """The missing data that keeps a criterion unknown, each named once."""
    if judge.truth(ctx, t) != 1:
        return ()
    found = list(judge.ground(ctx, t).missing)
    for part in judge.parts:
        found.extend(missing_of(part, ctx, t))
    return tuple(dict.fromkeys(found))
