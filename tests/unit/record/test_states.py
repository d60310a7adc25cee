"""Pieces of a state become states, with their ends, and what was known when is kept."""

from __future__ import annotations

import pytest

from vardforlopp.kernel.civil import day_from_iso, day_of, end_of_day, iso, start_of_day
from vardforlopp.record.facts import Fact, Side
from vardforlopp.record.states import Recipe, assemble, ends, stop, unite

Told = tuple[str, str | None, str, str | None]


def piece(
    start: str,
    end: str | None = None,
    *,
    known: str | None = None,
    retracted: str | None = None,
    side: Side | None = None,
    selector: str = "tablett",
    ref: str = "MedicationRequest/1",
) -> Fact:
    """A piece from one civil day until (not on) another."""
    day, until = day_from_iso(start), None if end is None else day_from_iso(end)
    return Fact(
        selector,
        start_of_day(day),
        end_of_day(day),
        day,
        day,
        start_of_day(day_from_iso(known or start)),
        ref,
        side=side,
        state=True,
        until=None if until is None else start_of_day(until),
        until_day=until,
        known_to=None if retracted is None else start_of_day(day_from_iso(retracted)),
    )


def told(facts: list[Fact]) -> list[Told]:
    """Start, end, known from, known to: as dates."""

    def day(at: int | None) -> str | None:
        return None if at is None else iso(day_of(at))

    return [
        (
            iso(fact.day),
            None if fact.until_day is None else iso(fact.until_day),
            day(fact.known_from) or "",
            day(fact.known_to),
        )
        for fact in facts
    ]


def test_overlapping_pieces_are_one_state():
    """The later end holds."""
    states = unite(
        [piece("2026-01-01", "2026-03-01"), piece("2026-01-01", "2026-02-01", ref="MedicationRequest/2")], 0
    )

    assert told(states) == [("2026-01-01", "2026-03-01", "2026-01-01", None)]
    assert states[0].refs == ("MedicationRequest/1", "MedicationRequest/2")


@pytest.mark.parametrize(("gap", "states"), [(30, 1), (9, 1), (8, 2), (0, 2)])
def test_a_gap_is_bridged_up_to_its_length(gap: int, states: int):
    """Nine days between the pieces: one state when nine days may pass, else two."""
    both = [
        piece("2026-01-01", "2026-02-01", known="2026-01-01"),
        piece("2026-02-10", "2026-03-01", known="2026-01-01"),
    ]

    assert len(unite(both, gap)) == states


def test_a_renewal_is_known_from_its_own_day():
    """Until it was known, the state was seen to end where the first piece ends."""
    states = unite([piece("2026-01-01", "2026-04-01"), piece("2026-04-01", "2026-07-01")], 0)

    assert told(states) == [
        ("2026-01-01", "2026-04-01", "2026-01-01", "2026-04-01"),
        ("2026-01-01", "2026-07-01", "2026-04-01", None),
    ]


def test_a_retracted_piece_gives_back_the_state_without_it():
    """What was known before the retraction stays as it was known."""
    states = unite(
        [piece("2026-01-01", "2026-04-01"), piece("2026-04-01", "2026-07-01", retracted="2026-05-01")], 0
    )

    assert told(states) == [
        ("2026-01-01", "2026-04-01", "2026-01-01", "2026-04-01"),
        ("2026-01-01", "2026-07-01", "2026-04-01", "2026-05-01"),
        ("2026-01-01", "2026-04-01", "2026-05-01", None),
    ]


def test_left_and_right_are_two_states():
    """A wound on each foot is two wounds."""
    assert len(unite([piece("2026-01-01", side="left"), piece("2026-01-05", side="right")], 30)) == 2


def test_a_state_that_goes_on_swallows_what_follows():
    """No end is later than no end."""
    assert told(unite([piece("2026-01-01"), piece("2026-03-01", "2026-04-01")], 0)) == [
        ("2026-01-01", None, "2026-01-01", None)
    ]


def test_the_order_of_pieces_does_not_matter():
    """Import order is chance."""
    pieces = [piece("2026-01-01", "2026-02-01"), piece("2026-02-01", "2026-03-01"), piece("2026-06-01")]

    assert unite(pieces, 10) == unite(pieces[::-1], 10)


def test_each_end_is_a_fact_of_its_own():
    """`S.end` stands on the day from which the state no longer holds; a running state has none."""
    found = ends(unite([piece("2026-01-01", "2026-02-01"), piece("2026-06-01")], 10))

    assert [(fact.selector, iso(fact.day), fact.state) for fact in found] == [
        ("tablett.end", "2026-02-01", False)
    ]


def test_a_recorded_stop_ends_what_goes_on_and_is_known_when_told():
    """A smoker is a smoker until the day that somebody recorded otherwise, and as then known."""
    stopped = stop([piece("2026-01-01")], [piece("2026-05-01", known="2026-06-01")])

    assert told(stopped) == [
        ("2026-01-01", None, "2026-01-01", "2026-06-01"),
        ("2026-01-01", "2026-05-01", "2026-06-01", None),
    ]


def test_a_stop_before_the_start_ends_nothing():
    """Who begins again is not stopped by the old stop."""
    again = piece("2026-03-01")

    assert stop([again], [piece("2026-01-01")]) == [again]


def test_a_union_takes_the_pieces_of_its_parts():
    """Two drugs of one class, one after the other, are one state of the class."""
    pieces = {
        "a": [piece("2026-01-01", "2026-02-01", selector="a", known="2026-01-01")],
        "b": [piece("2026-02-01", "2026-03-01", selector="b", known="2026-01-01")],
    }
    recipes = [
        Recipe("a", state=True),
        Recipe("b", state=True),
        Recipe("klass", state=True, includes=("a", "b")),
    ]

    found = [fact for fact in assemble(pieces, recipes) if fact.selector == "klass"]

    assert told(found) == [("2026-01-01", "2026-03-01", "2026-01-01", None)]


def test_a_cut_keeps_only_what_passes():
    """The cut is made before the pieces are united."""
    pieces = {
        "a": [
            piece("2026-01-01", "2026-02-01", selector="a"),
            piece("2026-02-01", "2026-03-01", selector="a", ref="x"),
        ]
    }

    found = assemble(pieces, [Recipe("a", state=True, keep=lambda fact: fact.ref == "x")])

    assert [iso(fact.day) for fact in found if fact.selector == "a"] == ["2026-02-01"]
