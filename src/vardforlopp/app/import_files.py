"""`vardforlopp import`: files of FHIR R4 into the server's database, with progress and a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.access import Actor
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.adapters.record_files import file_bytes
from vardforlopp.app.followed import followed_by, noted
from vardforlopp.app.metrics import count_import
from vardforlopp.app.serve import prepare
from vardforlopp.app.settings import settings
from vardforlopp.cli.outside import FINDINGS, FINE, Outside, Progress
from vardforlopp.fhir.resources_in import Sent, resources_in
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.drafts import Rules
from vardforlopp.services.importing import Fault, Imported, Known, import_, known_of
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import MovedOn, Store, Unavailable
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.services.turns import in_turn

#: Resources of one transaction: enough that its sync to the disk is nothing to each of them.
AT_ONCE = 500
#: Faults that are told one by one; of the rest it is told how many there are.
_TOLD = 20
#: After so many transactions of a file the database looks anew at how large its tables have become.
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
    rules = incoming_rules(chosen.base, in_force=in_force)
    whole = Imported()
    for path in files:
        try:
            sent = list(resources_in(file_bytes(path), name=str(path)))
        except InputError as error:
            outside.tell(str(error))
            whole = whole._replace(faults=(*whole.faults, Fault(str(path), ())))
            continue
        known = known_of(sent)
        parts = [sent[start : start + AT_ONCE] for start in range(0, len(sent), AT_ONCE)]
        progress = Progress(outside, len(parts), printing=False)
        for number, _ in progress.over([path.name] * len(parts)):
            if number in _MEASURE:
                store.database.measure()
            found = _imported(store, parts[number], known=known, at=outside.now(), rules=rules)
            whole = Imported(
                whole.kept + found.kept,
                whole.same + found.same,
                (*whole.faults, *found.faults),
                whole.left + found.left,
                whole.aside + found.aside,
            )
        sweep(store, in_force, now=outside.now(), most=EVERYBODY)
    if whole.kept:
        store.database.measure()
    store.database.close()
    count_import(whole, chosen.metrics)
    return _tell(whole, outside)


def _imported(store: Store, part: Sequence[Sent], *, known: Known, at: int, rules: Rules) -> Imported:
    """One part, in a transaction of its own. Raises: InputError, when the store does not take it."""
    do = "What was kept so far stays: start the import again."
    try:
        found = in_turn(store, lambda unit: import_(unit, part, known=known, actor=_WHO, at=at, rules=rules))
    except MovedOn:
        what = "others write the same again and again"
        raise InputError("VF-APP-007", part[0].where, what, do) from None
    except Unavailable:
        raise InputError("VF-APP-007", part[0].where, "the database does not answer", do) from None
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
