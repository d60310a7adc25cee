"""Criteria, moments, windows, tests and times as rows: one node a row, its parts in `part`.

A node that is written twice is one row. `depth` is 0 for what has no parts and one more than the
deepest part's otherwise, so that all nodes of one depth can be answered by the same queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.model import ParameterRow, ParameterValue
from vardforlopp.engine.parameters import Parameters
from vardforlopp.engine.uses import selectors_of
from vardforlopp.kernel.durations import Duration
from vardforlopp.population.calendar import LENGTH

Row = tuple[Any, ...]

SCHEMA = f"""
CREATE OR REPLACE TEMP TABLE node (node INTEGER, depth INTEGER, kind VARCHAR, op VARCHAR);
CREATE OR REPLACE TEMP TABLE part (parent INTEGER, place INTEGER, child INTEGER);
-- A duration or number; several rows are a table by age, sex and month; `fixed`: the same for all.
CREATE OR REPLACE TEMP TABLE setting (
    node INTEGER, place INTEGER, sex VARCHAR, age_from INTEGER, age_below INTEGER, months INTEGER[],
    fixed BOOLEAN, number DOUBLE, length {LENGTH});
-- A duration by criteria: the first row that holds. `holds` NULL = always.
CREATE OR REPLACE TEMP TABLE length_row (node INTEGER, place INTEGER, holds INTEGER, length INTEGER);
CREATE OR REPLACE TEMP TABLE test (
    node INTEGER, kind VARCHAR, op VARCHAR, lo INTEGER, hi INTEGER, words VARCHAR[], num HUGEINT, den HUGEINT,
    own VARCHAR);
CREATE OR REPLACE TEMP TABLE time_window (
    node INTEGER, back INTEGER, starts INTEGER, ends INTEGER, length INTEGER, by_instant BOOLEAN);
CREATE OR REPLACE TEMP TABLE moment_node (
    node INTEGER, op VARCHAR, word VARCHAR, selector VARCHAR, win INTEGER, step VARCHAR, base INTEGER,
    shift INTEGER);
CREATE OR REPLACE TEMP TABLE criterion (
    node INTEGER, op VARCHAR, selector VARCHAR, test INTEGER, win INTEGER, held INTEGER, pick VARCHAR,
    n INTEGER, words VARCHAR[], flag BOOLEAN, moment INTEGER, name VARCHAR, percent BOOLEAN,
    base_selector VARCHAR, base_pick VARCHAR, base_win INTEGER);
-- What an unsettled `reached` may rest on.
CREATE OR REPLACE TEMP TABLE rests_on (node INTEGER, selector VARCHAR);
CREATE OR REPLACE TEMP TABLE evidence (
    node INTEGER, op VARCHAR, selector VARCHAR, test INTEGER, starts INTEGER, n INTEGER, words VARCHAR[],
    name VARCHAR);
-- Which absence a node asks about.
CREATE OR REPLACE TEMP VIEW absence_of AS
    SELECT node, selector FROM criterion WHERE op IN ('has', 'active', 'count')
    UNION ALL SELECT node, selector FROM moment_node WHERE selector IS NOT NULL;
