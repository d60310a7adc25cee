"""Libraries of CQL as resources: the common one, written by hand, and one a pathway."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from vardforlopp.definitions.catalogue import Definitions, Selector
from vardforlopp.definitions.model import Texts
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.fhir.package.cql_facts import keeps_no
from vardforlopp.fhir.package.cql_pathway import Written, write_pathway
from vardforlopp.fhir.package.cql_words import text, texts
from vardforlopp.fhir.package.expressions import library_name
from vardforlopp.fhir.package.site import Json, Site
from vardforlopp.fhir.package.texts import in_both, said, said_in
from vardforlopp.kernel.codes import SystemTable

COMMON = "Vardforlopp"
_TYPE = re.compile(r"^// (\w+Type): (Tuple\{.*\})\n", re.MULTILINE)
_NAMED = re.compile(r"\b(\w+Type)\b")
_VERSION = re.compile(r"^library Vardforlopp version '([^']+)'$", re.MULTILINE)
#: Systems of which the catalogue has codes, and those that answers, acts and forms are written in.
_READ = (
    "fact", "loinc", "snomed", "icd-10-se", "atc", "kva", "npu", "rxnorm", "cvx", "typ-av-fast-kontakt",
    "icd-10", "icd-10-cm", "icf", "ksi",
)  # fmt: skip


def common_library(
    parts: Mapping[str, str], systems: SystemTable, *, selectors: Mapping[str, Selector]
) -> str:
    """The hand-written library as published: types written out, and what our systems and names mean."""
    whole = "\n".join(parts[each] for each in sorted(parts))
    return "\n".join([_expanded(_TYPE.sub("", whole), whole), _keys(systems), _names(selectors)])


def pathway_library(written: Written, name: str, version: str, *, parts: Mapping[str, str]) -> str:
    """A pathway's library, which includes the common one."""
    whole = "\n".join(parts[each] for each in sorted(parts))
    head = (
        f"library {name} version {text(version)}\n\nusing FHIR version '4.0.1'\n\n"
        f"include {COMMON} version {text(common_version(parts))} called V\n\ncontext Patient\n\n"
    )
    return head + _expanded(written.text, whole)


def common_version(parts: Mapping[str, str]) -> str:
    """The version that the hand-written library says it has."""
    found = _VERSION.search("\n".join(parts.values()))
    assert found is not None, "the common library says its version"
    return found[1]


def libraries(
    definitions: Definitions,
    systems: SystemTable,
    *,
    site: Site,
    parts: Mapping[str, str],
    region: str | None,
) -> Iterator[Json]:
    """All libraries as resources, as a region runs the pathways."""
    common = common_library(parts, systems, selectors=definitions.catalogue.selectors)
    yield _resource(
        site, COMMON, COMMON, common_version(parts), cql=common,
        title=said("library.common"), about=said("library.common.about"), pathway=None,
    )  # fmt: skip
    for pathway_id in definitions.pathways:
        pathway = names_for(definitions, pathway_id, region=region).pathway
        assert pathway is not None, "names of a pathway"
        written = write_pathway(pathway, definitions.catalogue, systems)
        name = library_name(pathway.id)
        yield _resource(
            site, pathway.id, name, pathway.version,
            cql=pathway_library(written, name, pathway.version, parts=parts), title=pathway.title,
            about=about(written.not_carried), pathway=common_version(parts),
        )  # fmt: skip


def about(not_carried: Mapping[str, Texts]) -> Texts:
    """What a pathway's library says of itself: the rules that it does not carry, by name."""

    def say(lang: Lang) -> str:
        listed = "; ".join(f"{rule}: {reason[lang]}" for rule, reason in sorted(not_carried.items()))
        rest = said_in("library.lost", lang, listed=listed) if listed else said_in("library.whole", lang)
        return f"{said_in('library.about', lang)} {rest}"

    return in_both(say)


def _resource(
    site: Site,
    own: str,
    name: str,
    version: str,
    *,
    cql: str,
    title: Texts,
    about: Texts,
    pathway: str | None,
) -> Json:
    made = site.head("Library", own, title=title, text=about)
    made |= {
        "version": version,
        "name": name,
        "type": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/library-type", "code": "logic-library"}
            ]
        },
        "content": [
            {"contentType": "text/cql", "data": base64.b64encode(cql.encode("utf-8")).decode("ascii")}
        ],
    }
    if pathway is not None:
        made["relatedArtifact"] = [
            {"type": "depends-on", "resource": site.pinned("Library", COMMON, pathway)}
        ]
    return made


def _expanded(cql: str, whole: str) -> str:
    """CQL with each type's name written out as the tuple that it stands for."""
    types = dict(_TYPE.findall(whole))

    def full(match: re.Match[str]) -> str:
        return _NAMED.sub(full, types[match[1]]) if match[1] in types else match[1]

    return _NAMED.sub(full, cql)


def _names(selectors: Mapping[str, Selector]) -> str:
    """The kind of what only our own name means: any pathway's name shows that its source sends them.

    By the types of resource that it is read from; ordered, or performed; and whether "no" is an answer.
    """
    names: dict[tuple[tuple[str, ...], bool, bool, str], list[str]] = {}
    for meta in selectors.values():
        if not meta.coded:
            key = meta.resources, meta.status == "ordered", keeps_no(meta), meta.kind
            names.setdefault(key, []).append(meta.id)
    cases = "\n".join(
        f"    when type in {texts(types)} and {'ordered' if ordered else 'performed'}"
        f"{'' if keeps else ' and not refused'} and name in {texts(sorted(listed))} then {text(kind)}"
        for (types, ordered, keeps, kind), listed in sorted(names.items())
    )
    head = (
        "define function KindOfName(name String, type String, performed Boolean, ordered Boolean,"
        " refused Boolean):"
    )
    return f"{head}\n  case\n{cases}\n    else null as String end\n"


def _keys(systems: SystemTable) -> str:
    """The short key of a code system, whatever a sender calls it; an unknown one unchanged."""
    cases = "\n".join(
        f"    when {text(written)} then {text(key)}"
        for key in _READ
        if key in systems.systems
        for written in systems.aliases(key)
    )
    return f"define function Key(system String):\n  case system\n{cases}\n    else system end\n"
