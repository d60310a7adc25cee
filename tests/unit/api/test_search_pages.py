"""Pages of a search: whole, in order, and steady while others write."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import orjson
import pytest

from made.serving import BASE, NOW, STAFF, Client, served
from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.fhir.search.query import read_query
from vardforlopp.kernel.civil import HOUR
from vardforlopp.store.database import Database

MONTHS = [f"2026-{month:02}" for month in (3, 1, 2, 5, 4, 1)]


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": f"p{number}", "name": [{"family": f"Berg{number}"}], **more}


@pytest.fixture
def client(client: Client) -> Client:
    for number, born in enumerate(MONTHS):
        client.ask("PUT", f"Patient/p{number}", person(number, birthDate=born))
    client.ask("PUT", "Patient/p6", person(6))
    return client


def pages(client: Client, address: str, between: Any = None) -> list[list[str]]:
    """The ids of each page, following the links; `between` is done after the first page."""
    found = []
    while address:
        bundle = client.get(address)
        found.append([entry["resource"]["id"] for entry in bundle.get("entry", ())])
        following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
        address = following[0].removeprefix(f"{BASE}/") if following else ""
        if between is not None:
            between()
            between = None
    return found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "0123456"),
        ("&_sort=birthdate", "1520436"),
        ("&_sort=-birthdate", "3402156"),
        ("&_sort=-_id", "6543210"),
        ("&_sort=-_lastUpdated", "6543210"),
        ("&_sort=birthdate,-_id", "5120436"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
def test_pages_have_each_once_in_order(client: Client, sort: str, order: str, count: int) -> None:
    found = pages(client, f"Patient?_count={count}{sort}")
    assert "".join(id_[1:] for page in found for id_ in page) == order
    assert all(len(page) == count for page in found[:-1])


def test_what_nobody_touches_is_told_once_whatever_is_written_between(client: Client) -> None:
    def writes() -> None:
        client.ask("DELETE", "Patient/p0")
        client.ask("PUT", "Patient/p9", person(9, birthDate="2026-01"))
        client.ask("PUT", "Patient/p5", person(5, birthDate="2026-12"))

    told = [id_ for page in pages(client, "Patient?_count=2&_sort=birthdate", writes) for id_ in page]
    assert sorted(told.count(f"p{number}") for number in (1, 2, 3, 4, 6)) == [1] * 5


@pytest.mark.parametrize(
    "page", ["x", "W10", "WzFd", "bnVsbA", "WyJhIiwiYiJd", "WzEsMSwiYSJd", "WzEsMWU0MDBd"]
)
def test_a_page_that_is_none_of_ours_is_refused(client: Client, page: str) -> None:
    assert client.ask("GET", f"Patient?_count=2&_page={page}").status == 400


def test_a_result_of_one_page_says_how_many_there_are(client: Client) -> None:
    assert client.get("Patient")["total"] == 7
    assert "total" not in client.get("Patient?_count=2")
    assert client.get("Patient?_count=2&_total=accurate")["total"] == 7
    assert client.get("Patient?_summary=count") | {"timestamp": ""} == {
        "resourceType": "Bundle", "type": "searchset", "timestamp": "", "total": 7,
        "link": [{"relation": "self", "url": f"{BASE}/Patient?_summary=count"}],
    }  # fmt: skip


def test_what_is_not_understood_is_told_or_under_strict_handling_refused(client: Client) -> None:
    lenient = client.get("Patient?family=berg1&nothing=x")
    assert [entry["search"]["mode"] for entry in lenient["entry"]] == ["match", "outcome"]
    assert client.ask("GET", "Patient?nothing=x", prefer="handling=strict").status == 400


@pytest.mark.parametrize("wrong", ["birthdate=gurka", "family:gurka=x", "_count=many", "_total=some"])
def test_what_is_written_wrongly_finds_nobody_instead_of_everybody(client: Client, wrong: str) -> None:
    assert client.ask("GET", f"Patient?{wrong}").status == 400


def test_a_part_of_a_resource_says_that_it_is_a_part(client: Client) -> None:
    (entry,) = client.get("Patient?_id=p1&_elements=name")["entry"]
    assert set(entry["resource"]) == {"resourceType", "id", "meta", "name"}
    assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"


def test_elements_of_a_choice_are_named_as_the_choice_is(client: Client) -> None:
    seen = {
        "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "puls"},
        "valueQuantity": {"value": 72}, "effectiveDateTime": "2026", "issued": "2026-03-02T10:00:00Z",
    }  # fmt: skip
    client.ask("PUT", "Observation/o", seen)
    for asked, told in (("value", "valueQuantity"), ("valueQuantity", "valueQuantity"), ("issued", "issued")):
        (entry,) = client.get(f"Observation?_elements={asked}")["entry"]
        assert set(entry["resource"]) == {"resourceType", "id", "meta", "status", "code", told}


def test_the_link_to_itself_says_what_was_used(client: Client) -> None:
    links = client.get("Patient?family=berg&nothing=x&_count=1")["link"]
    assert [one["url"].partition("&_page")[0] for one in links] == [
        f"{BASE}/Patient?family=berg&_count=1"
    ] * 2


class TestSearchByPost:
    """What is searched by, and sorted by, stands in no address; neither the client's nor one that we give."""

    SECRET = "name=Berg&_count=3&_sort=-family"

    def first(self, client: Client) -> Any:
        pairs = tuple(tuple(pair.split("=")) for pair in self.SECRET.split("&"))
        return orjson.loads(client.exactly("POST", ("Patient", "_search"), pairs).body)

    def test_goes_on_by_a_link_that_tells_nothing(self, client: Client) -> None:
        bundle = self.first(client)
        found = [entry["resource"]["id"] for entry in bundle["entry"]]
        while len(links := {one["relation"]: one["url"] for one in bundle["link"]}) == 2:
            assert not any(word in str(links) for word in ("Berg", "berg", "name", "family", "_page"))
            bundle = client.get(links["next"].removeprefix(f"{BASE}/"))
            found += [entry["resource"]["id"] for entry in bundle["entry"]]
        assert found == ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]

    def test_goes_on_for_who_began_it_and_for_an_hour(self, client: Client) -> None:
        following = self.first(client)["link"][1]["url"].removeprefix(f"{BASE}/")
        name = following.partition("=")[2]
        assert client.as_(STAFF).ask("GET", following).status == 410
        assert client.ask("GET", f"Observation?_bookmark={name}").status == 410
        assert client.ask("GET", "Patient?_bookmark=nothing").status == 410
        late = replace(client, clock=count(NOW + 2 * HOUR))
        assert client.ask("GET", following).status == 200
        assert late.ask("GET", following).status == 410
        self.first(late)  # and what is over is not kept for ever
        assert client.ask("GET", following).status == 410
        assert [line["outcome"] for line in client.audited(actor=STAFF.id)] == ["not-found"]

    def test_may_be_followed_in_another_process(self, client: Client, database: Database) -> None:
        following = self.first(client)["link"][1]["url"].removeprefix(f"{BASE}/")
        other = replace(served(database).server, new_id=lambda: "another's")
        assert len(replace(client, server=other).get(following)["entry"]) == 3


@pytest.mark.parametrize("value", ["1e2000000", "1e-2000000", "1e999999999999999999", "9" * 5_000])
def test_a_number_beyond_all_numbers_is_refused_or_found_nowhere(client: Client, value: str) -> None:
    found = client.ask("GET", f"Observation?value-quantity={value}", prefer="handling=strict")
    assert found.status in (200, 400)


def test_the_capability_statement_says_what_is_there(client: Client) -> None:
    """What is asked of a parameter that it names is understood, and it names all."""
    (rest,) = client.get("metadata")["rest"]
    for resource in rest["resource"]:
        kind = resource["type"]
        named = {parameter["name"] for parameter in resource["searchParam"]}
        assert named == {"_id", "_lastUpdated", *parameters_of(kind)}
        for name in named - {"_id", "_lastUpdated"}:
            assert read_query(kind, [(f"{name}:missing", "true")], base="").refused == ()
        for include in resource.get("searchInclude", ()):
            assert read_query(kind, [("_include", include)], base="").refused == ()
