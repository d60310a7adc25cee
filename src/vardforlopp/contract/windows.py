"""Windows of civil days: when they meet, overlap, and what remains of one today."""

from __future__ import annotations

from collections.abc import Iterable

from vardforlopp.contract.proposal import Window
from vardforlopp.engine.course import StepState
from vardforlopp.kernel.civil import MAX_DAY

ANY_TIME = Window(None, None)


def first_day(window: Window) -> int:
    """The first day of a window, for comparing; an open start is before all days."""
    return 0 if window.start is None else window.start


def last_day(window: Window) -> int:
    """The last day of a window, for comparing; an open end is after all days."""
    return MAX_DAY if window.end is None else window.end


def is_empty(window: Window) -> bool:
    """True when no day lies in the window: it ends before it begins."""
    start, end = window
    return start is not None and end is not None and start > end


def overlap(one: Window, other: Window) -> bool:
    """True when some day lies in both windows."""
    return max(first_day(one), first_day(other)) <= min(last_day(one), last_day(other))


def within(inner: Window, outer: Window) -> bool:
    """True when every day of `inner` lies in `outer`."""
    return first_day(outer) <= first_day(inner) and last_day(inner) <= last_day(outer)


def meet(windows: Iterable[Window]) -> Window:
    """The days that lie in all the windows: the tightest one."""
    start: int | None = None
    end: int | None = None
    for window in windows:
        if window.start is not None:
            start = window.start if start is None else max(start, window.start)
        if window.end is not None:
            end = window.end if end is None else min(end, window.end)
    return Window(start, end)


def remaining(state: StepState, today: int) -> Window:
    """When an open occurrence may still be done.

    A due date that has passed leaves today: what is late can be done now, and can then be done
    together with what is due now. The step itself keeps its due date. A waiting step has no time.
    """
    if state.state == "waiting":
        return ANY_TIME
    opens, due = state.opens, state.due
    return Window(None if opens is None else opens.day, None if due is None else max(due.day, today))
