"""Facts out of parsed FHIR, against `orjson.loads` of the same bytes. Prints a table.

    python benchmarks/bench_facts.py [RECORD ...]

Without arguments a whole record is read, then the bundled examples: those are trimmed of what gives
no fact, so that parsing has less to do and facts as much. The garbage collector is off on both
sides. What is timed as facts is all between parsed JSON and a finished record: units, states and
the quality report, without the index, which has a bar of its own.

Two ratios, since a parsed record costs much to drop and facts little: `kept` times the work alone;
`dropped` also the freeing of its result, as `timeit` does and as a program pays that reads file
after file.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import orjson

from measure import WHOLE_RECORD
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import file_bytes
from vardforlopp.fhir import Reader
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.whole_record import record_of
from vardforlopp.record.record import Record, index

RUNS = 15
BAR = 0.8
EXAMPLES = Path(__file__).parents[1] / "examples" / "records"


class Times(NamedTuple):
    """Milliseconds, medians: the work alone, and with the freeing of its result."""

    kept: float
    dropped: float


def timed(work: Callable[[], object]) -> Times:
    """Both times of some work."""
    kept, dropped = [], []
    for _ in range(RUNS):
        start = perf_counter()
        result = work()
        done = perf_counter()
        del result
        kept.append((done - start) * 1000)
        dropped.append((perf_counter() - start) * 1000)
    return Times(statistics.median(kept), statistics.median(dropped))


def line(path: Path, reader: Reader) -> tuple[Times, Times]:
    """Measure one record, print its line, and give the times of parsing and of the facts alone."""
    data = file_bytes(path)
    documents = parse(data, name=path.name).documents
    whole = orjson.dumps(documents[0] if len(documents) == 1 else documents)

    def read() -> Record:
        return record_of(documents, name=path.name, reader=reader)

    record = read()
    facts = [fact for found in record.facts.values() for fact in found]
    loads, reading, indexing = timed(lambda: orjson.loads(whole)), timed(read), timed(lambda: index(facts))
    alone = Times(*(both - part for both, part in zip(reading, indexing, strict=True)))
    print(
        f"{path.name:36} {len(whole) / 1e6:5.1f} MB {record.quality.resources:6} {len(facts):6}"
        f" {loads.kept:7.2f} {alone.kept:7.2f}"
        f" {alone.kept / loads.kept:6.2f} {alone.dropped / loads.dropped:8.2f}"
    )
    return loads, alone


def main() -> None:
    """Measure the records named, or the whole one and the bundled ones."""
    named = [Path(argument) for argument in sys.argv[1:]]
    reader = load_content().reader()
    print(f"{len(reader.targets)} selectors; milliseconds, median of {RUNS} runs; bar: ratio <= {BAR}")
    heads = {"size": 8, "res.": 6, "facts": 6, "loads": 7, "facts ": 7, "kept": 6, "dropped": 8}
    print(f"{'record':36}", *(f"{head:>{width}}" for head, width in heads.items()))
    gc.disable()
    for group in [named] if named else [[WHOLE_RECORD], sorted(EXAMPLES.glob("*.*json*"))]:
        times = [line(path, reader) for path in group]
        kept, dropped = (
            sum(facts[n] for _, facts in times) / sum(loads[n] for loads, _ in times) for n in (0, 1)
        )
        if len(group) > 1:
            print(f"{'all of them':74} {kept:6.2f} {dropped:8.2f}")


if __name__ == "__main__":
    main()
