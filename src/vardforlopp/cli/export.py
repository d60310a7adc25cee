"""`vardforlopp export`: the definitions in a standard form, for other systems to follow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.whole_files import write_whole
from vardforlopp.cli.arguments import day_argument, region_argument
from vardforlopp.cli.outside import FINE, Outside, counted
from vardforlopp.fhir.package.everything import package_archive, package_files, package_resources
from vardforlopp.fhir.package.site import BASE, Site
from vardforlopp.kernel.civil import iso
from vardforlopp.kernel.errors import InputError


def export(
    form: Literal["fhir"],
    /,
    *,
    out: Path,
    base: str = BASE,
    date: str | None = None,
    region: str | None = None,
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Write all pathways as a FHIR R4 package: a file a resource, and the whole as package.tgz.

    Parameters
    ----------
    form
        The standard form: fhir.
    out
        The folder to write to; files of the same names are written anew.
    base
        The base of all canonical URLs.
    date
        The date that the resources carry, as YYYY-MM-DD; today if not given.
    region
        The id of an overlay: its values, added steps and adoptions.
    content
        A content folder; the program's own if not given.
    """
    day = outside.today() if date is None else day_argument(date, "--date")
    loaded = load_content(content)
    region_argument(region, loaded.definitions)
    site = Site(base.rstrip("/"), outside.version, iso(day))
    made = package_resources(loaded.definitions, loaded.systems, site=site, cql=cql_texts(), region=region)
    resources = list(made)
    files = package_files(resources, site)
    _write(out, {**files, "package.tgz": package_archive(files)})
    outside.say(str(out / "package.tgz"))
    outside.tell(f"{counted(len(resources), 'resource')} in {out}.")
    return FINE


def _write(out: Path, files: dict[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_whole(out / name, data)
    except OSError as error:
        what = f"the package is not written: {error.strerror or 'unknown reason'}"
        raise InputError("VF-CLI-030", str(error.filename or out), what, "Name another folder.") from None
