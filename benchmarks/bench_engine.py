"""One patient through the engine, and definitions from text to closures.

Ten generated pathways of 35 steps stand for the ten national ones. A record of 3,000 resources
gives about 1,000 facts (generated whole lives: 900 to 1,300).
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import orjson

from generated_content import texts
from generated_records import facts, record
from measure import WHOLE_RECORD, Took, row, timed
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import file_bytes, read_records
from vardforlopp.app.memory import relax_collection
from vardforlopp.contract.person import plan_person
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.load import load
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.kernel.civil import as_of_day, civil, day_from_iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Enrolment, Record, index

AS_OF = as_of_day(day_from_iso("2026-03-01"))
STARTED = civil(day_from_iso("2024-03-01"))
RESOURCES_3000 = 1000  # facts


def compile_all(definitions: Definitions) -> list[Compiled]:
    """All pathways, compiled."""
    return [
        compile_pathway(pathway, definitions.catalogue, calendar=swedish())
        for pathway in definitions.pathways.values()
    ]


def from_text_on_disk() -> Took:
    """Reading, parsing and compiling a folder of definitions."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts().items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

        def work() -> list[Compiled]:
            loaded = load(content_texts(Path(folder)))
            assert loaded.definitions is not None, loaded.errors[:3]
            return compile_all(loaded.definitions)

        return timed(work, runs=7)


def enrolled(person: Record, number: int) -> Record:
    """The same person, enrolled in the first pathways."""
    stays = [
        Enrolment(f"CarePlan/p{n}", f"p{n}", "1.0.0", "IN1", STARTED, STARTED.day) for n in range(number)
    ]
    return replace(person, enrolments=tuple(stays))


def planning(person: Record, compiled: list[Compiled], definitions: Definitions, *, runs: int = 200) -> Took:
    """Suggesting, assessing and proposing for one person."""
    interactions = Interactions(definitions.catalogue, swedish())
    return timed(
        lambda: plan_person(
            person,
            compiled,
            catalogue=definitions.catalogue,
            interactions=interactions,
            as_of=AS_OF,
            known_at=AS_OF.at,
        ),
        runs=runs,
    )


def generated() -> None:
    """The rows on generated content."""
    row("compile 350 steps from text on disk", from_text_on_disk(), 300)
    loaded = load(texts())
    assert loaded.definitions is not None
    definitions = loaded.definitions
    compiled = compile_all(definitions)
    own = facts(number=RESOURCES_3000, pathways=10, known=2)
    row("index the facts of 3,000 resources", timed(lambda: index(own), runs=100), 1.5)
    ten = enrolled(record(facts(number=RESOURCES_3000, pathways=10, known=10)), 10)
    row("assess and propose, enrolled in all ten", planning(ten, compiled, definitions), 2.0)
    two = enrolled(record(own), 2)
    row("assess and propose, two and eight entry checks", planning(two, compiled, definitions), 0.6)
    for number in (300, 1000, 3000, 9000):
        person = enrolled(record(facts(number=number, pathways=10, known=10)), 10)
        row(f"  all ten, {number} facts", planning(person, compiled, definitions, runs=60))
    person = record(facts(number=RESOURCES_3000, pathways=10, known=10))
    for number in (1, 2, 5, 10):
        row(
            f"  {number} pathways",
            planning(enrolled(person, number), compiled[:number], definitions, runs=60),
        )


def whole_life() -> None:
    """The rows on a whole life's record and this content."""
    content = load_content()
    definitions = content.definitions
    compiled = compile_all(definitions)
    data = file_bytes(WHOLE_RECORD)
    person = read_records(WHOLE_RECORD, content.reader())[0]
    loads = timed(lambda: orjson.loads(data), runs=30)
    row(f"orjson.loads of {WHOLE_RECORD.name} ({len(data) / 1e6:.1f} MB)", loads)
    plan = planning(person, compiled, definitions)
    row("  the same person's plan, this content", plan)
    print(f"{'  ratio to orjson.loads of the same bytes':58s} {plan.p50 / loads.p50:8.2f}")


if __name__ == "__main__":
    relax_collection()  # as the program does
    generated()
    whole_life()
