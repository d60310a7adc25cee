"""The selectors and activities that a draft needs, made of the plan's codes and value sets.

Who carries such data is not in a plan: absence is unknown (`open`) until somebody has said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from vardforlopp.definitions.model import Texts
from vardforlopp.definitions.read_catalogue import RESOURCES
from vardforlopp.fhir.plan_import.fhirpath_rules import Codes
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.shelf import Desk, Json
from vardforlopp.fhir.plan_import.texts import Ids, our_language, texts
from vardforlopp.fhir.reader import FACT_SYSTEM
from vardforlopp.fhir.resource_types import CODED
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.errors import InputError

#: The kind of source that usually carries a resource type.
_KINDS = {
    "AllergyIntolerance": "allergies", "Appointment": "bookings", "CarePlan": "plans", "CareTeam": "plans",
    "Communication": "documents", "Condition": "diagnoses", "Consent": "consents",
    "DiagnosticReport": "laboratory", "DocumentReference": "documents", "Encounter": "contacts",
    "EpisodeOfCare": "contacts", "FamilyMemberHistory": "family-history", "Goal": "plans",
    "ImagingStudy": "imaging", "Immunization": "immunizations", "Observation": "measurements",
    "MedicationAdministration": "medications", "MedicationDispense": "medications",
    "MedicationRequest": "medications", "MedicationStatement": "medications", "Procedure": "procedures",
    "QuestionnaireResponse": "questionnaires", "ServiceRequest": "referrals", "Task": "decisions",
}  # fmt: skip
#: A dot in the middle would stand for any letter; our own export writes none.
_PREFIX = re.compile(r"\^?([A-Za-z0-9\-]+)\.\*\$?")
#: Search parameters of the codes that say what a resource is; any other would ask for something else.
_CODE_PARAMETERS = frozenset(("code", "type", "vaccine-code"))
_WORDS_OF_A_SET = ("title", "_title", "name", "description", "_description")
_MOST = 20_000  # codes of one value set
_DEEPEST = 50  # value sets that take in each other


class _Code(NamedTuple):
    system: str
    code: str
    prefix: bool = False
    unverified: bool = False
    answers: tuple[tuple[str, str], ...] = ()


class Selectors:
    """Made once for the same codes; `made` holds them as they are written."""

    def __init__(self, desk: Desk, systems: SystemTable, *, language: str) -> None:
        self._desk = desk
        self._systems = systems
        self._language = language
        self._ids = Ids()
        #: By codes and then unit; without a unit while nobody has asked for its value.
        self._by_codes: dict[tuple[_Code, ...], dict[str, str]] = {}
        self._by_set: dict[tuple[str, str], str] = {}
        self._reading: set[str] = set()
        self.made: dict[str, Json] = {}
        self.systems: dict[str, Json] = {}
        self._system_ids = Ids(taken=(*systems.systems, *_RESERVED))
        self._by_uri: dict[str, str] = {}

    def coded(self, kind: str, codes: Codes, *, unit: str = "") -> str | None:
        """The selector of a resource type's codes, or of its value set."""
        if codes.value_set:
            return self.of_set(codes.value_set, (kind,), unit=unit)
        return self.of_codes(codes.codings, (kind,), unit=unit)

    def can(self, kind: str, codes: Codes) -> bool:
        """Whether there would be a selector of these."""
        return kind in RESOURCES and (bool(codes.value_set) or any(map(_good, codes.codings)))

    def of_codes(
        self,
        codings: Iterable[tuple[str, str]],
        resources: tuple[str, ...],
        *,
        title: str = "",
        unit: str = "",
    ) -> str | None:
        """The selector of some codings (system, code)."""
        good = tuple(_Code(system, code) for system, code in filter(_good, codings))
        known = tuple(each for each in resources if each in RESOURCES)
        if not good or not known:
            return None
        own = next((each.code for each in good if each.system == FACT_SYSTEM), "")
        same = self._by_codes.setdefault(good, {})
        if unit and "" in same:
            same[unit] = name = same.pop("")
            self.made[name]["unit"] = unit
        found = same.get(unit) if unit else next(iter(same.values()), None)
        if found is None:
            found = self._ids.new(own, title, " ".join(each.code for each in good[:2]), otherwise="uppgift")
            same[unit] = found
            words = {self._language: title or ", ".join(each.code for each in good)}
            self._write(found, words, good, unit=unit)
        return self._widened(found, known)

    def of_set(
        self, canonical: str, resources: tuple[str, ...], *, unit: str = "", inside: Json | None = None
    ) -> str | None:
        """The selector of a value set; without the value set it has no codes, and the report says so."""
        known = tuple(each for each in resources if each in RESOURCES)
        if not known:
            return None
        key = (canonical.partition("|")[0], unit)
        if key not in self._by_set:
            found = self._desk.find("ValueSet", canonical, inside=inside)
            self._begin(key[0])
            tail = key[0].rstrip("/").rpartition("/")[2].lstrip("#")
            own = found.element.text("id") if found is not None else ""
            name = self._by_set[key] = self._ids.new(own, tail, otherwise="vardemangd")
            if found is None:
                self._desk.ledger.note(canonical, "value-set-missing", name)
                self._write(name, {self._language: tail or name}, (), unit=unit)
            else:
                self._read_set(name, found.element, inside=found.resource, unit=unit, resources=known)
            self._reading.discard(key[0])
        return self._widened(self._by_set[key], known)

    def _begin(self, canonical: str) -> None:
        """A value set is being read, until it has been; so many within each other that nobody meant it."""
        self._reading.add(canonical)
        if len(self._reading) > _DEEPEST:
            where = f"{self._desk.shelf.name}, {canonical}"
            what = f"more than {_DEEPEST} value sets take in each other"
            raise InputError("VF-IMP-014", where, what, "Hand in their expansions instead.")

    def lasts(self, name: str) -> None:
        """A selector whose end is asked for is a state."""
        self.made[name] |= {"state": True, "ends": "recorded"}

    def _read_set(
        self, name: str, element: Element, *, inside: Json, unit: str, resources: tuple[str, ...]
    ) -> None:
        language = our_language(element.text("language")) or self._language
        title = texts(element, "title", language) or {language: element.take("name") or name}
        set_aside(element, _WORDS_OF_A_SET)
        codes: list[_Code] = []
        includes: list[str] = []
        self._write(name, title, (), unit=unit)
        for include in _parts(element):
            if include.get("valueSet") is not None:
                includes += self._included(include, inside, resources=resources)
            else:
                codes += _codes(include)
        if len(codes) > _MOST:  # with some of its codes it would miss people in silence
            where = f"{self._desk.shelf.name}, {element.path}"
            do = "Hand in a smaller one, or none: its selector is then without codes, and the report says so."
            raise InputError("VF-IMP-015", where, f"the value set has more than {_MOST} codes", do)
        rules = [rule for code in codes if (rule := self._rule(code, name)) is not None]
        self.made[name]["codes"] = rules
        if includes:
            self.made[name]["includes"] = list(dict.fromkeys(includes))

    def _included(self, include: Element, inside: Json, *, resources: tuple[str, ...]) -> list[str]:
        """The value sets that one takes in. With codes of its own beside them it would be their overlap."""
        named = include.value.get("valueSet")
        if include.get("system") is not None or not isinstance(named, list) or len(named) != 1:
            include.leave("value-set-part")
            return []
        canonical = named[0] if isinstance(named[0], str) else ""
        if not canonical or canonical.partition("|")[0] in self._reading:
            include.leave("value-set-part")
            return []
        taken = self.of_set(canonical, resources, inside=inside)
        include.carry()
        return [taken] if taken else []

    def _write(self, name: str, title: Texts, codes: Iterable[_Code], *, unit: str = "") -> None:
        rules = [rule for code in codes if (rule := self._rule(code, name)) is not None]
        self.made[name] = {
            "title": dict(title),
            "kind": "measurements",
            "resource": [],
            "codes": rules,
            **({"unit": unit} if unit else {}),
            "open": True,
        }

    def _rule(self, code: _Code, name: str) -> Json | None:
        if code.system == FACT_SYSTEM and code.code == name:
            return None  # every selector may be sent as itself
        made: Json = {self._system(code.system): code.code + ("*" if code.prefix else "")}
        if code.answers:
            made["answer"] = [{self._system(system): answer} for system, answer in code.answers]
        return made | ({"unverified": True} if code.unverified else {})

    def _system(self, uri: str) -> str:
        """Our short name of a code system; one that we do not know is written to the draft's table."""
        known = self._systems.canonical(uri)
        if known in self._systems.systems:
            return known
        if uri not in self._by_uri:
            tail = uri.rstrip("/").rpartition("/")[2].rpartition(":")[2]
            name = self._by_uri[uri] = self._system_ids.new(tail, otherwise="system")
            self.systems[name] = {"title": uri, "uri": uri}
        return self._by_uri[uri]

    def _widened(self, name: str, resources: tuple[str, ...]) -> str:
        waiting = [name]
        while waiting:
            made = self.made[waiting.pop()]
            made["resource"] = list(dict.fromkeys((*made["resource"], *resources)))
            made["kind"] = _KINDS.get(made["resource"][0], "measurements")
            waiting += [
                each
                for each in made.get("includes", ())
                if not set(resources) <= set(self.made[each]["resource"])
            ]
        return name


