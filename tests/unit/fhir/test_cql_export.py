"""The exported CQL by itself: every rule is there or listed, regions are respected, and it is whole."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.definitions.criteria import AtLeast, Criterion, Dead, Has
from vardforlopp.definitions.names import names_for
from vardforlopp.fhir.package.cql_library import COMMON, about, common_library
from vardforlopp.fhir.package.cql_pathway import Written, write_pathway
from vardforlopp.fhir.package.everything import package_resources
from vardforlopp.fhir.package.expressions import LANGUAGE, library_name
from vardforlopp.fhir.package.site import BASE, Site

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cql.md"
SITE = Site(BASE, "0.1.0", "2026-11-22")
Json = dict[str, Any]


@cache
def content() -> Content:
    return load_content()


PATHWAYS = tuple(content().definitions.pathways)


@cache
def written(pathway: str, region: str | None = None) -> Written:
    found = names_for(content().definitions, pathway, region=region).pathway
    assert found is not None
    return write_pathway(found, content().definitions.catalogue, content().systems)


@cache
def resources() -> tuple[Json, ...]:
    made = package_resources(content().definitions, content().systems, site=SITE, cql=cql_texts())
    return tuple(made)


def libraries() -> dict[str, str]:
    """The published CQL by the name of its library."""
    return {
        each["name"]: base64.b64decode(each["content"][0]["data"]).decode("utf-8")
        for each in resources()
        if each["resourceType"] == "Library"
    }


def expressions(value: object) -> Iterator[str]:
    """Every expression of a library that a resource names."""
    if isinstance(value, dict):
        if value.get("language") == LANGUAGE:
            yield value["expression"]
        for part in value.values():
            yield from expressions(part)
    elif isinstance(value, list):
        for part in value:
            yield from expressions(part)


def defined(text: str) -> set[str]:
    return set(re.findall(r'^define "([^"]+)":', text, re.MULTILINE))


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_expression_that_the_package_names_is_defined(pathway: str) -> None:
    """In the pathway's own library; also those that are not carried, which are null."""
    named = {
        name
        for each in resources()
        if any(f"/Library/{pathway}|" in library for library in each.get("library", ()))
        for name in expressions(each)
    }

    assert named
    assert named - defined(libraries()[library_name(pathway)]) == set()


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_what_is_not_carried_is_listed(pathway: str) -> None:
    """On the page and in the library's description, each with its reason; nothing is null in silence."""
    rows = re.findall(rf"^\| {pathway} \| `([^`]+)` \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    (library,) = [each for each in resources() if each["resourceType"] == "Library" and each["id"] == pathway]
    nulls = re.findall(r'^define "([^"]+)":\n  null as \w+$', written(pathway).text, re.MULTILINE)

    assert dict(rows) == {rule: reason["en"] for rule, reason in written(pathway).not_carried.items()}
    assert library["description"] == about(written(pathway).not_carried)["sv"]
    assert set(nulls) == set(written(pathway).not_carried)


def test_a_region_has_its_own_limits() -> None:
    """The example region enters at 300 ng/L, the nation at 400."""
    rule = re.compile(r'define function "entry IN2 judged".*?\n\n', re.DOTALL)
    national, regional = (
        rule.search(written("hjartsvikt", region).text) for region in (None, "region-exempel")
    )

    assert national is not None
    assert regional is not None
    assert ("400.0" in national[0], "300.0" in national[0]) == (True, False)
    assert ("400.0" in regional[0], "300.0" in regional[0]) == (False, True)


def test_only_a_pathway_of_one_side_asks_for_the_side() -> None:
    """Its sided facts are those of the stay's side; a blood test counts for both."""
    text = written("kritisk-benischemi").text

    assert 'define "fact fotsar":\n  V.OfSide("all fotsar")' in text
    assert '"all hba1c"' not in text
    assert "V.OfSide" not in written("stroke-tia").text


def test_a_limit_by_table_is_the_persons() -> None:
    """The waist of a woman and of a man; who is neither has no limit."""
    text = written("schizofreni").text

    assert "V.Fits(V.SexIs({ 'female' }), true, true)" in text
    assert "else null as Decimal end" in text


def test_no_name_of_a_type_is_left() -> None:
    """CQL has none: each is written out as the tuple that it stands for."""
    for name, text in libraries().items():
        code = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
        assert re.findall(r"\b[A-Z]\w+Type\b", code) == [], name


def test_every_alias_of_a_code_system_is_read() -> None:
    """By its URI and as an OID, bare or not."""
    text = common_library(cql_texts(), content().systems, selectors=content().definitions.catalogue.selectors)

    for key in ("icd-10-se", "kva", "npu", "snomed"):
        for alias in content().systems.aliases(key):
            assert f"when '{alias}' then '{key}'" in text


def test_the_size_grows_with_the_rules() -> None:
    """One definition a selector and a rule: no nested copies (a kilobyte or so each)."""
    for pathway in PATHWAYS:
        text = written(pathway).text
        assert len(text) < 1_500 * (text.count("\ndefine ") + 1)


def test_a_rule_within_a_rule_is_written_once() -> None:
    """Also where some of several are asked for: twice at each level would be too long at the tenth."""
    made = content()
    pathway = made.definitions.pathways["kol"]
    asked: Criterion = Has("kol-diagnos")
    for _ in range(10):
        asked = AtLeast(1, (asked, Dead(True)))
    phases = {name: replace(phase, when=asked) for name, phase in pathway.phases.items()}

    text = write_pathway(replace(pathway, phases=phases), made.definitions.catalogue, made.systems).text

    assert text.count("V.AtLeastOf(1, ") == 10 * len(phases)


def test_the_common_library_is_included_by_its_version() -> None:
    """Each pathway's library depends on just this one."""
    for each in resources():
        if each["resourceType"] == "Library" and each["name"] != COMMON:
            depends = [part["resource"] for part in each["relatedArtifact"]]
            assert depends == [SITE.pinned("Library", COMMON, "1.0.0")]
            assert f"include {COMMON} version '1.0.0' called V" in libraries()[each["name"]]


def test_what_the_common_library_does_not_read_is_refused() -> None:
    """Its absence in CQL would say that it is not in the record."""
    made = content()
    pathway = made.definitions.pathways["hjartsvikt"]
    selectors = dict(made.definitions.catalogue.selectors)
    selectors["lvef"] = replace(selectors["lvef"], resources=("Observation", "MedicationRequest"))

    found = write_pathway(pathway, replace(made.definitions.catalogue, selectors=selectors), made.systems)

    assert found.not_carried["entry IN8"] == {"sv": "doser (lvef)", "en": "doses (lvef)"}
    assert 'define "entry IN8":\n  null as Boolean' in found.text
    assert '"fact lvef"' not in found.text
