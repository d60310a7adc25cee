"""The definitions of a content folder, ready to be followed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.load import load, read_systems
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.errors import DefinitionError, VardforloppError


class UnusableDefinitionsError(VardforloppError):
    """Definitions with errors: nothing is followed until they are mended."""

    exit_code = 1

    def __init__(self, errors: Sequence[DefinitionError]) -> None:
        first = errors[0]
        more = f" ({len(errors) - 1} more: run vardforlopp check)" if len(errors) > 1 else ""
        super().__init__(first.code, first.where, first.what, first.do + more)
        self.errors = tuple(errors)


class Content(NamedTuple):
    """All that a content folder says."""

    definitions: Definitions
    systems: SystemTable

    def reader(self) -> Reader:
        """The catalogue and the code systems, ready to read records. Share one for many records."""
        return Reader(self.definitions.catalogue.selectors, self.systems)


def load_content(root: Path | None = None) -> Content:
    """All definitions and code systems of a folder, the packaged one by default.

    Raises `UnusableDefinitionsError` when any definition fails: half a pathway is worse than none.
    """
    texts = content_texts(root, cases=False)
    loaded = load(texts)
    if loaded.definitions is None:
        raise UnusableDefinitionsError(loaded.errors)
    return Content(loaded.definitions, SystemTable(read_systems(texts)))


def load_definitions(root: Path | None = None) -> Definitions:
    """All definitions of a folder."""
    return load_content(root).definitions
