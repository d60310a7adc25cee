"""Conditions, evidence and doses of a plan from elsewhere: carried in our words, or told."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import pytest

from made.foreign_plans import (
    LOINC,
    SNOMED,
    A,
    B,
    coding,
    fhirpath,
    imported,
    keys,
    pathway,
    plan,
    reasons,
    related,
)
from vardforlopp.fhir.resource_types import CODED

Json = dict[str, Any]


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "why"),
        [
            (fhirpath("Practitioner.exists()"), "fhirpath"),
            ({"kind": "applicability", "expression": {"language": "text/cql", "expression": "X"}}, "cql"),
            (
                {"kind": "applicability", "expression": {"language": "text/x", "expression": "X"}},
                "condition-language",
            ),
            ({"kind": "applicability"}, "condition-empty"),
        ],
    )
    def test_S05_a_condition_that_is_not_read_is_left_to_a_person(self, condition: Json, why: str) -> None:
        """Dropped, it would ask more people than the plan does."""
        found = imported(plan({**A, "condition": [condition, fhirpath("Patient.gender = 'male'")]}))

        assert keys(found, "a")["when"] == {"all": [{"decided": "a-villkor", "is": "ja"}, {"sex": "male"}]}
        assert why in reasons(found).values()

    def test_the_text_of_cql_stands_beside_the_decision(self) -> None:
        """When its library was handed in."""
        text = base64.b64encode(b'define "Old":\n  AgeInYears() > 80\n\ndefine "All":\n  true\n').decode()
        library = {"resourceType": "Library", "url": "https://e.org/Library/l",
                   "content": [{"contentType": "text/cql", "data": text}]}  # fmt: skip
        condition = {
            "kind": "applicability",
            "expression": {"language": "text/cql-identifier", "expression": "Old"},
        }
        always = {
            "kind": "applicability",
            "expression": {"language": "text/cql-identifier", "expression": "All"},
        }
        found = imported(
            plan(
                {**A, "condition": [condition]},
                {**B, "condition": [always]},
                library=["https://e.org/Library/l"],
            ),
            library,
        )

        assert "CQL: Old = AgeInYears() > 80" in found.draft.phases[0].items["a"].comments
        assert "when" not in keys(found, "b")

    def test_the_criteria_of_a_choice_are_all_carried_or_none(self) -> None:
        """What could be read is told, too, when another way's condition could not."""
        ways = [
            {**A, "condition": [fhirpath("Patient.gender = 'male'")]},
            {**B, "condition": [fhirpath("Practitioner.exists()")]},
        ]
        found = imported(plan({"id": "g", "selectionBehavior": "exactly-one", "action": ways}))
        told = {
            path.partition(".condition")[0]: why
            for path, why in reasons(found).items()
            if ".condition" in path
        }

        assert told == {
            "PlanDefinition.action[0].action[0]": "choice-left",
            "PlanDefinition.action[0].action[1]": "fhirpath",
        }

    def test_S05_what_may_change_the_meaning_is_left_to_a_person(self) -> None:
        """A modifier extension that nobody here knows."""
        found = imported(
            plan({**A, "modifierExtension": [{"url": "https://e.org/not", "valueBoolean": True}]})
        )

        assert keys(found, "a")["when"] == {"decided": "a-villkor", "is": "ja"}
        assert reasons(found)["PlanDefinition.action[0].modifierExtension"] == "modifier"

    def test_starting_and_stopping_are_told(self) -> None:
        """They are no guard."""
        found = imported(plan({**A, "condition": [fhirpath("true", kind="stop")]}))

        assert reasons(found)["PlanDefinition.action[0].condition[0]"] == "condition-kind"
        assert "when" not in keys(found, "a")


