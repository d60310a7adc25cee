"""Lint: what people read. Texts in both languages, owners, sources; no promise, no early word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Disclosure, Pathway, Place, Provenance, Step, Texts
from vardforlopp.definitions.walk import rule_parts

Named = tuple[str, Place, Texts, str]

LANGUAGES = ("sv", "en")
PROMISES = re.compile(
    r"\b(garanti\w*|garanter\w+|senast|rätt till|guarantee\w*|right to|at the latest|no later than)\b",
    re.IGNORECASE,
)
SENSITIVE = re.compile(
    r"palliativ|brytpunkt|livets slut|end.of.life|suicid|självmord|sjalvmord|döende|dying"
    r"|demens|dementia|schizofreni|schizophrenia",
    re.IGNORECASE,
)
_STRICTNESS: tuple[Disclosure, ...] = ("open", "after-informed", "staff-only")
_WITHOUT_PART = {"step", "by"}


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Texts, owners, sources and disclosure of one pathway."""
    for name, place, texts, part in _texts(pathway):
        yield from text_faults(name, place, texts=texts, part=part)
    for step in pathway.steps.values():
        yield from _step(pathway, step)
    for name, place, provenance in _sourced(pathway):
        if not provenance.parts:
            yield finding(
                "VF-DEF-055",
                place,
                f"{name} names no source",
                do="Add `source:`; `default` when it is our own.",
            )
    if not pathway.entries:
        yield finding(
            "VF-DEF-049", pathway.place, f"'{pathway.id}' has no way in", do="Add one under `entries:`."
        )
    used = {step.phase for step in pathway.steps.values()} | {
        choice.phase for choice in pathway.choices.values()
    }
    for phase in pathway.phases.values():
        if phase.id not in used:
            yield finding(
                "VF-DEF-047",
                pathway.place,
                f"phase '{pathway.id}.{phase.id}' has no steps",
                do="Add them, or remove it.",
            )


def text_faults(
    name: str, place: Place, *, texts: Texts, part: str, needed: bool = True
) -> Iterator[DefinitionFinding]:
    """Missing languages and words that promise."""
    for language in LANGUAGES:
        if needed and not texts.get(language, "").strip(" ."):
            yield finding(
                "VF-DEF-054",
                place,
                f"{name} has no {part} in '{language}'",
                do=f"Add `{part}: {{{language}: ...}}`.",
            )
    for language, text in texts.items():
        promise = PROMISES.search(text)
        if promise is not None:
            yield finding(
                "VF-DEF-071",
                place,
                f"the {part} of {name} says '{promise[0]}' ({language})",
                do="A pathway's time is a goal: word it so.",
            )


def _texts(pathway: Pathway) -> Iterator[Named]:
    own = pathway.id
    yield f"pathway '{own}'", pathway.place, pathway.title, "title"
    yield f"pathway '{own}'", pathway.place, pathway.summary, "summary"
    if pathway.population is not None:
        yield f"the population of '{own}'", pathway.place, pathway.population.text, "text"
        if pathway.population.outside:
            yield f"the population of '{own}'", pathway.place, pathway.population.outside, "outside"
    for phase in pathway.phases.values():
        yield f"phase '{own}.{phase.id}'", pathway.place, phase.title, "title"
    for kind, items in (
        ("parameter", pathway.parameters), ("entry", pathway.entries), ("exit", pathway.exits),
        ("indicator", pathway.indicators), ("choice", pathway.choices),
    ):  # fmt: skip
        for item in items.values():
            yield f"{kind} '{own}.{item.id}'", item.place, item.title, "title"
    for choice in pathway.choices.values():
        for option in choice.options:
            yield f"way '{option.id}' of choice '{own}.{choice.id}'", choice.place, option.title, "title"
    for step in pathway.steps.values():
        yield f"step '{own}.{step.id}'", step.place, step.title, "title"
        yield f"step '{own}.{step.id}'", step.place, step.summary, "summary"
        if step.patient_part:
            yield f"step '{own}.{step.id}'", step.place, step.patient_part, "patient_part"


def _step(pathway: Pathway, step: Step) -> Iterator[DefinitionFinding]:
    name = f"step '{pathway.id}.{step.id}'"
    if not step.owner.roles or not step.owner.level:
        missing = "`by:`" if not step.owner.roles else "`level:`"
        yield finding("VF-DEF-053", step.place, f"{name} has no owner", do=f"Add {missing}.")
    if not step.activity:
        yield finding(
            "VF-DEF-056",
            step.place,
            f"{name} has no activity",
            do="Add `activity:`, from the shared catalogue.",
        )
    if step.mdr == "device":
        yield finding(
            "VF-DEF-070",
            step.place,
            f"{name} would make the program a medical device",
            do="Word it as a clinician's decision, or list its row in omitted.yaml with reason `device`.",
        )
    words = " ".join((step.id, *step.title.values(), *step.summary.values()))
    shown = max(pathway.disclosure, step.disclosure, key=_STRICTNESS.index)
    if shown == "open" and SENSITIVE.search(words):
        yield finding(
            "VF-DEF-075",
            step.place,
            f"{name} is about what nobody should first meet on a screen",
            do="Write `disclosure: after-informed` or `staff-only`.",
        )
    for part in step.provenance.parts:
        if part not in _WITHOUT_PART and part not in rule_parts(step):
            yield finding(
                "VF-DEF-055",
                step.place,
                f"{name} names a source for '{part}', which it does not have",
                do=f"Remove `{part}:` from `source:`.",
            )


def _sourced(pathway: Pathway) -> Iterator[tuple[str, Place, Provenance]]:
    for kind, items in (
        ("step", pathway.steps), ("choice", pathway.choices), ("entry", pathway.entries),
        ("exit", pathway.exits), ("indicator", pathway.indicators),
    ):  # fmt: skip
        for item in items.values():
            yield f"{kind} '{pathway.id}.{item.id}'", item.place, item.provenance
