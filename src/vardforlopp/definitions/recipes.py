"""How the catalogue's selectors make facts of pieces, for every way in: states, unions, cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.criteria import Between, Compare, OneOf, Quantity, Test
from vardforlopp.kernel.quantities import convert
from vardforlopp.record.facts import Fact, Span, Word
from vardforlopp.record.states import Recipe

_Limit = tuple[Fraction, bool]  # the limit, and whether it is itself outside


def recipes(selectors: Iterable[Selector]) -> tuple[Recipe, ...]:
    """The recipe of each selector; `record.states.assemble` makes the facts."""
    return tuple(
        Recipe(
            selector=selector.id,
            state=selector.state,
            gap_days=selector.gap_days,
            includes=selector.includes,
            keep=None if selector.where is None else keep(selector.where, unit=selector.unit or "1"),
        )
        for selector in selectors
    )


def keep(test: Test, *, unit: str) -> Callable[[Fact], bool]:
    """True for facts in the canonical `unit` that surely pass a fixed cut; without value, no.

    Only words and fixed limits can cut a selector: `ValueError` for anything else.
    """
    match test:
        case OneOf(words):
            return lambda fact: isinstance(fact.value, Word) and fact.value.word in words
        case Compare(op, Quantity() as limit):
            edge = (_in(limit, unit), op in ("<", ">"))
            return _within(edge, None) if op in (">", ">=") else _within(None, edge)
        case Between(Quantity() as lo, Quantity() as hi):
            return _within((_in(lo, unit), False), (_in(hi, unit), False))
        case _:
            raise ValueError("a selector is cut by words or by a fixed limit")


def _in(limit: Quantity, unit: str) -> Fraction:
    return convert(limit.value, limit.unit, unit)


def _within(lo: _Limit | None, hi: _Limit | None) -> Callable[[Fact], bool]:
    def passes(fact: Fact) -> bool:
        value = Span(fact.value, fact.value) if isinstance(fact.value, Fraction) else fact.value
        if not isinstance(value, Span):
            return False
        above = lo is None or _beyond(value.lo, value.lo_open, lo, up=True)
        return above and (hi is None or _beyond(value.hi, value.hi_open, hi, up=False))

    return passes


def _beyond(value: Fraction | None, is_open: bool, limit: _Limit, *, up: bool) -> bool:
    if value is None:
        return False
    if value == limit[0]:
        return is_open or not limit[1]
    return (value > limit[0]) == up
