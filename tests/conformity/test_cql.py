"""The exported CQL, run by an independent engine on every case's raw FHIR, answers as our engine does.

Run by `make test-conformity`, which installs the engine (`tests/conformity/cql/package.json`) and says
where in `CQL_MODULES`. Nothing is passed in but times, settings, sources, the stay and its occurrences.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from made.cql_engine import answers_of
from made.cql_runs import Run, all_connected, content, every_case, oracles, write_runs

MODULES = Path(os.environ.get("CQL_MODULES", "/nowhere"))
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cql.md"
KINDS = ("entry", "exit", "phase", "choice", "indicator")

pytestmark = pytest.mark.skipif(
    not (MODULES / "node_modules").exists() or shutil.which("node") is None,
    reason="run by `make test-conformity`",
)

Told = tuple[list[Run], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Every case at every time it speaks of, and what the other engine says of it."""
    folder = tmp_path_factory.mktemp("cql")
    return write_runs(every_case(), folder), answers_of(folder)


def kind_of(rule: str) -> str:
    words = rule.split()
    return words[0] if words[0] in KINDS else words[-1]


def test_both_engines_answer_alike(told: Told) -> None:
    """Yes, no or unknown of each entry, exit, guard, evidence, choice and population."""
    compared: Counter[str] = Counter()
    different = []
    for run, answer in zip(*told, strict=True):
        for wanted, found in zip(run.wanted, answer["rounds"], strict=True):
            compared.update(kind_of(rule) for rule in wanted)
            different += [
                f"{run.name}  {rule}: ours {wanted[rule]}, theirs {found[rule]}"
                for rule in wanted
                if found[rule] != wanted[rule]
            ]
    print(dict(compared))  # noqa: T201 - what was compared, for the log

    assert different == []
    assert all(compared[kind] > 300 for kind in (*KINDS, "when", "done"))


def test_the_page_says_how_much_is_passed_in(told: Told) -> None:
    """Stays and occurrences are our engine's: what the CQL finds by itself is less than what is compared."""
    page = PAGE.read_text("utf-8")
    for word, declared in (("main", True), ("as assumed", False)):
        runs = [run for run in told[0] if run.declared == declared]
        counted = (
            len(runs),
            sum(len(answers) for run in runs for answers in run.wanted),
            sum(run.parameters["EntryStart"] is not None for run in runs),
            sum(len(each["occurrences"]) for run in runs for each in run.rounds),
        )
        (row,) = re.findall(rf"^\| {word}: .*?((?: \| \d+)+) \|$", page, re.MULTILINE)
        said = tuple(int(number) for number in row.split(" | ")[1:])

        assert all(least <= found < 1.25 * least for least, found in zip(said, counted, strict=True)), counted


def test_rules_written_by_hand_from_the_sheets_answer_alike(told: Told) -> None:
    """Oracles for the exporter: the sheets' words on raw FHIR, without anything of ours."""
    compared: Counter[str] = Counter()
    held: set[tuple[str, str]] = set()
    different = []
    for run, answer in zip(*told, strict=True):
        ours = run.wanted[0]
        if not all_connected(run):
            continue
        for (pathway, rule), name in oracles().items():
            if pathway != run.case.pathway or rule not in ours:
                continue
            compared[f"{pathway} {rule}"] += 1
            held |= {(pathway, rule)} if answer["oracles"][name] else set()
            if answer["oracles"][name] != ours[rule]:
                different.append(f"{run.name}  {rule}: ours {ours[rule]}, by hand {answer['oracles'][name]}")
    print(dict(compared))  # noqa: T201 - what was compared, for the log

    assert different == []
    assert len(compared) == len(oracles()) >= 35
    assert len({pathway for pathway, _ in oracles()}) == len(content().definitions.pathways)
    assert len(held) >= 35  # one that never holds proves little
