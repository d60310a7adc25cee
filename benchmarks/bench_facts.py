"""Facts out of parsed FHIR, against `orjson.loads` of the same bytes. Prints a table.

    python benchmarks/bench_facts.py [RECORD ...]

Without arguments the bundled records are read. Both sides run without the garbage collector and
each drops its own last result inside its time, as a program does that reads file after file. What
is timed as facts is all between parsed JSON and a finished record: units, states, the quality
report and the index; the index is shown on its own too, since it has a bar of its own.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import orjson

from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import file_bytes
from vardforlopp.fhir import Reader
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.whole_record import record_of
from vardforlopp.record.record import Record, index

RUNS = 15
EXAMPLES = Path(__file__).parents[1] / "examples" / "records"


def timed(work: Callable[[], object]) -> float:
    """Milliseconds, median of some runs; the result of the run before is dropped in the time."""
    times = []
    kept: object = work()
    for _ in range(RUNS):
        start = perf_counter()
        kept = work()
        times.append((perf_counter() - start) * 1000)
    del kept
    return statistics.median(times)


def line(path: Path, reader: Reader) -> tuple[float, float]:
    """Measure one record, print its line, and give the times of parsing and of the facts alone."""
    data = file_bytes(path)
    documents = parse(data, name=path.name).documents
    whole = orjson.dumps(documents[0] if len(documents) == 1 else documents)

    def loaded() -> object:
        return orjson.loads(whole)

    def read() -> Record:
        return record_of(documents, name=path.name, reader=reader)

    record = read()
    facts = [fact for found in record.facts.values() for fact in found]
    loads, whole_time, indexing = timed(loaded), timed(read), timed(lambda: index(facts))
    print(
        f"{path.name:40} {len(whole) / 1e6:6.1f} MB {record.quality.resources:6} {len(facts):6}"
        f" {loads:8.2f} {whole_time:8.2f} {indexing:8.2f} {(whole_time - indexing) / loads:7.2f}"
    )
    return loads, whole_time - indexing


def main() -> None:
    """Measure the records named, or the bundled ones."""
    paths = [Path(argument) for argument in sys.argv[1:]] or sorted(EXAMPLES.glob("*.*json*"))
    reader = load_content().reader()
    print(f"{len(reader.targets)} selectors; milliseconds, median of {RUNS} runs; bar: ratio <= 0.8")
    heads = {"size": 9, "res.": 6, "facts": 6, "loads": 8, "record": 8, "index": 8, "ratio": 7}
    print(f"{'record':40}", *(f"{head:>{width}}" for head, width in heads.items()))
    gc.disable()
    times = [line(path, reader) for path in paths]
    loads, facts = (sum(part) for part in zip(*times, strict=True))
    print(f"{'all':86} {facts / loads:7.2f}")


if __name__ == "__main__":
    main()
