"""A page of 50 of the worklist, out of 100,000 steps to be seen to: of all, of a unit, of a state.

    python benchmarks/bench_worklist.py [sqlite] [postgresql]

The question alone, without HTTP; `bench_server.py` has it with all around it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from random import Random
from time import perf_counter

STEPS, PATIENTS, UNITS = 100_000, 20_000, 40
#: Section 9 of the architecture, in milliseconds.
BAR = 20
TIMES = 100


def fill(database: object) -> None:
    """Steps of invented persons, in all states, at all units, and days in three years."""
    from vardforlopp.services.projected import STATES, rank_of
    from vardforlopp.store import known
    from vardforlopp.store.database import Database
    from vardforlopp.store.rows import add

    assert isinstance(database, Database)
    random = Random(1)
    rows = []
    for number in range(STEPS):
        state, proposal = STATES[number % len(STATES)], number % 10 == 0
        rows.append(
            {
                "patient": f"p{number % PATIENTS}", "enrolment": f"CarePlan/c{number % PATIENTS}",
                "step": f"s{number // PATIENTS}", "occurrence": "-", "pathway": "hjartsvikt", "state": state,
                "rank": rank_of(state, proposal=proposal), "due": random.randint(739_000, 740_000),
                "unit": f"Vårdcentral {random.randint(1, UNITS)}", "owner": "vardcentral",
                "proposal": proposal, "disclosure": "open",
            }
        )  # fmt: skip
    with database.writing() as connection:
        add(connection, known.work, rows=rows)
    database.measure()


def measured(name: str) -> None:
    """One database."""
    os.environ["TEST_DATABASE"] = name
    from made.databases import bare
    from vardforlopp.services.projected import STATES
    from vardforlopp.store.database import Database
    from vardforlopp.store.migrations import migrate
    from vardforlopp.store.units import SqlStore

    with tempfile.TemporaryDirectory() as folder, bare(Path(folder)) as url:
        migrate(url)
        database = Database(url)
        fill(database)
        store = SqlStore(database)
        asked: dict[str, tuple[str | None, Collection[str]]] = {
            "all": (None, STATES),
            "a unit": ("Vårdcentral 7", STATES),
            "a state": (None, {"unknown"}),
            "a unit, a state": ("Vårdcentral 7", {"due"}),
        }
        for what, (unit, states) in asked.items():
            took = []
            for _ in range(TIMES):
                began = perf_counter()
                with store.reading() as view:
                    assert len(view.work(unit=unit, states=states, after=None, count=50)) == 50
                took.append(1000 * (perf_counter() - began))
            took.sort()
            middle, most = took[TIMES // 2], took[TIMES * 99 // 100]
            verdict = "met" if middle <= BAR else "NOT met"
            print(f"{name:10s} {what:16s} p50 {middle:5.2f} ms  p99 {most:5.2f} ms  bar {BAR}: {verdict}")
        database.close()


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
    if len(sys.argv) > 1:
        for each in sys.argv[1:]:
            measured(each)
    else:  # the tests' database is chosen once a process
        for each in ("sqlite", "postgresql"):
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, each])
