"""Which stays in a pathway a plan follows: stored, asked for, or suggested by the record."""

from __future__ import annotations

from typing import Literal

import pytest

from made.courses import AS_OF, TODAY, record
from vardforlopp.contract.enrolments import Wanted, enrolments, enrolments_of_the_dead
from vardforlopp.engine.course import UNKNOWN, YES, Instance, Suggestion
from vardforlopp.kernel.civil import civil, day_from_iso
from vardforlopp.record.facts import Side
from vardforlopp.record.record import Enrolment

HF = "hjartsvikt"
ENTERED = civil(day_from_iso("2026-02-20"))


def suggestion(
    entry: str = "IN2",
    *,
    kind: Literal["entry", "known", "opportunity"] = "entry",
    truth: int = YES,
    side: Side | None = None,
    on: str = "2026-02-20",
) -> Suggestion:
    return Suggestion(HF, "1.0.0", entry, kind, civil(day_from_iso(on)), side, "staff-only", truth)


def stored(
    *, ended: tuple[int, str] | None = None, side: Side | None = None, started: str = "2026-01-02"
) -> Enrolment:
    begun = civil(day_from_iso(started))
    return Enrolment("CarePlan/1", HF, "1.0.0", "IN1", begun, begun.day, side, ended=ended)


def test_what_the_record_shows_is_a_suggestion_followed_from_today() -> None:
    """S17: its history starts at the entry, lateness is judged from the day asked about."""
    (made,) = enrolments(HF, record(), suggestions=[suggestion()], as_of=AS_OF)

    assert (made.explicit, made.started, made.followed_from) == (False, ENTERED, TODAY)
    assert made.id == "suggested:hjartsvikt:2026-02-20"


@pytest.mark.parametrize(
    "each", [suggestion(truth=UNKNOWN), suggestion(kind="opportunity")], ids=["possible", "opportunity"]
)
def test_what_is_only_possible_or_an_opportunity_is_not_assessed(each: Suggestion) -> None:
    """It is named for staff, and that is all."""
    assert enrolments(HF, record(), suggestions=[each], as_of=AS_OF) == ()


def test_the_first_entry_begins_the_stay() -> None:
    """Two entries on one side are one stay."""
    found = [suggestion("IN6", on="2026-03-01"), suggestion("IN2", on="2026-02-20")]
    (made,) = enrolments(HF, record(), suggestions=found, as_of=AS_OF)

    assert (made.entry, made.started) == ("IN2", ENTERED)


def test_each_side_is_a_stay_of_its_own() -> None:
    """Left and right begin and end apart."""
    found = [suggestion(side="left"), suggestion(side="right")]

    assert [each.side for each in enrolments(HF, record(), suggestions=found, as_of=AS_OF)] == [
        "left",
        "right",
    ]


def test_a_stored_running_enrolment_wins() -> None:
    """Nobody is suggested, or enrolled again, into what is followed already."""
    of = record(enrolments=(stored(),))

    assert enrolments(HF, of, suggestions=[suggestion()], as_of=AS_OF) == (stored(),)
    assert enrolments(HF, of, suggestions=[suggestion()], as_of=AS_OF, wanted=[Wanted(HF)]) == (stored(),)


def test_an_ended_enrolment_does_not_stand_in_the_way() -> None:
    """It stays readable beside the new stay."""
    ended = stored(ended=(TODAY - 10, "OUT1"))
    made = enrolments(HF, record(enrolments=(ended,)), suggestions=[suggestion()], as_of=AS_OF)

    assert [each.explicit for each in made] == [True, False]


def test_an_enrolment_that_has_not_begun_is_not_followed_yet() -> None:
    """A plan for an earlier day is made as if it were not there."""
    assert (
        enrolments(HF, record(enrolments=(stored(started="2026-05-01"),)), suggestions=[], as_of=AS_OF) == ()
    )


def test_to_ask_for_an_enrolment_makes_it_explicit_from_that_day() -> None:
    """It begins where the record shows the entry, and is followed from the day named."""
    day = day_from_iso("2026-03-01")
    (made,) = enrolments(HF, record(), suggestions=[suggestion()], as_of=AS_OF, wanted=[Wanted(HF, day)])

    assert (made.explicit, made.started, made.followed_from, made.entry) == (True, ENTERED, day, "IN2")


def test_to_ask_without_a_day_is_to_follow_from_today() -> None:
    """Without an entry in the record it begins that day."""
    (made,) = enrolments(HF, record(), suggestions=[], as_of=AS_OF, wanted=[Wanted(HF), Wanted("kol")])

    assert (made.started.day, made.followed_from, made.entry) == (TODAY, TODAY, None)


def test_S10_the_history_of_the_dead_stays_readable() -> None:
    """The last stay that the record shows, unless one was stored; never as followed."""
    shown = [Instance(HF, "IN1", civil(TODAY - 900), None, None), Instance(HF, "IN2", ENTERED, None, None)]
    (made,) = enrolments_of_the_dead(HF, record(), shown=shown, as_of=AS_OF)

    assert (made.entry, made.explicit) == ("IN2", False)
    assert enrolments_of_the_dead(HF, record(enrolments=(stored(),)), shown=shown, as_of=AS_OF) == (stored(),)
    assert enrolments_of_the_dead(HF, record(), shown=[], as_of=AS_OF) == ()
