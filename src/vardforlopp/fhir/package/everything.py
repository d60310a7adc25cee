"""All resources of the package, in the order of its index, and its files."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping

import orjson

from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.names import names_for
from vardforlopp.fhir.package.activities import activity_definition, decisions_questionnaire
from vardforlopp.fhir.package.cql_library import libraries
from vardforlopp.fhir.package.extensions import extension_definitions
from vardforlopp.fhir.package.measures import measure
from vardforlopp.fhir.package.plan_definition import plan_definition
from vardforlopp.fhir.package.site import LICENCE, Json, Site
from vardforlopp.fhir.package.terminology import terminology
from vardforlopp.kernel.codes import SystemTable

NAME = "vardforlopp.pathways"
_INDEXED = ("resourceType", "id", "url", "version", "kind", "type")


def package_resources(
    definitions: Definitions,
    systems: SystemTable,
    *,
    site: Site,
    cql: Mapping[str, str],
    region: str | None = None,
) -> Iterator[Json]:
    """Every resource of the package, as a region runs the pathways; `cql`: the common library's parts."""
    for name, pathway in definitions.pathways.items():
        names = names_for(definitions, name, region=region)
        yield plan_definition(names, site)
        for indicator in pathway.indicators.values():
            yield measure(names, indicator, site)
        asked = decisions_questionnaire(names, site)
        if asked is not None:
            yield asked
    yield from libraries(definitions, systems, site=site, parts=cql, region=region)
    used = {step.activity for pathway in definitions.pathways.values() for step in pathway.steps.values()}
    for activity in definitions.catalogue.activities.values():
        if activity.id in used:
            yield activity_definition(activity, site)
    yield from terminology(definitions.catalogue, site, systems)
    yield from extension_definitions(site)


def file_name(resource: Json) -> str:
    """The file of a resource in the package."""
    return f"{resource['resourceType']}-{resource['id']}.json"


def package_files(resources: list[Json], site: Site) -> dict[str, bytes]:
    """The package's files by name: its description, its index, and each resource."""
    description = {
        "name": NAME,
        "version": site.version,
        "description": "Swedish coherent care pathways as FHIR definitions",
        "license": LICENCE,
        "author": "vardforlopp",
        "canonical": site.base,
        "url": site.base,
        "fhirVersions": ["4.0.1"],
        "type": "fhir.ig",
        "date": site.date.replace("-", ""),
        "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
    }
    index = {"index-version": 1, "files": [_indexed(each) for each in resources]}
    return {
        "package.json": _json(description),
        ".index.json": _json(index),
        **{file_name(each): _json(each) for each in resources},
    }


def _indexed(resource: Json) -> Json:
    told = {key: resource[key] for key in _INDEXED if isinstance(resource.get(key), str)}
    return {"filename": file_name(resource), **told}


def package_archive(files: dict[str, bytes]) -> bytes:
    """The files as an npm-style `package.tgz`; the same files give the same archive."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _json(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
