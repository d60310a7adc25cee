"""Criteria, moments, windows, tests and times as rows: one node a row, its parts in `part`.

A node that is written twice is one row. `depth` is 0 for what has no parts and one more than the
deepest part's otherwise, so that all nodes of one depth can be answered by the same queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.model import ParameterRow
from vardforlopp.engine.parameters import Parameters
from vardforlopp.kernel.durations import Duration

Row = tuple[Any, ...]

SCHEMA = """
CREATE OR REPLACE TEMP TABLE node (node INTEGER, depth INTEGER);
CREATE OR REPLACE TEMP TABLE part (parent INTEGER, place INTEGER, child INTEGER);
-- A duration or number; several rows are a table by age, sex and month.
CREATE OR REPLACE TEMP TABLE setting (
    node INTEGER, place INTEGER, sex VARCHAR, age_from INTEGER, age_below INTEGER, months INTEGER[],
    number DOUBLE, amount INTEGER, unit VARCHAR, more INTEGER);
CREATE OR REPLACE TEMP TABLE test (
    node INTEGER, kind VARCHAR, op VARCHAR, lo INTEGER, hi INTEGER, words VARCHAR[], factor DOUBLE,
    own VARCHAR);
CREATE OR REPLACE TEMP TABLE time_window (
    node INTEGER, back INTEGER, starts INTEGER, ends INTEGER, length INTEGER, by_instant BOOLEAN);
CREATE OR REPLACE TEMP TABLE moment_node (
    node INTEGER, op VARCHAR, word VARCHAR, selector VARCHAR, win INTEGER, step VARCHAR, base INTEGER,
    shift INTEGER, backwards BOOLEAN);
CREATE OR REPLACE TEMP TABLE criterion (
    node INTEGER, op VARCHAR, selector VARCHAR, test INTEGER, win INTEGER, held INTEGER, pick VARCHAR,
    n INTEGER, words VARCHAR[], flag BOOLEAN, moment INTEGER, name VARCHAR, percent BOOLEAN,
    base_selector VARCHAR, base_pick VARCHAR, base_win INTEGER);
