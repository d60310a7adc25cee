"""A search as it is asked, read into tests: what R4 lets one ask of a type, and nothing that is not meant.

`read_query` never guesses: what it does not know is told as a `Refusal`, and the caller decides by the
client's `Prefer: handling` whether that ends the search. http://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from vardforlopp.fhir.search.parameters import Parameter, parameters_of
from vardforlopp.fhir.search.served import ACTS, SERVED
from vardforlopp.fhir.search.values import DateTest, Value, Wrong, read_value, split


class Refusal(NamedTuple):
    """What of a search cannot be answered: the parameter as written, what is wrong, what to do.

    `code` is FHIR's word for it. Only what is `not-supported` may be left out: without what is too costly, or
    written wrongly (a value, a modifier), the search would find what nobody asked for.
    """

    parameter: str
    what: str
    do: str
    code: str = "not-supported"


@dataclass(frozen=True, slots=True)
class Holds:
    """One of the values holds. `negated`: none of them does, an absent value included (`:not`)."""

    parameter: Parameter
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """`:missing`: the resource has nothing there, or has something."""

    parameter: Parameter
    missing: bool


@dataclass(frozen=True, slots=True)
class Together:
    """A composite: one of the tuples holds in all its parts, if it has groups within one of them."""

    parameter: Parameter
    tuples: tuple[tuple[Holds, ...], ...]


@dataclass(frozen=True, slots=True)
class Chained:
    """`patient.name=...`: a resource that the reference leads to meets the test."""

    parameter: Parameter
    tests: tuple[tuple[str, Test], ...]  # by type that it may lead to


@dataclass(frozen=True, slots=True)
class Referred:
    """`_has:Observation:patient:code=...`: a resource of that type refers here and meets the test."""

    parameter: Parameter
    test: Test


@dataclass(frozen=True, slots=True)
class Ids:
    """`_id`: one of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """`_lastUpdated`: one of these times."""

    values: tuple[DateTest, ...]


Test = Holds | Missing | Together | Chained | Referred | Ids | Updated


class Include(NamedTuple):
    """`_include` or `_revinclude`: which reference to follow, from which type, to which (None = any)."""

    parameter: Parameter
    target: str | None
    reverse: bool
    iterate: bool


#: Values of all tests of a search, at most, those of a chain once for each type that it may lead to: as many
#: as both databases take, however they are nested.
MOST_VALUES = 200
#: What a result is sorted by: a text, a whole number (an instant among them), or any number.
Sorted = Literal["text", "whole", "decimal"]


class Sort(NamedTuple):
    """A parameter to sort by; `_id` and `_lastUpdated` by name."""

    by: Parameter | str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A search of one type. `refused` is what was not understood; the rest stands without it.

    `asked`: its tests as they were written, in one order: the same for the same condition.
    """

    type: str
    tests: tuple[Test, ...] = ()
    includes: tuple[Include, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int | None = None
    total: str | None = None
    summary: str | None = None
    elements: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    asked: str = ""

    @property
    def sorted_by(self) -> tuple[Sorted, ...]:
        """Of what kind of value each key is that the result is sorted by; the last is its number."""
        return (*(_SORTED.get(_kind(one.by), "text") for one in self.sort), "whole")


def _kind(by: Parameter | str) -> str:
    return by if isinstance(by, str) else by.kind


_SORTED: dict[str, Sorted] = {"date": "whole", "_lastUpdated": "whole", "quantity": "decimal"}
SUMMARIES = ("true", "text", "data", "count", "false")
TOTALS = ("none", "estimate", "accurate")
#: Said in the address or in a header, and no matter of the search itself.
_ELSEWHERE = frozenset(("_format", "_pretty", "_page"))
_HAS = re.compile(r"_has:(?P<type>\w+):(?P<reference>[\w-]+):(?P<rest>.+)")
_CHAIN = re.compile(r"(?P<name>[\w-]+)(?::(?P<type>[A-Z]\w+))?\.(?P<rest>.+)")


def read_query(type_: str, asked: Iterable[tuple[str, str]], *, base: str) -> Query:
    """Read the pairs of a query string; a name given twice asks for both. `base`: the server's address."""
    reader = _Reader(type_, base)
    for name, text in asked:
        try:
            reader.take(name, text)
        except Wrong as wrong:
            reader.refused.append(Refusal(name, wrong.what, wrong.do, wrong.code))
    return reader.query()


