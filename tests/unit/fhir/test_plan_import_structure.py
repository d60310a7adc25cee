"""Actions of a plan from elsewhere as phases, steps and choices, and what waits for what."""

from __future__ import annotations

from typing import Any

import pytest

from made.foreign_plans import (
    DAYS_3,
    HOURS_36,
    SNOMED,
    WEEKS_2,
    A,
    B,
    C,
    fhirpath,
    imported,
    keys,
    pathway,
    plan,
    reasons,
    related,
    step,
    three_levels,
)
from vardforlopp.kernel.errors import InputError

Json = dict[str, Any]


class TestStructure:
    def test_groups_are_phases_and_groups_within_are_folded_into_their_steps(self) -> None:
        """Each step keeps the conditions of all that it stands in; a phase keeps its own."""
        found = imported(three_levels())
        made = pathway(found)

        assert list(made.phases) == ["workup", "follow-up"]
        assert list(made.steps) == ["x-ray", "mri", "visit", "call"]
        assert keys(found, "x-ray")["when"] == {"all": [{"has": "239873007"}, {"sex": "female"}]}
        assert keys(found, "mri")["when"] == {"has": "239873007"}
        assert "when" not in keys(found, "visit")
        assert found.draft.phases[0].keys["when"] == {"age": ">= 18 years"}
        assert reasons(found)["PlanDefinition.action[0].action[0].title"] == "group"

    def test_actions_in_no_group_get_a_phase_of_their_own(self) -> None:
        """Our language has no step outside a phase."""
        assert list(pathway(imported(plan(A, B))).phases) == ["atgarder"]

    def test_exactly_one_of_a_group_is_a_choice(self) -> None:
        """Its steps are for those whose way was taken; criteria that can be read decide."""
        ways = [{**A, "condition": [fhirpath("Patient.gender = 'male'")]}, B]
        found = imported(plan({"id": "g", "title": "G", "selectionBehavior": "exactly-one", "action": ways}))

        assert keys(found, "g")["options"] == {"a": {"title": {"en": "A"}}, "b": {"title": {"en": "B"}}}
        assert keys(found, "a")["when"] == {"branch": "g", "is": "a"}
        ways[1] = {**B, "condition": [fhirpath("Patient.gender = 'female'")]}
        found = imported(plan({"id": "g", "selectionBehavior": "at-most-one", "action": ways}))
        assert keys(found, "g")["options"]["a"]["when"] == {"sex": "male"}
        assert keys(found, "g")["else"] == "ingen"

    @pytest.mark.parametrize("behaviour", ["all-or-none", "one-or-more"])
    def test_other_ways_of_choosing_are_told(self, behaviour: str) -> None:
        """The steps are there, without the rule between them."""
        found = imported(plan({"id": "g", "selectionBehavior": behaviour, "action": [A, B]}))

        assert reasons(found)["PlanDefinition.action[0].selectionBehavior"] == "behaviour"
        assert set(pathway(found).steps) == {"a", "b"}

    def test_a_plan_within_the_plan_is_taken_in(self) -> None:
        """Under the action that names it; its own action ids are its own."""
        inner = plan(A, {**B, "relatedAction": [{"actionId": "a", "relationship": "after"}]},
                     id="inner", url="https://example.org/inner")  # fmt: skip
        outer = plan({"id": "a", "title": "Inner", "definitionCanonical": "https://example.org/inner|2.1.0"})
        found = imported(outer, inner)

        assert list(pathway(found).steps) == ["a-2", "b"]
        assert keys(found, "b")["after"] == {"done": "a-2"}
        assert reasons(found)["PlanDefinition/inner.title"] == "nested-head"

    def test_a_plan_or_activity_that_was_not_handed_in_is_told(self) -> None:
        """The action is there; what it would do is not."""
        found = imported(
            plan({**A, "definitionCanonical": "https://e.org/PlanDefinition/x"},
                 {**B, "definitionCanonical": "https://e.org/ActivityDefinition/x"},
                 {**C, "definitionUri": "https://e.org/y"})
        )  # fmt: skip
        told = reasons(found)

        assert told["PlanDefinition.action[0].definitionCanonical"] == "plan-missing"
        assert told["PlanDefinition.action[1].definitionCanonical"] == "definition-missing"
        assert told["PlanDefinition.action[2].definitionUri"] == "definition-missing"

    def test_plans_that_take_each_other_in_are_refused(self) -> None:
        """With the chain."""
        one = plan({"definitionCanonical": "https://e.org/two"}, id="one", url="https://e.org/one")
        two = plan({"definitionCanonical": "https://e.org/one"}, id="two", url="https://e.org/two")
        with pytest.raises(InputError, match=r"VF-IMP-005.*PlanDefinition/two"):
            imported(one, two, wanted="one")

    def test_a_bomb_of_plans_in_plans_is_refused(self) -> None:
        """Each takes in the next twice: thirty plans would be a thousand million actions."""
        plans = [
            plan(
                *[{"definitionCanonical": f"https://e.org/{n + 1}"}] * 2, id=f"p{n}", url=f"https://e.org/{n}"
            )
            for n in range(30)
        ]
        with pytest.raises(InputError, match="VF-IMP-007"):
            imported(*plans)

    @pytest.mark.parametrize(
        ("written", "ours"),
        [
            ("../../x", "x"),
            ("Åtgärd 1.a", "atgard-1-a"),
            ("", "a-title"),
            ("IN4", "IN4"),
            ("x" * 99, "x" * 60),
        ],
    )
    def test_an_id_becomes_one_that_is_ours(self, written: str, ours: str) -> None:
        """Whatever it was: no id leads out of a folder."""
        found = imported(plan({"id": written, "title": "A title", "action": [{"id": written}]}))

        assert found.draft.phases[0].id == ours
        assert ".." not in found.draft.id

    def test_ids_that_stand_twice_are_told_apart(self) -> None:
        """And what refers to them is told, since either may be meant."""
        found = imported(plan(B, {**B}, {**A, "relatedAction": related("after")}))

        assert list(pathway(found).steps) == ["b", "b-2", "a"]
        assert reasons(found)["PlanDefinition.action[2].relatedAction[0]"] == "related-twice"


