"""Compiled pathways as rows: steps, choices, ways in and out, and in which layer each is settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from vardforlopp.definitions.criteria import Named, Param, Table
from vardforlopp.definitions.model import Entry
from vardforlopp.engine import uses
from vardforlopp.engine.compile import ChoiceProgram, Compiled, EventProgram
from vardforlopp.engine.program import StepProgram
from vardforlopp.kernel.durations import NOTHING, Duration
from vardforlopp.population.calendar import LENGTH
from vardforlopp.population.nodes import SCHEMA as NODE_SCHEMA
from vardforlopp.population.nodes import Nodes, Row, Rows
from vardforlopp.population.tables import insert

SCHEMA = f"""
-- One step of one pathway (`def`). Names of nodes stand under what the language calls them;
-- `standing_guard`: what is asked while no occurrence stands;
-- `varying`: the length of `opens` (a parameter) or of `every` and `first` is not the same for all.
CREATE OR REPLACE TEMP TABLE step (
    def INTEGER, step VARCHAR, place INTEGER, layer INTEGER, kind VARCHAR, by_instant BOOLEAN,
    anchor INTEGER, anchor_is_trigger BOOLEAN, rests_on_steps BOOLEAN,
    opens INTEGER, opens_varying BOOLEAN, opens_by_table BOOLEAN, within INTEGER, within_varying BOOLEAN,
    before INTEGER, fresh INTEGER, every INTEGER, first INTEGER, every_varying BOOLEAN,
    slot_every {LENGTH}, season INTEGER[], per_selector VARCHAR, per_step VARCHAR, per_what VARCHAR,
    apart INTEGER, times INTEGER, until_when INTEGER, until_moment INTEGER, tree INTEGER,
    guard INTEGER, standing_guard INTEGER, guard_now BOOLEAN,
    maintenance BOOLEAN, preventive BOOLEAN, retrospective BOOLEAN, binding_from INTEGER);
CREATE OR REPLACE TEMP TABLE slot (def INTEGER, step VARCHAR, length INTEGER);
CREATE OR REPLACE TEMP TABLE anchor_step (def INTEGER, step VARCHAR, needs VARCHAR);
CREATE OR REPLACE TEMP TABLE step_kind (def INTEGER, step VARCHAR, kind VARCHAR);
CREATE OR REPLACE TEMP TABLE until_selector (def INTEGER, step VARCHAR, selector VARCHAR);
CREATE OR REPLACE TEMP TABLE choice (
    def INTEGER, choice VARCHAR, layer INTEGER, anchor INTEGER, otherwise VARCHAR);
CREATE OR REPLACE TEMP TABLE option (
    def INTEGER, choice VARCHAR, place INTEGER, option VARCHAR, holds INTEGER);
-- A way in or out: `plus` NULL = at the fact itself.
CREATE OR REPLACE TEMP TABLE way (
    def INTEGER, way VARCHAR, place INTEGER, inward BOOLEAN, plus INTEGER, guard INTEGER, apart INTEGER,
    restart BOOLEAN, opportunity BOOLEAN);
CREATE OR REPLACE TEMP TABLE way_selector (def INTEGER, way VARCHAR, place INTEGER, selector VARCHAR);
"""
_TABLES = (
    "step", "slot", "anchor_step", "step_kind", "until_selector", "choice", "option", "way", "way_selector",
)  # fmt: skip

#: The nodes of each evidence tree.
_GROWN = """
CREATE OR REPLACE TEMP TABLE grown AS
WITH RECURSIVE under AS (
    SELECT DISTINCT tree, tree AS node FROM step
    UNION
    SELECT tree, part.child FROM under JOIN part ON part.parent = under.node
        JOIN evidence ON evidence.node = child)
