"""`assess` and `instances` of many at once: records and definitions in, rows out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb
from duckdb import DuckDBPyConnection

from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.course import Instance, Missing
from vardforlopp.kernel.civil import Moment
from vardforlopp.kernel.errors import InternalError
from vardforlopp.kernel.workdays import WorkCalendar
from vardforlopp.population import (
    criteria,
    dateless,
    evidence,
    facts,
    gaps,
    moments,
    nominal,
    occurrences,
    programs,
    questions,
    settling,
    spoken,
    states,
    stays,
)
from vardforlopp.population.calendar import create_calendar
from vardforlopp.population.tables import insert, moment_of, struct
from vardforlopp.record.facts import Side
from vardforlopp.record.record import Enrolment, Record


class Question(NamedTuple):
    """An enrolment of one person, at one time, as then known: the arguments of `engine.assess.assess`."""

    compiled: Compiled
    record: Record
    enrolment: Enrolment
    as_of: Moment
    known_at: int


class Showing(NamedTuple):
    """A record asked which stays it shows: the arguments of `engine.instances.instances`."""

    compiled: Compiled
    record: Record
    as_of: Moment
    known_at: int


@dataclass(frozen=True, slots=True)
class Row:
    """One occurrence of one step, in the pathway's order; `number` counts them, 0 = none has a date.

    `evidence` and `act` are refs of source resources; `missing` is in no order.
    """

    step: str
    number: int
    state: str
    nominal: Moment | None
    opens: Moment | None
    due: Moment | None
    completed: Moment | None
    evidence: tuple[str, ...]
    act: str | None
    proposal: bool
    missing: frozenset[Missing]


@dataclass(frozen=True, slots=True)
class Branch:
    """A choice: the way taken, what the criteria say and what was decided."""

    choice: str
    taken: str | None
    computed: str | None
    decided: str | None
    missing: frozenset[Missing]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered of one question."""

    ended: tuple[Moment, str] | None
    dead: bool
    rows: tuple[Row, ...]
    branches: dict[str, Branch]


def connect(calendar: WorkCalendar, *, threads: int = 1, spill: str | None = None) -> DuckDBPyConnection:
    """A database in memory, with the macros of civil time. It loads nothing.

    What does not fit in memory is an error, unless a folder is given for it: there records would be written.
    """
    con = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": spill or "",
            "threads": str(threads),
        }
    )
    # Joins are written in the order in which they are to be made: looking for a better one takes longer.
    con.execute("SET disabled_optimizers = 'join_order'")
    create_calendar(con, calendar)
    con.execute(criteria.MACROS + nominal.MACROS)
    return con


def assess(con: DuckDBPyConnection, asked: Sequence[Question]) -> list[Answer]:
    """Where each stands, in the order asked. All pathways must share one catalogue.

    A connection answers one call at a time, for each makes its tables anew: `con.cursor()` gives another.
    """
    loaded = _load(con, asked)
    stays.find_stays(con)
    for layer in range(loaded.layers):
        con.execute("SET VARIABLE layer = CAST(? AS INTEGER)", [layer])
        nominal.date_steps(con)
        occurrences.prove_steps(con)
        states.judge_steps(con)
        dateless.judge_dateless(con)
        settling.settle(con)
    return _answers(con, loaded, len(asked))


def instances(con: DuckDBPyConnection, asked: Sequence[Showing]) -> list[tuple[Instance, ...]]:
    """The stays that each record shows, in the order asked."""
    loaded = _load(con, asked)
    stays.find_stays(con)
    found: list[list[Instance]] = [[] for _ in asked]
    order = "SELECT stay, way, m, ended, ended_by FROM instance ORDER BY m.day, m.instant"
    for stay, way, at, ended, ended_by in con.execute(order).fetchall():
        for number, side in loaded.showing[stay]:
            pathway = asked[number].compiled.pathway.id
            found[number].append(Instance(pathway, way, moment_of(at), side, _end(ended, ended_by)))
    by_time = [
        sorted(one, key=lambda each: (each.started.day, each.started.at, each.side or "")) for one in found
    ]
    return [tuple(one) for one in by_time]


class _Loaded:
    """What stands in the tables, and where."""

    def __init__(self) -> None:
        self.refs: list[str] = []
        self.layers = 0
        self.showing: dict[int, list[tuple[int, Side | None]]] = {}


class _Numbers(dict[Any, int]):
    """Numbers of things, in the order in which they are met."""

    def __missing__(self, key: Any) -> int:
        self[key] = len(self)
        return self[key]


