"""What stands in the shared catalogue is asked for by a rule: the rest would be kept right for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repository import CONTENT, listing

from made.examples import NAMES, record
from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.catalogue import Catalogue, Definitions
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.walk import selectors_in

#: Selectors that no rule asks for, each with why it stays. These are named by a case or a row left out ...
NAMED = {
    "claudicatio": "a case shows that walking pain alone begins nothing (kritisk-benischemi)",
    "nattsmarta-hoft": "a case shows that it settles nothing by itself (hoftledsartros)",
    "rontgenfynd-artros-hoft": "a case shows that a picture sets no diagnosis (hoftledsartros)",
    "news2-skala-2": "a case shows that NEWS2 is read by the scale that care used (sepsis)",
    "schizotyp-storning-diagnos": "for a region that counts it (schizofreni, omitted.yaml)",
}
#: ... and these are found in an example record.
READ = {
    "lakemedelsavstamning": "the generated records hold it, and it must not be taken for a review of drugs",
    "blodstatus": "the generated records hold it, a panel that must not be taken for its parts",
    "kognitivt-test": "the generated records hold it, of no certain test",
    "albumin": "the generated records hold it, beside calcium",
}


def test_every_selector_is_asked_for_by_a_rule():
    """By a pathway, an overlay, an interaction, or as a part of one that is; the others say why they stay."""
    definitions = load_content().definitions
    unused = set(definitions.catalogue.selectors) - set(_asked_for(definitions))
    kept = NAMED.keys() | READ.keys()

    new, old = sorted(unused - kept), sorted(kept - unused)
    assert not new, "delete them, or say here why they stay:" + listing(new)
    assert not old, "a rule asks for them; strike them here:" + listing(old)


def test_a_selector_that_stays_for_a_case_is_named_by_one():
    """Or by a row left out: a reason to stay is checked."""
    files = [*CONTENT.glob("pathways/*/*/cases/*.yaml"), *CONTENT.glob("pathways/*/*/omitted.yaml")]
    texts = [path.read_text("utf-8") for path in files]
    lost = [name for name in NAMED if not any(re.search(rf"\b{name}\b", text) for text in texts)]

    assert not lost, "nothing names them any longer; delete them:" + listing(lost)


def test_a_selector_that_stays_for_an_example_record_is_found_in_one():
    """A reason to stay is checked."""
    found = {selector for name in NAMES for selector in record(name).facts}
    lost = sorted(READ.keys() - found)

    assert not lost, "no record holds them any longer; delete them:" + listing(lost)


def test_every_activity_is_done_by_a_step():
    """Or spoken of by an interaction."""
    definitions = load_content().definitions
    used = {activity for each in definitions.catalogue.interactions.values() for activity in each.activities}
    for pathway in definitions.pathways.values():
        used |= {step.activity for step in pathway.steps.values()}
    for overlay in definitions.overlays.values():
        used |= {step.activity for added in overlay.steps.values() for step in added.values()}
    unused = sorted(set(definitions.catalogue.activities) - used)

    assert not unused, "delete them:" + listing(unused)


def _asked_for(definitions: Definitions) -> Iterator[str]:
    named = [name for pathway in definitions.pathways.values() for name in _in_pathway(pathway)]
    for overlay in definitions.overlays.values():
        named += [name for added in overlay.steps.values() for name in selectors_in(*added.values())]
    named += [
        name for each in definitions.catalogue.interactions.values() for name in selectors_in(each.when)
    ]
    yield from _with_parts(named, definitions.catalogue)


def _in_pathway(pathway: Pathway) -> Iterator[str]:
    doors = (*pathway.entries.values(), *pathway.exits.values())
    rules = (*doors, *pathway.phases.values(), *pathway.choices.values(), *pathway.steps.values())
    yield from selectors_in(pathway.population, *rules, *pathway.indicators.values())
    for door in doors:
        yield from door.event
    for indicator in pathway.indicators.values():
        yield indicator.per.removeprefix("selector:")


def _with_parts(named: list[str], catalogue: Catalogue) -> Iterator[str]:
    """The selectors and all that they include, to the last."""
    queue, seen = [*named], set[str]()
    while queue:
        name = queue.pop().removesuffix(".end")
        if name in seen:
            continue
        seen.add(name)
        yield name
        queue.extend(catalogue.selectors[name].includes if name in catalogue.selectors else ())
