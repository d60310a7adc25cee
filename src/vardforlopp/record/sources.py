"""Which sources a record rests on: declared beside the record, or assumed, and said so (rule S01).

A record shows what somebody sent. That nothing stands there about, say, laboratory results
means something only where a laboratory is connected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.record import Source

#: Every kind of source there is; what each means stands in the catalogue.
KINDS = (
    "diagnoses", "laboratory", "measurements", "medications", "procedures", "immunizations", "contacts",
    "referrals", "imaging", "questionnaires", "bookings", "decisions", "documents", "plans", "allergies",
    "family-history", "lifestyle", "consents",
)  # fmt: skip

_KEYS = ("kind", "provider", "connected", "last_seen", "limit_days", "since", "own_codes")


def assumed(occurring: Collection[str]) -> tuple[Source, ...]:
    """Sources for a record that comes without any: what occurs in it counts as connected."""
    return tuple(
        Source(
            kind=kind,
            provider="",
            connected=kind in occurring,
            last_seen=None,
            limit_days=None,
            assumed=True,
        )
        for kind in KINDS
    )


def as_shown(sources: Sequence[Source], own_kinds: Collection[str]) -> tuple[Source, ...]:
    """Sources of which it is told whether they send our own codes; `own_kinds`: kinds that show one.

    For much of what a pathway asks for there is no known code. A source that does not send our own
    name for it would not carry it, so that its silence says nothing. Of several sources of one kind the
    record does not show which one sends it: then only what is said counts.
    """
    providers = Counter(source.kind for source in sources)
    return tuple(
        source
        if source.own_codes is not None
        else replace(source, own_codes=source.kind in own_kinds and providers[source.kind] == 1)
        for source in sources
    )


def parse_sources(tree: object, *, where: str) -> tuple[Source, ...]:
    """Sources out of the parsed text of `NAME.sources.yaml`: a list, or `sources: [...]`.

    Kinds that are not named are not connected. `InputError` says which entry is wrong.
    """
    if isinstance(tree, Mapping) and set(tree) == {"sources"}:
        tree = tree["sources"]
    if not isinstance(tree, list):
        raise _error(where, "the file is not a list of sources", "Write one `- kind: ...` a source.")
    declared = [_source(entry, f"{where}, source {number}") for number, entry in enumerate(tree, start=1)]
    named = {source.kind for source in declared}
    missing = [
        Source(kind, provider="", connected=False, last_seen=None, limit_days=None)
        for kind in KINDS
        if kind not in named
    ]
    return tuple(
        sorted([*declared, *missing], key=lambda source: (KINDS.index(source.kind), source.provider))
    )


def _source(entry: object, where: str) -> Source:
    if not isinstance(entry, Mapping):
        raise _error(where, "a source is a mapping", f"Write {', '.join(_KEYS)}.")
    unknown = sorted(str(key) for key in entry if key not in _KEYS)
    if unknown:
        raise _error(where, "it has a key that no source has", f"Write {', '.join(_KEYS)}.")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise _error(where, "the kind is missing or unknown", f"Write one of {', '.join(KINDS)}.")
    connected, limit = entry.get("connected", True), entry.get("limit_days")
    own_codes = entry.get("own_codes")
    if not isinstance(connected, bool) or not isinstance(own_codes, bool | None):
        key = "own_codes" if isinstance(connected, bool) else "connected"
        raise _error(where, f"{key} is not true or false", "Write true or false.")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
        raise _error(where, "limit_days is not a whole number of days", "Write the days of silence allowed.")
    provider = entry.get("provider")
    return Source(
        kind=kind,
        provider="" if provider is None else str(provider),
        connected=connected,
        last_seen=_day(entry, "last_seen", where),
        limit_days=limit,
        since=_day(entry, "since", where),
        own_codes=own_codes,
    )


def _day(entry: Mapping[str, Any], key: str, where: str) -> int | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal()
    try:
        return day_from_iso(str(value)[:10])
    except ValueError:
        raise _error(where, f"{key} is not a date", "Write it as 2026-03-02.") from None


def _error(where: str, what: str, do: str) -> InputError:
    return InputError("VF-REC-016", where, what, do)
