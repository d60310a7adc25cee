"""`vardforlopp doctor`: looks at all that a server stands on, and says what is wrong and what to do."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vardforlopp.adapters.clients import read_clients
from vardforlopp.app.backup import anew
from vardforlopp.app.settings import Settings, settings
from vardforlopp.cli.outside import FINDINGS, FINE, Outside
from vardforlopp.kernel.errors import VardforloppError

if TYPE_CHECKING:
    from vardforlopp.store.checks import Found
    from vardforlopp.store.database import Database

#: A disk with less free than this share of it, or than this many bytes, is nearly full.
_FREE_SHARE, _FREE = 0.1, 1_000_000_000
#: SQLite's log of what is not yet in the file; it is emptied at about 4 MB unless somebody reads for long.
_LARGEST_WAL = 256_000_000


def doctor(
    *,
    data: str | None = None,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Look at the settings, the database and what is kept in it. The server may run meanwhile.

    Each line says that something is well, or what is wrong and what to do; the exit code is 1 if anything is.

    Parameters
    ----------
    data
        The folder with everything in it, or the address of a PostgreSQL database.
    all_
        Look at every version and every resource, instead of the newest and some of the others.
    """
    chosen = settings({"data": data})
    worst = FINE
    for found in _all(chosen, every=all_, now=outside.now()):
        looked = f" ({found.looked_at})" if found.looked_at else ""
        if found.wrong is None:
            outside.say(f"ok     {found.name}{looked}")
        else:
            outside.say(f"WRONG  {found.name}{looked}: {found.wrong}. {found.do}")
            worst = FINDINGS
    return worst


_BRING = "Back it up, and run vardforlopp migrate."
_LOOK = "Look whether the database runs and is whole; if it is harmed, restore the last backup."


def _all(chosen: Settings, *, every: bool, now: int) -> Iterator[Found]:
    """Every check."""
    from vardforlopp.store import checks
    from vardforlopp.store.database import Database
    from vardforlopp.store.standing import wrong_with

    yield _address(chosen)
    yield _clients(chosen)
    if "://" not in chosen.data:
        yield from _folder(Path(chosen.data))
    if "://" not in chosen.data and not (Path(chosen.data) / "vardforlopp.db").exists():
        yield checks.Found("schema", "there is no database", "Name another folder, or start the server.")
        return
    database = Database(chosen.database, connections=1)
    try:
        wrong = wrong_with(database)
        yield checks.Found("schema", wrong, _BRING if wrong and "schema" in wrong else _LOOK)
        if wrong is None:
            yield from _kept(database, chosen, every=every, now=now)
    finally:
        database.close()


def _kept(database: Database, chosen: Settings, *, every: bool, now: int) -> Iterator[Found]:
    from sqlalchemy.exc import SQLAlchemyError

    from vardforlopp.store import checks

    try:
        with database.reading() as connection:
            yield from checks.all_of(connection, anew(chosen.base), now=now, every=every)
        if every:
            yield _seals(database)
    except SQLAlchemyError as error:
        what = f"the database could not tell ({type(error).__name__})"
        yield checks.Found("database", what, "Look at its own log; restore the last backup if it is harmed.")


def _seals(database: Database) -> Found:
    from vardforlopp.services.sealing import check_seals
    from vardforlopp.store.checks import Found
    from vardforlopp.store.units import SqlStore

    found = check_seals(SqlStore(database))
    broken, newest = found.broken, found.newest
    wrong = None if broken is None else f"{broken.what} (seal {broken.seal}, line {broken.seq})"
    do = "Keep the database as it is, and compare with a backup; if nothing is sealed, start a worker."
    return Found("log of acts", wrong, do, "" if newest is None else f"seal {newest.number}")


def _address(chosen: Settings) -> Found:
    from vardforlopp.store.checks import Found

    wrong = None
    if not chosen.is_local and not chosen.base.startswith("https:"):
        wrong = "other machines reach the server, and no address with https is set"
    return Found("settings", wrong, "Put TLS before it, and set VARDFORLOPP_ADDRESS to that address.")


def _clients(chosen: Settings) -> Found:
    from vardforlopp.store.checks import Found

    if not chosen.clients:
        wrong = None if chosen.demo else "no file of clients is named, so nobody may connect"
        return Found("clients", wrong, "Set VARDFORLOPP_CLIENTS.")
    path = Path(chosen.clients)
    try:
        read_clients(path)
    except VardforloppError as error:
        return Found("clients", error.what, error.do)
    wrong = "others may read or change the file" if path.stat().st_mode & 0o027 else None
    return Found("clients", wrong, f"chmod 640 {path}")


def _folder(folder: Path) -> Iterator[Found]:
    from vardforlopp.store.checks import Found

    try:
        mode, free = folder.stat().st_mode, shutil.disk_usage(folder)
    except OSError as error:
        yield Found("folder", f"it cannot be read: {error.strerror}", "Name another, or run as its owner.")
        return
    open_ = stat.S_IMODE(mode) & 0o077
    yield Found("folder", "others may read it" if open_ else None, f"chmod 700 {folder}")
    short = free.free < _FREE or free.free < _FREE_SHARE * free.total
    left = f"{free.free // 1_000_000} MB are free"
    yield Found("disk", left if short else None, "Make room before writes are refused.", left)
    wal = folder / "vardforlopp.db-wal"
    size = wal.stat().st_size if wal.exists() else 0
    wrong = f"SQLite has {size // 1_000_000} MB that are not in its file yet" if size > _LARGEST_WAL else None
    yield Found("write-ahead log", wrong, "End what has read for long (a backup), or restart the server.")
