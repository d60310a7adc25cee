"""The FHIRPath that says the same as a criterion of ours, translated; anything else is refused whole.

A bounded subset (docs/decisions/0012): and, or, implies, not; what is there (`exists`, `empty`) of a
record's resources, by code, value set and value; the latest value compared; age by birth date; gender.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from vardforlopp.fhir.plan_import.fhirpath import (
    DEEPEST,
    TIMES,
    Call,
    Literal,
    Member,
    NotFhirPathError,
    Operation,
    Quantity,
    Tree,
    Variable,
    parse,
)
from vardforlopp.fhir.resource_types import CODED

Criterion = dict[str, Any]
#: Resources that a condition may ask for.
RESOURCES = frozenset((
    "AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "Immunization",
    "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement",
    "Observation", "Procedure", "ServiceRequest",
))  # fmt: skip
_RECORD = frozenset(("resource", "context", "rootResource", "patient", "this"))
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_VALUES = frozenset(("value", "valueQuantity"))
_OWN_VALUES = frozenset(
    form.format(name)
    for name in _VALUES
    for form in ("{}", "{}.ofType(Quantity)", "{}.as(Quantity)", "({} as Quantity)")
)
_UNIT = re.compile(r"[!-~]+")
_SEXES = frozenset(("female", "male", "other"))


class NotTranslatedError(ValueError):
    """The expression asks something that the language does not; the text is what."""


class Codes(NamedTuple):
    """What a `where` asks of the code: codings (system, code), or value sets."""

    codings: tuple[tuple[str, str], ...] = ()
    value_set: str = ""


class Finder(Protocol):
    """Makes selectors out of codes."""

    def can(self, kind: str, codes: Codes) -> bool:
        """Whether it would make one; nothing is made by asking."""

    def coded(self, kind: str, codes: Codes, *, unit: str = "") -> str | None:
        """The selector of a resource type's codes; None when it cannot be made."""


class _Found(NamedTuple):
    """Resources of one type with their codes, and the test of their value."""

    kind: str
    codes: Codes | None = None
    test: tuple[str, Quantity] | None = None


def criterion(text: str, finder: Finder) -> Criterion:
    """The criterion that says the same; `NotTranslatedError` or `NotFhirPathError` says what stops it."""
    try:
        tree = parse(text)
        deep = _depth(_Rules(_Asking(finder)).truth(tree)) > DEEPEST
    except RecursionError:
        deep = True
    if deep:
        raise NotFhirPathError("nested too deep")
    return _Rules(finder).truth(tree)


