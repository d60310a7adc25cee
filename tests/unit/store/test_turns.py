"""Who comes after another tries again, not for ever; and what would go wrong each time is not tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, insert

from made.serving import NOW, Client
from vardforlopp.app.import_files import keep
from vardforlopp.app.import_parts import Part, parts_of
from vardforlopp.fhir.search.query import Query
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.ports import MovedOn, Page, Reading, Store, Unavailable, Unit
from vardforlopp.services.turns import TRIES, in_turn
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore


@dataclass
class Hindered:
    """A store that is hindered in writing some times, and then does."""

    store: Store
    by: list[type[Exception]]
    tried: list[int] = field(default_factory=list)

    def reading(self, *, once: bool = False) -> AbstractContextManager[Reading]:
        return self.store.reading(once=once)

    def writing(self) -> AbstractContextManager[Unit]:
        self.tried.append(1)
        if self.by:
            raise self.by.pop()
        return self.store.writing()


@pytest.mark.parametrize("times", range(TRIES))
def test_an_act_is_done_when_its_turn_comes(client: Client, times: int) -> None:
    store = Hindered(client.server.store, [MovedOn] * times)
    assert in_turn(store, lambda unit: "done") == "done"
    assert len(store.tried) == times + 1


def test_an_act_is_given_up_after_some_tries(client: Client) -> None:
    store = Hindered(client.server.store, [MovedOn] * 100)
    with pytest.raises(MovedOn):
        in_turn(store, lambda unit: "done")
    assert len(store.tried) == TRIES


@pytest.mark.parametrize(
    ("by", "said"), [(MovedOn, "others write the same"), (Unavailable, "does not answer")]
)
def test_an_import_that_does_not_come_through_ends_and_says_so(
    client: Client, tmp_path: Path, by: type[Exception], said: str
) -> None:
    file = tmp_path / "fil.json"
    file.write_text('{"resourceType":"Patient","id":"a"}', "utf-8")
    (part,) = parts_of([file], rules=client.server.rules)
    assert isinstance(part, Part)
    store = Hindered(client.server.store, [by] * 100)
    with pytest.raises(InputError, match=said):
        keep(store, part, at=NOW)


def write(store: SqlStore, row: dict[str, Any]) -> None:
    with store.writing() as unit:
        unit.connection.execute(insert(tables.head), row)


def test_a_key_that_somebody_took_is_tried_again_and_a_rule_that_is_broken_is_not(
    database: Database,
) -> None:
    store = SqlStore(database)
    row = {"rid": 1, "type": "Patient", "id": "a", "seq": 1, "version": 1, "at": NOW, "deleted": False}
    with pytest.raises(exc.IntegrityError):  # it says not whom it is about
        write(store, row)
    with store.writing() as unit:
        version = {**{k: row[k] for k in ("type", "id", "version", "at")}, "seq": 1, "method": 1}
        unit.connection.execute(insert(tables.log), {**version, "actor": "x", "patients": ""})
        unit.connection.execute(insert(tables.head), {**row, "patients": ""})
    for again in (row, {**row, "rid": 2}):
        with pytest.raises(MovedOn):
            write(store, {**again, "patients": ""})


@dataclass
class Overtaken:
    """A store in which what meets a condition comes, the first time, between looking and holding."""

    store: Store
    tried: list[int] = field(default_factory=list)

    def reading(self, *, once: bool = False) -> AbstractContextManager[Reading]:
        return self.store.reading(once=once)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        self.tried.append(1)
        with self.store.writing() as unit:
            yield LooksTooEarly(unit) if len(self.tried) == 1 else unit


class LooksTooEarly:
    """A transaction that finds nothing when it looks for the first time."""

    def __init__(self, unit: Unit) -> None:
        self._unit, self._looked = unit, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def page(self, query: Query, **how: Any) -> Page:
        first, self._looked = not self._looked, True
        return Page((), None) if first else self._unit.page(query, **how)


@pytest.mark.parametrize("kind", ["alone", "in a transaction"])
def test_what_meets_a_condition_only_when_it_is_held_is_held_anew(client: Client, kind: str) -> None:
    person = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "1"}]}
    client.ask("PUT", "Patient/old", {**person, "id": "old"})
    store = Overtaken(client.server.store)
    other = replace(client, server=replace(client.server, store=store))
    url = "Patient?identifier=urn:x|1"
    entry = {"request": {"method": "PUT", "url": url}, "resource": person}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    reply = other.ask("PUT", url, person) if kind == "alone" else other.ask("POST", "", bundle)
    assert (reply.status, len(store.tried)) == (200, 2)
    assert client.get("Patient/old")["meta"]["versionId"] == "2"
    assert client.found("Patient") == ["Patient/old"]
