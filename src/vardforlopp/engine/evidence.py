"""Evidence trees: what makes an occurrence done, from when, and what is missing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    TimesLeaf,
)
from vardforlopp.engine.carried import carried
from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.course import Missing
from vardforlopp.engine.deadlines import before
from vardforlopp.engine.judge import Toolbox
from vardforlopp.engine.values import TestOf, compile_test
from vardforlopp.kernel.civil import Moment, reached
from vardforlopp.record.facts import Act, Fact

_in_time = attrgetter("at.day", "at.at")


class Proof(NamedTuple):
    """When evidence was complete, and the facts and acts that complete it."""

    at: Moment
    facts: tuple[Fact, ...] = ()
    acts: tuple[Act, ...] = ()


#: (ctx, start, opening, end, running) -> proof: evidence counts from `start` (the opening, or `fresh`
#: before it) up to but not including `end`; a running state counts from `opening`, unless `running`
#: is false (a later completion of a rolling step must begin anew).
ProofOf = Callable[[Ctx, Moment, Moment, Moment | None, bool], Proof | None]
#: The same -> what a tree without proof lacks.
MissingOf = Callable[[Ctx, Moment, Moment, Moment | None, bool], tuple[Missing, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A compiled evidence tree. `selectors`: what it looks for. `missing`: only without proof."""

    node: Evidence
    proof: ProofOf
    missing: MissingOf
    selectors: frozenset[str]


def compile_evidence(evidence: Evidence, box: Toolbox, *, by_instant: bool) -> Tree:
    """An evidence tree as closures; `by_instant` for steps in minutes or hours, else civil days."""
    match evidence:
        case FactLeaf():
            return _fact_leaf(evidence, box, by_instant=by_instant)
        case ActiveLeaf(selector):
            running = _state_proof(selector, None, by_instant=by_instant)
            return _leaf(evidence, selector, running, box, by_instant=by_instant)
        case TimesLeaf(n, selector):
            nth = _nth_fact(n, selector, by_instant=by_instant)
            return _leaf(evidence, selector, nth, box, by_instant=by_instant)
        case DecidedLeaf(decision, words):
            return _decided(evidence, decision, frozenset(words), by_instant=by_instant)
        case EvidenceNode(op, of, n):
            parts = tuple(compile_evidence(part, box, by_instant=by_instant) for part in of)
            needed = len(parts) if op == "all" else (1 if op == "any" else n)
            return _node(evidence, parts, needed)


def _leaf(node: Evidence, selector: str, proof: ProofOf, box: Toolbox, *, by_instant: bool) -> Tree:
    carrier = carried(selector, box.selectors)

    def missing(
        ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool
    ) -> tuple[Missing, ...]:
        gap = carrier.unseen(ctx, ctx.now.day, start.day)
        if gap:
            return gap
        for fact in ctx.seen(selector):
            if _may_count(fact, start, by_instant=by_instant):
                return (Missing("selector", selector, "imprecise"),)
        return carrier.no_data

    return Tree(node, proof, missing, frozenset((selector,)))


def _may_count(fact: Fact, start: Moment, *, by_instant: bool) -> bool:
    """True when only the imprecision of a fact's time keeps it from counting."""
    if by_instant:
        return fact.lo < start.at <= fact.hi
    return fact.day < start.day <= fact.last_day


def _fact_leaf(node: FactLeaf, box: Toolbox, *, by_instant: bool) -> Tree:
    selector = node.selector
    meta = box.selectors.get(selector)
    where = compile_test(node.where, meta, box.parameters) if node.where is not None else None
    if meta is not None and meta.state:
        base = _state_proof(selector, where, by_instant=by_instant)
    else:
        base = _event_proof(selector, where, by_instant=by_instant)
    if node.after is None:
        return _leaf(node, selector, base, box, by_instant=by_instant)
    after = box.moments.compile(node.after).when

    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        moment = after(ctx, ctx.now)
        if not isinstance(moment, Moment):
            return None
        later_start = moment if before(start, moment) else start
        return base(ctx, later_start, moment if before(opening, moment) else opening, end, running)

    plain = _leaf(node, selector, proof, box, by_instant=by_instant)

    def missing(
        ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool
    ) -> tuple[Missing, ...]:
        if isinstance(after(ctx, ctx.now), Unsure):
            return (Missing("selector", selector, "undetermined"),)
        return plain.missing(ctx, start, opening, end, running)

    return replace(plain, missing=missing)