def _load(con: DuckDBPyConnection, asked: Sequence[Question | Showing]) -> _Loaded:
    loaded = _Loaded()
    for schema in (
        questions.SCHEMA, moments.SCHEMA, criteria.SCHEMA, gaps.SCHEMA, evidence.SCHEMA, nominal.SCHEMA,
        spoken.SCHEMA, states.SCHEMA, stays.SCHEMA,
    ):  # fmt: skip
        con.execute(schema)
    defs, persons, views = _Numbers(), _Numbers(), _Numbers()
    # By identity, which holds while `asked` holds them: a record is large, and no two are looked for alike.
    compiled = {id(one.compiled): one.compiled for one in asked}
    records = {id(one.record): one.record for one in asked}
    for key in compiled:
        _ = defs[key]
    for key in records:
        _ = persons[key]
    catalogues = {id(one.catalogue): one.catalogue for one in compiled.values()}
    selectors = next(iter(catalogues.values())).selectors if catalogues else {}
    if any(one.selectors != selectors for one in catalogues.values()):
        do = "Ask of each catalogue's pathways in a call of its own."
        raise InternalError("VF-INT-002", "population", "the pathways asked of have several catalogues", do)
    facts.create_facts(con, list(records.values()), selectors=selectors, refs=loaded.refs)
    con.execute(gaps.PATIENT_GAPS)
    loaded.layers = programs.create_programs(con, list(compiled.values()))
    _stays(con, asked, loaded, defs=defs, persons=persons, views=views)
    facts.look(con, [(number, *key) for key, number in views.items()])
    con.execute(questions.SAID)
    return loaded


def _stays(
    con: DuckDBPyConnection,
    asked: Sequence[Question | Showing],
    loaded: _Loaded,
    *,
    defs: _Numbers,
    persons: _Numbers,
    views: _Numbers,
) -> None:
    courses: list[Sequence[Any]] = []
    enrolments: list[Sequence[Any]] = []
    ways = _Numbers()
    count = sum(isinstance(one, Question) for one in asked)

    def way_of(one: Question | Showing, side: Side | None) -> int:
        view = views[persons[id(one.record)], side, one.known_at]
        return count + ways[view, defs[id(one.compiled)], one.compiled.pathway.id, one.as_of]

    for number, one in enumerate(asked):
        if isinstance(one, Question):
            stay = one.enrolment
            view = views[persons[id(one.record)], stay.side, one.known_at]
            courses.append(
                (
                    number, view, defs[id(one.compiled)], one.compiled.pathway.id, stay.id, stay.entry,
                    struct(stay.started), struct(one.as_of),
                )
            )  # fmt: skip
            ended = stay.ended if stay.ended is not None else (None, None)
            enrolments.append(
                (number, way_of(one, stay.side), struct(stay.started), stay.followed_from, *ended)
            )
        else:
            for side in _sides(one.compiled):
                loaded.showing.setdefault(way_of(one, side), []).append((number, side))
    for (view, of, pathway, as_of), number in ways.items():
        courses.append((count + number, view, of, pathway, None, None, None, struct(as_of)))
    insert(con, {"stay": courses, "enrolment": enrolments})


def _sides(compiled: Compiled) -> tuple[Side | None, ...]:
    return ("left", "right") if compiled.pathway.sided else (None,)


@lru_cache(maxsize=1 << 16)
def _moment(day: int | None, at: int, exact: bool) -> Moment | None:
    return None if day is None else Moment(day, at, exact)


def _end(value: dict[str, Any] | None, by: str) -> tuple[Moment, str] | None:
    return None if value is None else (moment_of(value), by)


def _missing(rows: Iterable[Sequence[Any]]) -> dict[Any, set[Missing]]:
    found: dict[Any, set[Missing]] = {}
    for key, what, name, why, since in rows:
        found.setdefault(key, set()).add(Missing(what, name, why, since))
    return found


_TIMES = ("nominal", "opens", "due", "completed")
#: Times in three columns each: a struct would come as a dict.
_ROWS = f"""
SELECT s, stay, step, number, state.state, facts, act, proposal,
       {", ".join(f"state.{m}.day, state.{m}.instant, state.{m}.exact" for m in _TIMES)}
FROM state JOIN step USING (def, step) ORDER BY stay, step.place, number
"""


def _answers(con: DuckDBPyConnection, loaded: _Loaded, count: int) -> list[Answer]:
    lacking = _missing(con.execute("SELECT s, what, id, why, since FROM lack").fetchall())
    gaps_of = _missing(con.execute("SELECT (stay, choice), what, id, why, since FROM branch_gap").fetchall())
    rows: list[list[Row]] = [[] for _ in range(count)]
    refs = loaded.refs
    for s, stay, step, number, state, of, act, proposal, *times in con.execute(_ROWS).fetchall():
        on, opens, due, done = (_moment(*times[at : at + 3]) for at in (0, 3, 6, 9))
        rows[stay].append(
            Row(
                step, number, state, on, opens, due, done, tuple(refs[fact] for fact in of),
                None if act is None else refs[act], proposal, frozenset(lacking.get(s, ())),
            )
        )  # fmt: skip
    branches: list[dict[str, Branch]] = [{} for _ in range(count)]
    taking = "SELECT stay, choice, taken, computed, decided FROM branch"
    for stay, choice, taken, computed, decided in con.execute(taking).fetchall():
        missing = frozenset(gaps_of.get((stay, choice), ()))
        branches[stay][choice] = Branch(choice, taken, computed, decided, missing)
    answers = []
    standing = "SELECT stay, ended, ended_by, dead FROM standing ORDER BY stay"
    for stay, ended, ended_by, dead in con.execute(standing).fetchall():
        answers.append(Answer(_end(ended, ended_by), dead, tuple(rows[stay]), branches[stay]))
    return answers
