"""Definitions: pathways and the shared catalogue as values, parsed, linted and applied.

`load` makes them of a content folder's texts, `apply` lays a region's overlay over a pathway. What a
plan does without has doors of its own, so that no plan waits for it: `linting.lint` judges
definitions, `read_cases.load_cases` and `case_record.case_record` read clinicians' cases. Reads no files.
"""

from vardforlopp.definitions.load import Loaded, load, read_systems
from vardforlopp.definitions.overlay import apply

__all__ = ["Loaded", "apply", "load", "read_systems"]
