"""The definitions as tables; and many enrolments in one pathway of 35 steps: seconds, and how they grow.

The time of enrolments includes putting the records into tables and reading the rows back, which Python does;
a store would hand the facts over as columns.
"""

from __future__ import annotations

from time import perf_counter

from bench_engine import AS_OF, STARTED, compile_all
from generated_content import texts
from generated_records import facts, record
from measure import row, timed
from vardforlopp import population
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions.load import load
from vardforlopp.engine.assess import assess
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Question
from vardforlopp.population.programs import create_programs
from vardforlopp.record.record import Enrolment

FACTS = 60


def from_text_to_tables() -> int:
    """Our own definitions, read from disk, compiled and put into tables; how many steps they have."""
    loaded = load(content_texts(None))
    assert loaded.definitions is not None
    compiled = compile_all(loaded.definitions)
    create_programs(population.connect(swedish()), compiled)
    return sum(len(one.order) for one in compiled)


def asked(number: int) -> list[Question]:
    """That many persons, each enrolled in the first pathway."""
    loaded = load(texts())
    assert loaded.definitions is not None
    compiled = compile_all(loaded.definitions)[0]
    stay = Enrolment("CarePlan/p0", "p0", "1.0.0", "IN1", STARTED, STARTED.day)
    people = [record(facts(number=FACTS, pathways=1, known=1, seed=seed)) for seed in range(number)]
    return [Question(compiled, person, stay, AS_OF, AS_OF.at) for person in people]


def measure() -> None:
    """The definitions; then a row for each number of enrolments, with what the reference engine takes."""
    row(f"compile {from_text_to_tables()} steps from text on disk", timed(from_text_to_tables, runs=5), 5000)
    con = population.connect(swedish(), threads=2)
    for number in (100, 1_000, 5_000):
        questions = asked(number)
        start = perf_counter()
        rows = sum(len(answer.rows) for answer in population.assess(con, questions))
        took = perf_counter() - start
        start = perf_counter()
        for one in questions:
            assess(one.compiled, one.record, one.enrolment, as_of=one.as_of, known_at=one.known_at)
        alone = perf_counter() - start
        print(f"{number:7,} enrolments x 35 steps: {rows:9,} rows {took:7.1f} s   engine (a): {alone:6.1f} s")


if __name__ == "__main__":
    measure()
