"""The server's address and that of its database: which references lead to a resource of ours."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from vardforlopp.app.settings import Settings, is_loopback
from vardforlopp.kernel.errors import InputError
from vardforlopp.store.database import Database
from vardforlopp.store.origin import settled


def at_home(chosen: Settings) -> Settings:
    """The settings under the address that the database was first used with, which is kept there.

    If no address was said, it is the database's. A port of this machine is nobody's name, and may be another
    one each time. Raises: InputError.
    """
    database = Database(chosen.database, connections=1)
    kept = settled(database, chosen.base)
    database.close()
    if kept == chosen.base:
        return chosen
    address = kept.removesuffix("/fhir")
    if chosen.address or not chosen.is_local:
        what = f"everything in the database was written under {address}, and this is {chosen.base}"
        do = f"Set address to {address}, or import into an empty database under the new one."
        raise InputError("VF-APP-008", "address", what, do)
    return chosen if is_loopback(urlsplit(kept).hostname or "") else replace(chosen, address=address)
