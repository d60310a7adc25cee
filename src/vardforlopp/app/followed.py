"""What a process follows, by its settings, and how: at once, or noted for a sweep."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.adapters.in_force import read_in_force
from vardforlopp.app.settings import Settings
from vardforlopp.app.version import VERSION
from vardforlopp.cli.outside import Outside, Progress
from vardforlopp.kernel.civil import HOUR
from vardforlopp.services.assessing import reassess
from vardforlopp.services.in_force import InForce
from vardforlopp.services.sweeping import begin, hear, note, sweep
from vardforlopp.store.units import SqlStore, SqlUnit

#: The region of a demonstration, whose adoptions are as invented as its people (S04).
_DEMO_REGION = "region-exempel"
#: Patients that are looked at before the sweep looks at the clock again.
PART = 200


def followed_by(chosen: Settings) -> InForce:
    """The definitions in force by the settings."""
    region = chosen.region or (_DEMO_REGION if chosen.demo else "")
    return read_in_force(region=region, feeds=chosen.feeds, program=VERSION)


def at_once(in_force: InForce, now: Callable[[], int]) -> Callable[[SqlUnit], None]:
    """What ends a transaction of the server: whoever it is about is brought up to now."""

    def after(unit: SqlUnit) -> None:
        at = now()
        reassess(unit, unit.touched, in_force=in_force, now=at)
        for client in sorted(unit.writers):
            hear(unit, client, in_force=in_force, now=at)

    return after


def noted(in_force: InForce, now: Callable[[], int]) -> Callable[[SqlUnit], None]:
    """What ends a transaction of an import: whoever it is about is read when all of it is there."""

    def after(unit: SqlUnit) -> None:
        note(unit, unit.touched)
        for client in sorted(unit.writers):
            hear(unit, client, in_force=in_force, now=now())

    return after


#: How often it is looked for rows of other definitions than ours: an old process may have written beside us.
_AGAIN = HOUR


class Sweeping:
    """Whoever's time has come is looked at; at first, whoever was read with other definitions than ours."""

    def __init__(self, in_force: InForce) -> None:
        self._in_force = in_force
        self._begun: int | None = None

    def __call__(self, store: SqlStore, now: int) -> int:
        if self._begun is None or now - self._begun > _AGAIN:
            begin(store, self._in_force)
            self._begun = now
        return sweep(store, self._in_force, now=now, most=PART)


def look_at_all(store: SqlStore, chosen: Settings, *, outside: Outside) -> int:
    """Look at everybody whose time has come, with progress; how many that were."""
    in_force = followed_by(chosen)
    with store.reading() as view:
        waiting = view.waiting(outside.now())
    progress = Progress(outside, max(waiting, 2), printing=False)
    done = 0
    now = outside.now()
    while found := sweep(store, in_force, now=now, most=PART):
        done += found
        progress.draw(min(done, waiting), "patients")
    progress.wipe()
    return done
