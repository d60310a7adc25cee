"""Bundles of what was found and of what was written, made of kept bytes: no digit is touched."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.fhir.search.query import Sorted
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.services.past import Past
from vardforlopp.services.ports import Method, Place

#: No number of a database is larger.
_LARGEST = 1 << 63
_VERBS = {Method.CREATED: ("POST", "201"), Method.UPDATED: ("PUT", "200"), Method.DELETED: ("DELETE", "204")}


def bundle(
    type_: str,
    entries: Iterable[bytes],
    *,
    at: int,
    links: Sequence[tuple[str, str]],
    total: int | None = None,
) -> bytes:
    """A Bundle's text out of its entries' texts."""
    head: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": type_,
        "timestamp": stamp_text(at),
    }
    if total is not None:
        head["total"] = total
    if links:
        head["link"] = [{"relation": relation, "url": url} for relation, url in links]
    text = orjson.dumps(head)
    listed = b",".join(entries)
    return text[:-1] + b',"entry":[' + listed + b"]}" if listed else text


def entry(url: str, resource: bytes | None, **members: Any) -> bytes:
    """One entry's text: its address, the resource as it is, and what is told of it."""
    parts = [b'"fullUrl":' + orjson.dumps(url)]
    if resource is not None:
        parts.append(b'"resource":' + resource)
    parts += [orjson.dumps(name) + b":" + orjson.dumps(value) for name, value in members.items()]
    return b"{" + b",".join(parts) + b"}"


def link(ask: Ask, server: Server, **changed: str) -> str:
    """The address of what was asked, with some parameters changed."""
    pairs = [(name, value) for name, value in ask.query if name not in changed]
    pairs += list(changed.items())
    path = "/".join((server.base, *(part for part in ask.path if part != "_search")))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def page_text(place: Place, *, now: int) -> str:
    """A place in a result as a parameter, with the instant that the result is counted from."""
    written = [one.hex() if isinstance(one, float) else one for one in place]
    return base64.urlsafe_b64encode(orjson.dumps([now, *written])).decode().rstrip("=")


def place_of(text: str, kinds: Sequence[Sorted]) -> tuple[Place, int] | None:
    """The place that a parameter names, of values of these kinds, and its instant; None for none of ours."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        wanted: list[Sorted] = ["whole", *kinds]
        values = [_READ[kind](one) for one, kind in zip(found, wanted, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return None
    return tuple(values[1:]), values[0]


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) >= _LARGEST:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value


_READ: dict[Sorted, Callable[[Any], Any]] = {"whole": _whole, "text": _text, "decimal": float.fromhex}


def history_bundle(past: Past, ask: Ask, server: Server) -> Reply:
    """A page of a history."""
    entries = []
    for version in past.versions:
        url = f"{server.base}/{version.type}/{version.id}"
        verb, status = _VERBS[version.method]
        asked = {"method": verb, "url": version.type if verb == "POST" else f"{version.type}/{version.id}"}
        told = {
            "status": status,
            "etag": f'W/"{version.version}"',
            "lastModified": stamp_text(version.at),
        }
        entries.append(entry(url, version.body, request=asked, response=told))
    links = [("self", link(ask, server))]
    if past.before is not None:
        links.append(("next", link(ask, server, _page=str(past.before))))
    return Reply(200, bundle("history", entries, at=ask.at, links=links))