"""
TABLES = ("node", "part", "setting", "test", "time_window", "moment_node", "criterion")


@dataclass(slots=True)
class Nodes:
    """Rows by table, as they are made. `selectors`: the catalogue's, for the units of limits."""

    parameters: Parameters
    selectors: dict[str, Selector]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    _known: dict[object, int] = field(default_factory=dict)
    _depths: list[int] = field(default_factory=list)

    def _new(self, parts: tuple[int | None, ...]) -> int:
        made = len(self._depths)
        children = [part for part in parts if part is not None]
        depth = 1 + max((self._depths[child] for child in children), default=-1)
        self._depths.append(depth)
        self.rows["node"].append((made, depth))
        self.rows["part"] += [(made, place, child) for place, child in enumerate(children)]
        return made

    # --- settings ---------------------------------------------------------------------------

    def duration(self, written: Duration | c.Param | None, *, minus: bool = False) -> int | None:
        """A duration, or a parameter that is one."""
        if written is None:
            return None
        value = self.parameters.value(written) if isinstance(written, c.Param) else written
        rows = value if isinstance(value, tuple) else (ParameterRow(value),)  # type: ignore[arg-type]
        return self._setting(("duration", rows, minus), rows, minus=minus)

    def number(self, written: c.Quantity | c.Param, unit: str, mass: Fraction | None = None) -> int:
        """A limit, in the unit of what it is compared with."""
        rows = self.parameters.number_rows(written, unit=unit, molar_mass=mass)
        return self._setting(("number", rows), rows)

    def _setting(self, key: object, rows: tuple[ParameterRow, ...], *, minus: bool = False) -> int:
        if key not in self._known:
            made = self._known[key] = self._new(())
            for place, row in enumerate(rows):
                value = row.value
                number = amount = unit = more = None
                if isinstance(value, Duration):
                    sign = -1 if minus else 1
                    amount, unit, more = sign * value.amount, value.unit, sign * value.more
                elif isinstance(value, c.Quantity):
                    number = float(value.value)
                elif isinstance(value, int):
                    number = float(value)
                months = list(row.months) if row.months is not None else None
                self.rows["setting"].append(
                    (made, place, row.sex, row.age_from, row.age_below, months, number, amount, unit, more)
                )
        return self._known[key]

    # --- tests ------------------------------------------------------------------------------

    def test(self, test: c.Test | None, selector: str | None) -> int | None:
        """`is:` or `where:` on a fact of a selector; `selector` None for a whole number."""
        if test is None:
            return None
        found = self.selectors.get(selector) if selector is not None else None
        unit = found.unit if found is not None and found.unit is not None else "1"
        return self._test(test, unit, found.molar_mass if found is not None else None)

    def _test(self, test: c.Test, unit: str, mass: Fraction | None) -> int:
        key = ("test", test, unit, mass)
        if key in self._known:
            return self._known[key]
        lo = hi = op = words = factor = own = None
        match test:
            case c.Compare(op, limit):
                kind, lo = "compare", self.number(limit, unit, mass)
            case c.Between(low, high):
                kind, lo, hi = "between", self.number(low, unit, mass), self.number(high, unit, mass)
            case c.OneOf(words):
                kind, words = "word", list(words)
            case c.CompareRef(op, factor, which):
                kind, factor = f"ref-{which}", float(factor)
            case c.CompareOwn(op, own):
                kind = "own"
        made = self._known[key] = self._new((lo, hi))
        self.rows["test"].append((made, kind, op, lo, hi, words, factor, own))
        return made

    # --- moments and windows ----------------------------------------------------------------

    def window(self, window: c.Window | None) -> int | None:
        """A window; its edges are moments."""
        if window is None:
            return None
        key = ("window", window)
        if key in self._known:
            return self._known[key]
        back = self.duration(window.last, minus=True)
        starts = self.moment(window.start)
        ends = self.moment(window.end)
        length = self.duration(window.length, minus=window.start is None)
        by_instant = self._by_instant(window)
        made = self._known[key] = self._new((back, starts, ends, length))
        self.rows["time_window"].append((made, back, starts, ends, length, by_instant))
        return made

    def _by_instant(self, window: c.Window) -> bool:
        written = [window.last, window.length]
        written += [edge.by for edge in (window.start, window.end) if isinstance(edge, c.Shifted)]
        lengths = [self.parameters.duration(one) for one in written if one is not None]
        return any(isinstance(length, Duration) and length.by_instant for length in lengths)

    def moment(self, expr: c.MomentExpr | None) -> int | None:
        """A moment expression."""
        if expr is None:
            return None
        key = ("moment", expr)
        if key in self._known:
            return self._known[key]
        word = selector = win = step = base = shift = None
        backwards = False
        parts: tuple[int | None, ...] = ()
        match expr:
            case c.Named(word):
                op = "named"
            case c.First(selector, window) | c.Last(selector, window):
                op, win = ("first" if isinstance(expr, c.First) else "last"), self.window(window)
                parts = (win,)
            case c.StepTime(word, step):
                op = "step"
            case c.DateIn(selector):
                op = "date-in"
            case c.Earliest(of) | c.Latest(of):
                op = "earliest" if isinstance(expr, c.Earliest) else "latest"
                parts = tuple(self.moment(one) for one in of)
            case c.Shifted(of, by, minus):
                # A fixed duration is already written negative; a parameter is not.
                op, base = "shifted", self.moment(of)
                shift = self.duration(by, minus=minus and isinstance(by, c.Param))
                parts = (base, shift)
        made = self._known[key] = self._new(parts)
        self.rows["moment_node"].append((made, op, word, selector, win, step, base, shift, backwards))
        return made

    # --- criteria ---------------------------------------------------------------------------

    def criterion(self, criterion: c.Criterion) -> int:
        """A criterion; of `all`, `any`, `none` and `at_least` the parts are the criteria within."""
        key = ("criterion", criterion)
        if key not in self._known:
            self._known[key] = self._criterion(criterion)
        return self._known[key]

    def _criterion(self, node: c.Criterion) -> int:
        match node:
            case c.All(of) | c.AnyOf(of) | c.NoneOf(of):
                op = {c.All: "all", c.AnyOf: "any", c.NoneOf: "none"}[type(node)]
                return self._row(op, tuple(self.criterion(one) for one in of))
            case c.AtLeast(n, of):
                return self._row("at-least", tuple(self.criterion(one) for one in of), n=n)
            case c.Has(selector, where, window):
                return self._of_facts("has", selector, where, window)
            case c.Active(selector, window, held):
                return self._of_facts("active", selector, None, window, held=held)
            case c.Value(selector, test, pick, window, held):
                return self._of_facts("value", selector, test, window, held=held, pick=pick)
            case c.Count(selector, test, where, window, apart):
                number, gap = self.test(test, None), self.duration(apart)
                tried, win = self.test(where, selector), self.window(window)
                return self._row(
                    "count", (number, gap, tried, win), selector=selector, test=tried, win=win, held=gap, moment=number
                )
            case c.Change():
                return self._change(node)
            case c.Age(test, unit):
                tried = self.test(test, None)
                return self._row(f"age-{unit}", (tried,), test=tried)
            case c.SexIs(words):
                return self._row("sex", words=words)
            case c.Dead(expected):
                return self._row("dead", flag=expected)
            case c.Reached(expr):
                moment = self.moment(expr)
                return self._row("reached", (moment,), moment=moment)
            case c.Done(step, window):
                win = self.window(window)
                return self._row("done", (win,), name=step, win=win)
            case c.Decided(decision, words):
                return self._row("decided", name=decision, words=words)
            case c.BranchIs(choice, words):
                return self._row("branch", name=choice, words=words)
            case c.Entered(entries):
                return self._row("entered", words=entries)
            case c.Setting(param):
                return self._row("setting", flag=self.parameters.flag(param))

    def _of_facts(
        self,
        op: str,
        selector: str,
        test: c.Test | None,
        window: c.Window | None,
        *,
        held: Duration | c.Param | None = None,
        pick: str | None = None,
    ) -> int:
        tried, win, back = self.test(test, selector), self.window(window), self.duration(held, minus=True)
        return self._row(
            op, (tried, win, back), selector=selector, test=tried, win=win, held=back, pick=pick
        )

    def _change(self, node: c.Change) -> int:
        found = self.selectors.get(node.selector)
        unit = "%" if node.percent else (found.unit if found is not None and found.unit is not None else "1")
        limit = self._test(node.test, unit, None)
        win, base_win = self.window(node.window), self.window(node.base.window or node.window)
        return self._row(
            node.direction,
            (limit, win, base_win),
            selector=node.selector,
            test=limit,
            win=win,
            pick=node.pick,
            percent=node.percent,
            base_selector=node.base.selector or node.selector,
            base_pick=node.base.pick or node.pick,
            base_win=base_win,
        )

    def _row(self, op: str, parts: tuple[int | None, ...] = (), **keys: Any) -> int:
        made = self._new(parts)
        words = list(keys["words"]) if keys.get("words") is not None else None
        names = ("selector", "test", "win", "held", "pick", "n")
        more = ("flag", "moment", "name", "percent", "base_selector", "base_pick", "base_win")
        self.rows["criterion"].append(
            (made, op, *(keys.get(name) for name in names), words, *(keys.get(name) for name in more))
        )
        return made