class _Reader:
    """Collects what a query asks for."""

    def __init__(self, type_: str, base: str) -> None:
        self._type = type_
        self._base = base
        self.refused: list[Refusal] = []
        self._tests: list[Test] = []
        self._includes: list[Include] = []
        # What was done last is what a reader of the log of acts looks for.
        self._sort: tuple[Sort, ...] = (Sort("_lastUpdated", True),) if type_ == ACTS else ()
        self._count: int | None = None
        self._total: str | None = None
        self._summary: str | None = None
        self._elements: tuple[str, ...] = ()
        self._written: list[str] = []
        self._values = 0

    def query(self) -> Query:
        return Query(
            self._type,
            tuple(self._tests),
            tuple(self._includes),
            self._sort,
            self._count,
            self._total,
            self._summary,
            self._elements,
            tuple(self.refused),
            "&".join(sorted((f"{self._type}?", *self._written))),
        )

    def take(self, name: str, text: str) -> None:
        if "\0" in name or "\0" in text:
            raise Wrong("it has a character that stands in no text", "Leave it out.")
        match name.partition(":")[0]:
            case control if control in _ELSEWHERE:
                return
            case "_include" | "_revinclude":
                self._includes.append(self._include(name, text))
            case "_sort":
                self._sort = tuple(self._sorted(one) for one in text.split(","))
            case "_count":
                self._count = _whole_number(text)
            case "_total":
                self._total = _one_of(text, TOTALS)
            case "_summary":
                self._summary = _one_of(text, SUMMARIES)
            case "_elements":
                self._elements = tuple(one.strip() for one in text.split(",") if one.strip())
            case _:
                self._tests.append(self._test(name, text))
                self._written.append(f"{name}={text}")

    def _test(self, name: str, text: str) -> Test:
        if text.count(",") < 2 * MOST_VALUES:  # else it is not even read
            test = test_of(self._type, name, text, base=self._base)
            self._values += _values_in(test)
            if self._values <= MOST_VALUES:
                return test
        what = f"with it more than {MOST_VALUES} values are asked for"
        raise Wrong(what, "Ask in several searches, and name the type in a chain.", code="too-costly")

    def _include(self, name: str, text: str) -> Include:
        word, _, modifier = name.partition(":")
        if modifier not in ("", "iterate"):
            raise Wrong(f"`:{modifier}` is no modifier of `{word}`", "Write it without, or with `:iterate`.")
        of, _, rest = text.partition(":")
        searched, _, target = rest.partition(":")
        parameter = parameters_of(of).get(searched) if of in SERVED else None
        if parameter is None or parameter.kind != "reference":
            raise Wrong(
                f"`{text}` is no reference that can be followed",
                "Write `Type:parameter`.",
                code="not-supported",
            )
        return Include(parameter, target or None, word == "_revinclude", modifier == "iterate")

    def _sorted(self, text: str) -> Sort:
        name = text.strip().removeprefix("-")
        by = name if name in ("_id", "_lastUpdated") else parameters_of(self._type).get(name)
        if by is None or (isinstance(by, Parameter) and by.kind == "composite"):
            raise Wrong(
                f"nothing of {self._type} is sorted by `{name}`",
                "See the CapabilityStatement.",
                code="not-supported",
            )
        return Sort(by, text.strip().startswith("-"))


def test_of(type_: str, name: str, text: str, *, base: str) -> Test:
    """One test of a type: plain, chained, or from the other end."""
    if has := _HAS.fullmatch(name):
        return _referred(type_, has, text, base=base)
    if chain := _CHAIN.fullmatch(name):
        return _chained(type_, chain, text, base=base)
    bare, _, modifier = name.partition(":")
    if bare == "_id" and not modifier:
        return Ids(tuple(split(text, ",")))
    if bare == "_lastUpdated" and not modifier:
        return Updated(tuple(_date(one) for one in split(text, ",")))
    parameter = parameters_of(type_).get(bare)
    if parameter is None:
        raise Wrong(
            f"{type_} has no search parameter `{bare}` here",
            "See the CapabilityStatement.",
            code="not-supported",
        )
    if modifier == "missing":
        return Missing(parameter, _one_of(text, ("true", "false")) == "true")
    if parameter.kind == "composite":
        return _together(type_, parameter, text, modifier, base)
    return Holds(
        parameter,
        tuple(read_value(parameter, modifier, one, base=base) for one in split(text, ",")),
        modifier == "not",
    )


