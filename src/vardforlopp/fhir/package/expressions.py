"""What the expressions of a pathway's library are called: one name a rule, used wherever it is asked."""

from __future__ import annotations

from vardforlopp.definitions.model import Texts
from vardforlopp.fhir.package.site import Json, Site, computable, worded

#: CQL by the name of a definition in the pathway's library (CPG).
LANGUAGE = "text/cql-identifier"


def library_name(pathway: str) -> str:
    """The name of a pathway's library in CQL."""
    return computable(f"Vardforlopp {pathway}")


def expression(name: str, text: Texts | None = None) -> Json:
    """An expression by its name in the library, with what it says in words."""
    made: Json = {"language": LANGUAGE, "expression": name}
    return made | (worded("description", text) if text else {})


def applies(name: str, text: Texts | None = None) -> Json:
    """The condition under which an action applies."""
    return {"kind": "applicability", "expression": expression(name, text)}


def library(pathway: str, site: Site, version: str) -> str:
    """The canonical of a pathway's library."""
    return site.pinned("Library", pathway, version)
