"""`vardforlopp backup` and `restore`: all that is kept, as one file, and from it into an empty database.

Two forms. A copy of SQLite's file (`.db`) is quickest, both ways. Lines (`.ndjson.gz`) are what PostgreSQL
gives, and what either database takes; what follows from the log is made anew then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vardforlopp.adapters import backup_files
from vardforlopp.app.serve import make_folder
from vardforlopp.app.settings import Settings, settings
from vardforlopp.cli.outside import FINE, Outside, Progress
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.anew import entry_of

if TYPE_CHECKING:
    from vardforlopp.services.ports import Entry, Head
    from vardforlopp.store.database import Database

LINES, COPY = ".ndjson.gz", ".db"


def backup(
    *,
    to: Path,
    data: str | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Write all that is kept to one file, while the server goes on.

    Parameters
    ----------
    to
        A folder, in which the file is named by its time; or a new file: NAME.ndjson.gz for one that both
        databases take, NAME.db for a copy of SQLite's.
    data
        The folder with everything in it, or the address of a PostgreSQL database.
    """
    from vardforlopp.store.database import Database

    chosen = settings({"data": data})
    with _answering(), closing(Database(chosen.database, connections=1)) as database:
        schema = _schema(database)
        target = _target(to, database, at=outside.now())
        with backup_files.whole(target) as beside:
            if target.suffix == COPY:
                _copy(_file(database), beside, outside)
                told = _looked_at(beside)
            else:
                _lines(database, beside, schema=schema, outside=outside)
                told = _checked(beside)[1]
    outside.say(f"{target}: {told} rows, checked.")
    return FINE


