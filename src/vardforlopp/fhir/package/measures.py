"""Indicators as Measures."""

from __future__ import annotations

from vardforlopp.definitions.explain import ground_of
from vardforlopp.definitions.explain_parts import explain_indicator
from vardforlopp.definitions.model import Indicator, Texts
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.words import speech_of
from vardforlopp.fhir.package.expressions import expression, library
from vardforlopp.fhir.package.site import Json, Site

_SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
_POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"


def measure(names: Names, indicator: Indicator, site: Site) -> Json:
    """One indicator: whom it counts, who is left out, who meets it."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    told = explain_indicator(speech_of(names, "en"), ground_of(names), indicator=indicator)
    text: Texts = {"en": " ".join(each.text for each in told.sentences)}
    share = indicator.show == "share" and indicator.met is not None  # else it is counted elsewhere
    parts = [("initial-population", f"indicator {indicator.id} units")]
    if share:
        parts.append(("denominator", f"indicator {indicator.id} of"))
    if indicator.exclude is not None:
        without = "denominator-exclusion" if share else "measure-population-exclusion"
        parts.append((without, f"indicator {indicator.id} except"))
    if share:
        parts.append(("numerator", f"indicator {indicator.id} met"))
    elif indicator.days is not None:
        parts.append(("measure-population", f"indicator {indicator.id} of"))
        parts.append(("measure-observation", f"indicator {indicator.id} days"))
    scoring = "proportion" if share else "continuous-variable" if indicator.days is not None else "cohort"
    made = site.head("Measure", f"{pathway.id}-{indicator.id}", title=indicator.title, text=text)
    return made | {
        "version": pathway.version,
        "extension": [
            site.extension("level", valueCode=indicator.provenance.level),
            *(site.extension("row", valueString=row) for row in indicator.rows),
        ],
        "library": [library(pathway.id, site, pathway.version)],
        "scoring": {"coding": [{"system": _SCORING, "code": scoring}]},
        "group": [
            {
                "population": [
                    {
                        "code": {"coding": [{"system": _POPULATION, "code": code}]},
                        "criteria": expression(name),
                    }
                    for code, name in parts
                ]
            }
        ],
        **({"guidance": indicator.note} if indicator.note else {}),
    }
