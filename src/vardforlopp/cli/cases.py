"""`vardforlopp cases`: the clinicians' cases, what they cover, and whether they notice faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.cli.arguments import pathway_arguments
from vardforlopp.cli.outside import FINDINGS, FINE, Outside, Progress, counted
from vardforlopp.contract.personwork import PersonRun, run_person
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.definitions.read_persons import load_persons
from vardforlopp.engine.casework import Answer, coverage, run_case
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.engine.mutation import Gate, Laboratory, mutants
from vardforlopp.kernel.civil import iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.present.voice import Voice
from vardforlopp.present.why import why_lines

#: A pathway is fit for use when its cases notice this share of the planted faults.
GATE = 0.95
#: Steps, ways, entries and exits that may stand without a case.
MAY_BE_UNCOVERED = 3


def cases(
    pathway: str | None = None,
    /,
    *,
    mutate: Annotated[bool, Parameter(negative=())] = False,
    lang: Literal["sv", "en"] = "sv",
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Run the cases: what was expected, what the program says, and why.

    Exit code 1 when a case fails, too much is uncovered, or (with --mutate) too many planted
    faults go unnoticed.

    Parameters
    ----------
    pathway
        Only this pathway; all if not given.
    mutate
        Plant small faults in the definition, one at a time: the cases must notice.
    lang
        Language of the reasons.
    content
        A content folder; the program's own if not given.
    """
    definitions = load_definitions(content)
    chosen = pathway_arguments([pathway] if pathway else [], definitions, option="vardforlopp cases")
    loaded = load_cases(content_texts(content), definitions)
    for error in loaded.errors:
        outside.say(str(error))
    worst = FINDINGS if loaded.errors else FINE
    voice = Voice(definitions, lang)
    for each in chosen:
        own = loaded.cases.get(each.id, ())
        worst = max(worst, _run(each, own, definitions, outside=outside, voice=voice))
        if mutate:
            worst = max(worst, _mutate(each, own, definitions, outside=outside))
    if pathway is None:
        worst = max(worst, _persons(content_texts(content), definitions, outside=outside))
    return worst


def _persons(texts: Mapping[str, str], definitions: Definitions, *, outside: Outside) -> int:
    """The invented persons in several pathways at once."""
    loaded = load_persons(texts, definitions)
    for error in loaded.errors:
        outside.say(str(error))
    interactions = Interactions(definitions.catalogue, swedish())
    regions = {
        region: {
            pathway.id: compile_pathway(
                pathway,
                definitions.catalogue,
                overlay=definitions.overlays[region] if region else None,
                calendar=swedish(),
            )
            for pathway in definitions.pathways.values()
        }
        for region in {person.region for person in loaded.persons}
    }
    runs = [
        run_person(person, regions[person.region], catalogue=definitions.catalogue, interactions=interactions)
        for person in loaded.persons
    ]
    answers = [answer for run in runs for answer in run.answers]
    wrong = [answer for answer in answers if not answer.right]
    for each in wrong:
        outside.say(
            f"{each.person} as of {iso(each.as_of.day)}  {each.subject}:"
            f" expected {each.expected}, the program says {each.actual}"
        )
    if runs:
        told = f"{counted(len(runs), 'person')}, {counted(len(answers), 'expectation')}"
        outside.say(f"several pathways: {told}, {len(wrong)} wrong")
        _interactions_met(runs, definitions, outside=outside)
    return FINDINGS if wrong or loaded.errors else FINE


def _interactions_met(runs: Sequence[PersonRun], definitions: Definitions, *, outside: Outside) -> None:
    """Which interactions some person meets, and some person is tried for without meeting it."""
    found = frozenset().union(*(run.found for run in runs))
    quiet = frozenset().union(*(run.quiet for run in runs))
    every = definitions.catalogue.interactions
    outside.say(
        f"interactions: {len(found)} of {len(every)} met by a person,"
        f" {len(quiet)} tried on a person who does not have it"
    )
    for name in every:
        if name not in found:
            outside.say(f"  never met: {name}")
        elif name not in quiet:
            outside.say(f"  always met: {name}")


def _run(
    pathway: Pathway, own: Sequence[Case], definitions: Definitions, *, outside: Outside, voice: Voice
) -> int:
    compiled = _by_region(pathway, own, definitions)
    answers = [answer for case in own for answer in run_case(case, compiled[case.region])]
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        outside.say(_told(pathway, answer, voice))
    covered = coverage(pathway, own)
    outside.say(
        f"{pathway.id} {pathway.version}: {counted(len(own), 'case')}, "
        f"{counted(len(answers), 'expectation')}, {len(wrong)} wrong; "
        f"covered {len(covered.wanted) - len(covered.uncovered)} of {len(covered.wanted)}"
    )
    for name in covered.uncovered:
        outside.say(f"  not covered: {name}")
    return FINDINGS if wrong or len(covered.uncovered) > MAY_BE_UNCOVERED else FINE


def _by_region(pathway: Pathway, own: Sequence[Case], definitions: Definitions) -> dict[str | None, Compiled]:
    calendar = swedish()
    return {
        region: compile_pathway(
            pathway,
            definitions.catalogue,
            overlay=definitions.overlays[region] if region else None,
            calendar=calendar,
        )
        for region in {case.region for case in own}
    }


def _told(pathway: Pathway, answer: Answer, voice: Voice) -> str:
    lines = [
        f"{pathway.id} {answer.case} as of {iso(answer.as_of.day)}  {answer.subject}:"
        f" expected {answer.expected}, the program says {answer.actual}"
    ]
    if answer.state is not None:
        why = why_lines(answer.state.because, voice, pathway=pathway.id)
        lines += [f"    {'  ' * line.depth}{'✗?✓'[line.truth]} {line.text}" for line in why]
    return "\n".join(lines)


def _mutate(pathway: Pathway, own: Sequence[Case], definitions: Definitions, *, outside: Outside) -> int:
    laboratory = Laboratory(definitions, pathway, own, calendar=swedish())
    planted = list(mutants(pathway))
    progress = Progress(outside, len(planted)).over([mutant.name for mutant in planted])
    gate = Gate(tuple(laboratory.judge(planted[number]) for number, _ in progress))
    outside.say(
        f"{pathway.id} {pathway.version}: {gate.killed} of {gate.counted} planted faults noticed"
        f" ({100 * gate.share:.1f} %)"
    )
    for name in gate.survivors:
        outside.say(f"  not noticed: {name}")
    return FINE if gate.share >= GATE else FINDINGS
