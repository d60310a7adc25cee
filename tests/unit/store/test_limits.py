"""A search that takes too long is stopped and told so; who asks for too much is told before it begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from made.many import fill
from made.serving import Client, refusal, served, told
from vardforlopp.app import clock
from vardforlopp.fhir.search.query import MOST_VALUES
from vardforlopp.store.database import Database
from vardforlopp.store.limits import limit

#: Each test asks of every value when its patient was born: seconds of work on what `hurried` has.
SLOW = "Observation?_total=accurate&" + "&".join(f"patient.birthdate=ne{year}" for year in range(1700, 1800))
PERSON = {"resourceType": "Patient", "id": "anna"}


@pytest.fixture
def hurried(database: Database) -> Iterator[Client]:
    """A server with much in it, on which no statement may take longer than a tenth of a second."""
    fill(database, 100)
    again = Database(database.engine.url.render_as_string(hide_password=False), connections=2)
    limit(again, 0.1, ticks=clock.ticks)
    yield served(again)
    again.close()


def test_a_search_that_takes_too_long_is_stopped_told_and_written_down(hurried: Client) -> None:
    for _ in range(3):  # more than there are connections
        assert refusal(hurried.ask("GET", SLOW), 400).startswith(
            "-: It takes longer than it may. Name a patient"
        )
    assert told(hurried.ask("GET", SLOW), 400)["issue"][0]["code"] == "too-costly"
    assert len(hurried.audited(action="request", type="Observation", outcome="invalid")) == 4
    told(hurried.ask("PUT", "Patient/anna", PERSON), 201)
    assert hurried.found("Patient?_id=anna") == ["Patient/anna"]


def test_a_transaction_with_one_keeps_nothing(hurried: Client) -> None:
    entries = [
        {"request": {"method": "PUT", "url": "Patient/anna"}, "resource": PERSON},
        {"request": {"method": "GET", "url": SLOW}},
    ]
    sent = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert "longer than it may" in refusal(hurried.ask("POST", "", sent), 400)
    assert hurried.ask("GET", "Patient/anna").status == 404


def test_in_a_batch_the_others_are_answered(hurried: Client) -> None:
    entries = [{"request": {"method": "GET", "url": url}} for url in ("Patient?_id=x", SLOW, "Patient?_id=y")]
    answer = hurried.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    statuses = [entry["response"]["status"] for entry in told(answer, 200)["entry"]]
    assert [status[:3] for status in statuses] == ["200", "400", "200"]


@pytest.mark.parametrize(
    "address",
    [
        "Observation?code={}",
        "Observation?patient={}",
        "Observation?date={}&_sort=-date",
        "Observation?_has:Provenance:target:recorded={}",
        "Patient?name={}",
        "Patient?_id={}",
        "Patient?_lastUpdated={}",
        "Observation?value-quantity={}",
        "Observation?status=final&code-value-quantity={}",  # two values each
        "Observation?patient.birthdate={}",
    ],
)
def test_as_many_values_as_may_be_are_searched_by_and_no_more(client: Client, address: str) -> None:
    many = MOST_VALUES if "status" not in address else MOST_VALUES // 2 - 1
    value = "2020" if "status" not in address else "a$2020"
    assert client.found(address.format(",".join([value] * many))) == []
    too_many = client.ask("GET", address.format(",".join([value] * (many + 2))))
    assert refusal(too_many, 400).endswith("Ask in several searches, and name the type in a chain.")
    assert len(client.audited(action="search", outcome="invalid")) == 1


def test_a_chain_counts_for_each_type_that_it_may_lead_to(client: Client) -> None:
    values = ",".join(str(number) for number in range(MOST_VALUES // 4))
    assert client.found(f"Observation?subject:Patient._id={values}") == []
    assert client.ask("GET", f"Task?focus._id={values}").status == 400


def test_as_many_tests_as_may_be_are_asked_together(client: Client) -> None:
    tests = "&".join(f"code:not={number}&date=ge{1900 + number}" for number in range(MOST_VALUES // 4))
    assert client.found(f"Observation?{tests}") == []