class TestWhatIsDone:
    def test_the_code_of_a_request_is_the_evidence(self) -> None:
        """Read as: the record shows it with this code; told."""
        code = coding(SNOMED, "29303009", "ECG")
        activity = {"resourceType": "ActivityDefinition", "id": "ecg", "url": "https://e.org/ecg",
                    "title": "ECG", "kind": "ServiceRequest", "code": code}  # fmt: skip
        found = imported(plan({**A, "definitionCanonical": "https://e.org/ecg"}), activity)

        assert keys(found, "a")["done"] == "ECG"
        assert found.draft.selectors["ECG"]["codes"] == [{"snomed": "29303009"}]
        assert found.draft.activities["ecg"]["title"] == {"en": "ECG"}
        assert reasons(found)["ActivityDefinition/ecg.code"] == "evidence-code"

    def test_data_that_an_action_gives_is_the_evidence(self) -> None:
        """Output, never input: what is needed shows not that it is done."""
        code = {
            "type": "Observation",
            "codeFilter": [{"path": "code", "code": [coding(LOINC, "1-8")["coding"][0]]}],
        }
        found = imported(plan({**A, "output": [code], "input": [code]}))

        assert keys(found, "a")["done"] == "1-8"
        assert reasons(found)["PlanDefinition.action[0].input"] == "input"

    @pytest.mark.parametrize(
        ("kinds", "done"),
        [
            (["Observation"], "1"),
            (["MedicationStatement"], {"any": [{"decided": "a"}, "1"]}),
            (["Observation", "Procedure"], {"any": [{"decided": "a"}, {"all": ["1", "2"]}]}),
        ],
    )
    def test_S05_data_that_may_be_but_a_part_are_not_demanded(self, kinds: list[str], done: Any) -> None:
        """Nothing asks for a drug because a plan names it as data: a person may say that it is done."""
        output = [
            {
                "type": kind,
                "codeFilter": [{"path": CODED[kind], "code": [{"system": SNOMED, "code": str(number)}]}],
            }
            for number, kind in enumerate(kinds, start=1)
        ]
        found = imported(plan({**A, "output": output}))

        assert keys(found, "a")["done"] == done
        assert {"evidence-one", "evidence-many"} & set(reasons(found).values())
        assert pathway(found)

    def test_what_nothing_shows_is_a_recorded_decision(self) -> None:
        """And told."""
        found = imported(plan(A))

        assert keys(found, "a")["done"] == {"decided": "a"}
        assert reasons(found)["PlanDefinition.action[0]"] == "evidence-none"

    @pytest.mark.parametrize("where", ["dynamicValue", "dosage", "activity"])
    def test_S05_a_dose_is_never_carried(self, where: str) -> None:
        """The action is a row left out, by its reason; what waits for it is told."""
        dose = [
            {
                "path": "dosageInstruction[0].doseAndRate",
                "expression": {"language": "text/cql", "expression": "D"},
            }
        ]
        activity = {
            "resourceType": "ActivityDefinition",
            "id": "drug",
            "url": "https://e.org/drug",
            "kind": "MedicationRequest",
            **(
                {"dosage": [{"text": "5 mg"}]}
                if where == "dosage"
                else {"dynamicValue": dose}
                if where == "activity"
                else {}
            ),
        }
        given = {**B, "definitionCanonical": "https://e.org/drug"} | (
            {"dynamicValue": dose} if where == "dynamicValue" else {}
        )
        found = imported(plan(given, {**A, "relatedAction": related("after")}), activity)
        told = reasons(found)

        assert list(pathway(found).steps) == ["a"]
        assert [(each.row, each.reason) for each in pathway(found).omitted] == [("b", "device")]
        assert told["PlanDefinition.action[0]"] == "device"
        assert told["PlanDefinition.action[1].relatedAction[0]"] == "related-missing"

    def test_S05_what_is_not_to_be_done_is_no_step(self) -> None:
        """It would be the opposite."""
        activity = {
            "resourceType": "ActivityDefinition",
            "id": "no",
            "url": "https://e.org/no",
            "doNotPerform": True,
        }
        found = imported(plan({**A, "definitionCanonical": "https://e.org/no"}, B), activity)

        assert list(pathway(found).steps) == ["b"]
        assert [each.reason for each in pathway(found).omitted] == ["text-only"]
        assert reasons(found)["PlanDefinition.action[0]"] == "not-to-do"

    def test_the_timing_of_an_activity_is_that_of_its_step(self) -> None:
        """Unless the action has its own."""
        every = {"repeat": {"period": 1, "periodUnit": "mo"}}
        activity = {
            "resourceType": "ActivityDefinition",
            "id": "x",
            "url": "https://e.org/x",
            "timingTiming": every,
        }
        once = {**A, "definitionCanonical": "https://e.org/x"}
        own = {**B, "definitionCanonical": "https://e.org/x", "timingAge": {"value": 40, "code": "a"}}
        found = imported(plan(once, own), activity)

        assert keys(found, "a")["every"] == "1 month"
        assert "every" not in keys(found, "b")
        assert reasons(found)["PlanDefinition.action[1]"] == "timing"

    @pytest.mark.parametrize(
        "more",
        [
            {"codeFilter": [{"path": "category", "code": [{"system": LOINC, "code": "1-8"}]}]},
            {"codeFilter": [{"path": "type", "code": [{"system": LOINC, "code": "1-8"}]}]},
            {"codeFilter": [{"path": "code", "code": [{"code": "1-8"}]}]},
            {"codeFilter": [{"path": "code", "code": [{"system": LOINC, "code": "1-8"}]}], "limit": 1},
            {"codeFilter": []},
        ],
    )
    def test_data_that_are_asked_for_by_more_than_codes_are_told(self, more: Json) -> None:
        """A selector of the codes alone would find other data."""
        found = imported(plan({**A, "output": [{"type": "Observation", **more}]}))

        assert keys(found, "a")["done"] == {"decided": "a"}
        assert {"data", "code"} & set(reasons(found).values())

    def test_data_that_must_come_together_start_nothing(self) -> None:
        """Several data of one trigger are all required; each for itself would be another rule."""
        data = [
            {
                "type": kind,
                "codeFilter": [{"path": "code", "code": [{"system": SNOMED, "code": "1"}]}],
            }
            for kind in ("Condition", "Procedure")
        ]
        whole = {"title": "X", "trigger": [{"type": "data-added", "name": "x", "data": data}], "action": [A]}
        found = imported(plan(whole))

        assert found.draft.entries == {}
        assert reasons(found)["PlanDefinition.action[0].trigger[0]"] == "trigger"

    def test_an_added_fact_repeats_a_step_and_other_triggers_are_told(self) -> None:
        """Only data that are added start anything here."""
        data = [
            {
                "type": "Condition",
                "codeFilter": [{"path": "code", "code": [coding(SNOMED, "1")["coding"][0]]}],
            }
        ]
        kinds = ["named-event", "periodic", "data-changed", "data-modified", "data-removed", "data-accessed",
                 "data-access-ended"]  # fmt: skip
        triggers = [{"type": "data-added", "data": data}, *({"type": kind, "name": kind} for kind in kinds)]
        found = imported(plan({**A, "trigger": triggers}))

        assert keys(found, "a")["per"] == "1"
        assert Counter(reasons(found).values())["trigger"] == len(kinds)

    def test_who_does_it_is_a_role_of_ours_or_told(self) -> None:
        """No role is guessed from another list."""
        people = [{"type": "patient"}, {"type": "practitioner", "role": coding(SNOMED, "59058001")},
                  {"type": "practitioner", "role": coding("urn:x-vardforlopp:role", "lakare")}]  # fmt: skip
        found = imported(plan({**A, "participant": people}))

        assert keys(found, "a")["by"] == ["patient", "lakare"]
        assert reasons(found)["PlanDefinition.action[0].participant[1]"] == "participant"

    def test_what_has_no_keyword_is_told(self) -> None:
        """Each under its own reason."""
        found = imported(
            plan(
                {
                    **A,
                    "cardinalityBehavior": "multiple",
                    "requiredBehavior": "could",
                    "priority": "stat",
                    "reason": [coding(SNOMED, "1")],
                    "goalId": ["g"],
                    "transform": "https://e.org/map",
                    "odd": 1,
                    "type": coding("http://terminology.hl7.org/CodeSystem/action-type", "remove"),
                    "dynamicValue": [
                        {"path": "status", "expression": {"language": "text/cql", "expression": "'draft'"}}
                    ],
                }
            )
        )
        at = "PlanDefinition.action[0]."
        told = {path.removeprefix(at): why for path, why in reasons(found).items() if path.startswith(at)}

        assert told == {
            "cardinalityBehavior": "behaviour", "requiredBehavior": "behaviour", "priority": "priority",
            "reason": "reason", "goalId": "goal-of-step", "transform": "computed", "dynamicValue": "computed",
            "type": "action-type", "odd": "unknown",
        }  # fmt: skip


def test_extensions_that_are_not_of_our_own_export_are_told() -> None:
    """A name of ours at another address, or in a plan without our codes, says nothing to us."""
    mine = {
        "url": "https://example.org/fhir/StructureDefinition/within",
        "valueQuantity": {"value": 3, "code": "d"},
    }
    other = {
        "url": "https://other.example/StructureDefinition/within",
        "valueQuantity": {"value": 3, "code": "d"},
    }
    code = {"code": [coding("urn:x-vardforlopp:activity", "ekg")]}
    foreign = imported(plan({**A, "extension": [mine]}))
    ours = imported(plan({**A, **code, "extension": [mine]}))
    mixed = imported(plan({**A, **code, "extension": [other]}))

    assert ["within" in keys(found, "a") for found in (foreign, ours, mixed)] == [False, True, False]
    assert "unknown" in reasons(foreign).values()
    assert "unknown" in reasons(mixed).values()
