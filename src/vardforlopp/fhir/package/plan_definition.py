"""A pathway as a PlanDefinition: ways in, phases with their steps and choices, ways out.

The shape is that of a clinical pathway in CPG (clinical practice guidelines on FHIR): one action a
phase, in it one a step, each with the names of its expressions in the pathway's library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vardforlopp.definitions.criteria import MomentExpr, Named, Shifted, StepTime
from vardforlopp.definitions.explain import ground_of, step_words
from vardforlopp.definitions.explain_parts import explain_entry, explain_exit
from vardforlopp.definitions.explained import Explained
from vardforlopp.definitions.model import (
    Choice,
    Entry,
    Exit,
    Phase,
    Provenance,
    SourceText,
    Step,
)
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.walk import selectors_in
from vardforlopp.definitions.words import BOOKS, criterion_words, speech_of
from vardforlopp.fhir.package.expressions import applies, library
from vardforlopp.fhir.package.site import Json, Site, fhir_id, worded
from vardforlopp.fhir.package.texts import in_both, said, said_in
from vardforlopp.fhir.package.times import (
    duration_json,
    fixed_duration,
    parameter_texts,
    stated,
    timing,
)
from vardforlopp.fhir.resource_types import CODED

PROFILE = "http://hl7.org/fhir/uv/cpg/StructureDefinition/cpg-pathwaydefinition"
#: An explanation, in the language asked for.
Telling = Callable[[Lang], Explained]
_TYPES = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def plan_definition(names: Names, site: Site) -> Json:
    """The whole pathway, as the region of the names runs it."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    head = site.head("PlanDefinition", pathway.id, title=pathway.title, text=pathway.summary)
    parameters = [parameter_texts(each, names) for each in pathway.parameters.values()]
    whom = worded("text", pathway.population.text if pathway.population else said("patient"))
    entries = [_entry(names, site, each) for each in pathway.entries.values()]
    made = head | {
        "version": pathway.version,
        "meta": {"profile": [PROFILE]},
        "extension": [
            site.extension("disclosure", valueCode=pathway.disclosure),
            *(site.extension("parameter", **worded("valueString", each)) for each in parameters),
        ],
        "type": {"coding": [{"system": _TYPES, "code": "clinical-protocol"}]},
        "subjectCodeableConcept": whom,
        **worded("copyright", said("licence", digest=pathway.sha256[:12])),
        "relatedArtifact": [_source(each) for each in pathway.sources.values()],
        "library": [library(pathway.id, site, pathway.version)],
        "action": [
            _group("entries", entries),
            *(_phase(names, site, phase) for phase in pathway.phases.values()),
        ],
    }
    if pathway.follows is not None:
        made["relatedArtifact"].append(
            {"type": "predecessor", "resource": site.url("PlanDefinition", pathway.follows)}
        )
    if pathway.exits:
        leaving = [_exit(names, site, each) for each in pathway.exits.values()]
        made["action"].append(_group("exits", leaving))
    return made


def _group(name: str, actions: list[Json]) -> Json:
    return {
        "id": name,
        **worded("title", said(name)),
        "groupingBehavior": "logical-group",
        "selectionBehavior": "any",
        "action": actions,
    }


def _phase(names: Names, site: Site, phase: Phase) -> Json:
    pathway = names.pathway
    assert pathway is not None
    within = [
        *(_choice(names, site, each) for each in pathway.choices.values() if each.phase == phase.id),
        *(_step(names, site, each) for each in pathway.steps.values() if each.phase == phase.id),
    ]
    made: Json = {
        "id": f"phase-{fhir_id(phase.id)}",
        **worded("title", phase.title),
        "groupingBehavior": "logical-group",
        "selectionBehavior": "any",
    }
    if phase.when is not None:
        when = phase.when
        guard = in_both(lambda lang: criterion_words(when, names, lang=lang))
        made["condition"] = [applies(f"phase {phase.id}", guard)]
    return made | ({"action": within} if within else {})


def _entry(names: Names, site: Site, entry: Entry) -> Json:
    return {
        "id": f"entry-{fhir_id(entry.id)}",
        "extension": [
            *_ground(site, entry.provenance, entry.rows),
            site.extension("disclosure", valueCode=entry.disclosure),
        ],
        **worded("title", entry.title),
        **_told(lambda lang: explain_entry(speech_of(names, lang), ground_of(names), entry=entry)),
        "trigger": _events(site, names, entry.event),
        "condition": [applies(f"entry {entry.id}")],
    }


def _exit(names: Names, site: Site, exit_: Exit) -> Json:
    return {
        "id": f"exit-{fhir_id(exit_.id)}",
        "extension": _ground(site, exit_.provenance, exit_.rows),
        **worded("title", exit_.title),
        **_told(lambda lang: explain_exit(speech_of(names, lang), ground_of(names), exit_=exit_)),
        "trigger": _events(site, names, exit_.event),
        "condition": [applies(f"exit {exit_.id}")],
    }


def _events(site: Site, names: Names, events: tuple[str, ...]) -> list[Json]:
    """A trigger for each type of data: several data of one trigger would have to come together."""
    return [
        {"type": "data-added", "name": selector, "data": [each]}
        for selector in events
        for each in _requirements(site, selector, names)
    ]


def _requirements(site: Site, selector: str, names: Names) -> list[Json]:
    """The data that a selector is read from, one line a resource type; of forms, all."""
    plain = selector.removesuffix(".end")
    url = site.pinned("ValueSet", plain)
    return [
        {"type": kind, **({"codeFilter": [{"path": CODED[kind], "valueSet": url}]} if kind in CODED else {})}
        for kind in names.catalogue.selectors[plain].resources
    ]


