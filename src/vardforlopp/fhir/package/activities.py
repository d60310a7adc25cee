"""Activities as ActivityDefinitions, and the decisions that people record as a Questionnaire."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from vardforlopp.definitions.catalogue import Activity
from vardforlopp.definitions.criteria import BranchIs, Decided, DecidedLeaf
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.walk import nodes, rule_parts
from vardforlopp.definitions.words import BOOKS
from vardforlopp.fhir.package.site import Json, Site, worded
from vardforlopp.fhir.package.texts import in_both, said_in


def activity_definition(activity: Activity, site: Site) -> Json:
    """What is done, whatever pathway asks for it."""
    made = site.head("ActivityDefinition", activity.id, title=activity.title, text=activity.texts or None)
    made |= {
        "extension": [site.extension("mdr-class", valueCode=activity.mdr)],
        "kind": "Task",
        "intent": "proposal",
        "code": {"coding": [{"system": site.system("activity"), "code": activity.id}]},
    }
    if activity.performers:
        made["participant"] = [
            {
                "type": "patient" if role == "patient" else "practitioner",
                "role": {"coding": [{"system": site.system("role"), "code": role}]},
            }
            for role in activity.performers
        ]
    return made


def decisions_questionnaire(names: Names, site: Site) -> Json | None:
    """The decisions that a pathway asks people to record, with the answers that its rules tell apart."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    asked = dict(_decisions(names))
    if not asked:
        return None
    title = in_both(lambda lang: said_in("decisions", lang, title=pathway.title[lang]))
    made = site.head("Questionnaire", f"{pathway.id}-decisions", title=title)
    return made | {
        "version": pathway.version,
        "subjectType": ["Patient"],
        "item": [_item(names, name, sorted(words)) for name, words in asked.items()],
    }


def _decisions(names: Names) -> Iterator[tuple[str, set[str]]]:
    pathway = names.pathway
    assert pathway is not None
    found: dict[str, set[str]] = {choice.id: set(choice.ways) for choice in pathway.choices.values()}
    rules = [
        *(part for step in pathway.steps.values() for part in rule_parts(step).values()),
        *(phase.when for phase in pathway.phases.values()),
        *(option.when for choice in pathway.choices.values() for option in choice.options),
        *(entry.when for entry in pathway.entries.values()),
        *(exit_.when for exit_ in pathway.exits.values()),
    ]
    for node in nodes(*(rule for rule in rules if rule is not None)):
        if isinstance(node, (Decided, DecidedLeaf)):
            found.setdefault(node.decision, set()).update(node.words)
        elif isinstance(node, BranchIs):
            found.setdefault(node.choice, set()).update(node.words)
    yield from found.items()


def _item(names: Names, decision: str, words: list[str]) -> Json:
    title = in_both(partial(names.decision, decision))
    item: Json = {"linkId": decision, **worded("text", title)}
    if not words:
        return item | {"type": "string"}
    return item | {
        "type": "open-choice",
        "answerOption": [{"valueCoding": _answer(names, decision, word)} for word in words],
    }


def _answer(names: Names, decision: str, word: str) -> Json:
    said = in_both(lambda lang: names.option(decision, word, book=BOOKS[lang]))
    return {"code": word, **worded("display", said)}
