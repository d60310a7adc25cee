"""Selectors as CQL: the facts of each, in one unit and of one side, and whether absence would be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from vardforlopp.definitions.catalogue import Selector, leaves
from vardforlopp.definitions.criteria import Between, Compare, CompareRef, OneOf, Param, Quantity, Test
from vardforlopp.definitions.model import ParameterRow, ParameterValue, Pathway
from vardforlopp.fhir.measures import NEVER_NEGATIVE
from vardforlopp.fhir.package.cql_codes import Codes, factors
from vardforlopp.fhir.package.cql_words import (
    NotCarriedError,
    decimal,
    decimals,
    joined,
    name,
    text,
    texts,
)
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.quantities import convert

_END = ".end"
_OPERATORS = {"<": "Less", "<=": "AtMost", ">": "More", ">=": "AtLeast"}
#: The day that is before all days, as CQL writes it.
FIRST_DAY = "@0001-01-01"


class Facts:
    """The selectors that one pathway's library asks for, each defined once."""

    def __init__(self, pathway: Pathway, selectors: Mapping[str, Selector], systems: SystemTable) -> None:
        self._pathway = pathway
        self._selectors = selectors
        self._codes = Codes(systems)
        self._asked: dict[str, None] = {}
        self._carriers: dict[tuple[str, bool], None] = {}  # of what: kind of source, known code or not

    def value(self, param: Param) -> ParameterValue:
        """A parameter as the region has set it."""
        return self._pathway.parameters[param.name].value

    def of(self, selector: str) -> str:
        """The expression of a selector's facts."""
        self._ask(self._meta(selector))
        return name(f"fact {selector}")

    def closed(self, selector: str, *, since: str = FIRST_DAY) -> str:
        """Whether absence at t means absence: of a union, where a known code's sources would tell.

        What names no side, `since` a day, is a gap.
        """
        meta = self._meta(selector)
        self._ask(meta)
        absent = f"{name(f'absent {meta.id}')}(t.civil)"
        return f"({absent} and not {self._sideless(selector, since)})" if self._by_side(meta) else absent

    def untold(self, selector: str, *, since: str) -> str:
        """Whether evidence may be there that no source has told, or that names no side, `since` a day."""
        meta = self._meta(selector)
        self._ask(meta)
        gaps = [f"not {name(f'told {meta.id}')}"]
        if self._by_side(meta):
            gaps.append(self._sideless(selector, since))
        return joined(gaps, "or", "false")

    def is_state(self, selector: str) -> bool:
        """True for what lasts; the end of a state is an event."""
        return self._meta(selector).state and not selector.endswith(_END)

    def unit_of(self, selector: str) -> tuple[str, Fraction | None]:
        """The unit in which a selector's values are compared, and its molar mass."""
        meta = self._meta(selector)
        return meta.unit or "1", meta.molar_mass

    def limit(
        self, written: Quantity | Param, *, unit: str, molar_mass: Fraction | None = None, at: str = "t"
    ) -> str:
        """A limit in a unit: a number, or what a table gives the person at a time."""
        value = self.value(written) if isinstance(written, Param) else written
        if isinstance(value, Quantity):
            return decimal(convert(value.value, value.unit, unit, molar_mass))
        if isinstance(value, int) and not isinstance(value, bool):
            return decimal(Fraction(value))
        if not isinstance(value, tuple):
            raise NotCarriedError("limit")
        otherwise = "null as Decimal"
        for row in reversed(value):
            assert isinstance(row.value, Quantity), "a limit is a quantity"
            number = decimal(convert(row.value.value, row.value.unit, unit, molar_mass))
            otherwise = (
                f"(({{ {_fits(row, at)} }}) Row return all case when Row is null then null as Decimal "
                f"when Row then {number} else {otherwise} end)[0]"
            )
        return otherwise

    def test(self, test: Test, selector: str, fact: str, *, at: str = "t") -> str:
        """A test on the value of one fact, at a time."""
        unit, mass = self.unit_of(selector)
        match test:
            case OneOf(words):
                numbers = decimals(Fraction(word) for word in words if word.isdigit())
                return f"V.Answers({fact}, {texts(words)}, {numbers})"
            case Compare(op, limit):
                number = self.limit(limit, unit=unit, molar_mass=mass, at=at)
                return f"V.{_OPERATORS[op]}({fact}, {number})"
            case Between(lo, hi):
                low = self.limit(lo, unit=unit, molar_mass=mass, at=at)
                high = self.limit(hi, unit=unit, molar_mass=mass, at=at)
                return f"(V.AtLeast({fact}, {low}) and V.AtMost({fact}, {high}))"
            case CompareRef(op, factor, which):
                reference = f"{fact}.{'refHigh' if which == 'high' else 'refLow'}"
                return f"V.{_OPERATORS[op]}({fact}, {reference} * {decimal(factor)})"
            case _:
                raise NotCarriedError("own-limit")

    # --- definitions ----------------------------------------------------------------------------

    def definitions(self) -> Iterator[str]:
        """All selectors asked for, parts before wholes, and what follows from them."""
        metas = [self._selectors[selector] for selector in self._asked]
        units = dict.fromkeys((meta.unit, meta.molar_mass) for meta in metas if meta.unit is not None)
        for unit, mass in units:
            yield f"define function {_factor(unit, mass)}(unit String):\n  {factors(unit, mass)}"
        for meta in metas:
            yield self._pieces(meta)
            yield self._facts(meta)
            yield self._sources(meta)
        yield self._kinds()
        yield from (_tells(kind, coded) for kind, coded in self._carriers)

    def _meta(self, selector: str) -> Selector:
        return self._selectors[selector.removesuffix(_END)]

    def _by_side(self, meta: Selector) -> bool:
        """True when only the facts of the stay's side count."""
        return self._pathway.sided and meta.sided

    def _sideless(self, selector: str, since: str) -> str:
        return f"V.Sideless({name(f'all {selector}')}, {since})"

    def _ask(self, meta: Selector) -> None:
        if meta.id not in self._asked:
            _refuse_what_is_not_read(meta)
            for part in meta.includes:
                self._ask(self._selectors[part])
            self._asked[meta.id] = None

    def _pieces(self, meta: Selector) -> str:
        items, sided = name(f"items {meta.id}"), str(meta.sided).lower()
        lines = [f"define {items}:\n  {self._codes.items(meta, meta.codes, own=meta.id)}"]
        keeps = str(keeps_no(meta)).lower()
        lasts = f"{str(meta.state).lower()}, {text(meta.ends)}, {meta.gap_days}, {sided}"
        if meta.unit is None and not meta.words:
            pieces = f"V.Pieces({items}, {keeps}, {lasts})"
        else:
            measured, low, high = _measured(meta)
            is_signed = str(meta.unit not in NEVER_NEGATIVE).lower()
            word = f"V.WordOf(I.value, {self._codes.words(meta)})"
            pieces = (
                f"V.Kept(({items} I\n    let {measured}\n"
                f"    return all V.Fact(I, factor.times, factor.by, {low}, {high}, {is_signed}, "
                f"{word}, {lasts})), {keeps})"
            )
        lines.append(f"define {name(f'pieces {meta.id}')}:\n  {pieces}")
        if meta.state:
            stops = self._codes.items(meta, meta.ended_by, own=f"{meta.id}{_END}")
            lines.append(f"define {name(f'stops {meta.id}')}:\n  V.Stops({stops}, {sided})")
        return "\n".join(lines)

    def _facts(self, meta: Selector) -> str:
        own = f"V.Seen({name(f'pieces {meta.id}')})"
        if meta.state:
            own = f"V.Stopped({own}, V.Seen({name(f'stops {meta.id}')}))"
        lists = [own, *(self._part(part, meta) for part in meta.includes)]
        together = lists[0] if len(lists) == 1 else f"flatten {{ {', '.join(lists)} }}"
        if meta.where is not None:
            passes = self.test(meta.where, meta.id, "F", at="V.Now")
            together = f"({together}) F where {passes} return all F"
        lines = [f"define {name(f'parts {meta.id}')}:\n  {together}"]
        sorted_parts = f"({name(f'parts {meta.id}')}) F return all F sort by rank"
        if not meta.state:
            return "\n".join([*lines, *self._counted(meta, meta.id, sorted_parts)])
        united = f"(V.United(({sorted_parts}), {meta.gap_days})) F return all F sort by rank"
        lines += self._counted(meta, meta.id, united)
        whole = name(f"{'all' if self._by_side(meta) else 'fact'} {meta.id}")
        ends = f"(V.Ends({whole})) F return all F sort by rank"
        return "\n".join([*lines, *self._counted(meta, f"{meta.id}{_END}", ends)])

    def _counted(self, meta: Selector, selector: str, facts: str) -> Iterator[str]:
        """The facts that count: all, or those of the stay's side."""
        if self._by_side(meta):
            yield f"define {name(f'all {selector}')}:\n  {facts}"
            facts = f"V.OfSide({name(f'all {selector}')})"
        yield f"define {name(f'fact {selector}')}:\n  {facts}"

    def _part(self, part: str, whole: Selector) -> str:
        """The pieces of a part; what lasts is an event in a union of events, and the other way round."""
        pieces = name(f"parts {part}")
        if self._selectors[part].state == whole.state:
            return pieces
        return f"V.Lasting({pieces}, {str(whole.state).lower()})"

    def _sources(self, meta: Selector) -> str:
        parts = leaves(meta.id, self._selectors)
        carriers = list(dict.fromkeys((part.kind, part.coded) for part in parts))
        known = [carrier for carrier in carriers if carrier[1]] or carriers
        is_open = meta.open or any(part.open for part in parts)
        tells = [f"{_teller(*carrier)}(asked)" for carrier in known]
        all_tell = [f"{_teller(*carrier)}(V.Now.civil)" for carrier in carriers]
        self._carriers |= dict.fromkeys(carriers)
        absent = "false" if is_open else joined(tells, "and", "true")
        told = "false" if is_open else joined(all_tell, "and", "true")
        return (
            f"define function {name(f'absent {meta.id}')}(asked Date):\n  {absent}\n"
            f"define {name(f'told {meta.id}')}:\n  {told}"
        )

    def _kinds(self) -> str:
        """The kinds of facts that occur: by type of resource, by selector, by category of observation."""
        of_kind: dict[str, list[str]] = {}
        for selector in self._asked:
            meta = self._selectors[selector]
            if meta.coded:
                lists = [f"pieces {selector}", *([f"stops {selector}"] if meta.state else [])]
                of_kind.setdefault(meta.kind, []).extend(lists)
        matched = ", ".join(f"({name(f'items {each}')} I return all I.ref)" for each in self._asked)
        shown = ",\n    ".join(
            [
                "V.KindsOfTypes",
                "V.ReportKinds",
                "V.NamedKinds",
                f"V.ObservationKinds(flatten {{ V.NamedRefs, {matched} }})",
                *_shown(of_kind),
            ]
        )
        return f'define "Kinds":\n  flatten {{\n    {shown} }}'


