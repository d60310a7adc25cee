"""Many who write at once: nothing is lost, nothing is doubled, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from made.serving import Client, told

PERSON = {"resourceType": "Patient", "id": "anna", "name": [{"family": "Berg"}]}


def all_at_once(work: Any, times: int = 24) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(work, range(times)))


def test_every_update_is_a_version_of_its_own(client: Client) -> None:
    replies = all_at_once(lambda number: client.ask("PUT", "Patient/anna", PERSON))
    kept = [reply.headers["etag"] for reply in replies if reply.status < 300]
    assert len(kept) == 24
    assert sorted(kept, key=lambda tag: int(tag[3:-1])) == [f'W/"{n}"' for n in range(1, 25)]
    past = client.get("Patient/anna/_history")["entry"]
    assert len(past) == 24


def test_of_those_who_change_one_version_one_does(client: Client) -> None:
    client.ask("PUT", "Patient/anna", PERSON)
    replies = all_at_once(lambda number: client.ask("PUT", "Patient/anna", PERSON, if_match='W/"1"'))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 23


def test_a_conditional_create_creates_once(client: Client) -> None:
    known = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "1"}]}
    replies = all_at_once(
        lambda number: client.ask("POST", "Patient", known, if_none_exist="identifier=urn:x|1")
    )
    assert sorted(reply.status for reply in replies) == [200] * 23 + [201]
    assert len(client.found("Patient")) == 1


def test_transactions_that_write_the_same_in_other_orders_are_all_kept(client: Client) -> None:
    def sent(number: int) -> dict[str, Any]:
        names = ["a", "b", "c", "d"]
        entries = [
            {"request": {"method": "PUT", "url": f"Patient/{name}"}, "resource": {**PERSON, "id": name}}
            for name in (names if number % 2 else reversed(names))
        ]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    for reply in all_at_once(lambda number: client.ask("POST", "", sent(number))):
        told(reply, 200)
    assert {entry["resource"]["meta"]["versionId"] for entry in client.get("Patient")["entry"]} == {"24"}


def test_who_finds_by_a_condition_and_who_names_it_write_one_after_the_other(client: Client) -> None:
    """Alone or in transactions, in whatever order they hold: none is lost, and nobody waits for ever."""
    person = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "1"}]}
    named = {**person, "id": "anna"}
    client.ask("PUT", "Patient/anna", named)

    def act(number: int) -> int:
        by_condition = {
            "request": {"method": "PUT", "url": "Patient?identifier=urn:x|1"},
            "resource": person,
        }
        by_name = {"request": {"method": "PUT", "url": "Patient/anna"}, "resource": named}
        match number % 4:
            case 0:
                return client.ask("PUT", "Patient?identifier=urn:x|1", person).status
            case 1:
                return client.ask("PUT", "Patient/anna", named).status
            case kind:
                entries = [by_condition if kind == 2 else by_name]
                sent = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
                return client.ask("POST", "", sent).status

    assert set(all_at_once(act)) == {200}
    assert client.get("Patient/anna")["meta"]["versionId"] == "25"
    assert client.found("Patient") == ["Patient/anna"]


def test_readers_see_whole_transactions(client: Client) -> None:
    def act(number: int) -> set[str]:
        if number % 2:
            entries = [
                {"request": {"method": "PUT", "url": f"Patient/{name}"}, "resource": {**PERSON, "id": name}}
                for name in ("a", "b")
            ]
            told(
                client.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}),
                200,
            )
            return {"-"}
        found = client.get("Patient").get("entry", ())
        return {entry["resource"]["meta"]["versionId"] for entry in found}

    assert all(len(versions) <= 1 for versions in all_at_once(act, 48))


def test_each_act_has_its_line_in_the_log(client: Client) -> None:
    all_at_once(lambda number: client.ask("PUT", f"Patient/p{number}", {**PERSON, "id": f"p{number}"}))
    all_at_once(lambda number: client.ask("GET", f"Patient/p{number}"))
    assert len(client.audited(action="update", outcome="done")) == 24
    assert len(client.audited(action="read", outcome="done")) == 24
