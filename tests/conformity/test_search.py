"""Every search of an independent reading of R4 gives on HL7's examples what that reading expects."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from made.search_answers import Json, Pairs, answers, differences, expectations
from vardforlopp.access import Actor
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.api.ask import Ask, Server
from vardforlopp.api.dispatch import answer
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.kernel.civil import parse_time
from vardforlopp.services.drafts import Draft
from vardforlopp.services.ports import Key, Stamp
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

FETCHED = Path(os.environ.get("HL7_PACKAGES", "/nowhere"))
EXAMPLES = FETCHED / "hl7.fhir.r4.examples-4.0.1.tgz"
SEARCHES = Path(__file__).parent / "search"
BASE = "http://server.example/fhir"
WRITTEN, ASKED = parse_time("2023-11-14T22:13:20Z").lo, parse_time("2026-09-20T10:00:00Z").lo
ME = Actor("demo", "demo")

pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="run by `make test-conformity`")


def examples() -> Iterator[tuple[bytes, Json]]:
    """The examples of served types that have an id, as they are."""
    with tarfile.open(EXAMPLES) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            found = archive.extractfile(member) if member.name.endswith(".json") else None
            text = found.read() if found is not None else b"{}"
            resource = json.loads(text)
            if resource.get("resourceType") in SERVED and "id" in resource:
                yield text, resource


@pytest.fixture
def server(database: Database) -> Server:
    store = SqlStore(database)
    numbers = count(1)
    made = Server(store, incoming_rules(BASE), lambda: f"new-{next(numbers)}")
    entries = [
        Draft(resource["resourceType"], resource["id"], text, resource).entry(
            Key(resource["resourceType"], resource["id"]), Stamp(1, WRITTEN), rules=made.rules
        )
        for text, resource in examples()
    ]
    with store.writing() as unit:
        unit.append(entries, {}, actor="examples")
    return made


def test_every_search_answers_as_an_independent_reading_of_r4_expects(server: Server) -> None:
    def search(kind: str, pairs: Pairs, post: bool) -> tuple[int, Json]:
        path = (kind, "_search") if post else (kind,)
        asked = Ask(
            "POST" if post else "GET", path, tuple(pairs), ME, ASKED, headers={"prefer": "handling=strict"}
        )
        reply = answer(asked, server)
        return reply.status, json.loads(reply.body)

    wrong = [
        f"{file}: {case['ask']}: {each}"
        for file, case in expectations(SEARCHES, base=BASE)
        for each in differences(case, answers(case, search))
    ]
    assert not wrong, "\n".join(wrong)
