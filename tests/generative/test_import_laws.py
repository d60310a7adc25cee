"""Importing, for any plan: nothing breaks it, nothing is lost, and the draft is always readable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from made.foreign_plans import (
    DAYS_3,
    LOINC,
    SNOMED,
    WEEKS_2,
    coding,
    fhirpath,
    has,
    imported,
    leaves,
    loaded,
    plan,
)
from vardforlopp.fhir.plan_import.fhirpath import NotFhirPathError, parse
from vardforlopp.fhir.plan_import.importing import Imported
from vardforlopp.kernel.errors import InputError

Json = dict[str, Any]
IDS = ["a", "b", "c", "x-ray", "../../x", "å", "ID med blanksteg", "no", "1", "", "default", "entry"]
WORDS = ["x", "", "yes", "a: b", "# c", "\t", "\x07", "{", "–", "null", "a\nb", "3 days", "'", '"', "\\"]
CONDITIONS = [
    fhirpath("true"),
    fhirpath("false"),
    fhirpath(has("Condition", "1")),
    fhirpath(f"{has('Condition', '1')} and ({has('Procedure', '2')}).not()"),
    fhirpath("%patient.birthDate <= today() - 40 years or Patient.gender = 'male'"),
    fhirpath("Observation.where(code.memberOf('http://example.org/vs') and value > 5 'mmol/L').exists()"),
    fhirpath("Condition.where("),
    fhirpath("iif(a, b, c)"),
    fhirpath("x", kind="stop"),
    {"kind": "applicability", "expression": {"language": "text/cql", "expression": "Any"}},
    {"kind": "applicability"},
]
RELATIONS = ["after", "after-end", "after-start", "before", "before-start", "concurrent", "odd"]
TIMINGS: list[Json] = [
    {},
    {"timingTiming": {"repeat": {"frequency": 1, "period": 3, "periodUnit": "mo", "count": 4}}},
    {
        "timingTiming": {
            "repeat": {"period": 2, "periodMax": 4, "periodUnit": "wk", "boundsDuration": WEEKS_2}
        }
    },
    {"timingTiming": {"event": ["2026-01-01"]}},
    {"timingAge": {"value": 40, "code": "a"}},
    {"timingDuration": DAYS_3},
    {"timingDateTime": "2026-01-01"},
]
GROUPING = ["any", "all", "exactly-one", "at-most-one", "all-or-none", "one-or-more"]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, width=32)
    | st.sampled_from(WORDS),
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(st.sampled_from([*WORDS, "id", "action", "coding"]), below, max_size=3)
    ),
    max_leaves=4,
)


@st.composite
def relations(draw: st.DrawFn) -> Json:
    made: Json = {"actionId": draw(st.sampled_from(IDS)), "relationship": draw(st.sampled_from(RELATIONS))}
    offset = draw(st.sampled_from(["none", "duration", "range"]))
    if offset == "duration":
        made["offsetDuration"] = draw(st.sampled_from([DAYS_3, WEEKS_2, {"value": 1}, {}]))
    elif offset == "range":
        made["offsetRange"] = draw(st.sampled_from([{"low": DAYS_3, "high": WEEKS_2}, {"high": DAYS_3}, {}]))
    return made


@st.composite
def actions(draw: st.DrawFn, depth: int = 3) -> Json:
    made: Json = {
        "id": draw(st.sampled_from(IDS)),
        "title": draw(st.sampled_from(WORDS)),
        "condition": draw(st.lists(st.sampled_from(CONDITIONS), max_size=2)),
        "relatedAction": draw(st.lists(relations(), max_size=2)),
        "selectionBehavior": draw(st.sampled_from(GROUPING)),
        **draw(st.sampled_from(TIMINGS)),
    }
    if draw(st.booleans()):
        made["code"] = [
            coding(
                draw(st.sampled_from([SNOMED, "urn:x", "", "urn:x-vardforlopp:activity"])),
                draw(st.sampled_from(["1", "2*", "no"])),
            )
        ]
    if draw(st.booleans()):
        own = "https://example.org/fhir/StructureDefinition/"
        names = ["within", "opens", "row", "disclosure", "level", "care-level", "first", "maintenance"]
        values = ["valueString", "valueCode", "valueBoolean"]
        made["extension"] = [
            {"url": own + draw(st.sampled_from(names)), draw(st.sampled_from(values)): draw(junk)}
        ]
    if draw(st.integers(0, 9)) == 0:
        made["dynamicValue"] = [{"path": "dosage.dose", "expression": {"expression": "1"}}]
    if depth and draw(st.booleans()):
        made["action"] = draw(st.lists(actions(depth - 1), max_size=3))
    for name in draw(
        st.lists(
            st.sampled_from(
                [*made, "trigger", "input", "participant", "documentation", "definitionCanonical"]
            ),
            max_size=1,
        )
    ):
        if draw(st.integers(0, 4)) == 0:
            made[name] = draw(junk)
    return made


@st.composite
def heads(draw: st.DrawFn) -> Json:
    """Elements of the plan itself: well made, or anything."""
    limit = {
        "value": draw(st.integers(-2, 300)),
        "unit": draw(st.sampled_from([*WORDS, "kg/m2", ">", "a..b", "%"])),
    }
    target = {
        "measure": coding(LOINC, "1-8"),
        draw(st.sampled_from(["detailQuantity", "detailRange"])): limit | {"high": limit, "comparator": "<"},
    }
    made: Json = {
        "goal": [{"description": {"text": draw(st.sampled_from(WORDS))}, "target": [target]}],
        "date": draw(st.sampled_from(["2026", "2026-02-30", "2026-13", "٢٠٢٦", "2026-01-01T10:00:00Z"])),
        "version": draw(st.sampled_from(["1.0.0", "1", "٣.٠.٠", "../1.0.0"])),
        "relatedArtifact": [
            {"type": "citation", "label": draw(st.sampled_from([*IDS, *WORDS])), "display": "D"}
        ],
    }
    names = [
        "title",
        "goal",
        "library",
        "version",
        "language",
        "extension",
        "contained",
        "date",
        "id",
        "publisher",
    ]
    kept = draw(st.lists(st.sampled_from(sorted(made)), max_size=4))
    return {name: made[name] for name in kept} | draw(
        st.dictionaries(st.sampled_from(names), junk, max_size=2)
    )


@given(st.lists(actions(), min_size=1, max_size=3), heads())
def test_any_plan_is_carried_or_reported_whole(found: list[Json], more: Json) -> None:
    """Each element stands in exactly one column, each action is a row, and the draft is read."""
    made = plan(*found) | more
    result = attempted(made)
    if isinstance(result, InputError):
        assert result.code == "VF-IMP-006"  # actions that wait for each other
        return
    account = result.account
    everywhere = [*account.carried, *account.left, *account.aside]
    rows = {text.partition(": ")[0] for _, text in result.draft.rows.values()}

    assert len(everywhere) == len(set(everywhere)) == leaves(made)
    assert loaded(result).errors == []
    assert covered(account.entries, account.left)
    assert set(lone("PlanDefinition", made)) <= rows


def lone(path: str, value: Any) -> Iterator[str]:
    """Where the actions stand that have no actions within: each is something to do."""
    held = value.get("action")
    for number, each in enumerate(held if isinstance(held, list) else []):
        if isinstance(each, dict):
            within = list(lone(f"{path}.action[{number}]", each))
            yield from within or [f"{path}.action[{number}]"]


def attempted(resource: Any) -> Imported | InputError:
    """The import, or why there is none."""
    try:
        return imported(resource)
    except InputError as error:
        return error


def covered(entries: Any, left: tuple[str, ...]) -> bool:
    """Every element that is not carried stands below an entry of the report."""
    paths = {entry.path for entry in entries}
    return all(
        any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in paths) for path in left
    )


@given(junk)
def test_any_json_is_a_plan_or_an_error(value: Any) -> None:
    """Whatever stands in the file, there is no traceback."""
    for resource in (value, {"resourceType": "PlanDefinition", "action": value}, plan(action=value)):
        result = attempted(resource)
        assert isinstance(result, Imported) or result.code.startswith("VF-IMP-")


@given(st.text(alphabet="abC.()='\"%@<>=& \n0123456789[]{}|`$,and or in", max_size=40))
def test_any_text_is_fhirpath_or_is_not(text: str) -> None:
    """The parser ends, with a tree or with where it stops."""
    with suppress(NotFhirPathError):
        parse(text)