_RESERVED = frozenset(("unverified", "answer", "word"))


def writable(code: str) -> bool:
    """Whether a code may stand in our files: a star at its end would mean all codes that begin so."""
    return bool(code) and code.isprintable() and not code.endswith("*")


def _good(coding: tuple[str, str]) -> bool:
    return bool(coding[0]) and writable(coding[1])


def set_aside(element: Element, more: tuple[str, ...] = ()) -> None:
    """Mark what a resource says of itself and not of the care."""
    element.set_aside("metadata", *METADATA, *more)


def _parts(element: Element) -> list[Element]:
    compose = element.get("compose")
    if compose is not None:
        compose.leave("value-set-part", "exclude")
        compose.set_aside("metadata", "lockedDate", "inactive")
        element.set_aside("metadata", "expansion")
        return compose.items("include")
    expansion = element.get("expansion")
    return [expansion] if expansion is not None else []


def _codes(include: Element) -> list[_Code]:
    """The codes of one part of a value set, each marked; what is no plain code is left."""
    if include.path.endswith(".expansion"):
        return _expanded(include)
    system = include.text("system")
    found: list[_Code] = []
    for concept in include.items("concept"):
        code = concept.text("code")
        told = _told(concept, _Code(system, code)) if system and writable(code) else None
        if told is not None:
            found.append(told)
            concept.carry("code", "display")
            concept.set_aside("metadata", "designation")
        else:
            concept.leave("code")
    for each in include.items("filter"):
        match = _PREFIX.fullmatch(each.text("value"))
        plain = match and system and each.text("op") == "regex" and each.text("property") == "code"
        told = _told(include, _Code(system, match[1], prefix=True)) if match and plain else None
        if told is not None:
            found.append(told)
            each.carry()
    if found:
        include.carry("system")
    include.set_aside("metadata", "version")
    _leave_rest(include)
    return found


