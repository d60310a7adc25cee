"""`vardforlopp import`: files of FHIR R4 into the server's database, with progress and a report."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.access import Actor
from vardforlopp.app.followed import followed_by, noted
from vardforlopp.app.import_parts import Part, Unread, parts_ahead
from vardforlopp.app.metrics import count_import
from vardforlopp.app.serve import prepare
from vardforlopp.app.settings import settings
from vardforlopp.cli.outside import FINDINGS, FINE, Outside, Progress
from vardforlopp.kernel.civil import MINUTE
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.importing import Fault, Imported, import_
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import MovedOn, Store, Unavailable
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.services.turns import in_turn

#: Faults that are told one by one; of the rest it is told how many there are.
_TOLD = 20
#: After so many transactions the database looks anew at how large its tables have become.
_MEASURE = frozenset((2, 10, 50, 250, 1_000, 5_000))
_WHO = Actor("import", "system")


def import_files(
    *files: Path,
    data: str | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Import files of FHIR R4: Bundles, single resources or NDJSON, also gzipped.

    What is there already, as it is, is left alone: an import that stopped is simply started again.
    The server may run meanwhile.

    Parameters
    ----------
    files
        The files.
    data
        A folder to keep everything in, or the address of a PostgreSQL database.
    """
    from vardforlopp.store.database import Database
    from vardforlopp.store.units import SqlStore

    chosen = prepare(settings({"data": data}))
    in_force = followed_by(chosen)
    store = SqlStore(Database(chosen.database, connections=1), after=noted(in_force, outside.now))
    whole = Imported()
    shown = _Shown(outside, len(files))
    with closing(parts_ahead(files, chosen)) as parts:
        for done, part in enumerate(parts):
            if isinstance(part, Unread):
                shown.wipe()
                outside.tell(str(part.error))
                whole = whole.and_(Imported(faults=(Fault(str(part.path), ()),)))
                continue
            shown.begin(part)
            if done in _MEASURE:
                store.database.measure()
            whole = whole.and_(keep(store, part, at=outside.now()))
            if part.number == part.of - 1:
                sweep(store, in_force, now=outside.now(), most=EVERYBODY)
    shown.wipe()
    if whole.kept:
        store.database.measure()
    store.database.close()
    count_import(whole, chosen.metrics)
    return _tell(whole, outside)


class _Shown:
    """How far it has come: a bar for each file; in a log a line a minute."""

    def __init__(self, outside: Outside, files: int) -> None:
        self._outside = outside
        self._files = files
        self._bar = Progress(outside, 1, printing=False)
        self._told = outside.now()

    def begin(self, part: Part) -> None:
        """A part is taken up."""
        if part.number == 0:
            self.wipe()
            self._bar = Progress(self._outside, part.of, printing=False)
        name = f"file {part.file} of {self._files}, {part.path.name}"
        self._bar.draw(part.number, name)
        now = self._outside.now()
        if not self._outside.err.isatty() and now - self._told >= MINUTE:
            self._told = now
            self._outside.tell(f"{name}: {part.number} of {part.of} parts are kept.")

    def wipe(self) -> None:
        """Nothing stands there any more."""
        self._bar.wipe()


def keep(store: Store, part: Part, *, at: int) -> Imported:
    """One part, in a transaction of its own. Raises: InputError, when the store does not take it."""
    do = "What was kept so far stays: start the import again."
    where = part.resources[0].where
    try:
        found = in_turn(store, lambda unit: import_(unit, part.resources, actor=_WHO, at=at))
    except MovedOn:
        what = "others write the same again and again"
        raise InputError("VF-APP-007", where, what, do) from None
    except Unavailable:
        raise InputError("VF-APP-007", where, "the database does not answer", do) from None
    assert not isinstance(found, Refused), "a system may import"
    return found


def _tell(report: Imported, outside: Outside) -> int:
    for fault in report.faults[:_TOLD]:
        for issue in fault.issues[:1]:
            outside.tell(f"{fault.where}, {issue.where}: {issue.what}. {issue.do}")
    if len(report.faults) > _TOLD:
        outside.tell(f"... and {len(report.faults) - _TOLD} more.")
    left = f", {report.left} left as others have changed them" if report.left else ""
    aside = f" ({report.aside} of types that are not searched)" if report.aside else ""
    outside.say(
        f"{report.kept} kept{aside}, {report.same} there already, {len(report.faults)} refused{left}."
    )
    return FINDINGS if report.faults else FINE
