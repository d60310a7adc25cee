"""`vardforlopp rebuild`: what is derived of the log dropped, and made of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vardforlopp.app.backup import anew
from vardforlopp.app.followed import look_at_all
from vardforlopp.app.serve import prepare
from vardforlopp.app.settings import settings
from vardforlopp.cli.outside import FINE, Outside, Progress

if TYPE_CHECKING:
    from vardforlopp.app.settings import Settings
    from vardforlopp.store.units import SqlStore


def rebuild(
    *,
    data: str | None = None,
    facts: Annotated[bool, Parameter(negative="")] = False,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Drop what is derived of the log of versions, and make it again: nothing of it is lost.

    What is current and searched is made in one transaction: the server may run, and who writes waits. What is
    known of patients, and where they stand, is made patient by patient; who asks meanwhile is told of those
    whose turn has been.

    Parameters
    ----------
    data
        The folder with everything in it, or the address of a PostgreSQL database.
    facts
        Only what is known of patients, and where they stand.
    """
    from vardforlopp.store.database import Database
    from vardforlopp.store.units import SqlStore

    chosen = prepare(settings({"data": data}))
    database = Database(chosen.database, connections=1)
    store = SqlStore(database)
    resources = 0 if facts else _index(store, chosen, outside)
    with store.writing() as unit:
        unit.drop_derived()
    patients = look_at_all(store, chosen, outside=outside)
    database.measure()
    database.close()
    made = f"{patients} patients" if facts else f"{resources} resources and {patients} patients"
    outside.say(f"Made again: {made}.")
    return FINE


def _index(store: SqlStore, chosen: Settings, outside: Outside) -> int:
    from vardforlopp.store import derived

    with store.database.writing() as connection:
        there = derived.drop(connection)
        progress = Progress(outside, max(there, 2), printing=False)
        for done in derived.make(connection, anew(chosen.base)):
            progress.draw(min(done, there), "resources")
        progress.wipe()
    return there