def restore(
    file: Path,
    *,
    data: str | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Put a backup into an empty database; one with content is not touched.

    Parameters
    ----------
    file
        What `vardforlopp backup` wrote.
    data
        A folder to keep everything in, or the address of a PostgreSQL database.
    """
    from vardforlopp.app.followed import look_at_all
    from vardforlopp.store.database import Database
    from vardforlopp.store.sqlite_copy import is_sqlite
    from vardforlopp.store.units import SqlStore

    chosen = settings({"data": data})
    if not file.is_file():
        raise InputError("VF-APP-008", str(file), "there is no such file", "Name a backup.")
    copied = is_sqlite(file)
    found = _looked_at(file) if copied else _checked(file)[1]
    make_folder(chosen)
    with _answering(), closing(Database(chosen.database, connections=1)) as database:
        _refuse_content(database)
        if copied and database.is_sqlite:
            database.close()  # who copies must be alone
            _copy(file, _file(database), outside)
            _bring(database)
        else:
            _load(database, file, chosen, found, outside, copied=copied)
            look_at_all(SqlStore(database), chosen, outside=outside)
            database.measure()
    outside.say(f"{found} rows restored, checked.")
    return FINE


@contextmanager
def _answering() -> Iterator[None]:
    """A database that does not answer, or answers no more, is told as such."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        what = f"the database does not answer ({type(error).__name__})"
        raise InputError("VF-APP-004", "data", what, "Look at its address, and whether it runs.") from None


def _schema(database: Database) -> str:
    from vardforlopp.store import migrations

    if database.is_sqlite and not _file(database).exists():
        raise InputError("VF-APP-004", str(_file(database)), "there is no database", "Name another folder.")
    found = migrations.standing(database)
    if found != migrations.newest():
        what = f"the database has schema {found or 'none'}, and this program reads {migrations.newest()}"
        raise InputError("VF-APP-006", "data", what, "Use the program that it was made with.")
    return found


def _target(to: Path, database: Database, *, at: int) -> Path:
    if to.is_dir():
        stamp = stamp_text(at).partition(".")[0].rstrip("Z").replace(":", "").replace("-", "")
        return to / f"vardforlopp-{stamp}Z{COPY if database.is_sqlite else LINES}"
    if to.name.endswith(LINES) or (to.suffix == COPY and database.is_sqlite):
        return to
    what = f"a backup is named {LINES}" + (f" or {COPY}" if database.is_sqlite else "")
    raise InputError("VF-APP-008", str(to), what, "Name a folder, or such a file.")


def _file(database: Database) -> Path:
    return Path(database.engine.url.database or "")


def _copy(source: Path, target: Path, outside: Outside) -> None:
    progress = Progress(outside, 100, printing=False)
    from vardforlopp.store.sqlite_copy import copy

    try:
        copy(source, target, told=lambda done, total: progress.draw(100 * done // max(total, 1), target.name))
    except sqlite3.Error as error:
        what = f"it cannot be copied ({getattr(error, 'sqlite_errorname', 'no reason')})"
        raise InputError("VF-APP-008", str(source), what, "Make room, and look at it with doctor.") from None
    finally:
        progress.wipe()


def _looked_at(file: Path) -> int:
    """How many rows a copy has, when it is whole. Raises: InputError."""
    from sqlalchemy.exc import DatabaseError

    try:
        return _counted(file)
    except DatabaseError:
        what = "it cannot be read: it is cut, or no copy"
        raise InputError("VF-APP-008", str(file), what, "Take another backup.") from None


def _counted(file: Path) -> int:
    with closing(_opened(file)) as database, database.reading() as connection:
        from vardforlopp.store import checks, dump, migrations

        schema = migrations.standing_on(connection)
        if schema is None or not migrations.known(schema):
            what = f"it has schema {schema or 'none'}, which this program does not know"
            raise InputError("VF-APP-008", str(file), what, "Use the program that it was made with.")
        for found in (checks.integrity(connection, every=True), checks.digests(connection, every=True)):
            if found.wrong is not None:
                raise InputError("VF-APP-008", str(file), found.wrong, "Take another backup.")
        return sum(dump.rows(connection).values())


def _opened(file: Path) -> Database:
    """A copy as it is, which nobody writes to."""
    from vardforlopp.store.database import Database

    return Database(f"sqlite:///file:{file.resolve()}?mode=ro&immutable=1&uri=true", connections=1)


def _lines(database: Database, target: Path, *, schema: str, outside: Outside) -> None:
    from vardforlopp.store import dump

    with database.reading() as connection:
        total = sum(dump.rows(connection).values())
        parts = dump.lines(connection, schema=schema, at=stamp_text(outside.now()))
        backup_files.write_lines(target, _shown(parts, total, target.name, outside))


def _shown(parts: Iterable[list[bytes]], total: int, name: str, outside: Outside) -> Iterator[list[bytes]]:
    """The same, with progress."""
    progress, done = Progress(outside, max(total, 2), printing=False), 0
    for part in parts:
        progress.draw(min(done, total), name)
        done += len(part)
        yield part
    progress.wipe()


def _checked(file: Path) -> tuple[str, int]:
    """Schema and rows of a file of lines, when it is whole. Raises: InputError."""
    from vardforlopp.store import dump, migrations

    try:
        head, rows = dump.checked(backup_files.read_lines(file))
    except dump.NotWhole as wrong:
        raise InputError("VF-APP-008", str(file), str(wrong), "Take another backup.") from None
    if not migrations.known(head.schema):
        what = f"it has schema {head.schema}, which this program does not know"
        raise InputError("VF-APP-008", str(file), what, "Use the program that it was made with.")
    return head.schema, rows


def _refuse_content(database: Database) -> None:
    from vardforlopp.store import dump

    with database.reading() as connection:
        full = dump.has_content(connection)
    if full:
        what = "there is content in the database"
        raise InputError("VF-APP-009", "data", what, "Restore into an empty one: this one is not touched.")


def _bring(database: Database) -> None:
    from vardforlopp.store import migrations

    with database.writing() as connection:
        migrations.bring(connection)


def _load(
    database: Database, file: Path, chosen: Settings, rows: int, outside: Outside, *, copied: bool
) -> None:
    """Lines into the database, and what follows from them, in one transaction."""
    from vardforlopp.store import checks, derived, dump, migrations

    progress = Progress(outside, max(2 * rows, 2), printing=False)
    with _lines_of(file, copied=copied) as lines, database.writing() as connection:
        head = dump.head_of(next(lines))
        dump.prepare(connection, head.schema)
        for done in dump.load(connection, head, found=lines):
            progress.draw(done, file.name)
        migrations.bring(connection)
        for done in derived.make(connection, anew(chosen.base)):
            progress.draw(rows + done, file.name)
        progress.wipe()
        for each in (checks.digests(connection, every=True), checks.heads(connection)):
            if each.wrong is not None:
                raise InputError("VF-APP-008", str(file), each.wrong, "Take another backup.")


@contextmanager
def _lines_of(file: Path, *, copied: bool) -> Iterator[Iterator[bytes]]:
    """The lines of a backup, or those that a copy of SQLite's would give."""
    from vardforlopp.store import dump, migrations

    if not copied:
        yield backup_files.read_lines(file)
        return
    with closing(_opened(file)) as database, database.reading() as connection:
        schema = migrations.standing_on(connection)
        assert schema is not None, "it was looked at"
        yield chain.from_iterable(dump.lines(connection, schema=schema, at=""))


def anew(base: str) -> Callable[[Head, bytes | None], Entry]:
    """What is kept of a current version, at this address of ours."""

    from vardforlopp.services.ports import Stamp

    def entry(head: Head, body: bytes | None) -> Entry:
        stamp = Stamp(head.version, head.at)
        return entry_of(head.key, stamp, body=body, patients=head.patients, base=base)

    return entry
