"""Codes, units and words of selectors as CQL: which items mean one, and what their values say."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vardforlopp.definitions.catalogue import CodeRule, Selector
from vardforlopp.fhir.package.cql_words import joined, ratio, text, texts
from vardforlopp.fhir.reader import FACT_SYSTEM
from vardforlopp.kernel._unit_factors import FACTORS
from vardforlopp.kernel.codes import SystemTable, normalise_code
from vardforlopp.kernel.quantities import UnitError, convert, normalise_unit

_NUMBERS = ("Observation", "QuestionnaireResponse")


class Codes:
    """Writes which items mean a selector, by the short keys of the code systems."""

    def __init__(self, systems: SystemTable) -> None:
        self._systems = systems

    def items(self, meta: Selector, codes: tuple[CodeRule, ...], *, own: str) -> str:
        """The items that mean a selector, or (`own` ending in .end) the stop of its state."""
        exact = [f"{self._systems.canonical(FACT_SYSTEM)}|{own}"]
        below: list[str] = []
        answered = [rule for rule in codes if rule.values]
        for rule in codes:
            if not rule.values:
                (below if rule.prefix or rule.code.endswith("*") else exact).append(self._key(rule))
        known = f"{texts(exact)}, {texts(below) if below else 'V.NoWords'}"
        ordered, state = meta.status == "ordered", meta.state
        if not answered and not (meta.setting and own == meta.id):
            flags = f"{str(ordered).lower()}, {str(state).lower()}"
            return f"V.Meaning({texts(meta.resources)}, {flags}, {known})"
        means = [f"I.kind in {texts(meta.resources)}", "I.ordered" if ordered else "I.performed"]
        if not state:
            means.append("not I.lasting")
        coded = [*(self._with_answer(rule) for rule in answered), f"V.Meant(I.codings, {known})"]
        by_code = joined(coded, "or", "false")
        if meta.setting and own == meta.id:
            setting = f"exists (I.settings S where S in {texts(meta.setting)})"
            in_visit = f"{setting} and {by_code}" if meta.codes else setting
            by_code = f"(if I.kind = 'Encounter' then {in_visit} else {by_code})"
        return f"(V.Items I\n    where {' and '.join([*means, by_code])}\n    return all I)"

    def words(self, meta: Selector) -> str:
        """What the catalogue calls the answers of I, in their order."""
        if not meta.words:
            return "V.NoWords"
        cases = " ".join(
            f"when A.system = {text(self._systems.canonical(system))} and A.code = "
            f"{text(normalise_code(self._systems.canonical(system), code))} then {text(word)}"
            for (system, code), word in meta.words.items()
        )
        return f"(I.value.answers A return all (case {cases} else V.YesOrNo(A.system, A.code) end))"

    def _key(self, rule: CodeRule) -> str:
        key = self._systems.canonical(rule.system)
        return f"{key}|{normalise_code(key, rule.code.rstrip('*'))}"

    def _with_answer(self, rule: CodeRule) -> str:
        answers = [
            f"(A.system = {text(self._systems.canonical(system))} and A.code = "
            f"{text(normalise_code(self._systems.canonical(system), answer))})"
            for system, answer in rule.values
        ]
        return (
            f"(I.kind in {texts(_NUMBERS)} and V.Meant(I.codings, {texts((self._key(rule),))}, V.NoWords)"
            f" and exists (I.value.answers A where {joined(answers, 'or', 'false')}))"
        )


def factors(unit: str, molar_mass: Fraction | None) -> str:
    """What a number is multiplied with and divided by, by its unit; null = it cannot be converted."""
    cases = " ".join(
        f"when {text(written)} then Tuple{{times: {top}, by: {bottom}}}"
        for written, factor in _units(unit, molar_mass)
        for top, bottom in (ratio(factor),)
    )
    return f"case unit {cases} else null as Tuple{{times Decimal, by Decimal}} end"


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