class _Asking:
    """Makes nothing: a condition that is refused at its end leaves no selector of its beginning behind."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def can(self, kind: str, codes: Codes) -> bool:
        """As the one that makes."""
        return self._finder.can(kind, codes)

    def coded(self, kind: str, codes: Codes, *, unit: str = "") -> str | None:
        """The kind for the selector."""
        return kind if self.can(kind, codes) else None


def _depth(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, below), default=0)


class _Rules:
    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def truth(self, tree: Tree) -> Criterion:
        """A question with yes or no."""
        if isinstance(tree, Literal) and tree.kind == "truth":
            return {"all": []} if tree.value else {"any": []}
        if isinstance(tree, Operation):
            return self._operation(tree)
        if isinstance(tree, Call):
            return self._call(tree)
        raise NotTranslatedError(_shown(tree))

    def _operation(self, tree: Operation) -> Criterion:
        if tree.sign in ("and", "or"):
            head = "all" if tree.sign == "and" else "any"
            return {head: [*self._parts(tree.left, head), *self._parts(tree.right, head)]}
        if tree.sign == "implies":
            return {"any": [_denied(self.truth(tree.left)), self.truth(tree.right)]}
        if tree.sign in _MIRROR:
            return self._compared(tree.sign, tree.left, tree.right)
        raise NotTranslatedError(tree.sign)

    def _parts(self, tree: Tree, head: str) -> list[Criterion]:
        made = self.truth(tree)
        return made[head] if list(made) == [head] and made[head] else [made]

    def _call(self, tree: Call) -> Criterion:
        if tree.name == "not" and not tree.given and tree.of is not None:
            return _denied(self.truth(tree.of))
        if tree.name in ("exists", "empty") and tree.of is not None and len(tree.given) <= 1:
            if tree.given and tree.name == "empty":
                raise NotTranslatedError("empty(...)")
            found = _found(Call(tree.of, "where", tree.given) if tree.given else tree.of)
            return _denied(self._there(found)) if tree.name == "empty" else self._there(found)
        raise NotTranslatedError(f"{tree.name}()")

    def _there(self, found: _Found) -> Criterion:
        made: Criterion = {"has": self._selector(found)}
        if found.test is not None:
            sign, limit = found.test
            made["where"] = _limit(sign, limit)
        return made

    def _selector(self, found: _Found) -> str:
        if found.codes is None:
            raise NotTranslatedError(f"{found.kind}, code?")
        unit = found.test[1].unit if found.test is not None else ""
        name = self._finder.coded(found.kind, found.codes, unit="" if unit == "1" else unit)
        if name is None:
            raise NotTranslatedError(found.codes.value_set or f"{found.kind}, code?")
        return name

    def _compared(self, sign: str, left: Tree, right: Tree) -> Criterion:
        if isinstance(left, (Literal, Quantity)):
            sign, left, right = _MIRROR[sign], right, left
        if isinstance(right, Literal) and right.kind == "truth" and sign in ("=", "!="):
            told = self.truth(left)
            return told if (sign == "=") == (right.value is True) else _denied(told)
        if _person(left, "gender") and isinstance(right, Literal) and right.value in _SEXES:
            asked: Criterion = {"sex": right.value}
            if sign in ("=", "!="):
                return asked if sign == "=" else _denied(asked)
        age = _age(sign, left, right) or _age(_MIRROR[sign], right, left)
        if age is not None:
            return {"age": age}
        if isinstance(right, Quantity):
            return self._value(sign, left, right)
        raise NotTranslatedError(f"{_shown(left)} {sign} {_shown(right)}")

    def _value(self, sign: str, asked: Tree, limit: Quantity) -> Criterion:
        """The value of one fact: the language looks at the latest, where FHIRPath would ask for just one."""
        of = _value_of(asked)
        if of is None:
            raise NotTranslatedError(_shown(asked))
        found = _found(of)
        if found.test is not None:
            raise NotTranslatedError(_shown(asked))
        return {"value": self._selector(found._replace(test=(sign, limit))), "is": _limit(sign, limit)}


def _denied(criterion: Criterion) -> Criterion:
    return {"none": [criterion]}


def _limit(sign: str, limit: Quantity) -> str:
    if sign not in ("<", ">", "<=", ">="):
        raise NotTranslatedError(f"{sign} {limit.number} '{limit.unit}'")
    if not _UNIT.fullmatch(limit.unit) or limit.unit in TIMES:
        raise NotTranslatedError(f"{limit.number} '{limit.unit}'")
    return f"{sign} {limit.number} {limit.unit}" if limit.unit != "1" else f"{sign} {limit.number}"


def _found(tree: Tree) -> _Found:
    """Resources of the record: `Condition`, `%resource.entry.resource.ofType(Condition)`, with `where`."""
    narrowed = _called(tree, "where")
    if narrowed is not None:
        found = _found(narrowed[0])
        for part in _conjuncts(narrowed[1]):
            found = _narrowed(found, part)
        return found
    of_type = _called(tree, "ofType")
    kind = _shown(of_type[1] if of_type else tree).removeprefix("FHIR.")
    if of_type is None:
        root, dot, name = kind.rpartition(".")
        kind = name if not dot or root.lstrip("%$") in _RECORD else ""
    if kind in RESOURCES and (of_type is None or _bundle(of_type[0])):
        return _Found(kind)
    raise NotTranslatedError(_shown(tree))


def _called(tree: Tree, name: str) -> tuple[Tree, Tree] | None:
    """What a function of one argument is called on, and the argument."""
    if isinstance(tree, Call) and tree.name == name and tree.of is not None and len(tree.given) == 1:
        return tree.of, tree.given[0]
    return None


def _bundle(tree: Tree) -> bool:
    return _shown(tree) in {f"{root}entry.resource" for root in ("", "%resource.", "%context.", "Bundle.")}


def _conjuncts(tree: Tree) -> list[Tree]:
    if isinstance(tree, Operation) and tree.sign == "and":
        return [*_conjuncts(tree.left), *_conjuncts(tree.right)]
    return [tree]


def _narrowed(found: _Found, part: Tree) -> _Found:
    codes = _codes(part, CODED[found.kind])
    if codes is not None:
        if found.codes is not None:
            raise NotTranslatedError(_shown(part))
        return found._replace(codes=codes)
    if isinstance(part, Operation) and part.sign in _MIRROR and found.test is None:
        sign, left, right = part.sign, part.left, part.right
        if isinstance(left, Quantity):
            sign, left, right = _MIRROR[sign], right, left
        if isinstance(right, Quantity) and _is_value(left) and found.kind == "Observation":
            return found._replace(test=(sign, right))
    raise NotTranslatedError(_shown(part))


def _codes(tree: Tree, element: str) -> Codes | None:
    """What is asked of the code element: one coding, one of several, or a value set."""
    if isinstance(tree, Operation) and tree.sign == "or":
        sides = [_codes(side, element) for side in (tree.left, tree.right)]
        if all(side is not None and side.codings for side in sides):
            return Codes(tuple(coding for side in sides if side is not None for coding in side.codings))
        return None
    inside = (tree.left, tree.right) if isinstance(tree, Operation) and tree.sign == "in" else None
    member = inside or _called(tree, "memberOf")
    if member is not None:
        concept, named = member
        if _concept(concept, element) and isinstance(named, Literal) and named.kind == "text":
            return Codes(value_set=str(named.value))
        return None
    if not isinstance(tree, Call) or tree.name != "exists" or tree.of is None:
        return None
    asked = _called(Call(tree.of, "where", tree.given) if tree.given else tree.of, "where")
    if asked is None or not (_concept(asked[0], element) and _shown(asked[0]).endswith("coding")):
        return None
    return _coding(_conjuncts(asked[1]))


def _coding(parts: Sequence[Tree]) -> Codes | None:
    said: dict[str, str] = {}
    for part in parts:
        if not (isinstance(part, Operation) and part.sign == "=" and isinstance(part.right, Literal)):
            return None
        name = _shown(part.left).removeprefix("$this.")
        if name not in ("system", "code") or name in said or part.right.kind != "text":
            return None
        said[name] = str(part.right.value)
    return Codes(((said["system"], said["code"]),)) if len(said) == 2 else None


def _concept(tree: Tree, element: str) -> bool:
    """The element that holds the code, or its codings."""
    path = _shown(tree).removeprefix("$this.").removesuffix(".coding")
    names = {element}
    if element == "medication":
        names |= {
            "medicationCodeableConcept",
            "medication.ofType(CodeableConcept)",
            "(medication as CodeableConcept)",
        }
    return path in names


def _value_of(tree: Tree) -> Tree | None:
    """The resources whose value is asked: `X.value`, `X.value.ofType(Quantity)`, `(X.value as Quantity)`."""
    if (
        isinstance(tree, Operation)
        and tree.sign == "as"
        and _shown(tree.right) in ("Quantity", "FHIR.Quantity")
    ):
        tree = tree.left
    elif isinstance(tree, Call) and tree.name in ("ofType", "as") and tree.of is not None:
        if len(tree.given) != 1 or _shown(tree.given[0]) not in ("Quantity", "FHIR.Quantity"):
            return None
        tree = tree.of
    return tree.of if isinstance(tree, Member) and tree.name in _VALUES else None


def _is_value(tree: Tree) -> bool:
    """The observation's own quantity, and nothing that is done with it."""
    return _shown(tree).replace("FHIR.", "").replace("$this.", "") in _OWN_VALUES


