"""The OpenAPI document says what dispatch answers, no more and no less."""

from __future__ import annotations

from made.serving import BASE, Client
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.api.dispatch import _at
from vardforlopp.fhir.search.served import ACTS, SERVED

#: What is answered before there is a type or an interaction.
_WHOLE = {("/", "post"), ("/metadata", "get"), ("/openapi.json", "get")}


def ways(client: Client) -> set[tuple[str, str]]:
    return {(path, method) for path, found in client.get("openapi.json")["paths"].items() for method in found}


def test_all_that_it_names_is_answered(client: Client) -> None:
    for path, method in ways(client) - _WHOLE:
        parts = tuple(path.replace("{id}", "a").replace("{version}", "1").strip("/").split("/"))
        assert method.upper() in (_at(parts) or {}), (path, method)


def test_it_names_all_that_is_answered(client: Client) -> None:
    named = ways(client)
    assert named >= _WHOLE
    for kind in (*SERVED, ACTS):
        for inside in ("", "/{id}", "/_search", "/_history", "/{id}/_history", "/{id}/_history/{version}"):
            parts = tuple(f"{kind}{inside}".split("/"))
            assert {(f"/{kind}{inside}", method.lower()) for method in _at(parts) or {}} <= named


def test_the_capability_statement_is_sound(client: Client) -> None:
    assert r4_validator().faults(client.get("metadata")) == []


def test_it_is_an_openapi_document_of_this_server(client: Client) -> None:
    document = client.get("openapi.json")
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": BASE}]
    ids = [one["operationId"] for found in document["paths"].values() for one in found.values()]
    assert len(ids) == len(set(ids))
