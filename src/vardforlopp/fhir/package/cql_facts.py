"""Selectors as CQL: which items of the record mean one, and its facts in one unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from vardforlopp.definitions.catalogue import CodeRule, Selector, leaves
from vardforlopp.definitions.criteria import Between, Compare, OneOf, Param, Quantity, Test
from vardforlopp.definitions.model import ParameterValue, Pathway
from vardforlopp.fhir.measures import NEVER_NEGATIVE
from vardforlopp.fhir.package.cql_words import (
    NotCarriedError,
    decimal,
    decimals,
    joined,
    name,
    ratio,
    text,
    texts,
)
from vardforlopp.fhir.reader import FACT_SYSTEM
from vardforlopp.kernel._unit_factors import FACTORS
from vardforlopp.kernel.codes import SystemTable, normalise_code
from vardforlopp.kernel.quantities import UnitError, convert, normalise_unit

_END = ".end"
_OPERATORS = {"<": "Less", "<=": "AtMost", ">": "More", ">=": "AtLeast"}
_NUMBERS = ("Observation", "QuestionnaireResponse")
#: Types that the common library does not read.
_UNREAD = {"Appointment": "booked times", "Consent": "consents", "Goal": "goals"}


class Facts:
    """The selectors that one pathway's library asks for, each defined once."""

    def __init__(self, pathway: Pathway, selectors: Mapping[str, Selector], systems: SystemTable) -> None:
        self._pathway = pathway
        self._selectors = selectors
        self._systems = systems
        self._asked: dict[str, None] = {}

    def value(self, param: Param) -> ParameterValue:
        """A parameter as the region has set it."""
        return self._pathway.parameters[param.name].value

    def of(self, selector: str) -> str:
        """The expression of a selector's facts."""
        meta = self._meta(selector)
        if self._pathway.sided and meta.sided:
            raise NotCarriedError(f"facts of one body side ({meta.id})")
        self._ask(meta)
        return name(f"fact {selector}")

    def closed(self, selector: str, *, at: str = "t") -> str:
        """Whether absence at a time means absence: of a union, where a known code's sources would tell."""
        self._ask(self._meta(selector))
        return f"{name(f'absent {selector.removesuffix(_END)}')}({at})"

    def told(self, selector: str) -> str:
        """Whether all sources would tell of evidence now."""
        self._ask(self._meta(selector))
        return f"{name(f'told {selector.removesuffix(_END)}')}"

    def is_state(self, selector: str) -> bool:
        """True for what lasts; the end of a state is an event."""
        return self._meta(selector).state and not selector.endswith(_END)

    def unit_of(self, selector: str) -> tuple[str, Fraction | None]:
        """The unit in which a selector's values are compared, and its molar mass."""
        meta = self._meta(selector)
        return meta.unit or "1", meta.molar_mass

    def limit(self, written: Quantity | Param, *, unit: str, molar_mass: Fraction | None = None) -> Fraction:
        """A limit that is the same for everybody, in a unit."""
        value = self.value(written) if isinstance(written, Param) else written
        if isinstance(value, Quantity):
            return convert(value.value, value.unit, unit, molar_mass)
        if isinstance(value, int) and not isinstance(value, bool):
            return Fraction(value)
        raise NotCarriedError("a limit that depends on the person (a table)")

    def test(self, test: Test, selector: str, fact: str) -> str:
        """A test on the value of one fact."""
        unit, mass = self.unit_of(selector)
        match test:
            case OneOf(words):
                numbers = decimals(Fraction(word) for word in words if word.isdigit())
                return f"V.Answers({fact}, {texts(words)}, {numbers})"
            case Compare(op, limit):
                number = decimal(self.limit(limit, unit=unit, molar_mass=mass))
                return f"V.{_OPERATORS[op]}({fact}, {number})"
            case Between(lo, hi):
                low = decimal(self.limit(lo, unit=unit, molar_mass=mass))
                high = decimal(self.limit(hi, unit=unit, molar_mass=mass))
                return f"(V.AtLeast({fact}, {low}) and V.AtMost({fact}, {high}))"
            case _:
                raise NotCarriedError("a limit of the laboratory's or the patient's own")

    # --- definitions ----------------------------------------------------------------------------

    def definitions(self) -> Iterator[str]:
        """All selectors asked for, parts before wholes, and what follows from them."""
        for selector in self._asked:
            meta = self._selectors[selector]
            yield self._pieces(meta)
            yield self._facts(meta)
            yield self._sources(meta)
        yield self._kinds()

    def _meta(self, selector: str) -> Selector:
        return self._selectors[selector.removesuffix(_END)]

    def _ask(self, meta: Selector) -> None:
        if meta.id not in self._asked:
            _refuse_what_is_not_read(meta)
            for part in meta.includes:
                self._ask(self._selectors[part])
            self._asked[meta.id] = None

    def _pieces(self, meta: Selector) -> str:
        lines = [f"define {name(f'items {meta.id}')}:"]
        means = self._means(meta, meta.codes, own=meta.id)
        lines.append(f"  V.Items I\n    where {means}\n    return all I")
        lines.append(f"define {name(f'pieces {meta.id}')}:")
        numbers, divisors = self._factors(meta)
        keeps_no = bool(meta.words) or meta.kind in ("questionnaires", "decisions")
        kept = ["(F.status != 'answer' or F.fact.valued or F.fact.unusable)"]
        if not keeps_no:
            kept.append("Coalesce(F.fact.word != 'nej', true)")
        lines.append(
            f"  ({name(f'items {meta.id}')} I\n"
            f"    let factor: {numbers}, divisor: {divisors}\n"
            f"    return all Tuple{{status: Coalesce(I.status, ''), fact: V.Fact(I, factor, divisor, "
            f"null as Decimal, null as Decimal, {str(meta.unit not in NEVER_NEGATIVE).lower()}, "
            f"V.WordOf(I.value, {self._words(meta)}), {str(meta.state).lower()}, {text(meta.ends)}, "
            f"{meta.gap_days})}}) F\n    where {' and '.join(kept)}\n    return all F.fact"
        )
        if meta.state:
            stops = self._means(meta, meta.ended_by, own=f"{meta.id}{_END}")
            lines.append(f"define {name(f'stops {meta.id}')}:")
            lines.append(
                f"  V.Items I\n    where {stops}\n    return all V.Fact(I, 1.0, 1.0, null as Decimal, "
                "null as Decimal, true, null as String, false, 'period', 0)"
            )
        return "\n".join(lines)

    def _facts(self, meta: Selector) -> str:
        own = f"V.Seen({name(f'pieces {meta.id}')})"
        if meta.state:
            own = f"V.Stopped({own}, V.Seen({name(f'stops {meta.id}')}))"
        lists = [own, *(self._part(part, meta) for part in meta.includes)]
        together = lists[0] if len(lists) == 1 else f"flatten {{ {', '.join(lists)} }}"
        if meta.where is not None:
            passes = self.test(meta.where, meta.id, "F")
            together = f"({together}) F where {passes} return all F"
        lines = [f"define {name(f'parts {meta.id}')}:\n  {together}"]
        sorted_parts = f"({name(f'parts {meta.id}')}) F return all F sort by rank"
        if meta.state:
            united = f"(V.United(({sorted_parts}), {meta.gap_days})) F return all F sort by rank"
            lines.append(f"define {name(f'fact {meta.id}')}:\n  {united}")
            ends = f"(V.Ends({name(f'fact {meta.id}')})) F return all F sort by rank"
            lines.append(f"define {name(f'fact {meta.id}{_END}')}:\n  {ends}")
        else:
            lines.append(f"define {name(f'fact {meta.id}')}:\n  {sorted_parts}")
        return "\n".join(lines)

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
        tells = [_tells(kind, coded, "t.civil") for kind, coded in known]
        all_tell = [_tells(kind, coded, "V.Now.civil") for kind, coded in carriers]
        absent = "false" if is_open else joined(tells, "and", "true")
        told = "false" if is_open else joined(all_tell, "and", "true")
        return (
            f"define function {name(f'absent {meta.id}')}(t MomentType):\n  {absent}\n"
            f"define {name(f'told {meta.id}')}:\n  {told}"
        )

    def _kinds(self) -> str:
        """The kinds of facts that occur: by type of resource, by selector, by category of observation."""
        of_kind: dict[str, list[str]] = {}
        uncoded: dict[str, list[str]] = {}
        for selector in self._asked:
            meta = self._selectors[selector]
            lists = [f"pieces {selector}", *([f"stops {selector}"] if meta.state else [])]
            of_kind.setdefault(meta.kind, []).extend(lists)
            if not meta.coded:
                uncoded.setdefault(meta.kind, []).extend(lists)
        matched = ", ".join(f"({name(f'items {each}')} I return all I.ref)" for each in self._asked)
        shown = ",\n    ".join(
            [
                "V.KindsOfTypes",
                "V.ReportKinds",
                f"V.ObservationKinds(flatten {{ {matched} }})",
                *_shown(of_kind),
            ]
        )
        own = ",\n    ".join(["V.NoWords", *_shown(uncoded)])
        return (
            f'define "Kinds":\n  flatten {{\n    {shown} }}\ndefine "Own kinds":\n  flatten {{\n    {own} }}'
        )

    # --- codes, units, words -----------------------------------------------------------------------

    def _means(self, meta: Selector, codes: tuple[CodeRule, ...], *, own: str) -> str:
        shown = "I.ordered" if meta.status == "ordered" else "I.performed"
        means = [f"I.kind in {texts(meta.resources)}", shown]
        if not meta.state:
            means.append("not I.lasting")
        by_code = joined([*self._codes(codes), f"({self._own(own)})"], "or", "false")
        if meta.setting and own == meta.id:
            setting = f"exists (I.settings S where S in {texts(meta.setting)})"
            in_visit = f"{setting} and {by_code}" if meta.codes else setting
            by_code = f"(if I.kind = 'Encounter' then {in_visit} else {by_code})"
        return " and ".join([*means, by_code])

    def _own(self, code: str) -> str:
        key = self._systems.canonical(FACT_SYSTEM)
        return f"exists (I.codings C where C.system = {text(key)} and C.code = {text(code)})"

    def _codes(self, codes: tuple[CodeRule, ...]) -> Iterator[str]:
        """Conditions on an item's codings, codes of one system together."""
        exact: dict[str, list[str]] = {}
        for rule in codes:
            key = self._systems.canonical(rule.system)
            code = normalise_code(key, rule.code.rstrip("*"))
            if rule.values:
                yield self._with_answer(rule, key, code)
            elif rule.prefix or rule.code.endswith("*"):
                has = f"C.system = {text(key)} and StartsWith(C.code, {text(code)})"
                yield f"exists (I.codings C where {has})"
            else:
                exact.setdefault(key, []).append(code)
        for key, listed in exact.items():
            yield f"exists (I.codings C where C.system = {text(key)} and C.code in {texts(listed)})"

    def _with_answer(self, rule: CodeRule, key: str, code: str) -> str:
        answers = [
            f"(A.system = {text(self._systems.canonical(system))} and A.code = "
            f"{text(normalise_code(self._systems.canonical(system), answer))})"
            for system, answer in rule.values
        ]
        return (
            f"(I.kind in {texts(_NUMBERS)} and exists (I.codings C where C.system = {text(key)} and C.code = "
            f"{text(code)}) and exists (I.value.answers A where {joined(answers, 'or', 'false')}))"
        )

    def _factors(self, meta: Selector) -> tuple[str, str]:
        """What a number is multiplied with and divided by, by its unit; null = it cannot be converted."""
        if meta.unit is None:
            return "1.0", "1.0"
        found = {unit: ratio(factor) for unit, factor in _units(meta.unit, meta.molar_mass)}
        numbers = " ".join(f"when {text(unit)} then {top}" for unit, (top, _) in found.items())
        below = {unit: bottom for unit, (_, bottom) in found.items() if bottom != "1.0"}
        divisors = " ".join(f"when {text(unit)} then {bottom}" for unit, bottom in below.items())
        number = f"case I.value.unit {numbers} else null as Decimal end"
        return number, f"case I.value.unit {divisors} else 1.0 end" if divisors else "1.0"

    def _words(self, meta: Selector) -> str:
        if not meta.words:
            return "V.NoWords"
        cases = " ".join(
            f"when A.system = {text(self._systems.canonical(system))} and A.code = "
            f"{text(normalise_code(self._systems.canonical(system), code))} then {text(word)}"
            for (system, code), word in meta.words.items()
        )
        return f"(I.value.answers A return all (case {cases} else V.YesOrNo(A.system, A.code) end))"


