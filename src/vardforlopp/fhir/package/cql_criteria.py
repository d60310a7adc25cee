"""Criteria as CQL expressions at a time `t`: true, false, or null for unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from vardforlopp.definitions.criteria import (
    Active,
    Age,
    All,
    AnyOf,
    AtLeast,
    Base,
    Between,
    BranchIs,
    Change,
    Compare,
    Count,
    Criterion,
    Dead,
    Decided,
    Done,
    Entered,
    Has,
    NoneOf,
    Reached,
    Setting,
    SexIs,
    Test,
    Value,
)
from vardforlopp.definitions.model import Pathway
from vardforlopp.fhir.package.cql_facts import FIRST_DAY, Facts
from vardforlopp.fhir.package.cql_times import Times
from vardforlopp.fhir.package.cql_words import NO_ENTRY, NotCarriedError, joined, name, text, texts


class Criteria:
    """Writes the criteria of one pathway, seen from one entry (none in entries, exits and indicators)."""

    def __init__(self, pathway: Pathway, facts: Facts, *, entry: str, lost: Collection[str] = ()) -> None:
        self._pathway = pathway
        self._lost = lost  # choices that are not carried
        self._facts = facts
        self._since = FIRST_DAY if entry == NO_ENTRY else "V.EntryDay"
        self.times = Times(facts, entry=entry)

    def write(self, criterion: Criterion) -> str:
        """The expression of a criterion."""
        return self._WRITERS[type(criterion)](self, criterion)

    def _all(self, node: All) -> str:
        return joined([self.write(part) for part in node.of], "and", "true")

    def _any(self, node: AnyOf) -> str:
        return joined([self.write(part) for part in node.of], "or", "false")

    def _none(self, node: NoneOf) -> str:
        return f"not {joined([self.write(part) for part in node.of], 'or', 'false')}"

    def _at_least(self, node: AtLeast) -> str:
        parts = ", ".join(self.write(part) for part in node.of)
        return f"V.AtLeastOf({node.n}, {{ {parts} }})"

    def _judged(self, looks: str, test: Test | None, selector: str, *, with_fact: bool = False) -> str:
        passes = "true" if test is None else self._facts.test(test, selector, "L.fact")
        fact = "fact: L.fact, " if with_fact else ""
        return f"(({looks}) L return all Tuple{{{fact}sure: L.sure, pass: {passes}}})"

    def _closed(self, selector: str) -> str:
        return self._facts.closed(selector, since=self._since)

    def _has(self, node: Has) -> str:
        looks = self.times.look(node.selector, node.window)
        judged = self._judged(looks, node.where, node.selector)
        return f"V.Found({judged}, {self._closed(node.selector)})"

    def _active(self, node: Active) -> str:
        facts, closed = self._facts.of(node.selector), self._closed(node.selector)
        if node.window is not None:
            return f"V.ActiveIn({facts}, {self.times.window(node.window)}, t, {closed})"
        if node.held is not None:
            since = self.times.shifted("t", node.held, minus=True)
            return f"V.ActiveSince({facts}, {since}, t, {closed})"
        return f"V.Active({facts}, t, {closed})"

    def _value(self, node: Value) -> str:
        test = self._facts.test(node.test, node.selector, "L.fact")
        looks = self.times.look(node.selector, node.window)
        if node.held is not None:
            judged = self._judged(looks, node.test, node.selector, with_fact=True)
            return f"V.Held({judged}, {self.times.shifted('t', node.held, minus=True)})"
        if node.pick == "any":
            return f"V.AnyPasses({self._judged(looks, node.test, node.selector)})"
        if node.pick == "latest" and node.window is None:
            picked = f"V.LatestOf({self._facts.of(node.selector)}, t)"
        else:
            picked = f"V.Pick({looks}, {text(node.pick)})"
        return f"(({picked}) L return all if L.sure then {test} else null as Boolean)"

    def _change(self, node: Change) -> str:
        base: Base = node.base
        other = base.selector or node.selector
        looks = self.times.look(node.selector, node.window)
        others = self.times.look(other, base.window or node.window)
        own = str(other == node.selector).lower()
        unit = "%" if node.percent else (self._facts.unit_of(node.selector)[0])
        limit = self._facts.limit(node.test.limit, unit=unit)
        change = (
            f"V.Change({looks}, {text(node.pick)}, {others}, {text(base.pick or node.pick)}, {own}, "
            f"{str(node.percent).lower()})"
        )
        sign = "" if node.direction == "rise" else "-"
        return f"({sign}{change} {node.test.op} {limit})"

    def _count(self, node: Count) -> str:
        if not isinstance(node.test, Compare):
            raise NotCarriedError("count-between")
        judged = self._judged(
            self.times.look(node.selector, node.window), node.where, node.selector, with_fact=True
        )
        days, months = self.times.length(node.apart)
        limit = self._whole(node.test.limit)
        counts = f"V.Counts({judged}, {days}, {months}, {self._closed(node.selector)})"
        ends = ", ".join(f"N.{end} {node.test.op} {limit}" for end in ("fewest", "most"))
        return f"(({counts}) N return all V.Same({{ {ends} }}))"

    def _whole(self, limit: Any) -> str:
        return self._facts.limit(limit, unit="1").removesuffix(".0")

    def _age(self, node: Age) -> str:
        ages = f"V.Ages(t, {str(node.unit == 'months').lower()})"

        def passes(age: str) -> str:
            if isinstance(node.test, Compare):
                return f"{age} {node.test.op} {self._whole(node.test.limit)}"
            assert isinstance(node.test, Between)
            return f"({age} >= {self._whole(node.test.lo)} and {age} <= {self._whole(node.test.hi)})"

        return f"V.Same({{ {passes(f'{ages}[0]')}, {passes(f'{ages}[1]')} }})"

    def _sex(self, node: SexIs) -> str:
        return f"V.SexIs({texts(node.words)})"

    def _dead(self, node: Dead) -> str:
        return "V.Dead(t)" if node.expected else "not V.Dead(t)"

    def _reached(self, node: Reached) -> str:
        return f"V.Reached({self.times.moment(node.moment)}, t)"

    def _done(self, node: Done) -> str:
        raise NotCarriedError("completion", node.step)

    def _decided(self, node: Decided) -> str:
        return f"V.Decided({text(self._pathway.id)}, {text(node.decision)}, {texts(node.words)}, t)"

    def _branch(self, node: BranchIs) -> str:
        if node.choice in self._lost:
            raise NotCarriedError("choice", node.choice)
        taken = name(f"choice {node.choice}")
        return f"(if {taken} is null then null as Boolean else {taken} in {texts(node.words)})"

    def _entered(self, node: Entered) -> str:
        return f"Coalesce(V.EntryId in {texts(node.entries)}, false)"

    def _setting(self, node: Setting) -> str:
        value = self._facts.value(node.param)
        if not isinstance(value, bool):
            raise NotCarriedError("setting")
        return str(value).lower()

    _WRITERS: dict[type[Criterion], Callable[[Any, Any], str]] = {
        All: _all, AnyOf: _any, NoneOf: _none, AtLeast: _at_least, Has: _has, Active: _active,
        Value: _value, Change: _change, Count: _count, Age: _age, SexIs: _sex, Dead: _dead,
        Reached: _reached, Done: _done, Decided: _decided, BranchIs: _branch, Entered: _entered,
        Setting: _setting,
    }  # fmt: skip
