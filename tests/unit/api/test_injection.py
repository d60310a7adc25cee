"""A text that would break out of its place finds nothing, in every search parameter of every served type."""

from __future__ import annotations

import os
from collections.abc import Iterator

import orjson
import pytest

from made.databases import fresh
from made.serving import NOW, Client, served
from vardforlopp.fhir.search.index import (
    DateRow,
    QuantityRow,
    ReferenceRow,
    Row,
    StringRow,
    TokenRow,
    UriRow,
    by_kind,
)
from vardforlopp.fhir.search.parameters import Parameter, parameters_of
from vardforlopp.fhir.search.query import read_query
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.services.ports import Entry, Key, Scope, Stamp

TEXTS = (
    "' OR '1'='1", "x'); DROP TABLE head; --", '" OR ""="', "1 UNION SELECT * FROM log", "%", "_%", "\\", "*",
    "${jndi:ldap://x}", "../../etc/passwd", "<script>", "1e999", "9" * 400,
    "\u202e", "a\u0300", "$", "|", "\\,",
    ",", "(", "[", "?", "#", ";", "\n", " ", "\u0301", "\U0010ffff",
)  # fmt: skip
#: In the fast suite each parameter is asked some of them, in `make test-interface` all.
STEP = 1 if os.environ.get("INJECTED") == "all" else 6
#: Modifiers behind which a text is looked for within another.
LOOSE = {"token": (":text", ":not:x"), "string": (":contains", ":exact"), "uri": (":below",)}


def row(parameter: Parameter) -> Row | None:
    """Something that is found by a parameter, if it is searched by itself."""
    number = parameter.number
    return {
        "token": TokenRow(number, "urn:s", "code", "text"),
        "reference": ReferenceRow(number, "Patient", "a"),
        "date": DateRow(number, NOW, NOW),
        "string": StringRow(number, "berg", "Berg"),
        "quantity": QuantityRow(number, 5.0, 5.0, "urn:u", "mg", "mg"),
        "uri": UriRow(number, "http://example.org/x"),
        "composite": None,
    }[parameter.kind]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A resource of each type that every parameter of it finds, asked as it should be."""
    with fresh(tmp_path_factory.mktemp("filled")) as database:
        client = served(database)
        entries = [
            Entry(
                Key(type_, "a"), Stamp(1, NOW), orjson.dumps({"resourceType": type_, "id": "a"}),
                by_kind(found for one in parameters_of(type_).values() if (found := row(one)) is not None),
            )
            for type_ in SERVED
        ]  # fmt: skip
        with client.server.store.writing() as unit:
            unit.append(entries, {}, actor="test")
        yield client


@pytest.mark.parametrize("type_", SERVED)
def test_it_finds_nothing(filled: Client, type_: str) -> None:
    """It is looked for as it is, or refused by the parameter's name; what is there is there still."""
    with filled.server.store.reading() as view:
        for name, parameter in parameters_of(type_).items():
            for asked in (name, *(name + each for each in LOOSE.get(parameter.kind, ()))):
                for text in TEXTS[parameter.number % STEP :: STEP]:
                    query = read_query(type_, [(asked, text)], base="")
                    if query.refused:
                        assert [one.parameter for one in query.refused] == [asked]
                        assert text not in query.refused[0].what or len(text) < 10
                    else:
                        assert view.page(query, count=5, scope=Scope(NOW)).heads == (), (asked, text)
        known = [one for one in parameters_of(type_).values() if one.kind == "token"]
        query = read_query(type_, [(one.name, "urn:s|code") for one in known], base="")
        assert [head.id for head in view.page(query, count=5, scope=Scope(NOW)).heads] == ["a"]


@pytest.mark.parametrize("type_", SERVED)
def test_every_refused_parameter_is_told_by_its_name(filled: Client, type_: str) -> None:
    names = [name for name, one in parameters_of(type_).items() if one.kind in ("date", "quantity")]
    pairs = tuple((name, "'; --") for name in [*names, "nothing'"])
    reply = filled.exactly("GET", (type_,), pairs, prefer="handling=strict")
    assert reply.status == 400
    assert [one["expression"] for one in orjson.loads(reply.body)["issue"]] == [[name] for name, _ in pairs]