class TestWaysIn:
    DATA: Json = {
        "type": "Condition",
        "codeFilter": [{"path": "code", "code": [{"system": SNOMED, "code": "1"}]}],
    }

    def test_a_plan_that_is_one_group_begins_with_the_data_of_its_trigger(self) -> None:
        """An entry, with the fact that starts the stay."""
        trigger = {"type": "data-added", "name": "New diagnosis", "data": [self.DATA]}
        found = imported(plan({"id": "g", "trigger": [trigger], "action": [A]}))

        assert pathway(found).entries["new-diagnosis"].event == ("1",)
        assert "trigger" not in reasons(found).values()

    @pytest.mark.parametrize(
        "trigger",
        [
            {"type": "named-event", "name": "patient-view"},
            {"type": "data-added", "data": [DATA], "condition": {"language": "text/cql", "expression": "X"}},
            {"type": "data-added", "data": [{"type": "Condition"}]},
            {"type": "data-modified", "data": [DATA]},
        ],
    )
    def test_other_triggers_of_the_whole_are_told(self, trigger: Json) -> None:
        """Nothing begins by itself."""
        found = imported(plan({"id": "g", "trigger": [trigger], "action": [A]}))

        assert pathway(found).entries == {}
        assert reasons(found)["PlanDefinition.action[0].trigger[0]"] == "trigger"

    def test_a_way_in_without_an_event_that_can_be_read_is_told(self) -> None:
        """In the shape of our own export."""
        entry = {"id": "entry-IN1", "title": "In", "trigger": [{"type": "named-event", "name": "x"}]}
        found = imported(plan({"id": "entries", "action": [entry]}, A))

        assert pathway(found).entries == {}
        assert reasons(found)["PlanDefinition.action[0].action[0]"] == "event"


