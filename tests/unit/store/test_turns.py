"""Who comes after another tries again, not for ever; and what would go wrong each time is not tried again."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import exc, insert

from made.serving import NOW, Client
from vardforlopp.app.import_files import _imported
from vardforlopp.fhir.resources_in import resources_in
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.importing import known_of
from vardforlopp.services.ports import MovedOn, Reading, Store, Unavailable, Unit
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

    def reading(self) -> AbstractContextManager[Reading]:
        return self.store.reading()

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
    client: Client, by: type[Exception], said: str
) -> None:
    sent = list(resources_in(b'{"resourceType":"Patient","id":"a"}', name="fil.json"))
    store = Hindered(client.server.store, [by] * 100)
    with pytest.raises(InputError, match=said):
        _imported(store, sent, known=known_of(sent), at=NOW, rules=client.server.rules)


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
