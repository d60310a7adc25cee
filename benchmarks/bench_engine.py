"""One patient through the engine, and definitions from text to closures.

The bars are judged on the national pathways as they are, in twelve definitions, and on a whole life's record
of 3,000 resources. A record made of the facts of all their cases, who is nobody, shows how bad it can be.
Generated pathways of 35 steps show how time grows.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import orjson

from full_records import followed, full_record
from generated_content import texts
from generated_records import facts, record
from measure import WHOLE_RECORD, Took, row, timed
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.adapters.record_files import file_bytes, read_records
from vardforlopp.app.memory import relax_collection, settle_memory
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
TWO = ("hjartsvikt", "kol")
#: Eight pathways beside the two, so that the row is the one of the architecture.
EIGHT = (
    "hoftledsartros", "kognitiv-svikt", "kritisk-benischemi", "osteoporos", "reumatoid-artrit", "schizofreni",
    "sepsis", "stroke-tia",
)  # fmt: skip


def compile_all(definitions: Definitions) -> list[Compiled]:
    """All pathways, compiled."""
    return [
        compile_pathway(pathway, definitions.catalogue, calendar=swedish())
        for pathway in definitions.pathways.values()
    ]


def from_text_on_disk(folder: Path | None) -> Took:
    """Reading, parsing and compiling a folder of definitions; the program's own when none is given."""

    def work() -> list[Compiled]:
        loaded = load(content_texts(folder, cases=False))
        assert loaded.definitions is not None, loaded.errors[:3]
        return compile_all(loaded.definitions)

    return timed(work, runs=7)


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


def national(definitions: Definitions) -> None:
    """The national pathways as they are, and a record that all of them have most to say of."""
    compiled = compile_all(definitions)
    steps = sum(len(one.pathway.steps) for one in compiled)
    took = from_text_on_disk(None)
    row(f"compile {len(compiled)} definitions, {steps} steps, from text on disk", took, 300)
    print(f"{'  for each step':58s} p50 {took.p50 / steps:8.2f}   processor {took.cpu / steps:20.2f} ms")
    person = full_record(definitions, facts=RESOURCES_3000, as_of=AS_OF)
    own = [fact for found in person.facts.values() for fact in found]
    print(f"the facts of all cases: {len(own)} facts, {len(person.acts)} acts, of {len(person.facts)} kinds")
    row("index its facts", timed(lambda: index(own), runs=100), 1.5)
    pathways = [one.pathway for one in compiled]
    everything = planning(followed(person, pathways), compiled, definitions)
    row(f"  assess and propose, enrolled in all {len(pathways)}", everything)
    two = [one for one in pathways if one.id in TWO]
    row(
        f"  assess and propose, two and {len(pathways) - 2} entry checks, which suggest more",
        planning(followed(person, two), compiled, definitions),
    )
    asked = [one for one in compiled if one.pathway.id in (*TWO, *EIGHT)]
    silent = _without_entries(person, definitions)
    row(
        "  assess and propose, two and eight entry checks",
        planning(followed(silent, two), asked, definitions),
    )


def _without_entries(person: Record, definitions: Definitions) -> Record:
    """The same person, without the facts by which the eight begin: nothing is suggested beside the two."""
    begins = {
        event for name in EIGHT for one in definitions.pathways[name].entries.values() for event in one.event
    }
    kept = [fact for name, found in person.facts.items() if name not in begins for fact in found]
    return replace(person, facts=index(kept))


def growth() -> None:
    """How time grows with facts and with pathways, on generated content."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts().items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        row("compile 350 generated steps from text on disk", from_text_on_disk(Path(folder)))
    loaded = load(texts())
    assert loaded.definitions is not None
    definitions = loaded.definitions
    compiled = compile_all(definitions)
    for number in (300, 1000, 3000, 9000):
        person = generated(record(facts(number=number, pathways=10, known=10)), 10)
        row(f"  ten generated, {number} facts", planning(person, compiled, definitions, runs=60))
    person = record(facts(number=RESOURCES_3000, pathways=10, known=10))
    for number in (1, 2, 5, 10):
        row(
            f"  {number} generated",
            planning(generated(person, number), compiled[:number], definitions, runs=60),
        )


def generated(person: Record, number: int) -> Record:
    """The same person, enrolled in the first generated pathways."""
    stays = [
        Enrolment(f"CarePlan/p{n}", f"p{n}", "1.0.0", "IN1", STARTED, STARTED.day) for n in range(number)
    ]
    return replace(person, enrolments=tuple(stays))


def whole_life(content: Content) -> None:
    """The rows with a bar, on a whole life's record of 3,000 resources: enrolled in all, and in two."""
    definitions = content.definitions
    compiled = compile_all(definitions)
    data = file_bytes(WHOLE_RECORD)
    person = read_records(WHOLE_RECORD, content.reader())[0]
    loads = timed(lambda: orjson.loads(data), runs=30)
    row(f"orjson.loads of {WHOLE_RECORD.name} ({len(data) / 1e6:.1f} MB)", loads)
    pathways = [one.pathway for one in compiled]
    all_of_them = planning(followed(person, pathways), compiled, definitions)
    row(f"assess and propose, a whole life, enrolled in all {len(pathways)}", all_of_them, 2.0)
    two = [one for one in pathways if one.id in TWO]
    asked = [one for one in compiled if one.pathway.id in (*TWO, *EIGHT)]
    few = planning(followed(_without_entries(person, definitions), two), asked, definitions)
    row("assess and propose, a whole life, two and eight entry checks", few, 0.6)
    plan = planning(person, compiled, definitions)
    row("  the same person's plan, two suggested and ten entry checks", plan)
    print(f"{'  ratio to orjson.loads of the same bytes':58s} {plan.p50 / loads.p50:8.2f}")


if __name__ == "__main__":
    relax_collection()  # as the program does
    known = load_content()
    settle_memory()
    national(known.definitions)
    whole_life(known)
    growth()
