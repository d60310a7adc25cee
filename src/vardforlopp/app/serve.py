"""`vardforlopp serve` and `migrate`: the server, and its database's schema."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from errno import ENOTDIR
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.adapters.clients import read_clients
from vardforlopp.app.metrics import counted
from vardforlopp.app.settings import Settings, as_environment, settings
from vardforlopp.cli.outside import FINE, Outside
from vardforlopp.kernel.errors import InputError


def serve(
    *,
    data: str | None = None,
    host: str | None = None,
    port: int | None = None,
    demo: bool | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Answer FHIR over HTTP until it is told to stop. What is not said here is said by the settings.

    Parameters
    ----------
    data
        A folder to keep everything in, or the address of a PostgreSQL database.
    host
        The address to listen on; 127.0.0.1 if not given.
    port
        The port to listen on; 8080 if not given.
    demo
        Everybody may do everything, with invented persons: only on this machine.
    """
    chosen = settings({"data": data, "host": host, "port": port, "demo": demo})
    chosen = prepare(chosen)
    if chosen.clients:
        # What is wrong with it is told here, not by each process that starts.
        read_clients(Path(chosen.clients))
    if _is_open(chosen):
        outside.tell(f"Others on this machine may look into {chosen.data}: close it to them (chmod 700).")
    if not chosen.demo and not chosen.clients:
        outside.tell("No client may connect: name a file of clients, or try it with --demo.")
    _find_free(chosen)
    os.environ.update(as_environment(chosen))
    outside.tell(
        f"Listening: {chosen.base}" + (" (demo: open to everybody on this machine)" if chosen.demo else "")
    )
    with counted(chosen.metrics):
        _answer(chosen)
    return FINE


def _find_free(chosen: Settings) -> None:
    """Raises: InputError, where somebody listens already: the processes of a server share their port, and so
    would those of another, each with half of the requests.
    """
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            what = f"nobody can listen at {chosen.host}:{chosen.port} ({error.strerror})"
            raise InputError("VF-APP-010", "port", what, "Stop who does, or choose another port.") from None


def _answer(chosen: Settings) -> None:
    """Answer until a signal tells to stop; who is being answered then still is."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "vardforlopp.app.asgi:make",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.ASGI,
        workers=chosen.workers,
        factory=True,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=30,
        respawn_failed_workers=True,
    ).serve()


def migrate(
    *,
    data: str | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Bring the database to the schema of this program; an empty one is filled.

    Parameters
    ----------
    data
        A folder with everything in it, or the address of a PostgreSQL database.
    """
    from vardforlopp.store import migrations

    chosen = settings({"data": data})
    make_folder(chosen)
    migrations.migrate(chosen.database)
    outside.say(f"The database has schema {migrations.newest()}.")
    return FINE


def prepare(chosen: Settings) -> Settings:
    """The settings with the database's address. An empty database is filled; one of another schema is not
    touched.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from vardforlopp.app.address import at_home
    from vardforlopp.store import following, migrations
    from vardforlopp.store.database import Database

    make_folder(chosen)
    if chosen.workers > 1 and chosen.database.startswith("sqlite"):
        raise InputError(
            "VF-APP-005", "workers", "SQLite has one writer, so one process answers", "Set workers to 1."
        )
    try:
        database = Database(chosen.database, connections=1)
        found = migrations.standing(database)
        if found == migrations.newest() and not database.is_sqlite:
            with database.writing() as connection:
                following.begin_anew(connection)
        database.close()
    except SQLAlchemyError as error:
        what = f"the database does not answer ({type(error).__name__})"
        raise InputError("VF-APP-004", "data", what, "Look at its address, and whether it runs.") from None
    if found is None:
        migrations.migrate(chosen.database)
    elif found != migrations.newest():
        what = f"the database has schema {found}, and this program works with {migrations.newest()}"
        raise InputError("VF-APP-006", "data", what, "Back it up, and run vardforlopp migrate.")
    return at_home(chosen)


def make_folder(chosen: Settings) -> None:
    """The folder of the data, closed to others if it is made here: somebody else's stays as it is."""
    if "://" in chosen.data:
        return
    folder = Path(chosen.data)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)  # records of people
        if not folder.is_dir():
            raise NotADirectoryError(ENOTDIR, "it is no folder")
    except OSError as error:
        what = f"the folder cannot be made: {error.strerror or 'unknown reason'}"
        raise InputError("VF-APP-004", chosen.data, what, "Name a folder of yours.") from None


def _is_open(chosen: Settings) -> bool:
    return "://" not in chosen.data and Path(chosen.data).stat().st_mode & 0o077 != 0