def keeps_no(meta: Selector) -> bool:
    """True where an answer "no" is data; elsewhere it is absence (S08)."""
    return bool(meta.words) or meta.kind in ("questionnaires", "decisions")


def _measured(meta: Selector) -> tuple[str, str, str]:
    """How the numbers of I convert, and the laboratory's limits in the selector's unit."""
    if meta.unit is None:
        return "factor: Tuple{times: 1.0, by: 1.0}", "null as Decimal", "null as Decimal"
    factor = _factor(meta.unit, meta.molar_mass)
    known = {"factor": "unit", "low": "refLowUnit", "high": "refHighUnit"}
    scope = ", ".join(f"{key}: {factor}(I.value.{unit})" for key, unit in known.items())
    limits = [f"Round(I.value.{ref} * {end}.times / {end}.by, 8)" for ref, end in _LIMITS]
    return scope, limits[0], limits[1]


_LIMITS = (("refLow", "low"), ("refHigh", "high"))


def _factor(unit: str, molar_mass: Fraction | None) -> str:
    """The name of the function that converts to a unit."""
    return name(f"factor {unit}" if molar_mass is None else f"factor {unit} of {molar_mass} g/mol")


def _fits(row: ParameterRow, at: str) -> str:
    """Whether a row of a table is the person's."""
    sex = "true" if row.sex is None else f"V.SexIs({texts((row.sex,))})"
    months = (
        "true" if row.months is None else f"month from {at}.civil in {{ {', '.join(map(str, row.months))} }}"
    )
    age = "true"
    if row.age_from is not None or row.age_below is not None:
        ends = (str(end) if end is not None else "null as Integer" for end in (row.age_from, row.age_below))
        age = f"V.AgeFits({at}, {', '.join(ends)})"
    return f"V.Fits({sex}, {age}, {months})"


