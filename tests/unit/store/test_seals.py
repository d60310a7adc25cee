"""The log of acts is sealed after it is kept, and shows what was done to it afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from made.serving import NOW, Client, served
from vardforlopp.audit.seal import Broken
from vardforlopp.services.sealing import check_seals, seal
from vardforlopp.store import following, tables
from vardforlopp.store.database import Database
from vardforlopp.store.standing import places
from vardforlopp.store.units import SqlStore

PERSON = {"resourceType": "Patient"}


def acted(client: Client, times: int) -> None:
    for _ in range(times):
        client.create(PERSON)


def sealed_twice(database: Database) -> SqlStore:
    """A log of six lines in two seals, and one line that is not sealed yet."""
    client, store = served(database), SqlStore(database)
    for _ in range(2):
        acted(client, 3)
        assert seal(store, NOW) == 3
    acted(client, 1)
    return store


def change(database: Database, statement: Any) -> None:
    with database.writing() as connection:
        connection.execute(statement)


def test_an_untouched_log_is_whole(database: Database) -> None:
    checked = check_seals(sealed_twice(database))
    assert checked.broken is None
    assert checked.newest is not None
    assert checked.newest.number == 2


def test_what_is_sealed_is_not_sealed_again(database: Database) -> None:
    store = sealed_twice(database)
    assert seal(store, NOW) == 1
    assert seal(store, NOW) == 0


def test_it_is_told_how_much_is_not_sealed_yet(database: Database) -> None:
    store = sealed_twice(database)
    _, unsealed = places(database, now=lambda: NOW)["audit_unsealed"]
    assert unsealed() == 1
    seal(store, NOW)
    assert unsealed() == 0


A = tables.audit


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (update(A).where(A.c.seq == 2).values(patient="another"), Broken(1, 2, "the line was changed")),
        (update(A).where(A.c.seq == 5).values(at=A.c.at + 1), Broken(2, 5, "the line was changed")),
        (delete(A).where(A.c.seq == 4), Broken(2, 4, "the line is missing")),
        (delete(tables.seal).where(tables.seal.c.number == 1), Broken(1, None, "the seal is missing")),
        (
            update(tables.seal).where(tables.seal.c.number == 1).values(digest=bytes(32)),
            Broken(1, None, "the seal itself was changed"),
        ),
        (
            update(tables.seal).where(tables.seal.c.number == 2).values(previous=bytes(32)),
            Broken(2, None, "the seal itself was changed"),
        ),
    ],
    ids=["a value", "an instant", "a line", "a seal", "a digest", "what it stands on"],
)
def test_tampering_is_found_where_it_was(database: Database, tampering: Any, broken: Broken) -> None:
    store = sealed_twice(database)
    change(database, tampering)
    assert check_seals(store).broken == broken


@pytest.mark.parametrize("seq", [0, 20])
def test_a_line_put_in_is_found(database: Database, seq: int) -> None:
    """Before all others, or (where a line's transaction says when it was written) behind them."""
    store = sealed_twice(database)
    with database.reading() as connection:
        line = dict(connection.execute(select(A).where(A.c.seq == 3)).mappings().one())
    change(database, insert(A).values({**line, "seq": seq, "patient": "another"}))
    as_if_written_now = database.is_sqlite and seq == 20
    put_in = None if as_if_written_now else Broken(None, seq, "the line was put in afterwards")
    assert check_seals(store).broken == put_in


def test_a_chain_made_anew_is_found_by_the_seal_that_was_noted(database: Database) -> None:
    store = sealed_twice(database)
    newest = check_seals(store).newest
    assert newest is not None
    noted = (newest.number, newest.digest)
    change(database, update(A).where(A.c.seq == 1).values(patient="another"))
    change(database, delete(tables.seal))
    change(database, delete(tables.follower))
    assert check_seals(store, known=noted).broken == Broken(2, None, "the seal is missing")
    while seal(store, NOW):
        pass
    assert check_seals(store).broken is None, "by itself the chain shows nothing"
    assert check_seals(store, known=noted).broken is not None


def test_two_sealers_seal_each_line_once(database: Database) -> None:
    client, store = served(database), SqlStore(database)
    acted(client, 20)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: seal(store, NOW), range(8)))
    with store.reading() as view:
        seqs = [seq for each in view.seals() for seq in each.seqs]
    assert sorted(seqs) == list(range(1, 21))
    assert check_seals(store).broken is None


def test_a_line_that_comes_late_is_sealed_when_it_has_come(database: Database) -> None:
    """A transaction that began first may end last: nothing after it is sealed before it."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    client, store = served(database), SqlStore(database)
    acted(client, 1)
    with database.reading() as connection:
        line = dict(connection.execute(select(A)).mappings().one())
    late = {name: value for name, value in line.items() if name not in ("seq", "xact")}
    with database.engine.connect() as connection, connection.begin():
        connection.execute(insert(A), [late])
        acted(client, 2)
        assert seal(store, NOW) == 1, "only what came before it"
    assert seal(store, NOW) == 3
    assert check_seals(store).broken is None


def test_a_database_brought_from_a_server_with_higher_numbers_goes_on(database: Database) -> None:
    """`pg_restore` into a new server: its transactions are numbered from the beginning."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    store = sealed_twice(database)
    ahead = 1 << 40
    change(database, update(A).values(xact=A.c.xact + ahead))
    change(database, update(tables.log).values(xact=tables.log.c.xact + ahead))
    change(database, update(tables.follower).values(xact=tables.follower.c.xact + ahead))
    assert seal(store, NOW) == 0, "what is written now would never be sealed"
    with database.writing() as connection:
        assert following.begin_anew(connection)
    with database.writing() as connection:
        assert not following.begin_anew(connection), "once is enough"
    acted(served(database, names="later"), 2)
    assert seal(store, NOW) == 3, "the one that waited, and the two since"
    assert check_seals(store).broken is None
    with database.reading() as connection:
        assert connection.execute(text("SELECT max(xact) FROM log")).scalar_one() < ahead
