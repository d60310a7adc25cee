"""Tests on a fact's value, three-valued: 2 passes, 0 fails, 1 cannot be told."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.criteria import (
    Between,
    Compare,
    CompareOwn,
    CompareRef,
    OneOf,
    Op,
    Test,
)
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.parameters import Dynamic, Parameters
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Fact, FactValue, Span, Word

TestOf = Callable[[Fact, Ctx, Moment], int]
Limit = Callable[[Fact, Ctx, Moment], Fraction | None]

OPERATORS: dict[Op, Callable[[Fraction | int, Fraction | int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def compile_test(test: Test, selector: Selector | None, parameters: Parameters) -> TestOf:
    """`is:` (or `where:`) as a function of a fact."""
    unit = selector.unit if selector is not None and selector.unit is not None else "1"
    mass = selector.molar_mass if selector is not None else None
    match test:
        case OneOf(words):
            return _one_of(frozenset(words))
        case Compare(op, limit):
            number = parameters.number(limit, unit=unit, molar_mass=mass)
            return _compare(op, number)
        case Between(lo, hi):
            return _between(
                parameters.number(lo, unit=unit, molar_mass=mass),
                parameters.number(hi, unit=unit, molar_mass=mass),
            )
        case CompareRef(op, factor, which):
            return _against(op, _reference(factor, which))
        case CompareOwn(op, own):
            return _against(op, _own_goal(own))


def compare_value(op: Op, value: FactValue | None, limit: Fraction) -> int:
    """One value against one limit; a value known only within limits may be undecided."""
    if isinstance(value, Fraction):
        return 2 if OPERATORS[op](value, limit) else 0
    if isinstance(value, Span):
        return _span(op, value, limit)
    return 1


def _span(op: Op, span: Span, limit: Fraction) -> int:
    lo, hi, lo_open, hi_open = span
    if op in ("<", "<="):
        strict = op == "<"
        if hi is not None and (hi < limit or (hi == limit and (not strict or hi_open))):
            return 2
        if lo is not None and (lo > limit or (lo == limit and (strict or lo_open))):
            return 0
        return 1
    strict = op == ">"
    if lo is not None and (lo > limit or (lo == limit and (not strict or lo_open))):
        return 2
    if hi is not None and (hi < limit or (hi == limit and (strict or hi_open))):
        return 0
    return 1


def _one_of(words: frozenset[str]) -> TestOf:
    def test(fact: Fact, ctx: Ctx, t: Moment) -> int:
        value = fact.value
        if isinstance(value, Word):
            return 2 if value.word in words else 0
        if isinstance(value, Fraction):
            return 2 if str(value) in words else 0
        return 1

    return test


def number_at(found: Fraction | Dynamic, ctx: Ctx, t: Moment) -> Fraction | None:
    """A limit that is fixed, or a table's answer for the patient at t; None when it cannot be told."""
    if isinstance(found, Fraction):
        return found
    value = found(ctx, t)
    quantity = getattr(value, "value", value)
    if isinstance(quantity, Fraction):
        return quantity
    return Fraction(quantity) if isinstance(quantity, int) else None


def _compare(op: Op, limit: Fraction | Dynamic) -> TestOf:
    if isinstance(limit, Fraction):
        compare = OPERATORS[op]

        def fixed(fact: Fact, ctx: Ctx, t: Moment) -> int:
            value = fact.value
            if isinstance(value, Fraction):
                return 2 if compare(value, limit) else 0
            return _span(op, value, limit) if isinstance(value, Span) else 1

        return fixed
    return _against(op, lambda fact, ctx, t: number_at(limit, ctx, t))


def _against(op: Op, limit: Limit) -> TestOf:
    def test(fact: Fact, ctx: Ctx, t: Moment) -> int:
        number = limit(fact, ctx, t)
        return 1 if number is None else compare_value(op, fact.value, number)

    return test


def _between(lo: Fraction | Dynamic, hi: Fraction | Dynamic) -> TestOf:
    def test(fact: Fact, ctx: Ctx, t: Moment) -> int:
        low, high = number_at(lo, ctx, t), number_at(hi, ctx, t)
        if low is None or high is None:
            return 1
        return min(compare_value(">=", fact.value, low), compare_value("<=", fact.value, high))

    return test


def _reference(factor: Fraction, which: str) -> Limit:
    def limit(fact: Fact, ctx: Ctx, t: Moment) -> Fraction | None:
        reference = fact.ref_high if which == "high" else fact.ref_low
        return None if reference is None else factor * reference

    return limit


def _own_goal(own: str) -> Limit:
    def limit(fact: Fact, ctx: Ctx, t: Moment) -> Fraction | None:
        for goal in reversed(ctx.seen(own).until(t.at)):
            if goal.value is not None:
                same = goal.unit == fact.unit
                return goal.value if same and isinstance(goal.value, Fraction) else None
        return None

    return limit


def compile_number_test(test: Test, parameters: Parameters) -> Callable[[int, Ctx, Moment], int]:
    """A test on a whole number (a count, an age): 2 or 0, 1 when a table's row is unknown."""
    match test:
        case Compare(op, written):
            limit = _plain(parameters.number(written, unit="1"))
            compare = OPERATORS[op]
            if isinstance(limit, int | Fraction):
                return lambda number, ctx, t: 2 if compare(number, limit) else 0

            def one(number: int, ctx: Ctx, t: Moment) -> int:
                edge = number_at(limit, ctx, t)
                return 1 if edge is None else (2 if compare(number, edge) else 0)

            return one
        case Between(lo, hi):
            low, high = parameters.number(lo, unit="1"), parameters.number(hi, unit="1")

            def both(number: int, ctx: Ctx, t: Moment) -> int:
                a, b = number_at(low, ctx, t), number_at(high, ctx, t)
                return 1 if a is None or b is None else (2 if a <= number <= b else 0)

            return both
        case _:
            raise TypeError("a number is compared with a number")


def _plain(limit: Fraction | Dynamic) -> int | Fraction | Dynamic:
    """A whole limit as an int, which compares faster than a fraction."""
    return int(limit) if isinstance(limit, Fraction) and limit.denominator == 1 else limit
