"""Selectors as ValueSets, our own codes as CodeSystems, and the names of our systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vardforlopp.definitions.catalogue import Catalogue, CodeRule, Selector
from vardforlopp.definitions.model import Texts
from vardforlopp.fhir.package.site import Json, Site, worded
from vardforlopp.fhir.package.texts import said
from vardforlopp.fhir.reader import FACT_SYSTEM
from vardforlopp.kernel.codes import SystemTable

#: Our own systems: what each lists.
OWN = {
    "fact": {"sv": "Uppgifter", "en": "Facts"},
    "activity": {"sv": "Aktiviteter", "en": "Activities"},
    "role": {"sv": "Roller", "en": "Roles"},
    "level": {"sv": "Vårdnivåer", "en": "Care levels"},
}


def terminology(catalogue: Catalogue, site: Site, systems: SystemTable) -> Iterator[Json]:
    """All value sets, code systems and naming systems of the catalogue."""
    for selector in catalogue.selectors.values():
        yield value_set(selector, site, systems)
    listed: dict[str, Mapping[str, Texts]] = {
        "fact": {each.id: each.title for each in catalogue.selectors.values()},
        "activity": {each.id: each.title for each in catalogue.activities.values()},
        "role": {each.id: each.title for each in catalogue.roles.values()},
        "level": catalogue.levels,
    }
    for name, concepts in listed.items():
        yield code_system(name, concepts, site)
        yield naming_system(name, site)


def value_set(selector: Selector, site: Site, systems: SystemTable) -> Json:
    """The codes that mean a selector, ours among them; of a union, the value sets that it takes in."""
    by_system: dict[str, list[Json]] = {}
    filters: list[Json] = []
    for rule in selector.codes:
        uri = systems.uri(rule.system)
        if rule.prefix:
            regex = {"property": "code", "op": "regex", "value": f"{rule.code}.*"}
            filters.append({**_doubt(rule, site), "system": uri, "filter": [regex]})
        else:
            by_system.setdefault(uri, []).append(_concept(rule, site, systems))
    by_system.setdefault(FACT_SYSTEM, []).append({"code": selector.id})
    taken = [site.pinned("ValueSet", name) for name in selector.includes]
    include = [
        *({"system": uri, "concept": concepts} for uri, concepts in by_system.items()),
        *filters,
        *({"valueSet": [url]} for url in taken),
    ]
    return site.head(
        "ValueSet",
        selector.id,
        title=selector.title,
        immutable=False,
        **worded("copyright", said("codes-only")),
        compose={"include": include},
    )


def code_system(name: str, concepts: Mapping[str, Texts], site: Site) -> Json:
    """One of our own systems, whole."""
    listed = [{"code": code, **worded("display", title)} for code, title in concepts.items()]
    made = site.head("CodeSystem", name, title=OWN[name])
    return made | {
        "url": site.system(name),
        "caseSensitive": True,
        "content": "complete",
        "count": len(listed),
        "concept": listed,
    }


def naming_system(name: str, site: Site) -> Json:
    """The URI of one of our systems, told as a name."""
    return {
        "resourceType": "NamingSystem",
        "id": name,
        "language": "sv",
        "name": f"Vardforlopp{name.capitalize()}",
        "status": "draft",
        "kind": "codesystem",
        "date": site.date,
        "publisher": "vardforlopp",
        **worded("description", OWN[name]),
        "uniqueId": [{"type": "uri", "value": site.system(name), "preferred": True}],
    }


def _concept(rule: CodeRule, site: Site, systems: SystemTable) -> Json:
    answers = [
        site.extension("answer", valueCoding={"system": systems.uri(system), "code": code})
        for system, code in rule.values
    ]
    doubt = _doubt(rule, site).get("extension", [])
    return {**({"extension": [*doubt, *answers]} if doubt or answers else {}), "code": rule.code}


def _doubt(rule: CodeRule, site: Site) -> Json:
    """A code for which no source was seen says so."""
    return {"extension": [site.extension("unverified", valueBoolean=True)]} if rule.unverified else {}