def _choice(names: Names, site: Site, choice: Choice) -> Json:
    options = {option.id: option.title for option in choice.options}
    return {
        "id": fhir_id(choice.id),
        "extension": [
            *_ground(site, choice.provenance, choice.rows),
            site.extension("disclosure", valueCode=choice.disclosure),
        ],
        **worded("title", choice.title),
        **_told(lambda lang: step_words(choice.id, names, lang=lang)),
        "groupingBehavior": "logical-group",
        "selectionBehavior": "exactly-one",
        "requiredBehavior": "could",
        "action": [
            {
                "id": f"{fhir_id(choice.id)}-{fhir_id(way)}",
                **worded("title", options.get(way) or {"sv": way}),
                "condition": [applies(f"choice {choice.id} {way}")],
            }
            for way in choice.ways
        ],
    }


def _step(names: Names, site: Site, step: Step) -> Json:
    def told(lang: Lang) -> Explained:
        return step_words(step.id, names, lang=lang)

    made: Json = {
        "id": fhir_id(step.id),
        "extension": [
            *_ground(site, step.provenance, step.rows),
            *_labels(names, site, step),
            *_counts_from(site, step, told),
        ],
        **worded("title", step.title),
        **worded("description", step.summary),
        **_told(told),
        "code": [{"coding": [{"system": site.system("activity"), "code": step.activity}]}],
        "documentation": [{"type": "citation", "label": name} for name in _sources(step.provenance)],
        "condition": [applies(f"{step.id} when")],
        "input": [line for name in selectors_in(step.done) for line in _requirements(site, name, names)],
        "relatedAction": list(_related(names, step.after, step)),
        **timing(names, step),
        "participant": [_participant(site, step, role) for role in step.owner.roles],
        "type": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/action-type", "code": "create"}]
        },
        "definitionCanonical": site.pinned("ActivityDefinition", step.activity),
    }
    return {key: value for key, value in made.items() if value}


def _labels(names: Names, site: Site, step: Step) -> Iterator[Json]:
    for key, code in (("disclosure", step.disclosure), ("watch", step.watch), ("mode", step.mode)):
        yield site.extension(key, valueCode=code)
    yield site.extension("mdr-class", valueCode=step.mdr)
    yield site.extension("care-level", valueCoding={"system": site.system("level"), "code": step.owner.level})
    for key in ("maintenance", "preventive"):
        if getattr(step, key):
            yield site.extension(key, valueBoolean=True)
    for key in ("first", "opens", "within", "preferred", "fresh"):
        value = getattr(step, key)
        if value is not None:
            yield site.extension(key, **stated(names, value))
    adopted = ground_of(names).support(step.provenance, "step", name=step.id).adoption
    if adopted is not None:
        yield site.extension("adopted-by", valueString=adopted.by)


def _counts_from(site: Site, step: Step, told: Telling) -> Iterator[Json]:
    """What the times count from, in words, where it is neither the entry nor a step that is done."""
    after = step.after
    plain = after in (None, Named("entry")) or (isinstance(after, StepTime) and after.what == "done")
    if not plain or step.per is not None or step.slots is not None:
        words = in_both(lambda lang: _parts(told(lang), "per", "slots", "after"))
        yield site.extension("counts-from", **worded("valueString", words))


def _related(names: Names, after: MomentExpr | None, step: Step) -> Iterator[Json]:
    """The step that this one waits for, with the time between them; what else it counts from is text."""
    base = after.base if isinstance(after, Shifted) else after
    if not isinstance(base, StepTime) or base.what == "due":
        return
    made: Json = {"actionId": fhir_id(base.step), "relationship": "after-end"}
    low, high = fixed_duration(names, step.opens), fixed_duration(names, step.within)
    if high is not None and not isinstance(after, Shifted):
        least = {"low": duration_json(low)} if low is not None and low.unit == high.unit else {}
        made["offsetRange"] = {**least, "high": duration_json(high)}
    yield made


def _participant(site: Site, step: Step, role: str) -> Json:
    kind = "patient" if role == "patient" else "practitioner"
    return {"type": kind, "role": {"coding": [{"system": site.system("role"), "code": role}]}}


def _ground(site: Site, provenance: Provenance, rows: tuple[str, ...]) -> list[Json]:
    return [
        site.extension("level", valueCode=provenance.level),
        *(site.extension("row", valueString=row) for row in rows),
    ]


def _sources(provenance: Provenance) -> dict[str, None]:
    return dict.fromkeys(source for sources in provenance.parts.values() for source in sources)


def _source(source: SourceText) -> Json:
    made: Json = {"type": "citation", "label": source.id, "display": source.title}

    def cited(lang: Lang) -> str:
        read = said_in("read", lang, date=source.checked) if source.checked else None
        return ", ".join(filter(None, (BOOKS[lang].say(f"level.{source.level}"), source.date, read)))

    return made | worded("citation", in_both(cited)) | ({"url": source.url} if source.url else {})


def _told(told: Telling) -> Json:
    return worded("textEquivalent", in_both(lambda lang: _text(told(lang))))


def _parts(told: Explained, *parts: str) -> str:
    return " ".join(each.text for each in told.sentences if each.part in parts)


def _text(told: Explained) -> str:
    lines: list[str] = []
    for each in told.sentences:
        lines += [each.text, *(f"- {item.text}" for item in each.items)]
    return "\n".join(lines)