def _refuse_what_is_not_read(meta: Selector) -> None:
    """What the record may show unseen by CQL is not carried: its absence would be claimed."""
    if meta.unit is not None and any(kind.startswith("Medication") for kind in meta.resources):
        raise NotCarriedError("doses", meta.id)
    if meta.status == "ordered" and "Encounter" in meta.resources:
        raise NotCarriedError("planned-visits", meta.id)


def _teller(kind: str, coded: bool) -> str:
    """The name of the function that says whether the sources of a kind would tell, on a day."""
    return name(f"tells {kind}" if coded else f"tells {kind} by name")


def _tells(kind: str, coded: bool) -> str:
    """That function: if not coded, of what only our own name means."""
    assumed = f'{text(kind)} in "Kinds"' + ("" if coded else f" and {text(kind)} in V.NamedKinds")
    declared = f"V.SourceTells({text(kind)}, {str(not coded).lower()}, asked)"
    head = f"define function {_teller(kind, coded)}(asked Date):"
    return f"{head}\n  if V.Sources is null then {assumed} else {declared}"


def _shown(lists: dict[str, list[str]]) -> Iterator[str]:
    for kind, named in lists.items():
        any_of = " or ".join(f"exists {name(each)}" for each in named)
        yield f"if {any_of} then {texts([kind])} else V.NoWords"