def _values_in(test: Test) -> int:
    match test:
        case Ids(values) | Updated(values) | Holds(_, values):
            return len(values)
        case Missing():
            return 1
        case Together(_, tuples):
            return sum(map(len, tuples))
        case Chained(_, tests):
            return sum(_values_in(inner) for _, inner in tests)
        case Referred(_, inner):
            return _values_in(inner)


def _date(text: str) -> DateTest:
    found = read_value(Parameter("Resource", "_lastUpdated", "date"), "", text, base="")
    assert isinstance(found, DateTest)
    return found


def _together(type_: str, parameter: Parameter, text: str, modifier: str, base: str) -> Together:
    if modifier:
        raise Wrong("a composite has no modifier", "Write it without.")
    known = parameters_of(type_)
    asked = parameter.groups[0].parts if parameter.groups else tuple(known[name] for name in parameter.parts)
    tuples = []
    for one in split(text, ","):
        parts = split(one, "$")
        if len(parts) != len(asked):
            raise Wrong(f"it takes {len(asked)} values", "Write them with a `$` between.")
        tuples.append(
            tuple(
                Holds(each, (read_value(each, "", value, base=base),))
                for each, value in zip(asked, parts, strict=True)
            )
        )
    return Together(parameter, tuple(tuples))


def _chained(type_: str, match: re.Match[str], text: str, *, base: str) -> Chained:
    parameter = parameters_of(type_).get(match["name"])
    if parameter is None or parameter.kind != "reference":
        raise Wrong(
            f"`{match['name']}` is no reference of {type_}",
            "See the CapabilityStatement.",
            code="not-supported",
        )
    if "." in match["rest"] or match["rest"].startswith("_has:"):
        raise Wrong(
            "a chain goes one reference far here", "Search in two steps, or use `_has`.", code="not-supported"
        )
    allowed: Sequence[str] = parameter.targets or SERVED
    wanted = [match["type"]] if match["type"] else [one for one in allowed if one in SERVED]
    tests = []
    for target in wanted:
        if target not in SERVED or target not in allowed:
            raise Wrong(
                f"`{match['name']}` leads to no {target}",
                f"Name one of {', '.join(allowed)}.",
                code="not-supported",
            )
        name = match["rest"].partition(":")[0]
        if name in ("_id", "_lastUpdated") or name in parameters_of(target):
            tests.append((target, test_of(target, match["rest"], text, base=base)))
    if not tests:
        raise Wrong(
            f"nothing that `{match['name']}` leads to has `{match['rest']}`",
            "See the CapabilityStatement.",
            code="not-supported",
        )
    return Chained(parameter, tuple(tests))


def _referred(type_: str, match: re.Match[str], text: str, *, base: str) -> Referred:
    of = match["type"]
    parameter = parameters_of(of).get(match["reference"]) if of in SERVED else None
    if parameter is None or parameter.kind != "reference":
        raise Wrong(
            f"{of} has no reference `{match['reference']}`",
            "See the CapabilityStatement.",
            code="not-supported",
        )
    if parameter.targets and type_ not in parameter.targets:
        raise Wrong(
            f"`{of}.{match['reference']}` leads to no {type_}",
            "See the CapabilityStatement.",
            code="not-supported",
        )
    if match["rest"].startswith("_has:") or _CHAIN.fullmatch(match["rest"]):
        raise Wrong("`_has` goes one reference far here", "Search in two steps.", code="not-supported")
    return Referred(parameter, test_of(of, match["rest"], text, base=base))


def _one_of(text: str, words: Sequence[str]) -> str:
    if text not in words:
        raise Wrong(f"`{text}` is none of {', '.join(words)}", "Write one of them.")
    return text


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Wrong("it takes a whole number", "Write for example `_count=50`.")
    return int(text)