def _refuse_what_is_not_read(meta: Selector) -> None:
    """What the record may show unseen by CQL is not carried: its absence would be claimed."""
    for kind, named in _UNREAD.items():
        if kind in meta.resources:
            raise NotCarriedError(f"{named} ({meta.id})")
    if meta.unit is not None and any(kind.startswith("Medication") for kind in meta.resources):
        raise NotCarriedError(f"doses ({meta.id})")
    if meta.status == "ordered" and "Encounter" in meta.resources:
        raise NotCarriedError(f"planned visits ({meta.id})")


def _tells(kind: str, coded: bool, day: str) -> str:
    """Whether the sources of a kind would tell, on a day, of what only our own name means if not coded."""
    assumed = f'{text(kind)} in "Kinds"' + ("" if coded else f' and {text(kind)} in "Own kinds"')
    declared = f"V.SourceTells({text(kind)}, {str(not coded).lower()}, {day})"
    return f"(if V.Sources is null then {assumed} else {declared})"


def _shown(lists: dict[str, list[str]]) -> Iterator[str]:
    for kind, named in lists.items():
        any_of = " or ".join(f"exists {name(each)}" for each in named)
        yield f"if {any_of} then {texts([kind])} else V.NoWords"


def _units(unit: str, molar_mass: Fraction | None) -> Iterator[tuple[str, Fraction]]:
    """The units that convert to a unit by a factor, as written in the committed table, and that factor."""
    plain = normalise_unit(unit) == "1"
    for written in dict.fromkeys((unit, *FACTORS, *(("",) if plain else ()))):
        try:
            at_zero = convert(Fraction(0), written, unit, molar_mass)
            at_one = convert(Fraction(1), written, unit, molar_mass)
        except UnitError:
            continue
        if at_zero == 0:
            yield written, at_one
