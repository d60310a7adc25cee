"""Code systems: one key, many names, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from vardforlopp.kernel.codes import SystemTable, normalise_code
from vardforlopp.kernel.errors import DefinitionError

SOURCE = Path(__file__).parents[3] / "src" / "vardforlopp" / "content" / "systems.yaml"
PARSED: Mapping[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
TABLE = SystemTable(PARSED)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("http://snomed.info/sct", "snomed"),
        ("1.2.752.116.2.1.1", "snomed"),
        ("urn:oid:2.16.840.1.113883.6.96", "snomed"),
        ("https://www.icd10.se/", "icd-10-se"),
        ("urn:oid:1.2.752.116.1.1.1.1.3", "icd-10-se"),
        ("1.2.752.116.1.1.1.1.8", "icd-10-se"),
        ("https://terminologitjansten.inera.se/fhir/CodeSystem/icd-10-se", "icd-10-se"),
        ("http://electronichealth.se/id/kva", "kva"),
        ("1.2.752.129.2.2.2.1", "kva"),
        ("urn:oid:1.2.752.116.1.3.2.3.4", "kva"),
        ("1.2.752.116.1.1.1.1.1", "kva"),
        ("http://www.whocc.no/atc", "atc"),
        ("urn:oid:1.2.752.108.1", "npu"),
        ("http://npu-terminology.org", "npu"),
        ("http://loinc.org", "loinc"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
        ("http://hl7.org/fhir/sid/cvx", "cvx"),
        ("http://unitsofmeasure.org", "ucum"),
        ("1.2.752.129.5.1.69", "typ-av-fast-kontakt"),
        ("https://fhir.inera.se/CodeSystem/typeofcareplan-cs", "typ-av-vardplan"),
        ("urn:x-vardforlopp:fact", "fact"),
        ("http://electronichealth.se/identifier/personnummer", "personnummer"),
        ("1.2.752.129.2.1.3.3", "samordningsnummer"),
        ("1.2.752.74.9.1", "reservnummer"),
        ("urn:oid:1.2.752.29.4.19", "hsa-id"),
        ("1.2.752.129.2.1.4.1", "hsa-id"),
        ("urn:oid:2.5.4.97", "organisationsnummer"),
        ("urn:oid:1.2.759.129.2.2.1.4", "hsa-befattning"),
    ],
)
def test_every_name_of_a_system_means_its_key(written: str, key: str):
    """The sheet's variants, OIDs bare and as `urn:oid:`."""
    assert TABLE.canonical(written) == key


def test_each_key_and_each_name_lead_back_to_the_key():
    """There and back for all of the table."""
    for key, system in TABLE.systems.items():
        assert TABLE.canonical(key) == key
        assert TABLE.canonical(TABLE.uri(key)) == key
        assert {TABLE.canonical(name) for name in TABLE.aliases(key)} == {key}
        assert system.oid is None or TABLE.canonical(f"urn:oid:{system.oid}") == key


@pytest.mark.parametrize("unknown", ["http://example.org/codes", "1.2.3.4", "urn:oid:1.2.3.4", "", "SNOMED"])
def test_an_unknown_system_stays_as_it_is(unknown: str):
    """Nothing is guessed, and nothing is lost."""
    assert TABLE.canonical(unknown) == unknown
    assert TABLE.aliases(unknown) == ()


def test_an_unknown_oid_is_emitted_as_a_urn():
    """Other unknown names stay; a URN gives its OID back."""
    assert TABLE.uri("1.2.3.4") == "urn:oid:1.2.3.4"
    assert TABLE.uri("urn:oid:1.2.3.4") == "urn:oid:1.2.3.4"
    assert TABLE.uri("http://example.org/codes") == "http://example.org/codes"
    assert TABLE.oid("urn:oid:1.2.3.4") == "1.2.3.4"
    assert TABLE.oid("http://example.org/codes") is None


def test_a_receiver_gets_the_name_that_it_wants():
    """HSA-id has one value space under two OIDs; everybody else gets the base profiles' name."""
    assert TABLE.uri("hsa-id") == "urn:oid:1.2.752.29.4.19"
    assert TABLE.uri("hsa-id", receiver="inera") == "urn:oid:1.2.752.129.2.1.4.1"
    assert TABLE.uri("hsa-id", receiver="somebody") == "urn:oid:1.2.752.29.4.19"
    assert TABLE.uri("1.2.752.29.4.19", receiver="riv-ta") == "urn:oid:1.2.752.129.2.1.4.1"
    assert TABLE.oid("hsa-id") == "1.2.752.129.2.1.4.1"
    assert TABLE.oid("lma-nummer") is None


def test_the_doubtful_names_are_marked():
    """What no source shows says so in the table."""
    marked = {key for key, system in TABLE.systems.items() if system.unverified}

    assert marked == {"icd-10-se", "npu", "cvx", "icf", "gln"}


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ({"title": "A"}, "needs a title and a uri"),
        ("http://example.org", "needs a title and a uri"),
        ({"title": "A", "uri": "urn:a", "alias": ["b"]}, "'alias' is no part"),
        ({"title": "A", "uri": "urn:a", "aliases": [2.5]}, "every name is a text"),
        ({"title": "A", "uri": "urn:a", "oid": "urn:oid:1.2.3"}, "is no OID"),
    ],
)
def test_an_entry_that_is_written_wrong_is_refused(entry: object, what: str):
    """The error names the table and the key."""
    with pytest.raises(DefinitionError, match=what) as raised:
        SystemTable({"a": entry})

    assert (raised.value.code, raised.value.where) == ("VF-SYS-001", "content/systems.yaml a")


def test_a_name_belongs_to_one_system():
    """Also when one writes it bare and the other as a URN."""
    table = {
        "a": {"title": "A", "uri": "urn:oid:1.2.3"},
        "b": {"title": "B", "uri": "urn:b", "aliases": ["1.2.3"]},
    }
    with pytest.raises(DefinitionError, match="also means 'a'") as raised:
        SystemTable(table)

    assert raised.value.code == "VF-SYS-002"


@pytest.mark.parametrize(
    ("key", "code", "normal"),
    [
        ("icd-10-se", "I50.9", "I509"),
        ("icd-10-se", "i50.9a", "I509A"),
        ("icd-10-se", " I50 ", "I50"),
        ("kva", "dv200", "DV200"),
        ("atc", "c07ab02", "C07AB02"),
        ("npu", "npu21571", "NPU21571"),
        ("loinc", "33762-6", "33762-6"),
        ("snomed", "88805009", "88805009"),
        ("fact", "dyspne", "dyspne"),
        ("urn:unknown", "a.b", "a.b"),
    ],
)
def test_a_code_is_written_in_one_way(key: str, code: str, normal: str):
    """ICD without its dot; ICD, KVÅ, ATC and NPU in upper case; all others as they are."""
    assert normalise_code(key, code) == normal
    assert normalise_code(key, normal) == normal
