"""The codes and value sets of a plan from elsewhere: what becomes a selector, and what is told."""

from __future__ import annotations

from typing import Any

from made.foreign_plans import (
    LOINC,
    SNOMED,
    A,
    fhirpath,
    has,
    imported,
    pathway,
    plan,
    reasons,
)

Json = dict[str, Any]


def test_the_codes_of_a_value_set_become_a_selector() -> None:
    """With those of the value sets that it takes in; its absence is unknown."""
    inner = {"resourceType": "ValueSet", "id": "inner", "url": "https://e.org/inner",
             "expansion": {"contains": [{"system": LOINC, "code": "1-8"}]}}  # fmt: skip
    include = [
        {"system": "https://e.org/codes", "concept": [{"code": "x"}, {"code": "y*"}]},
        {"valueSet": ["https://e.org/inner"]},
        {"system": SNOMED, "filter": [{"property": "concept", "op": "is-a", "value": "1"}]},
    ]
    outer = {"resourceType": "ValueSet", "id": "outer", "url": "https://e.org/outer", "title": "Outer",
             "compose": {"include": include, "exclude": [{"system": SNOMED}]}}  # fmt: skip
    text = "Observation.where(code.memberOf('https://e.org/outer')).exists()"
    found = imported(plan({**A, "condition": [fhirpath(text)]}), outer, inner)
    told = reasons(found)

    assert found.draft.selectors["outer"]["codes"] == [{"codes": "x"}]
    assert found.draft.selectors["outer"]["includes"] == ["inner"]
    assert found.draft.selectors["outer"]["open"] is True
    assert found.draft.systems == {"codes": {"title": "https://e.org/codes", "uri": "https://e.org/codes"}}
    assert told["ValueSet/outer.compose.include[0].concept[1]"] == "code"
    assert told["ValueSet/outer.compose.include[2].filter[0]"] == "value-set-part"
    assert told["ValueSet/outer.compose.exclude"] == "value-set-part"
    assert pathway(found)


def test_value_sets_that_take_each_other_in_end() -> None:
    """The circle is cut, and told."""
    sets = [
        {
            "resourceType": "ValueSet",
            "id": name,
            "url": f"https://e.org/{name}",
            "compose": {"include": [{"valueSet": [f"https://e.org/{other}"]}]},
        }
        for name, other in (("p", "q"), ("q", "p"))
    ]
    found = imported(
        plan({**A, "condition": [fhirpath("Condition.where(code.memberOf('https://e.org/p')).exists()")]}),
        *sets,
    )

    assert "value-set-part" in reasons(found).values()
    assert pathway(found)


def test_a_condition_that_is_refused_leaves_no_selector() -> None:
    """Not even of the beginning that was understood."""
    text = f"{has('Condition', '1')} and Patient.name.exists()"

    assert imported(plan({**A, "condition": [fhirpath(text)]})).draft.selectors == {}
    assert len(imported(plan({**A, "condition": [fhirpath(has("Condition", "1"))]})).draft.selectors) == 1


def test_each_contained_resource_that_nothing_refers_to_is_told() -> None:
    """The first is read; the eleventh, whose path begins the same, is not."""
    inside = [{"resourceType": "ValueSet", "id": f"v{number}"} for number in range(12)]
    asked = {"type": "Condition", "codeFilter": [{"path": "code", "valueSet": "#v1"}]}
    told = reasons(imported(plan({**A, "output": [asked]}, contained=inside)))
    left = [path for path, why in told.items() if why == "contained"]

    assert left == [f"PlanDefinition.contained[{number}]" for number in range(12) if number != 1]


def test_the_same_code_asked_twice_is_one_selector() -> None:
    """Also when only one of the questions is about its value."""
    there = has("Observation", "1-8", LOINC)
    value = f"Observation.where(code.coding.where(system='{LOINC}' and code='1-8').exists()).value > 5 'kg'"
    found = imported(plan({**A, "condition": [fhirpath(there), fhirpath(value), fhirpath(there)]}))

    assert list(found.draft.selectors) == ["1-8"]
    assert found.draft.selectors["1-8"]["unit"] == "kg"
