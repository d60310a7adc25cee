"""Whatever is sent, the answer is one of R4's: never a fault of ours, and nothing half-written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.databases import fresh
from made.serving import SYSTEM, Client, patient, served
from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.fhir.search.served import SERVED

_ODD = [
    "\x00",
    "\ud7ff",
    "'",
    '"',
    "\\",
    "%",
    "_",
    "$",
    "|",
    ",",
    ":",
    ";--",
    "☃",
    "1e9999999",
    "-0",
    "9" * 400,
    "ap2020",
    "ne",
    "\\,",
    "$$",
    "||",
    "2020-13-45",
    "Patient/",
    "urn:uuid:x",
    "' OR 1=1 --",
    "\U0010ffff",
]
_WORDS = [
    "true",
    "8867-4",
    "http://loinc.org|8867-4",
    "Patient/anna",
    "2020",
    "ge2020-01-01T10:00:00Z",
    "5.40|http://unitsofmeasure.org|mg",
    "lt5",
    "berg",
    "Åsa",
]
_MODIFIERS = [
    "",
    ":missing",
    ":not",
    ":text",
    ":exact",
    ":contains",
    ":identifier",
    ":below",
    ":above",
    ":Patient",
    ":x",
]
_KEYS = [
    "resourceType",
    "id",
    "meta",
    "subject",
    "reference",
    "name",
    "code",
    "entry",
    "request",
    "method",
    "url",
    "type",
    "fullUrl",
    "resource",
    "value",
    "op",
    "path",
    "from",
    "extension",
]
_SAID = [
    {},
    {"if_match": 'W/"1"'},
    {"if_match": "\x00"},
    {"if_none_exist": "name=\x00"},
    {"if_none_exist": "_id=x"},
    {"if_none_match": "x"},
]
_PARTS = [*_ODD, "anna", "o", "_history", "_search", "$validate", "$everything", "1", "x" * 70]
words = st.lists(st.sampled_from(_ODD + _WORDS), min_size=0, max_size=3).map("".join)
types = st.sampled_from(["Patient", "Observation", "Condition", "CarePlan", "Claim", "Organization"])
modifiers = st.sampled_from(_MODIFIERS)
controls = st.sampled_from(
    [
        ("_count", "0"),
        ("_count", "9999999999"),
        ("_count", "-1"),
        ("_sort", "-_lastUpdated"),
        ("_sort", "birthdate,,x"),
        ("_total", "accurate"),
        ("_summary", "count"),
        ("_summary", "text"),
        ("_elements", "name,\x00"),
        ("_page", "AAAA"),
        ("_page", "WzEsMl0"),
        ("_include", "*"),
        ("_include", "Observation:subject"),
        ("_revinclude", "Observation:subject"),
        ("_include:iterate", "Patient:link"),
        ("_has:Observation:patient:code", "x"),
        ("_has:x", "y"),
        ("subject.name", "x"),
        ("_since", "x"),
        ("_format", "xml"),
        ("_lastUpdated", "ap2020"),
        ("_id", "a,b,\x00"),
    ]
)
actors = st.sampled_from([SYSTEM, patient("anna")])


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, tuple[tuple[str, str], ...]]:
    kind = draw(types)
    known = sorted(parameters_of(kind)) if kind in SERVED else ["x"]
    asked = st.tuples(st.builds(str.__add__, st.sampled_from(known), modifiers), words)
    return kind, tuple(draw(st.lists(st.one_of(asked, controls), max_size=3)))


_simple = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.sampled_from(_ODD + _WORDS)
)
json_values = st.recursive(
    _simple,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


def written(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer that no 64 bits hold
        return repr(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as database:
        found = served(database)
        person = {
            "resourceType": "Patient",
            "id": "anna",
            "name": [{"family": "Berg"}],
            "birthDate": "1950-02-03",
        }
        pulse = {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "subject": {"reference": "Patient/anna"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
            "valueQuantity": {"value": 72, "unit": "/min"},
        }
        found.ask("PUT", "Patient/anna", person)
        found.ask("PUT", "Observation/o", pulse)
        yield found


@given(queries(), actors, st.sampled_from(["", "handling=strict"]))
def test_any_search_is_answered_or_refused(client: Client, asked: Any, actor: Any, prefer: str) -> None:
    kind, pairs = asked
    reply = client.as_(actor).exactly("GET", (kind,), pairs, prefer=prefer)
    assert reply.status in (200, 400, 403), (reply.status, reply.body)
    told = orjson.loads(reply.body)
    assert told["resourceType"] == ("Bundle" if reply.status == 200 else "OperationOutcome")


@given(
    st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "GET"]),
    st.lists(st.one_of(types, st.sampled_from(_PARTS)), max_size=4),
    json_values,
    st.sampled_from(_SAID),
)
def test_any_request_is_answered_or_refused(
    client: Client, method: str, path: Any, body: Any, said: Any
) -> None:
    before = len(client.get("_history").get("entry", ()))
    reply = client.exactly(method, tuple(path), (), body=written(body), **said)
    assert reply.status < 500, reply.body
    if reply.status >= 400:
        assert len(client.get("_history").get("entry", ())) == before


@given(st.lists(json_values, max_size=3), st.sampled_from(["batch", "transaction"]))
def test_any_bundle_is_answered_or_refused(client: Client, entries: Any, kind: str) -> None:
    bundle = b'{"resourceType":"Bundle","type":"%s","entry":%s}' % (kind.encode(), written(entries))
    assert client.exactly("POST", (), (), body=bundle).status < 500


@given(json_values, st.sampled_from(["Patient/anna", "Observation/o"]))
@settings(max_examples=100)
def test_any_patch_is_answered_or_refused(client: Client, value: Any, address: str) -> None:
    added = {"op": "add", "path": "/name/0/text", "value": value}
    for operation in (added, {"op": "copy", "from": value, "path": "/x"}, value):
        body = b"[" + written(operation) + b"]"
        assert client.exactly("PATCH", tuple(address.split("/")), (), body=body).status < 500
