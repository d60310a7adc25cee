"""Files of FHIR in parts that are ready to be kept: read here, or in a process beside this one."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.adapters.record_files import file_bytes
from vardforlopp.app.beside import beside
from vardforlopp.app.followed import followed_by
from vardforlopp.app.settings import Settings
from vardforlopp.fhir.resources_in import resources_in
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.drafts import Rules
from vardforlopp.services.preparing import Prepared, known_of, prepared

#: Resources of one part, which is a transaction: enough that its sync to the disk is nothing to each of them.
AT_ONCE = 500
#: Bytes of files from which on a process beside this one is worth its start.
_WORTH = 1_000_000


class Part(NamedTuple):
    """Some resources of a file: which file it is, from 1; which part of it, from 0, and of how many."""

    path: Path
    file: int
    number: int
    of: int
    resources: Sequence[Prepared]


class Unread(NamedTuple):
    """A file that cannot be read, and why."""

    path: Path
    error: InputError


def parts_of(files: Sequence[Path], *, rules: Rules) -> Generator[Part | Unread, None, None]:
    """All parts of some files, in their order."""
    for file, path in enumerate(files, start=1):
        try:
            sent = list(resources_in(file_bytes(path), name=str(path)))
        except InputError as error:
            yield Unread(path, error)
            continue
        known = known_of(sent)
        for start in range(0, len(sent), AT_ONCE):
            some = prepared(sent[start : start + AT_ONCE], known=known, rules=rules)
            yield Part(path, file, start // AT_ONCE, -(-len(sent) // AT_ONCE), some)


def parts_as_chosen(files: Sequence[Path], chosen: Settings) -> Generator[Part | Unread, None, None]:
    """All parts of some files, by the rules of a server with these settings."""
    return parts_of(files, rules=incoming_rules(chosen.base, in_force=followed_by(chosen)))


def parts_ahead(files: Sequence[Path], chosen: Settings) -> Generator[Part | Unread, None, None]:
    """The same; where there is much to read and a processor more, read while what came before is kept."""
    if _size(files) < _WORTH or _cores() < 2:
        return parts_as_chosen(files, chosen)
    return beside(parts_as_chosen, files, chosen, name="import")


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(files: Sequence[Path]) -> int:
    found = 0
    for path in files:
        with suppress(OSError, ValueError):  # told when it is read
            found += path.stat().st_size
    return found
