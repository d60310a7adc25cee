"""Definitions: pathways and the shared catalogue as values, parsed, linted and applied.

`load` makes them of a content folder's texts, `lint` judges them, `apply` lays a region's
overlay over a pathway, `load_cases` and `case_record` read clinicians' cases. Reads no files.
"""

from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.findings import RULES, DefinitionFinding
from vardforlopp.definitions.linting import lint
from vardforlopp.definitions.load import Loaded, load, read_systems
from vardforlopp.definitions.overlay import apply
from vardforlopp.definitions.read_cases import LoadedCases, load_cases, parse_case

__all__ = [
    "RULES",
    "DefinitionFinding",
    "Loaded",
    "LoadedCases",
    "apply",
    "case_record",
    "lint",
    "load",
    "load_cases",
    "parse_case",
    "read_systems",
]