def _ends_before(fact: Fact, end: Moment, *, by_instant: bool) -> bool:
    """True when a fact comes before the end of what the occurrence owns."""
    return fact.lo < end.at if by_instant else fact.day < end.day


def _by(fact: Fact) -> Proof:
    """One fact as a proof."""
    return Proof(Moment(fact.day, fact.lo, fact.lo == fact.hi), (fact,))


def _event_proof(selector: str, where: TestOf | None, *, by_instant: bool) -> ProofOf:
    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        seen = ctx.seen(selector)
        if not seen:
            return None
        now = ctx.now
        i = bisect_left(seen.los, start.at) if by_instant else bisect_left(seen.days, start.day)
        while i < len(seen):
            fact = seen[i]
            if fact.lo > now.at:
                return None
            if where is None or where(fact, ctx, now) == 2:
                return _by(fact) if end is None or _ends_before(fact, end, by_instant=by_instant) else None
            i += 1
        return None

    return proof


def _state_proof(selector: str, where: TestOf | None, *, by_instant: bool) -> ProofOf:
    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        seen, now = ctx.seen(selector), ctx.now
        if not seen or not (reached(opening, now) or reached(start, now)):
            return None
        for fact in seen.until(now.at):
            if where is not None and where(fact, ctx, now) != 2:
                continue
            if fact.lo >= start.at if by_instant else fact.day >= start.day:
                return _by(fact) if end is None or _ends_before(fact, end, by_instant=by_instant) else None
            if not running:
                continue
            if _runs_at(fact, opening, by_instant=by_instant):
                return Proof(opening, (fact,)) if reached(opening, now) else None
            if _runs_at(fact, start, by_instant=by_instant):
                return Proof(start, (fact,))
        return None

    return proof


def _runs_at(fact: Fact, moment: Moment, *, by_instant: bool) -> bool:
    if by_instant:
        return fact.lo <= moment.at and (fact.until is None or fact.until > moment.at)
    return fact.day <= moment.day and (fact.until_day is None or fact.until_day > moment.day)


def _nth_fact(n: int, selector: str, *, by_instant: bool) -> ProofOf:
    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        facts = [
            fact
            for fact in ctx.seen(selector).until(ctx.now.at)
            if (fact.lo >= start.at if by_instant else fact.day >= start.day)
        ]
        if len(facts) < n or (end and not _ends_before(facts[n - 1], end, by_instant=by_instant)):
            return None
        return _by(facts[n - 1])._replace(facts=tuple(facts[:n]))

    return proof


def _decided(node: Evidence, decision: str, words: frozenset[str], *, by_instant: bool) -> Tree:
    def missing(
        ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool
    ) -> tuple[Missing, ...]:
        off = ctx.view.declared_off("decisions", ctx.now.day)
        return (Missing("decision", decision, "not-connected" if off else "no-data"),)

    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        for act in ctx.decisions.get(decision, ()):
            begun = act.at >= start.at if by_instant else act.day >= start.day
            if not begun or act.at > ctx.now.at or (words and act.value not in words):
                continue
            at = Moment(act.day, act.at, True)
            if end is not None and not before(at, end):
                return None
            return Proof(Moment(act.day, act.at, by_instant), (), (act,))
        return None

    return Tree(node, proof, missing, frozenset())


def _node(node: Evidence, parts: tuple[Tree, ...], needed: int) -> Tree:
    proofs = [part.proof for part in parts]

    def proof(ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool) -> Proof | None:
        found = []
        for prove in proofs:
            one = prove(ctx, start, opening, end, running)
            if one is not None:
                found.append(one)
        if len(found) < needed:
            return None
        if needed == 1 and len(found) == 1:
            return found[0]
        found.sort(key=_in_time)
        counted = found[:needed]
        return Proof(
            counted[-1].at if counted else opening,
            tuple(fact for one in counted for fact in one.facts),
            tuple(act for one in counted for act in one.acts),
        )

    def missing(
        ctx: Ctx, start: Moment, opening: Moment, end: Moment | None, running: bool
    ) -> tuple[Missing, ...]:
        found: dict[Missing, None] = {}
        for part in parts:
            # Without a proof of a tree where one would do, no part has one.
            if needed == 1 or part.proof(ctx, start, opening, end, running) is None:
                found.update(dict.fromkeys(part.missing(ctx, start, opening, end, running)))
        return tuple(found)

    return Tree(node, proof, missing, frozenset().union(*(part.selectors for part in parts)))
