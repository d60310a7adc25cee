"""POST /: many interactions in one Bundle, each for itself (batch) or all or none (transaction)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import orjson

from vardforlopp.api.ask import Ask, Method, Reply, Server
from vardforlopp.api.bundles import bundle
from vardforlopp.api.interactions import pairs
from vardforlopp.api.outcome import fault, refusal
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.json_splice import elements, value_of
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.outcomes import Issue, Refused

#: Entries of one Bundle, at most; more is an import.
MOST_ENTRIES = 5_000
#: What an entry says of itself, and the header that says the same of a request.
_HEADERS = {"ifMatch": "if-match", "ifNoneExist": "if-none-exist", "ifNoneMatch": "if-none-match"}


@dataclass(frozen=True, slots=True)
class Part:
    """An entry: where it stands, what it asks for, under which address others refer to it.

    `bare`: it asks for the headers alone (HEAD).
    """

    number: int
    ask: Ask
    full_url: str | None
    bare: bool = False

    @property
    def where(self) -> str:
        return f"Bundle.entry[{self.number}]"

    def told(self, reply: Reply) -> Reply:
        """As much of an answer as was asked for."""
        return replace(reply, body=b"") if self.bare and reply.status < 400 else reply


def parts_of(ask: Ask, server: Server) -> tuple[str, list[Part]] | Reply:
    """The kind of a Bundle and its entries as interactions."""
    try:
        documents = parse(ask.body, name="").documents
    except InputError as error:
        return fault(400, "structure", error.what, error.do)
    found = documents[0]
    if len(documents) != 1 or not isinstance(found, dict) or found.get("resourceType") != "Bundle":
        return fault(400, "structure", "it is no Bundle", "Send a Bundle here, a resource to its type.")
    kind, entries = found.get("type"), found.get("entry", [])
    if kind not in ("batch", "transaction"):
        return fault(400, "value", "the Bundle is neither batch nor transaction", "Say which in `type`.")
    if not isinstance(entries, list):
        return fault(400, "structure", "`entry` is no list", "Send a list of entries.")
    if len(entries) > MOST_ENTRIES:
        return fault(413, "too-costly", f"it has more than {MOST_ENTRIES} entries", "Send it in parts.")
    texts = elements(value_of(ask.body, "entry") or b"[]")
    parts = []
    for number, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        part = _part(number, entry, text, ask, server)
        if isinstance(part, Issue):
            return refusal(Refused("invalid", (part,)))
        parts.append(part)
    return cast(str, kind), parts


def _part(number: int, entry: Any, text: bytes, ask: Ask, server: Server) -> Part | Issue:
    where = f"Bundle.entry[{number}]"
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        return Issue("structure", f"{where}.request", "it says not what to do", "Give method and url.")
    request, full_url = entry["request"], entry.get("fullUrl")
    verb, url = request.get("method"), request.get("url")
    method = "GET" if verb == "HEAD" else verb
    if method not in get_args(Method) or not isinstance(url, str):
        return Issue("structure", f"{where}.request", "it says not what to do", "Give method and url.")
    said = {header: request[name] for name, header in _HEADERS.items() if name in request}
    if not all(isinstance(each, str) for each in (*said.values(), "" if full_url is None else full_url)):
        return Issue("structure", where, "what should be text is not", "Write it as R4 does.")
    if "prefer" in ask.headers:
        said["prefer"] = ask.headers["prefer"]
    body = value_of(text, "resource") or b""
    patch = _patch(entry.get("resource")) if method == "PATCH" else None
    path, _, query = url.removeprefix(f"{server.base}/").partition("?")
    inner = replace(
        ask,
        method=cast(Method, method),
        path=tuple(part for part in path.split("/") if part),
        query=pairs(query) if query else (),
        body=body if patch is None else patch,
        headers=said,
    )
    return Part(number, inner, full_url, verb == "HEAD")


def _patch(resource: Any) -> bytes | None:
    """The JSON Patch in a Binary, as R4 puts it into a Bundle; None where there is none."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Binary":
        return None
    try:
        return b64decode(resource.get("data", ""), validate=True)
    except (ValueError, TypeError):
        return b""


def response(kind: str, replies: Sequence[Reply], ask: Ask) -> Reply:
    """What came of each entry, in the order of the entries."""
    return Reply(200, bundle(f"{kind}-response", [_entry(reply) for reply in replies], at=ask.at, links=()))


def _entry(reply: Reply) -> bytes:
    told: dict[str, str] = {"status": str(reply.status)}
    told |= {name: reply.headers[name] for name in ("location", "etag") if name in reply.headers}
    text = orjson.dumps({"response": told})
    if reply.body and reply.status < 400:
        return b'{"resource":' + reply.body + b"," + text[1:]
    return text[:-2] + b',"outcome":' + reply.body + b"}}" if reply.body else text


def located(reply: Reply, part: Part) -> Reply:
    """A refusal of one entry, as that of the Bundle: it says which entry."""
    told = orjson.loads(reply.body)
    for issue in told.get("issue", []):
        inside = issue.get("expression", [""])[0]
        issue["expression"] = [part.where + (f".resource.{inside}" if inside else "")]
    return Reply(reply.status, orjson.dumps(told), reply.headers)
