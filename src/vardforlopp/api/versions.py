"""A version as an answer: the bytes as they are kept, with ETag, Last-Modified and Location."""

from __future__ import annotations

import re
from email.utils import formatdate

import orjson

from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.outcome import outcome
from vardforlopp.kernel.civil import SECOND
from vardforlopp.services.drafts import remarks
from vardforlopp.services.outcomes import Issue, Kept, Removed
from vardforlopp.services.ports import Version

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def shown(version: Version) -> Reply:
    """A version, whole."""
    assert version.body is not None
    return Reply(200, version.body, _headers(version))


def written(result: Kept, ask: Ask, server: Server) -> Reply:
    """What was written, as much of it as the client wants to have back."""
    version = result.version
    headers = _headers(version)
    headers["location"] = f"{server.base}/{version.type}/{version.id}/_history/{version.version}"
    status = 201 if result.created else 200
    match ask.wants:
        case "minimal":
            return Reply(status, b"", headers)
        case "OperationOutcome":
            issue = Issue("informational", "", "it was kept", "")
            told = outcome([issue], severity="information")
            found = remarks(orjson.loads(version.body or b"{}"), rules=server.rules)
            told["issue"] += outcome(found, severity="warning")["issue"]
            return Reply(status, orjson.dumps(told), headers)
        case _:
            return Reply(status, version.body or b"", headers)


def removed(result: Removed) -> Reply:
    """That it is gone."""
    return Reply(204, b"", {} if result.version is None else {"etag": etag(result.version)})


def etag(version: int) -> str:
    """A version's number as an entity tag."""
    return f'W/"{version}"'


def version_in(tag: str) -> int | None:
    """The version that an entity tag names; None when it names none of ours."""
    match = _ETAG.fullmatch(tag.strip())
    return int(match[1]) if match is not None else None


def _headers(version: Version) -> dict[str, str]:
    return {
        "etag": etag(version.version),
        "last-modified": formatdate(version.at // SECOND, usegmt=True),
    }
