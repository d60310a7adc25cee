"""What is derived of a version that is kept, derived again: what is searched of it, and whom it is about."""

from __future__ import annotations

import orjson

from vardforlopp.fhir.search.index import indexed
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.services.ports import Entry, Key, Stamp


def entry_of(key: Key, stamp: Stamp, *, body: bytes | None, patients: tuple[str, ...], base: str) -> Entry:
    """The version as it would be kept now; `patients` are the log's, and true of it."""
    parsed = orjson.loads(body) if body is not None and key.type in SERVED else None
    rows = {} if parsed is None else indexed(parsed, base=base)
    return Entry(key, stamp, body, rows, patients)
