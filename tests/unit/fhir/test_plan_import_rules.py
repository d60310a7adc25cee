"""FHIRPath that is translated to criteria, and what is refused."""

from __future__ import annotations

import pytest

from vardforlopp.fhir.plan_import.fhirpath import DEEPEST, NotFhirPathError, parse
from vardforlopp.fhir.plan_import.fhirpath_rules import Codes, NotTranslatedError, criterion

X = "coding.where(system='s' and code='1').exists()"
CODED = f"code.{X}"


class Named:
    """Selectors by their codes, written out."""

    def can(self, kind: str, codes: Codes) -> bool:
        return True

    def coded(self, kind: str, codes: Codes, *, unit: str = "") -> str:
        said = codes.value_set or "+".join(f"{system}|{code}" for system, code in codes.codings)
        return f"{kind}({said})" + (f"[{unit}]" if unit else "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"Condition.where({CODED}).exists()", {"has": "Condition(s|1)"}),
        ("Condition.exists(code.coding.exists(system='s' and code='1'))", {"has": "Condition(s|1)"}),
        (
            "Condition.exists(code.coding.exists($this.code='1' and $this.system='s'))",
            {"has": "Condition(s|1)"},
        ),
        (
            f"Condition.where({CODED} or code.coding.exists(system='s' and code='2')).exists()",
            {"has": "Condition(s|1+s|2)"},
        ),
        (f"%resource.entry.resource.ofType(Procedure).where({CODED}).exists()", {"has": "Procedure(s|1)"}),
        (f"%context.Observation.where({CODED}).exists()", {"has": "Observation(s|1)"}),
        (
            f"MedicationStatement.where(medication.ofType(CodeableConcept).{X}).exists()",
            {"has": "MedicationStatement(s|1)"},
        ),
        ("Condition.where(code.memberOf('http://v')).exists()", {"has": "Condition(http://v)"}),
        ("Condition.where(code in 'http://v').exists()", {"has": "Condition(http://v)"}),
        (f"Condition.where({CODED}).empty()", {"none": [{"has": "Condition(s|1)"}]}),
        (f"Condition.where({CODED}).exists().not()", {"none": [{"has": "Condition(s|1)"}]}),
        (f"Condition.where({CODED}).exists() = false", {"none": [{"has": "Condition(s|1)"}]}),
        (
            f"Observation.where({CODED} and value > 5 'mmol/L').exists()",
            {"has": "Observation(s|1)[mmol/L]", "where": "> 5 mmol/L"},
        ),
        (
            f"Observation.where({CODED} and (value as Quantity) <= 5.5 'mmol/L').exists()",
            {"has": "Observation(s|1)[mmol/L]", "where": "<= 5.5 mmol/L"},
        ),
        (
            f"Observation.where({CODED}).value.ofType(Quantity) >= 5 '%'",
            {"value": "Observation(s|1)[%]", "is": ">= 5 %"},
        ),
        (f"5 '1' > Observation.where({CODED}).valueQuantity", {"value": "Observation(s|1)", "is": "< 5"}),
        ("%patient.birthDate <= today() - 18 years", {"age": ">= 18 years"}),
        ("today() - 18 years >= Patient.birthDate", {"age": ">= 18 years"}),
        ("Patient.birthDate + 18 years <= today()", {"age": ">= 18 years"}),
        ("Patient.birthDate > today() - 65 years", {"age": "< 65 years"}),
        ("%patient.birthDate <= today() - 18 months", {"age": ">= 18 months"}),
        ("Patient.gender = 'female'", {"sex": "female"}),
        ("%patient.gender != 'male'", {"none": [{"sex": "male"}]}),
        ("true", {"all": []}),
        ("false", {"any": []}),
        (
            "Patient.gender = 'male' and true and Patient.gender = 'other'",
            {"all": [{"sex": "male"}, {"all": []}, {"sex": "other"}]},
        ),
        (
            "Patient.gender = 'male' or (Patient.gender = 'other' and true)",
            {"any": [{"sex": "male"}, {"all": [{"sex": "other"}, {"all": []}]}]},
        ),
        (
            "Patient.gender = 'male' implies Patient.birthDate <= today() - 40 years",
            {"any": [{"none": [{"sex": "male"}]}, {"age": ">= 40 years"}]},
        ),
    ],
)
def test_what_says_the_same_as_a_criterion_becomes_it(written: str, meant: dict[str, object]) -> None:
    """The documented subset."""
    assert criterion(written, Named()) == meant


