"""Moments, windows, criteria and evidence for the small invented worlds: every head, with every modifier."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from hypothesis import strategies as st
from world_catalogue import (
    ENDS,
    EVENTS,
    GOAL,
    STATES,
    VALUES,
    WORDS,
    named,
    often,
    positive,
    shifts,
    spans,
)

from vardforlopp.definitions import criteria as c
from vardforlopp.kernel.durations import Duration

Names = tuple[str, ...]

selectors = st.sampled_from((*EVENTS, *STATES, *VALUES, *ENDS))
states, values = st.sampled_from(STATES), st.sampled_from(VALUES)
picks = st.sampled_from(("latest", "first", "highest", "lowest"))
picks_or_any = st.one_of(picks, st.just("any"))

# --- tests on values ------------------------------------------------------------------------------

quantities = st.integers(0, 6).map(lambda n: c.Quantity(Fraction(n), "1"))
comparisons = st.sampled_from(("<", "<=", ">", ">="))
fixed_limits = st.builds(c.Compare, comparisons, quantities)
limits = st.builds(c.Compare, comparisons, st.one_of(quantities, st.just(c.Param("grans"))))


def _between(low: int, more: int) -> c.Between:
    return c.Between(c.Quantity(Fraction(low), "1"), c.Quantity(Fraction(low + more), "1"))


value_tests: st.SearchStrategy[c.Test] = st.one_of(
    *often(2, limits),
    st.builds(_between, st.integers(0, 4), st.integers(0, 3)),
    st.builds(
        c.CompareRef,
        st.sampled_from(("<", ">")),
        st.sampled_from((Fraction(1), Fraction(2))),
        st.sampled_from(("low", "high")),
    ),
    st.builds(c.CompareOwn, st.sampled_from(("<=", ">")), st.just(GOAL)),
)

# --- moments and windows --------------------------------------------------------------------------


def _shifted(base: c.MomentExpr, by: Duration | c.Param, minus: bool) -> c.Shifted:
    """As `plus:` and `minus:` are read: a fixed duration is stored negative, a parameter is not."""
    if isinstance(by, Duration):
        return c.Shifted(base, -by if minus else by)
    return c.Shifted(base, by, minus)


def _earliest(a: c.MomentExpr, b: c.MomentExpr) -> c.Earliest:
    return c.Earliest((a, b))


@named
def moments(steps: Names, *, trigger: bool = False) -> st.SearchStrategy[c.MomentExpr]:
    """Moments that name facts, the entry, earlier steps and, where there is one, the trigger."""
    entry, first = st.just(c.Named("entry")), st.builds(c.First, selectors)
    plain: list[st.SearchStrategy[c.MomentExpr]] = [
        entry,
        first,
        st.builds(lambda s, d: c.First(s, c.Window(last=d)), selectors, positive),
        st.just(c.DateIn("bokning")),
        st.builds(_earliest, first, first),
        st.builds(lambda a, b: c.Latest((a, b)), first, entry),
    ]
    if steps:
        times = st.builds(c.StepTime, st.sampled_from(("done", "settled", "due")), st.sampled_from(steps))
        plain += [times, st.builds(_earliest, times, first)]
    if trigger:
        plain += often(2, st.just(c.Named("trigger")))
    base = st.one_of(*plain)
    return st.one_of(base, *often(len(plain), st.builds(_shifted, base, shifts, st.booleans())))


@named
def windows(steps: Names, *, trigger: bool = False) -> st.SearchStrategy[c.Window]:
    """Trailing windows, and windows around moments, ahead of now too."""
    moment = moments(steps, trigger=trigger)
    before_now = positive.map(lambda d: _shifted(c.Named("now"), d, True))
    ends = st.one_of(moment, moment.map(lambda m: m), st.builds(c.Last, selectors), before_now)
    return st.one_of(
        st.builds(lambda d: c.Window(last=d), spans),
        st.builds(lambda m, d: c.Window(start=m, length=d), moment, spans),
        st.builds(lambda m, d: c.Window(end=m, length=d), moment, spans),
        st.builds(lambda m: c.Window(start=m), moment),
        st.builds(lambda m: c.Window(end=m), ends),
        st.builds(lambda m, n: c.Window(start=m, end=n), moment, moment),
    )


# --- criteria -------------------------------------------------------------------------------------


def _of_values(window: st.SearchStrategy[c.Window | None]) -> list[st.SearchStrategy[c.Criterion]]:
    """What asks for the size of values."""
    base = st.builds(c.Base, st.sampled_from((None, *VALUES)), st.one_of(st.none(), picks), window)
    return [
        st.builds(c.Has, values, value_tests, window),
        st.builds(c.Value, values, value_tests, picks_or_any, window, st.none()),
        st.builds(c.Value, values, value_tests, st.just("latest"), st.none(), spans),
        st.builds(
            lambda word, within: c.Value("svar", c.OneOf((word,)), "latest", within),
            st.sampled_from(WORDS),
            window,
        ),
        st.builds(
            c.Change,
            values,
            st.sampled_from(("rise", "fall")),
            fixed_limits,
            st.booleans(),
            base,
            picks,
            window,
        ),
        st.builds(c.Count, values, limits, value_tests, window, st.one_of(st.none(), positive)),
    ]


def _of_the_patient() -> list[st.SearchStrategy[c.Criterion]]:
    """What asks for age, sex, death, decisions, the way in, and what the region has set."""
    years = st.integers(48, 52).map(lambda n: c.Quantity(Fraction(n), "1"))
    months = st.integers(595, 605).map(lambda n: c.Quantity(Fraction(n), "1"))
    return [
        st.builds(c.Age, st.builds(c.Compare, st.sampled_from(("<", ">=")), years)),
        st.builds(c.Age, st.builds(c.Compare, st.just(">="), months), st.just("months")),
        st.just(c.SexIs(("female",))),
        st.builds(c.Dead, st.booleans()),
        st.just(c.Decided("beslut", ("ja",))),
        st.builds(c.Entered, st.sampled_from((("IN",), ("ANNAN",)))),
        st.just(c.Setting(c.Param("pa"))),
    ]


@named
def atoms(steps: Names, choices: Names = (), *, trigger: bool = False) -> st.SearchStrategy[c.Criterion]:
    """One head of the language, on its own."""
    inside = windows(steps, trigger=trigger)
    window = st.one_of(st.none(), *often(4, inside))
    found: list[st.SearchStrategy[c.Criterion]] = [
        *often(2, st.builds(c.Has, selectors, st.none(), window)),
        *often(4, st.builds(c.Active, states, window, st.none())),
        st.builds(c.Active, states, st.none(), spans),
        st.builds(c.Count, selectors, limits, st.none(), window, st.one_of(st.none(), spans)),
        *often(4, st.builds(c.Reached, moments(steps, trigger=trigger))),
        *_of_values(window),
        *_of_the_patient(),
    ]
    if steps:
        found.append(st.builds(c.Done, st.sampled_from(steps), window))
    if choices:
        found.append(st.builds(c.BranchIs, st.sampled_from(choices), st.just(("a",))))
    return st.one_of(*found)


@named
def criteria(steps: Names, choices: Names = (), *, trigger: bool = False) -> st.SearchStrategy[c.Criterion]:
    """Criteria, joined and nested."""
    return st.recursive(
        atoms(steps, choices, trigger=trigger),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda of: c.All(tuple(of))),
            st.lists(inner, max_size=3).map(lambda of: c.AnyOf(tuple(of))),
            st.lists(inner, max_size=2).map(lambda of: c.NoneOf(tuple(of))),
            st.builds(
                lambda n, of: c.AtLeast(n, tuple(of)),
                st.integers(1, 2),
                st.lists(inner, min_size=1, max_size=3),
            ),
        ),
        max_leaves=4,
    )


# --- evidence -------------------------------------------------------------------------------------


def _evidence_node(op: Literal["all", "any", "at_least"], of: list[c.Evidence]) -> c.EvidenceNode:
    return c.EvidenceNode(op, tuple(of), min(len(of), 2))


@named
def evidence(steps: Names) -> st.SearchStrategy[c.Evidence]:
    """Every leaf, under every node, two deep."""
    leaves: st.SearchStrategy[c.Evidence] = st.one_of(
        st.builds(c.FactLeaf, selectors),
        st.builds(c.FactLeaf, values, value_tests),
        st.builds(c.FactLeaf, selectors, st.none(), moments(steps)),
        st.builds(c.ActiveLeaf, states),
        st.builds(c.TimesLeaf, st.integers(1, 3), st.sampled_from(EVENTS)),
        st.builds(c.DecidedLeaf, st.just("beslut"), st.sampled_from(((), ("ja",)))),
    )
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            _evidence_node,
            st.sampled_from(("all", "any", "at_least")),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=3,
    )