class TestOrder:
    @pytest.mark.parametrize(
        ("written", "after"),
        [
            (related("after-end"), {"done": "b"}),
            (related("after"), {"done": "b"}),
            (related("after-end", offsetDuration=WEEKS_2), {"done": "b", "plus": "2 weeks"}),
            (related("after-end", offsetDuration=HOURS_36), {"done": "b", "plus": "90 minutes"}),
            (
                related("after-end", offsetDuration={"value": -2, "code": "d"}),
                {"done": "b", "plus": "-2 days"},
            ),
        ],
    )
    def test_after_another_action_is_the_anchor(self, written: list[Json], after: Json) -> None:
        """With the time between."""
        found = imported(plan({**A, "relatedAction": written}, B))

        assert keys(found, "a")["after"] == after
        assert pathway(found).steps["a"].after is not None

    def test_a_range_after_an_action_opens_and_is_due(self) -> None:
        """From the nearer end to the farther."""
        made = step(
            {**A, "relatedAction": related("after-end", offsetRange={"low": DAYS_3, "high": WEEKS_2})}, B
        )

        assert (str(made.opens), str(made.within)) == ("3 days", "2 weeks")

    def test_of_several_ranges_the_nearer_ends_are_carried(self) -> None:
        """A step opens and is due once; the farther ends are told."""
        offset = {"offsetRange": {"low": DAYS_3, "high": WEEKS_2}}
        both = [
            *related("after", **offset),
            {"actionId": "c", "relationship": "after", "offsetRange": {"high": DAYS_3}},
        ]
        found = imported(plan({**A, "relatedAction": both}, B, C))
        at = "PlanDefinition.action[0].relatedAction"

        assert keys(found, "a")["after"] == {"latest": [{"done": "b", "plus": "3 days"}, {"done": "c"}]}
        assert reasons(found)[f"{at}[0].offsetRange.high"] == "related-range"
        assert reasons(found)[f"{at}[1].offsetRange.high"] == "related-range"

    def test_after_the_start_is_read_as_done_and_told(self) -> None:
        """The record shows what was done."""
        found = imported(plan({**A, "relatedAction": related("after-start")}, B))

        assert keys(found, "a")["after"] == {"done": "b"}
        assert reasons(found)["PlanDefinition.action[0].relatedAction[0].relationship"] == "related-start"

    def test_before_another_action_is_a_last_moment(self) -> None:
        """Before it is due, or was done if that comes first."""
        found = imported(plan({**A, "relatedAction": related("before-start", offsetDuration=DAYS_3)}, B))
        shift = {"minus": "3 days"}

        assert keys(found, "a")["before"] == {"earliest": [{"due": "b", **shift}, {"done": "b", **shift}]}
        assert pathway(found).steps["a"].before is not None

    def test_before_and_after_of_the_same_two_is_no_circle(self) -> None:
        """A before B and B after A say one thing."""
        found = imported(
            plan({**A, "relatedAction": related("before-start")},
                 {**B, "relatedAction": [{"actionId": "a", "relationship": "after-end"}]})
        )  # fmt: skip

        assert keys(found, "b")["after"] == {"done": "a"}
        assert "before" not in keys(found, "a")

    def test_a_group_hands_its_order_to_its_steps(self) -> None:
        """What waits for a group waits for all in it; what a group waits for, all in it wait for."""
        found = imported(
            plan(
                {"id": "g", "action": [A, C]},
                {"id": "h", "relatedAction": [{"actionId": "g", "relationship": "after"}], "action": [B]},
            )
        )

        assert keys(found, "b")["after"] == {"latest": [{"done": "a"}, {"done": "c"}]}

    def test_actions_that_wait_for_each_other_are_refused(self) -> None:
        """With the circle."""
        with pytest.raises(InputError, match=r"VF-IMP-006.*action\[0\].*action\[1\]"):
            imported(
                plan({**A, "relatedAction": related("after")},
                     {**B, "relatedAction": [{"actionId": "a", "relationship": "after"}]})
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("written", "why"),
        [
            (related("concurrent-with-start"), "related-concurrent"),
            ([{"actionId": "nobody", "relationship": "after"}], "related-missing"),
            ([{"actionId": "g", "relationship": "after"}], "related-inside"),
        ],
    )
    def test_other_relations_are_told(self, written: list[Json], why: str) -> None:
        """None is guessed."""
        found = imported(plan({"id": "g", "action": [{**A, "relatedAction": written}, B]}))

        assert reasons(found)["PlanDefinition.action[0].action[0].relatedAction[0]"] == why
