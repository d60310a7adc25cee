"""Our own pathways, exported and imported again: what comes back the same, and what is told instead.

Back come phases, steps, choices and ways in and out, with titles, rows, activities, performers and
labels; fixed times that count from the entry or from a step that is done; intervals; codes. Conditions
come back as decisions with their CQL beside them, and everything else that the export says in words is told.
The goals of our pathways are indicators, which the export writes as Measures: a PlanDefinition has none.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from made.foreign_plans import imported, loaded, pathway, reasons
from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.criteria import Decided, Named, StepTime
from vardforlopp.definitions.model import Pathway, Step
from vardforlopp.definitions.names import names_for
from vardforlopp.fhir.package.everything import package_resources
from vardforlopp.fhir.package.site import BASE, Site
from vardforlopp.fhir.package.times import fixed_duration
from vardforlopp.fhir.plan_import.importing import Imported

PATHWAYS = sorted(load_content().definitions.pathways)


@cache
def package() -> tuple[dict[str, Any], ...]:
    content, site = load_content(), Site(BASE, "0.1.0", "2026-11-22")
    made = package_resources(content.definitions, content.systems, site=site, cql=cql_texts())
    return tuple(each for each in made if each["resourceType"] not in ("Measure", "StructureDefinition"))


@cache
def back(name: str) -> Imported:
    return imported(*package(), wanted=name)


@cache
def drafted(name: str) -> Pathway:
    return pathway(back(name))


def ours(name: str) -> Pathway:
    return load_content().definitions.pathways[name]


def plainly_anchored(step: Step) -> bool:
    """The time counts from the entry, or from a step that is done."""
    after = step.after
    anchored = after in (None, Named("entry")) or (isinstance(after, StepTime) and after.what == "done")
    return anchored and step.per is None and step.slots is None


@pytest.mark.parametrize("name", PATHWAYS)
class TestOurOwnPathways:
    def test_the_draft_is_read_without_an_error(self, name: str) -> None:
        """As every draft is."""
        assert loaded(back(name)).errors == []

    def test_phases_and_their_content_come_back(self, name: str) -> None:
        """Each step, choice, entry and exit, in its phase, with titles, rows and sides of a choice."""
        was, now = ours(name), drafted(name)

        assert (now.id, now.version, now.title, now.summary) == (was.id, was.version, was.title, was.summary)
        assert (now.population and now.population.text) == (was.population and was.population.text)
        assert [(each.id, each.title) for each in now.phases.values()] == [
            (each.id, each.title) for each in was.phases.values()
        ]
        assert {
            each.id: (each.phase, each.title, each.summary, each.rows) for each in now.steps.values()
        } == {
            each.id: (each.phase, each.title, each.summary, each.rows or (each.id,))
            for each in was.steps.values()
        }
        assert {each.id: (each.phase, set(each.ways)) for each in now.choices.values()} == {
            each.id: (each.phase, set(each.ways)) for each in was.choices.values()
        }
        assert {each.id: (each.event, each.disclosure) for each in now.entries.values()} == {
            each.id: (each.event, each.disclosure) for each in was.entries.values()
        }
        assert {each.id: each.event for each in now.exits.values()} == {
            each.id: each.event for each in was.exits.values()
        }

    def test_what_a_step_is_comes_back(self, name: str) -> None:
        """Its activity, who does it and where, and its labels."""

        def kept(step: Step) -> tuple[object, ...]:
            labels = (step.disclosure, step.watch, step.mode, step.maintenance, step.preventive, step.mdr)
            return (step.activity, step.owner, *labels)

        was, now = ours(name).steps, drafted(name).steps

        assert {each: kept(now[each]) for each in was} == {each: kept(was[each]) for each in was}

    def test_fixed_times_come_back_and_all_others_are_told(self, name: str) -> None:
        """A time is carried only with what it counts from."""
        names = names_for(load_content().definitions, name)
        told = reasons(back(name))
        paths = {step.id: path_of(back(name), step.id) for step in ours(name).steps.values()}
        for step in ours(name).steps.values():
            again = drafted(name).steps[step.id]
            for key in ("opens", "within", "preferred", "fresh"):
                written = getattr(step, key)
                fixed = fixed_duration(names, written)
                if fixed is not None and (plainly_anchored(step) or key == "fresh"):
                    assert same(getattr(again, key), fixed), (step.id, key)
                elif written is not None:
                    assert getattr(again, key) is None, (step.id, key)
                    assert any(
                        path.startswith(f"{paths[step.id]}.extension") and why in ("counts-from", "in-words")
                        for path, why in told.items()
                    ), (step.id, key)

    def test_the_order_comes_back(self, name: str) -> None:
        """A step that waits for another still does; what else it waits for is told."""
        for step in ours(name).steps.values():
            if isinstance(step.after, StepTime) and step.after.what == "done":
                assert drafted(name).steps[step.id].after == step.after

    def test_intervals_come_back(self, name: str) -> None:
        """Where they are the same for everybody."""
        names = names_for(load_content().definitions, name)
        for step in ours(name).steps.values():
            fixed = fixed_duration(names, step.every)
            if fixed is not None and fixed.unit != "working days":
                assert same(drafted(name).steps[step.id].every, fixed), step.id

    def test_S05_conditions_come_back_as_decisions(self, name: str) -> None:
        """Nobody without a condition gets one, and no condition is lost."""
        was, now = ours(name), drafted(name)
        for step in was.steps.values():
            asked = now.steps[step.id].when
            assert asked == (None if step.when is None else Decided(f"{step.id}-villkor", ("ja",)))
        for phase in was.phases.values():
            assert (now.phases[phase.id].when is None) == (phase.when is None)
        told = Counter(reasons(back(name)).values())
        assert told["cql"] >= sum(step.when is not None for step in was.steps.values())

    def test_the_codes_come_back(self, name: str) -> None:
        """Each selector that the draft needs has the codes of ours."""
        definitions = loaded(back(name)).definitions
        assert definitions is not None
        catalogue = load_content().definitions.catalogue.selectors
        for selector in definitions.catalogue.selectors.values():
            assert set(selector.codes) == set(catalogue[selector.id].codes), selector.id
            assert set(selector.includes) == set(catalogue[selector.id].includes)

    def test_the_importer_knows_every_element_of_the_export(self, name: str) -> None:
        """What does not come back has its own reason."""
        assert "unknown" not in reasons(back(name)).values()


def same(written: Any, fixed: Any) -> bool:
    """The same length: two hours may be written as 120 minutes."""
    return written is not None and (
        written == fixed
        or (written.by_instant and fixed.by_instant and written.rough_days == fixed.rough_days)
    )


def path_of(found: Imported, step: str) -> str:
    """Where the action of a step stands in the plan."""
    comments = next(phase.items[step].comments for phase in found.draft.phases if step in phase.items)
    return comments[0]