def _told(concept: Element, code: _Code) -> _Code | None:
    """What our own export says beside a code: that no source was seen, and with which answers it counts.

    None when an answer cannot be read: without it the code would mean more than it should.
    """
    answers: list[tuple[str, str]] = []
    for each in concept.items("extension"):
        name = each.own()
        if name == "unverified":
            code = code._replace(unverified=True)
        elif name == "answer":
            answer = each.get("valueCoding")
            if answer is None or not (answer.text("system") and writable(answer.text("code"))):
                return None
            answers.append((answer.text("system"), answer.text("code")))
        else:
            continue
        each.carry()
    return code._replace(answers=tuple(answers))


def _leave_rest(include: Element) -> None:
    if include.get("concept") is None and include.get("valueSet") is None:
        for each in include.items("filter"):
            if each.path not in include.ledger.marks:
                each.leave("value-set-part")
        if include.get("filter") is None:
            include.leave("value-set-part")


def _expanded(expansion: Element) -> list[_Code]:
    found: list[_Code] = []
    waiting = expansion.items("contains")[::-1]
    while waiting:
        each = waiting.pop()
        waiting += reversed(each.items("contains"))
        system, code = each.text("system"), each.text("code")
        if system and writable(code) and each.value.get("abstract") is not True:
            found.append(_Code(system, code))
            each.carry("system", "code", "display")
            each.set_aside("metadata", "version")
    expansion.set_aside("metadata", "identifier", "timestamp", "total", "offset", "parameter")
    return found


def codings(concept: Element | None) -> list[tuple[str, str, str]]:
    """System, code and display of each coding of a CodeableConcept."""
    if concept is None:
        return []
    return [
        (each.text("system"), each.text("code"), each.text("display")) for each in concept.items("coding")
    ]


def data(requirement: Element, selectors: Selectors, *, inside: Json) -> str | None:
    """The selector of a DataRequirement, marked; None and left when it asks for more than codes."""
    kind = requirement.text("type")
    filters = requirement.items("codeFilter")
    narrow = [name for name in requirement.value if name not in ("type", "codeFilter", "id", "profile")]
    if kind not in RESOURCES or len(filters) != 1 or narrow or not _of_codes(filters[0], kind):
        requirement.leave("data")
        return None
    only = filters[0]
    made: str | None = None
    if only.text("valueSet"):
        made = selectors.of_set(only.text("valueSet"), (kind,), inside=inside)
    elif only.items("code"):
        found = [(each.text("system"), each.text("code")) for each in only.items("code")]
        if not all(map(_good, found)):
            requirement.leave("code")
            return None
        made = selectors.of_codes(found, (kind,), title=only.items("code")[0].text("display"))
    if made is None:
        requirement.leave("data")
    else:
        requirement.carry()
        requirement.set_aside("metadata", "profile")
    return made


def _of_codes(asked: Element, kind: str) -> bool:
    """Whether a filter is on what the resource is: by path, or by search parameter."""
    path = asked.text("path").removesuffix("CodeableConcept")
    return path == CODED.get(kind) if path else asked.text("searchParam") in _CODE_PARAMETERS


#: What a resource says of itself: who made it, when, how it is shown. The plan's source keeps the rest.
METADATA = (
    "resourceType", "id", "meta", "implicitRules", "text", "url", "identifier", "version", "status",
    "experimental", "date", "publisher", "contact", "author", "editor", "reviewer", "endorser",
    "approvalDate", "lastReviewDate", "effectivePeriod", "jurisdiction", "immutable", "language", "name",
    "copyright", "_copyright",
)  # fmt: skip
