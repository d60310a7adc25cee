"""A transaction means the same whatever the order of its entries, and is done whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.databases import fresh
from made.serving import Client, served

Json = dict[str, Any]
NAMES, NUMBERS = ("a", "b", "c"), ("1", "2")
_worlds = count()
names, numbers = st.sampled_from(NAMES), st.sampled_from(NUMBERS)


class World:
    """Three persons whose names and numbers no other world has."""

    def __init__(self, client: Client, standing: list[tuple[str, str]]) -> None:
        self.client, self.mark = client, f"w{next(_worlds)}"
        for name, number in standing:
            client.ask("PUT", f"Patient/{self.mark}{name}", self.person(number, name))

    def person(self, number: str, name: str | None = None) -> Json:
        made: Json = {"resourceType": "Patient", "identifier": [{"system": self.mark, "value": number}]}
        return made if name is None else {**made, "id": f"{self.mark}{name}"}

    def asks(self, number: str) -> str:
        return f"identifier={self.mark}|{number}"

    def entry(self, kind: str, name: str, number: str) -> Json:
        """One act of a transaction."""
        named, url = f"Patient/{self.mark}{name}", f"urn:uuid:{self.mark}-{kind}-{name}-{number}"
        match kind:
            case "delete":
                return {"request": {"method": "DELETE", "url": named}}
            case "put":
                request = {"method": "PUT", "url": named}
                return {"fullUrl": url, "request": request, "resource": self.person(number, name)}
            case "put where":
                request = {"method": "PUT", "url": f"Patient?{self.asks(number)}"}
                return {"fullUrl": url, "request": request, "resource": self.person(number)}
            case "post":
                return {"request": {"method": "POST", "url": "Patient"}, "resource": self.person(number)}
            case "post unless":
                request = {"method": "POST", "url": "Patient", "ifNoneExist": self.asks(number)}
                return {"fullUrl": url, "request": request, "resource": self.person(number)}
            case _:
                about = f"Patient?{self.asks(number)}" if kind == "refer" else f"urn:uuid:{self.mark}-{name}"
                code = {"coding": [{"system": self.mark, "code": name}]}
                seen = {"resourceType": "Observation", "status": "final", "code": code}
                request = {"method": "POST", "url": "Observation"}
                return {"request": request, "resource": {**seen, "subject": {"reference": about}}}

    def state(self) -> list[object]:
        """What is there, by number, and of each observation whom it is about."""
        persons = self.client.get(f"Patient?identifier={self.mark}|").get("entry", ())
        seen = self.client.get(f"Observation?code={self.mark}|").get("entry", ())
        number = {one["resource"]["id"]: one["resource"]["identifier"][0]["value"] for one in persons}
        versions = sorted((number[one["resource"]["id"]], self._named(one["resource"])) for one in persons)
        about = [one["resource"]["subject"]["reference"].removeprefix("Patient/") for one in seen]
        return [versions, sorted(number.get(each, each.removeprefix(self.mark)) for each in about)]

    def _named(self, person: Json) -> str:
        id_ = str(person["id"])
        return id_.removeprefix(self.mark) + person["meta"]["versionId"] if self.mark in id_ else "new"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as database:
        yield served(database)


kinds = st.sampled_from(["delete", "put", "put where", "post", "post unless", "refer"])
acts = st.lists(st.tuples(kinds, names, numbers), min_size=1, max_size=4, unique=True)
standing = st.lists(st.tuples(names, numbers), max_size=3, unique_by=lambda one: one[0])


@given(standing, acts, st.randoms(use_true_random=False))
def test_its_entries_may_stand_in_any_order(client: Client, there: Any, asked: Any, random: Any) -> None:
    other = list(asked)
    random.shuffle(other)
    answers = []
    for order in (asked, other):
        world = World(client, there)
        before = world.state()
        sent = {"resourceType": "Bundle", "type": "transaction"}
        reply = client.ask("POST", "", {**sent, "entry": [world.entry(*one) for one in order]})
        assert reply.status in (200, 400, 412), reply.body
        after = world.state()
        if reply.status == 200:
            statuses = [each["response"]["status"] for each in orjson.loads(reply.body)["entry"]]
            answers.append([after, sorted(zip(order, statuses, strict=True))])
        else:
            assert after == before, "nothing of it is kept"
            answers.append([after])
    assert answers[0] == answers[1]
