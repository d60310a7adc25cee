"""Indicators as Measures."""

from __future__ import annotations

from collections.abc import Iterator

from vardforlopp.definitions.explain import ground_of
from vardforlopp.definitions.explain_parts import explain_indicator
from vardforlopp.definitions.model import Indicator
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import speech_of
from vardforlopp.fhir.package.expressions import expression, library
from vardforlopp.fhir.package.site import Json, Site
from vardforlopp.fhir.package.texts import in_both

#: What an indicator shows, in FHIR's words.
_SCORED = {
    "share": "proportion",
    "ratio": "ratio",
    "median": "continuous-variable",
    "mean": "continuous-variable",
    "count": "cohort",
}
_SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
_POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"


def measure(names: Names, indicator: Indicator, site: Site) -> Json:
    """One indicator: whom it counts, who is left out, who meets it."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    text = in_both(lambda lang: _text(names, indicator, lang))
    made = site.head("Measure", f"{pathway.id}-{indicator.id}", title=indicator.title, text=text)
    return made | {
        "version": pathway.version,
        "extension": [
            site.extension("level", valueCode=indicator.provenance.level),
            *(site.extension("row", valueString=row) for row in indicator.rows),
        ],
        "library": [library(pathway.id, site, pathway.version)],
        "scoring": {"coding": [{"system": _SCORING, "code": _SCORED[indicator.show]}]},
        "group": [{"population": [_population(code, name) for code, name in _populations(indicator)]}],
        **({"guidance": indicator.note} if indicator.note else {}),
    }


def _text(names: Names, indicator: Indicator, lang: Lang) -> str:
    told = explain_indicator(speech_of(names, lang), ground_of(names), indicator=indicator)
    return " ".join(each.text for each in told.sentences)


def _populations(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Each population with the expression of who is in it; what is counted elsewhere has its units only."""
    rule = f"indicator {indicator.id}"
    share = indicator.met is not None
    yield "initial-population", f"{rule} units"
    if share:
        yield "denominator", f"{rule} of"
    if indicator.exclude is not None:
        yield "denominator-exclusion" if share else "measure-population-exclusion", f"{rule} except"
    if share:
        yield "numerator", f"{rule} met"
    elif indicator.days is not None:
        yield "measure-population", f"{rule} of"
        yield "measure-observation", f"{rule} days"


def _population(code: str, name: str) -> Json:
    return {"code": {"coding": [{"system": _POPULATION, "code": code}]}, "criteria": expression(name)}
