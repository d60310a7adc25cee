"""What the small invented worlds can name: selectors, parameters, durations."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import ParamSpec, TypeVar

from hypothesis import strategies as st

from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.definitions.criteria import Param, Quantity
from vardforlopp.definitions.model import Parameter, ParameterRow, Place
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.durations import Duration

P = ParamSpec("P")
T = TypeVar("T")

PLACE = Place("world.yaml", 1)
TEXT = {"sv": "text", "en": "text"}
BASE = day_from_iso("2026-01-10")
KINDS = ("laboratory", "diagnoses", "procedures", "medications")

# Few selectors, so that what a definition asks for is often there.
EVENTS = ("symtom", "undersokning", "remiss", "berattat")
STATES = ("lakemedel", "sar")
VALUES = ("prov", "ankeltryck")
ENDS = ("lakemedel.end", "sar.end")
GOAL = "mal"  # the patient's agreed goal for a value
WORDS = ("ja", "nej")
KIND_OF = {
    "symtom": "diagnoses",
    "undersokning": "procedures",
    "remiss": "procedures",
    "berattat": "diagnoses",
    "svar": "diagnoses",
    "lakemedel": "medications",
    "sar": "diagnoses",
    "prov": "laboratory",
    "ankeltryck": "laboratory",
    GOAL: "laboratory",
    "bokning": "procedures",
    "annat": "laboratory",
}
SIDED = ("sar", "ankeltryck")
OPEN = ("berattat",)
GAPS = {"lakemedel": 7}


def catalogue() -> Catalogue:
    """The selectors of these worlds; `annat` is in none of the definitions."""
    selectors = {
        name: Selector(
            name, TEXT, kind, ("Observation",), (), PLACE, unit=None if name == "svar" else "1",
            state=name in STATES, sided=name in SIDED, open=name in OPEN, gap_days=GAPS.get(name, 0),
        )
        for name, kind in KIND_OF.items()
    }  # fmt: skip
    return Catalogue(selectors, {}, {}, {}, {}, {})


# --- how strategies are put together --------------------------------------------------------------


def named(made: Callable[P, st.SearchStrategy[T]]) -> Callable[P, st.SearchStrategy[T]]:
    """Makes a strategy once for each set of arguments, and writes it as its call, not as all it holds."""
    once = cache(made)

    def drawn(draw: st.DrawFn, *args: P.args, **keys: P.kwargs) -> T:
        return draw(once(*args, **keys))

    drawn.__name__, drawn.__doc__ = made.__name__, made.__doc__
    return cache(st.composite(drawn))


def often(times: int, strategy: st.SearchStrategy[T]) -> list[st.SearchStrategy[T]]:
    """A strategy with more weight in `one_of`, which takes equal ones once."""
    return [strategy.map(lambda drawn: drawn) for _ in range(times)]


# --- durations and parameters ---------------------------------------------------------------------


def _days(shortest: int) -> st.SearchStrategy[Duration]:
    """Days and longer, months often, since they clamp."""
    units = st.sampled_from(("weeks", "months", "months", "working days"))
    return st.one_of(
        st.builds(Duration, st.integers(shortest, 40), st.just("days")),
        st.builds(Duration, st.integers(shortest, 4), units),
    )


def _clock(shortest: int) -> st.SearchStrategy[Duration]:
    """Minutes and hours."""
    return st.one_of(
        st.builds(Duration, st.integers(shortest, 90), st.just("minutes")),
        st.builds(Duration, st.integers(shortest, 72), st.just("hours")),
    )


lengths, positive = _days(0), _days(1)
clock, positive_clock = _clock(0), _clock(1)

# No table by month: with one, every next change is tomorrow, and a law of next changes says nothing.
_ROWS = {
    "tid": (ParameterRow(Duration(5, "days"), age_below=50), ParameterRow(Duration(20, "days"))),
    "tid_kon": (ParameterRow(Duration(10, "days"), sex="female"), ParameterRow(Duration(30, "days"))),
    "grans": (
        ParameterRow(Quantity(Fraction(2), "1"), sex="female", age_below=50),
        ParameterRow(Quantity(Fraction(4), "1")),
    ),
}
PARAMETERS = {
    "sasong": Parameter("sasong", "season", "10-15..02-28", TEXT, "regional", ("S",), PLACE),
    "fast": Parameter("fast", "duration", Duration(12, "days"), TEXT, "regional", ("S",), PLACE),
    "pa": Parameter("pa", "flag", True, TEXT, "regional", ("S",), PLACE),
    **{name: Parameter(name, "table", rows, TEXT, "regional", ("S",), PLACE) for name, rows in _ROWS.items()},
}
by_patient = st.sampled_from([Param("tid"), Param("tid_kon"), Param("fast")])
shifts = st.one_of(*often(2, lengths), clock, by_patient)  # where a duration of any length may stand
spans = st.one_of(*often(2, positive), positive_clock, by_patient)  # windows, held, apart
