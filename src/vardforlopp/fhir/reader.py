"""What the catalogue's selectors look for, compiled once: code -> the selectors it means.

The tables answer in one step for a code that nothing asks for, which most codes are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from vardforlopp.definitions.catalogue import CodeRule, Selector
from vardforlopp.definitions.recipes import recipes
from vardforlopp.fhir.measures import Measure
from vardforlopp.kernel.codes import SystemTable, normalise_code
from vardforlopp.record.facts import Word
from vardforlopp.record.states import Recipe

#: Every selector's id is itself a code in this system: a unit may send it where no code exists.
FACT_SYSTEM = "urn:x-vardforlopp:fact"

_MOST = 100_000  # entries of a memo before it starts anew


class Target:
    """A selector as the readers need it; one object a selector, never changed after compiling."""

    __slots__ = (
        "ends",
        "gap_days",
        "keeps_no",
        "kind",
        "measure",
        "ordered",
        "plain",
        "resources",
        "selector",
        "setting",
        "sided",
        "state",
        "uncoded",
        "unit",
        "words",
    )  # fmt: skip

    def __init__(self, selector: Selector, words: Mapping[tuple[str, str], Word]) -> None:
        self.selector = selector.id
        self.kind = selector.kind
        self.resources = frozenset(selector.resources)
        self.unit = selector.unit
        self.measure = Measure(selector.unit, selector.molar_mass)
        self.state = selector.state
        self.gap_days = selector.gap_days
        self.ends = selector.ends
        self.sided = selector.sided
        self.ordered = selector.status == "ordered"
        self.setting = frozenset(selector.setting)
        self.words = words
        self.uncoded = not selector.coded  # only its own name means it
        # What most selectors are: one event a resource, on no side.
        self.plain = not (self.state or self.sided or self.ordered)
        # An answer "no" is data where an answer is asked for; elsewhere it is absence (S08).
        self.keeps_no = bool(words) or selector.kind in ("questionnaires", "decisions")


class Match(NamedTuple):
    """A selector that a code means: only with one of `answers`, or as the stop of its state.

    `plain`: a plain selector, whatever the answer. Matches of one selector by several codes are
    equal, so that one resource gives one fact.
    """

    target: Target
    answers: frozenset[tuple[str, str]] | None = None
    stops: bool = False
    plain: bool = False


Matches = tuple[Match, ...]
_Rules = dict[tuple[str, str], Matches]


class CodeTable(dict[Any, "SystemsOfCode | None"]):
    """Code as written -> system as written -> matches; None when nothing asks for the code."""

    def __init__(self, exact: _Rules, prefixes: _Rules, systems: SystemTable) -> None:
        super().__init__()
        self._exact = exact
        self._prefixes = prefixes
        self._systems = systems
        self._keys = sorted({key for key, _ in (*exact, *prefixes)})
        self._lengths = {key: sorted({len(c) for k, c in prefixes if k == key}) for key, _ in prefixes}

    def __missing__(self, code: Any) -> SystemsOfCode | None:
        if len(self) > _MOST:
            self.clear()
        asked = isinstance(code, str) and any(self.of(key, code) for key in self._keys)
        found = SystemsOfCode(self, code) if asked else None
        self[code] = found
        return found

    def of(self, key: str, code: str) -> Matches:
        """What a code of a system (its short key) means."""
        code = normalise_code(key, code)
        found = self._exact.get((key, code), ())
        for length in self._lengths.get(key, ()):
            if length <= len(code):
                found += self._prefixes.get((key, code[:length]), ())
        return found

    def canonical(self, system: object) -> str:
        """The short key of a system as written."""
        return self._systems.canonical(system) if isinstance(system, str) else ""

    def of_concept(self, concept: Mapping[str, Any]) -> Matches:
        """What a CodeableConcept means; each selector once."""
        found: Matches = ()
        for coding in concept.get("coding", ()):
            by_system = self[coding["code"]] if "code" in coding else None
            if by_system is not None:
                more = by_system[coding.get("system")]
                found = tuple(dict.fromkeys(found + more)) if found else more
        return found

    def of_coding(self, coding: Mapping[str, Any]) -> Matches:
        """What one coding means."""
        by_system = self[coding["code"]] if "code" in coding else None
        return () if by_system is None else by_system[coding.get("system")]

    def matches(self, codings: Iterable[Mapping[str, Any]]) -> Matches:
        """What several codings of one thing mean together; each selector once."""
        return self.of_concept({"coding": codings})


class SystemsOfCode(dict[Any, Matches]):
    """System as written -> matches, for one code."""

    def __init__(self, table: CodeTable, code: str) -> None:
        super().__init__()
        self._table = table
        self._code = code

    def __missing__(self, system: object) -> Matches:
        if len(self) > _MOST:
            self.clear()
        found = tuple(dict.fromkeys(self._table.of(self._table.canonical(system), self._code)))
        self[system] = found
        return found


class CodeTables(dict[str, CodeTable]):
    """Type of resource -> its table, made when the type is first met."""

    def __init__(self, rules: list[tuple[str, str, bool, Match]], systems: SystemTable) -> None:
        super().__init__()
        self._rules = rules
        self._systems = systems

    def __missing__(self, resource_type: str) -> CodeTable:
        self[resource_type] = found = self._made(
            rule for rule in self._rules if resource_type in rule[-1].target.resources
        )
        return found

    @cached_property
    def everything(self) -> CodeTable:
        """What a code means, whatever type of resource it is read from."""
        return self._made(self._rules)

    def _made(self, rules: Iterable[tuple[str, str, bool, Match]]) -> CodeTable:
        exact: _Rules = {}
        prefixes: _Rules = {}
        for key, code, prefix, match in rules:
            found = prefixes if prefix else exact
            found[key, code] = (*found.get((key, code), ()), match)
        return CodeTable(exact, prefixes, self._systems)


class Reader:
    """The catalogue and the code systems, ready to read records. Share one for many records."""

    def __init__(self, selectors: Mapping[str, Selector], systems: SystemTable) -> None:
        in_order = [selector for _, selector in sorted(selectors.items())]
        self.systems = systems
        self.local = systems.canonical(FACT_SYSTEM)
        self.targets = {each.id: Target(each, self._words(each)) for each in in_order}
        self.as_they_are, self._recipes = _recipes(in_order)
        self._by_name = {one.selector: one for takers in self._recipes.values() for one in takers}
        self._rules = [found for each in in_order for found in self._rules_of(each)]
        self._pairs: dict[tuple[Any, Any], tuple[str, str]] = {}
        self.tables = CodeTables(self._rules, systems)  # the codes looked for, by type of resource
        self._by_setting: dict[str, Matches] = {}
        for each in in_order:
            if not each.codes and "Encounter" in each.resources:
                match = Match(self.targets[each.id], plain=self.targets[each.id].plain)
                for word in each.setting:
                    self._by_setting[word] = (*self._by_setting.get(word, ()), match)

    def recipes_for(self, names: Iterable[str]) -> list[Recipe]:
        """The recipes that take pieces of these selectors, their own and unions."""
        found = {recipe.selector: recipe for name in names for recipe in self._recipes.get(name, ())}
        return list(found.values())

    def recipe_of(self, name: str) -> list[Recipe]:
        """The recipe of a selector that is worked from pieces, and those of all that it includes."""
        found: dict[str, Recipe] = {}
        left = [name]
        while left:
            recipe = self._by_name.get(left.pop())
            if recipe is not None and recipe.selector not in found:
                found[recipe.selector] = recipe
                left.extend(recipe.includes)
        return list(found.values())

    def in_setting(self, words: Iterable[Any]) -> Matches:
        """Selectors that ask for any visit of these classes or service types."""
        found: Matches = ()
        for word in words:
            found += self._by_setting.get(word, ())
        return found

    def pair(self, coding: Mapping[str, Any]) -> tuple[str, str]:
        """A coding as (short key, code), comparable with the catalogue's."""
        system, code = coding.get("system", ""), coding.get("code", "")
        found = self._pairs.get((system, code))
        if found is None:
            if len(self._pairs) > _MOST:
                self._pairs.clear()
            self._pairs[system, code] = found = self._normal(str(system), str(code))
        return found

    def _words(self, selector: Selector) -> dict[tuple[str, str], Word]:
        return {self._normal(key, code): Word(word) for (key, code), word in selector.words.items()}

    def _normal(self, system: str, code: str) -> tuple[str, str]:
        key = self.systems.canonical(system)
        return key, normalise_code(key, code)

    def _rules_of(self, selector: Selector) -> list[tuple[str, str, bool, Match]]:
        """(system, code, whether it is a prefix, what it means) of a selector, its own id included."""
        target = self.targets[selector.id]
        return [
            (self.local, selector.id, False, Match(target, plain=target.plain)),
            (self.local, f"{selector.id}.end", False, Match(target, stops=True)),
            *(self._rule(rule, target, stops=False) for rule in selector.codes),
            *(self._rule(rule, target, stops=True) for rule in selector.ended_by),
        ]

    def _rule(self, rule: CodeRule, target: Target, *, stops: bool) -> tuple[str, str, bool, Match]:
        key, code = self._normal(rule.system, rule.code.rstrip("*"))
        answers = frozenset(self._normal(*answer) for answer in rule.values) or None
        plain = target.plain and answers is None and not stops
        return key, code, rule.prefix or rule.code.endswith("*"), Match(target, answers, stops, plain)


def _recipes(selectors: list[Selector]) -> tuple[frozenset[str], dict[str, list[Recipe]]]:
    """Selectors whose facts are their pieces as they are, and for the others who takes their pieces."""
    parts = {part for each in selectors for part in each.includes}
    worked = recipes(
        each
        for each in selectors
        if each.state or each.includes or each.where is not None or each.id in parts
    )
    by_id = {recipe.selector: recipe for recipe in worked}
    takers: dict[str, list[Recipe]] = {}
    for recipe in worked:
        left, seen = [recipe.selector], set()
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                takers.setdefault(name, []).append(recipe)
                left.extend(by_id[name].includes if name in by_id else ())
    return frozenset(each.id for each in selectors) - by_id.keys(), takers
