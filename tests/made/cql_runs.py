"""Every case as a run for an independent CQL engine, and what our own engine answers of the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from made.case_bundle import case_bundle
from made.engine_answers import Answers, Asked
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.fhir import record_of
from vardforlopp.fhir.package.cql_library import COMMON, common_library, pathway_library
from vardforlopp.fhir.package.cql_pathway import Written, write_pathway
from vardforlopp.fhir.package.expressions import library_name
from vardforlopp.fhir.package.site import computable
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.civil import iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Source

Json = dict[str, Any]
ORACLES = Path(__file__).parents[1] / "conformity" / "cql" / "Oracles.cql"
_ORACLE = re.compile(r'^//= ([\w-]+): ([^|]+?) \| .*\n(?:define function.*\n)*define "([^"]+)"', re.MULTILINE)


class Run(NamedTuple):
    """One case at one time: what is passed to the other engine, and our answers round by round."""

    case: Case
    as_of: str
    declared: bool  # the case's sources are passed; else both assume them from what occurs
    library: str
    parameters: Json
    rounds: tuple[Json, ...]
    wanted: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.case.pathway} {self.case.id} {self.as_of}{'' if self.declared else ' (assumed)'}"


@cache
def content() -> Content:
    return load_content()


@cache
def reader() -> Reader:
    return content().reader()


@cache
def written(pathway: str, region: str | None = None) -> Written:
    """A pathway's rules as CQL, as a region runs it."""
    definitions, systems = content().definitions, content().systems
    found = names_for(definitions, pathway, region=region).pathway
    assert found is not None
    return write_pathway(found, definitions.catalogue, systems)


@cache
def compiled(pathway: str, region: str | None) -> Compiled:
    definitions = content().definitions
    overlay = definitions.overlays[region] if region else None
    return compile_pathway(
        definitions.pathways[pathway], definitions.catalogue, overlay=overlay, calendar=swedish()
    )


def cql_name(pathway: str, region: str | None) -> str:
    """The name of a library; that of a region has the region's, so that both can be translated at once."""
    return library_name(pathway) + (computable(region) if region else "")


def library_texts(cases: list[Case]) -> dict[str, str]:
    """The libraries that the cases need, by name, the common one among them."""
    parts = cql_texts()
    selectors = content().definitions.catalogue.selectors
    texts = {
        COMMON: common_library(parts, content().systems, selectors=selectors),
        "Oracles": ORACLES.read_text("utf-8"),
    }
    for pathway, region in sorted({(case.pathway, case.region) for case in cases}, key=str):
        name, version = cql_name(pathway, region), content().definitions.pathways[pathway].version
        texts[name] = pathway_library(written(pathway, region), name, version, parts=parts)
    return texts


def oracles() -> dict[tuple[str, str], str]:
    """(pathway, expression) -> the hand-written expression that it must equal."""
    found = _ORACLE.findall(ORACLES.read_text("utf-8"))
    return {(pathway, rule.strip()): name for pathway, rule, name in found}


def every_case() -> list[Case]:
    """The cases of all pathways."""
    loaded = load_cases(content_texts(None), content().definitions)
    return [case for cases in loaded.cases.values() for case in cases]


def runs_of(case: Case, bundle: Json) -> Iterator[Run]:
    """A case at each of its times with its sources; at the last also with nothing that can be left out:
    sources as assumed, and only those occurrences that the record does not show by itself."""
    catalogue = content().definitions.catalogue
    for sources in (case_record(case, catalogue).sources, None):
        record = record_of([bundle], name=case.id, reader=reader(), sources=sources)
        for expected in case.expect if sources is not None else case.expect[-1:]:
            answers = Answers(
                case,
                compiled(case.pathway, case.region),
                record=record,
                expected=expected,
                passing=sources is not None,
            )
            rounds, wanted = _rounds(list(answers.all()))
            lost = written(case.pathway, case.region).not_carried
            wanted = [
                {rule: None if _is_lost(rule, lost) else said for rule, said in each.items()}
                for each in wanted
            ]
            yield Run(
                case, iso(answers.now.day), sources is not None, cql_name(case.pathway, case.region),
                _parameters(answers, sources), tuple(rounds), tuple(wanted),
            )  # fmt: skip


def _is_lost(rule: str, lost: Collection[str]) -> bool:
    """True for a rule that CQL does not carry, or the way of a choice that it does not: always null."""
    return rule in lost or (rule.startswith("choice ") and rule.rpartition(" ")[0] in lost)


def _rounds(asked: list[Asked]) -> tuple[list[Json], list[dict[str, Any]]]:
    """Rules by round: each is asked once a round, about one occurrence, given or not."""
    given: list[list[Json]] = []
    wanted: list[dict[str, Any]] = []
    for one in asked:
        number = 0
        while number < len(wanted) and wanted[number].keys() & one.answers.keys():
            number += 1
        while len(given) <= number:
            given.append([])
            wanted.append({})
        if one.given is not None:
            given[number].append(one.given)
        wanted[number].update(one.answers)
    rounds = [{"occurrences": each, "ask": list(ask)} for each, ask in zip(given, wanted, strict=True)]
    return rounds, wanted


def _parameters(answers: Answers, sources: tuple[Source, ...] | None) -> Json:
    stay = answers.stay
    return {
        "AsOf": stamp_text(answers.now.at),
        "KnownAt": stamp_text(answers.known_at),
        "EntryStart": None if stay is None else stamp_text(stay.started.at),
        "EntryExact": None if stay is None else stay.started.exact,
        "Side": answers.side,
        "EntryId": None if stay is None else stay.entry,
        "Sources": None if sources is None else [_source(each) for each in sources],
    }


def _source(source: Source) -> Json:
    return {
        "kind": source.kind,
        "connected": source.connected,
        "since": None if source.since is None else iso(source.since),
        "last": None if source.last_seen is None else iso(source.last_seen),
        "limit": source.limit_days,
        "own": source.own_codes,
    }


def write_runs(cases: list[Case], folder: Path) -> list[Run]:
    """Libraries, bundles and runs as files for `run.mjs`; oracles are asked beside the rules."""
    for name, text in library_texts(cases).items():
        (folder / f"{name}.cql").write_text(text, "utf-8")
    bundles = [case_bundle(case, content().definitions.catalogue, reader()) for case in cases]
    runs = [(number, run) for number, case in enumerate(cases) for run in runs_of(case, bundles[number])]
    asked = oracles()
    by_pathway = {pathway: [name for (of, _), name in asked.items() if of == pathway] for pathway, _ in asked}
    written_runs = [
        {
            "library": run.library,
            "bundle": number,
            "parameters": run.parameters,
            "rounds": run.rounds,
            "oracles": by_pathway.get(run.case.pathway, []) if all_connected(run) else [],
        }
        for number, run in runs
    ]
    (folder / "bundles.json").write_bytes(orjson.dumps(bundles))
    (folder / "runs.json").write_bytes(orjson.dumps(written_runs))
    return [run for _, run in runs]


def all_connected(run: Run) -> bool:
    """True where what the record does not show is not so, and the limits are the sheets' own."""
    return run.declared and not run.case.sources and run.case.region is None