def _person(tree: Tree, name: str) -> bool:
    return _shown(tree) in {
        f"{root}.{name}" for root in ("Patient", "%patient", "%resource.Patient", "%subject")
    }


def _age(sign: str, left: Tree, right: Tree) -> str | None:
    """Completed years: `birthDate <= today() - 18 years`, `birthDate + 18 years <= today()`."""
    if _person(left, "birthDate") and isinstance(right, Operation) and right.sign == "-":
        today, years = right.left, right.right
    elif isinstance(left, Operation) and left.sign == "+" and _person(left.left, "birthDate"):
        today, years = right, left.right
    else:
        return None
    if _shown(today) not in ("today()", "now()") or not isinstance(years, Quantity):
        return None
    unit = years.unit.rstrip("s")
    if unit not in ("year", "month") or not years.number.isdigit():
        return None
    # Born on or before that day: so old. `<` and `>=` split the birthday itself, which no age does.
    return {"<=": f">= {years.number} {unit}s", ">": f"< {years.number} {unit}s"}.get(sign)


def _shown(tree: Tree) -> str:
    """An expression as it may be written, for comparing and for telling."""
    if isinstance(tree, Literal):
        return f"'{tree.value}'" if tree.kind == "text" else str(tree.value)
    if isinstance(tree, Quantity):
        return f"{tree.number} '{tree.unit}'"
    if isinstance(tree, Variable):
        return "$this" if tree.name == "this" else f"%{tree.name}"
    if isinstance(tree, Operation):
        return f"({_shown(tree.left)} {tree.sign} {_shown(tree.right)})"
    of = f"{_shown(tree.of)}." if tree.of is not None else ""
    given = f"({', '.join(map(_shown, tree.given))})" if isinstance(tree, Call) else ""
    return f"{of}{tree.name}{given}"