"""
_JOINING = {c.All: "all", c.AnyOf: "any", c.NoneOf: "none", c.AtLeast: "at-least"}
#: The columns after `node` of what is written by name.
_COLUMNS = {
    "test": ("kind", "op", "lo", "hi", "words", "num", "den", "own"),
    "moment_node": ("op", "word", "selector", "win", "step", "base", "shift"),
    "criterion": (
        "op", "selector", "test", "win", "held", "pick", "n", "words", "flag", "moment", "name", "percent",
        "base_selector", "base_pick", "base_win",
    ),
    "evidence": ("op", "selector", "test", "starts", "n", "words", "name"),
}  # fmt: skip
TABLES = ("node", "part", "setting", "length_row", "time_window", "rests_on", *_COLUMNS)


@dataclass(slots=True)
class Rows:
    """Rows by table, as they are made; nodes of all pathways are numbered in one line."""

    of: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    depths: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Nodes:
    """One pathway's nodes. `selectors`: the catalogue's, for the units of limits."""

    parameters: Parameters
    selectors: Mapping[str, Selector]
    rows: Rows = field(default_factory=Rows)
    _known: dict[object, int] = field(default_factory=dict)

    def _new(self, kind: str, parts: tuple[int | None, ...] = (), *, op: str | None = None) -> int:
        depths = self.rows.depths
        made = len(depths)
        children = [part for part in parts if part is not None]
        depth = 1 + max((depths[child] for child in children), default=-1)
        depths.append(depth)
        self.rows.of["node"].append((made, depth, kind, op))
        self.rows.of["part"] += [(made, place, child) for place, child in enumerate(children)]
        return made

    def _put(self, table: str, made: int, row: dict[str, Any]) -> None:
        self.rows.of[table].append((made, *(row.get(name) for name in _COLUMNS[table])))

    # --- settings ---------------------------------------------------------------------------

    def duration(self, written: Duration | c.Param | None, *, minus: bool = False) -> int | None:
        """A duration, or a parameter that is one."""
        if written is None:
            return None
        value = self.parameters.value(written) if isinstance(written, c.Param) else written
        rows = value if isinstance(value, tuple) else (ParameterRow(value),)
        return self._setting(("duration", rows, minus), rows, minus=minus)

    def _number(self, written: c.Quantity | c.Param, unit: str, mass: Fraction | None = None) -> int:
        """A limit, in the unit of what it is compared with."""
        rows = self.parameters.number_rows(written, unit=unit, molar_mass=mass)
        return self._setting(("number", rows), rows)

    def _setting(self, key: object, rows: tuple[ParameterRow, ...], *, minus: bool = False) -> int:
        if key not in self._known:
            made = self._known[key] = self._new("setting")
            for place, row in enumerate(rows):
                months = list(row.months) if row.months is not None else None
                fits = (row.sex, row.age_from, row.age_below, months)
                fixed = all(one is None for one in fits)
                self.rows.of["setting"].append((made, place, *fits, fixed, *_told(row.value, minus=minus)))
        return self._known[key]

    def length(self, written: c.DurationLike | None) -> int | None:
        """A duration, a parameter, or a table by criteria."""
        if not isinstance(written, c.Table):
            return self.duration(written)
        rows = [
            (self.criterion(row.when) if row.when is not None else None, self.duration(row.value))
            for row in written.rows
        ]
        made = self._new("table", tuple(part for row in rows for part in row))
        self.rows.of["length_row"] += [(made, place, *row) for place, row in enumerate(rows)]
        return made

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
        row: dict[str, Any]
        match test:
            case c.Compare(op, limit):
                row = {"kind": "compare", "op": op, "lo": self._number(limit, unit, mass)}
            case c.Between(low, high):
                lo, hi = self._number(low, unit, mass), self._number(high, unit, mass)
                row = {"kind": "between", "lo": lo, "hi": hi}
            case c.OneOf(words):
                row = {"kind": "word", "words": list(words)}
            case c.CompareRef(op, factor, which):
                row = {"kind": f"ref-{which}", "op": op, "num": factor.numerator, "den": factor.denominator}
            case c.CompareOwn(op, own):
                row = {"kind": "own", "op": op, "own": own}
        made = self._known[key] = self._new("test", (row.get("lo"), row.get("hi")))
        self._put("test", made, row)
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
        made = self._known[key] = self._new("window", (back, starts, ends, length))
        self.rows.of["time_window"].append((made, back, starts, ends, length, by_instant))
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
        row: dict[str, Any]
        parts: tuple[int | None, ...] = ()
        match expr:
            case c.Named(word):
                row = {"op": "named", "word": word}
            case c.First(selector, window) | c.Last(selector, window):
                op, win = "first" if isinstance(expr, c.First) else "last", self.window(window)
                row, parts = {"op": op, "selector": selector, "win": win}, (win,)
            case c.StepTime(what, step):
                row = {"op": "step", "word": what, "step": step}
            case c.DateIn(selector_or_trigger):
                row = {"op": "date-in", "selector": selector_or_trigger}
            case c.Earliest(of) | c.Latest(of):
                row = {"op": "earliest" if isinstance(expr, c.Earliest) else "latest"}
                parts = tuple(self.moment(one) for one in of)
            case c.Shifted(base, by, minus):
                parts = (self.moment(base), self.duration(by, minus=minus))
                row = {"op": "shifted", "base": parts[0], "shift": parts[1]}
        made = self._known[key] = self._new("moment", parts, op=row["op"])
        self._put("moment_node", made, row)
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
            case c.All(of) | c.AnyOf(of) | c.NoneOf(of) | c.AtLeast(_, of):
                return self._row(
                    _JOINING[type(node)], tuple(map(self.criterion, of)), n=getattr(node, "n", None)
                )
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
                    "count",
                    (number, gap, tried, win),
                    selector=selector,
                    test=tried,
                    win=win,
                    held=gap,
                    moment=number,
                )
            case c.Change():
                return self._change(node)
            case c.Reached(expr):
                moment = self.moment(expr)
                made = self._row("reached", (moment,), moment=moment)
                self.rows.of["rests_on"] += [(made, name) for name in sorted(selectors_of(expr))]
                return made
            case _:
                return self._of_the_person(node)

    def _of_the_person(
        self, node: c.Age | c.SexIs | c.Dead | c.Done | c.Decided | c.BranchIs | c.Entered | c.Setting
    ) -> int:
        """What asks no fact of the record."""
        match node:
            case c.Age(test, unit):
                tried = self.test(test, None)
                return self._row(f"age-{unit}", (tried,), test=tried)
            case c.SexIs(words):
                return self._row("sex", words=words)
            case c.Dead(expected):
                return self._row("dead", flag=expected)
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
        return self._row(op, (tried, win, back), selector=selector, test=tried, win=win, held=back, pick=pick)

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
        made = self._new("criterion", parts, op=op)
        words = keys.get("words")
        self._put("criterion", made, {**keys, "op": op, "words": None if words is None else list(words)})
        return made

    # --- evidence ---------------------------------------------------------------------------

    def evidence(self, tree: c.Evidence) -> int:
        """An evidence tree; `n` of a node with parts is how many of them it needs."""
        row: dict[str, Any]
        parts: tuple[int | None, ...] = ()
        match tree:
            case c.FactLeaf(selector, where, after):
                found = self.selectors.get(selector)
                op = "state" if found is not None and found.state else "fact"
                parts = (self.test(where, selector), self.moment(after))
                row = {"op": op, "selector": selector, "test": parts[0], "starts": parts[1]}
            case c.ActiveLeaf(selector):
                row = {"op": "state", "selector": selector}
            case c.TimesLeaf(n, selector):
                row = {"op": "times", "n": n, "selector": selector}
            case c.DecidedLeaf(decision, words):
                row = {"op": "decided", "name": decision, "words": list(words)}
            case c.EvidenceNode(op, of, n):
                parts = tuple(self.evidence(one) for one in of)
                row = {"op": "node", "n": {"all": len(parts), "any": 1}.get(op, n)}
        made = self._new("evidence", parts, op=row["op"])
        self._put("evidence", made, row)
        return made


def _told(value: ParameterValue, *, minus: bool) -> tuple[float | None, dict[str, Any] | None]:
    if isinstance(value, Duration):
        sign = -1 if minus else 1
        return None, {"amount": sign * value.amount, "unit": value.unit, "more": sign * value.more}
    if isinstance(value, c.Quantity):
        return float(value.value), None
    return (float(value), None) if isinstance(value, int) else (None, None)