SELECT under.*, depth FROM under JOIN node USING (node);
"""


def create_programs(con: DuckDBPyConnection, compiled: Sequence[Compiled]) -> int:
    """The tables of some pathways, each by its place; how many layers there are."""
    con.execute(NODE_SCHEMA)
    con.execute(SCHEMA)
    rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
    nodes = Rows()
    layers = 0
    for number, one in enumerate(compiled):
        writer = _Writer(number, one, Nodes(one.box.parameters, one.selectors, nodes), rows)
        layers = max(layers, writer.write())
    insert(con, {**nodes.of, **rows})
    con.execute(_GROWN)
    return layers


class _Writer:
    """Writes one pathway's rows."""

    def __init__(self, number: int, compiled: Compiled, nodes: Nodes, rows: dict[str, list[Row]]) -> None:
        self._def = number
        self._compiled = compiled
        self._nodes = nodes
        self._rows = rows

    def write(self) -> int:
        """All of it; the number of layers."""
        layer: dict[str, int] = {}
        for program in self._compiled.layers:
            needs = self._needs(program)
            layer[program.id] = 1 + max((layer[name] for name in needs if name in layer), default=-1)
            if isinstance(program, ChoiceProgram):
                self._choice(program, layer[program.id])
            else:
                self._step(program, layer[program.id])
        for inward, ways in ((True, self._compiled.entries), (False, self._compiled.exits)):
            for place, way in enumerate(ways):
                self._way(way, place, inward=inward)
        return 1 + max(layer.values(), default=-1)

    def _needs(self, program: StepProgram | ChoiceProgram) -> set[str]:
        pathway = self._compiled.pathway
        if isinstance(program, ChoiceProgram):
            return uses.of_choice(pathway.choices[program.id])
        return uses.of_step(program.step, pathway)

    def _add(self, table: str, *values: Any) -> None:
        self._rows[table].append((self._def, *values))

    def _step(self, program: StepProgram, layer: int) -> None:
        step, nodes = program.step, self._nodes
        anchor = step.after if step.after is not None else Named("trigger" if step.per else "entry")
        opens = step.opens or Duration(0, "minutes" if program.by_instant else "days")
        first = step.first if step.first is not None else step.every
        until, per, slots = step.until, step.per, step.slots
        self._add(
            "step", step.id, self._compiled.order.index(step.id), layer, program.kind, program.by_instant,
            nodes.moment(anchor), program.anchor_is_trigger, program.rests_on_steps,
            nodes.length(opens), self._varies(opens) and not isinstance(opens, Table), isinstance(opens,
                Table),
            nodes.length(step.within), self._varies(step.within), nodes.moment(step.before),
            nodes.duration(step.fresh, minus=True), nodes.length(step.every), nodes.length(first),
            self._varies(step.every) or self._varies(first), self._slot_every(program),
            list(program.season) if program.season is not None else None,
            per.selector if per else None, per.step if per else None, per.what if per else None,
            nodes.duration(per.apart) if per else None, program.times,
            nodes.criterion(program.until_when.node) if program.until_when is not None else None,
            nodes.moment(until.moment) if until is not None else None, nodes.evidence(step.done),
            nodes.criterion(program.guard.node) if program.guard is not None else None,
            nodes.criterion(program.standing_guard.node) if program.standing_guard is not None else None,
            program.guard_now, program.maintenance, program.preventive, program.retrospective,
            program.binding_from,
        )  # fmt: skip
        for offset in slots.offsets if slots is not None else ():
            self._add("slot", step.id, nodes.duration(offset))
        for name in program.anchor_steps:
            self._add("anchor_step", step.id, name)
        for kind in program.kinds:
            self._add("step_kind", step.id, kind)
        for selector in sorted(uses.selectors_of(until.moment)) if until is not None else ():
            self._add("until_selector", step.id, selector)

    def _varies(self, written: Duration | Param | Table | None) -> bool:
        if written is None or isinstance(written, Duration):
            return False
        if isinstance(written, Table):
            return True
        return not isinstance(self._compiled.box.parameters.duration(written), Duration)

    def _slot_every(self, program: StepProgram) -> dict[str, Any] | None:
        slots = program.step.slots
        if slots is None or slots.every is None:
            return None
        every = self._compiled.box.parameters.duration(slots.every)
        assert isinstance(every, Duration)
        return {"amount": every.amount, "unit": every.unit, "more": every.more}

    def _choice(self, program: ChoiceProgram, layer: int) -> None:
        choice = self._compiled.pathway.choices[program.id]
        self._add("choice", choice.id, layer, self._nodes.moment(choice.after), choice.otherwise)
        for place, option in enumerate(choice.options):
            if option.when is not None:
                self._add("option", choice.id, place, option.id, self._nodes.criterion(option.when))

    def _way(self, program: EventProgram, place: int, *, inward: bool) -> None:
        way, nodes = program.definition, self._nodes
        plus = nodes.duration(way.plus) if way.plus != NOTHING else None
        guard = nodes.criterion(program.guard.node) if program.guard is not None else None
        apart, restart, opportunity = None, False, False
        if isinstance(way, Entry):
            apart, restart, opportunity = nodes.duration(way.apart), way.restart, way.opportunity
        self._add("way", way.id, place, inward, plus, guard, apart, restart, opportunity)
        for number, selector in enumerate(way.event):
            self._add("way_selector", way.id, number, selector)