@pytest.mark.parametrize(
    "written",
    [
        "Patient.birthDate < today() - 18 years",  # splits the birthday: no age in whole years does
        "Patient.birthDate <= today() - 18.5 years",
        "Patient.gender = 'unknown'",
        "Condition.exists()",  # any diagnosis at all
        "Condition.where(code.coding.where(code='1').exists()).exists()",  # a code without its system
        "Condition.where(code.text = 'x').exists()",
        f"Condition.where({CODED} and clinicalStatus.exists()).exists()",
        f"Condition.where({CODED}).where({CODED}).exists()",
        f"Condition.where({CODED} and value > 5 'kg').exists()",  # a diagnosis has no value
        f"Observation.where({CODED}).value = 5 'kg'",
        f"Observation.where({CODED}).value > 5",  # no unit
        f"Observation.where({CODED}).value > 5 days",
        f"Observation.where({CODED}).count() > 2",
        f"Observation.where({CODED}).last().value > 5 'kg'",
        f"Condition.where({CODED}).all(true)",
        "Condition.where(%factory.x(1)).exists()",
        "Practitioner.where(true).exists()",
        "Patient.name.exists()",
        "true xor false",
        "iif(true, false, true)",
        "@2026-01-01 <= today()",
    ],
)
def test_anything_else_is_refused_whole(written: str) -> None:
    """Half a condition is another condition."""
    with pytest.raises(NotTranslatedError):
        criterion(written, Named())


@pytest.mark.parametrize(
    "written",
    [
        "",
        "'x",
        "Condition.where(",
        "a b",
        "Condition[0]",
        "a.'b'",
        "a..b",
        "1 +",
        "{",
        "f(a b)",
        "`x",
        "a ? b",
        "(" * (DEEPEST + 1) + "true" + ")" * (DEEPEST + 1),
        "not" + ".not()" * 3 + "(",
        "true" + ".not()" * 400,
    ],
)
def test_what_is_no_fhirpath_says_where_it_stops(written: str) -> None:
    """In a line, whatever the depth."""
    with pytest.raises(NotFhirPathError) as told:
        criterion(written, Named())

    assert "\n" not in str(told.value)


def test_operators_bind_as_the_grammar_says() -> None:
    """`implies` is the loosest, then `or`, then `and`; `+` binds before `<=`."""
    same = [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("a implies b or c", "a implies (b or c)"),
        ("a <= b - c", "a <= (b - c)"),
        ("a = b and c in d", "(a = b) and (c in d)"),
        ("a as b > c", "(a as b) > c"),
        ("a - b - c", "(a - b) - c"),
        ("a // note\n and b /* x */", "a and b"),
    ]

    assert [parse(left) == parse(right) for left, right in same] == [True] * len(same)


@pytest.mark.parametrize(
    "done",
    [
        "value.abs()", "value.ofType(Ratio)", "value.as(SampledData)", "(value as Ratio)", "value.not()",
        "value.toQuantity('g')", "valueString.length()", "valueQuantity.value.round(1)",
        "value.ofType(Range).low", "$this.value.abs()", "value.ofType(Quantity).value",
    ],
)  # fmt: skip
def test_what_is_done_with_a_value_is_not_the_value(done: str):
    """Only the quantity itself is compared; anything computed of it is left to people."""
    with pytest.raises(NotTranslatedError):
        criterion(f"Observation.where({CODED} and {done} > 5 'mg').exists()", Named())


def test_an_escape_means_its_character():
    assert criterion("Condition.where(code in 'http://\\u0076').exists()", Named()) == {
        "has": "Condition(http://v)"
    }
    with pytest.raises(NotFhirPathError):
        parse("Condition.where(code in 'a\\qb').exists()")
