"""The FHIR package: sound R4, nothing lost, everything that is pointed at is in it."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from made.calls import call
from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.r4_schema import PACKAGED, r4_validator
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.read_catalogue import RESOURCES
from vardforlopp.fhir.package.everything import package_resources
from vardforlopp.fhir.package.extensions import EXTENSIONS
from vardforlopp.fhir.package.measures import measure
from vardforlopp.fhir.package.site import BASE, Site, fhir_id
from vardforlopp.fhir.resource_types import CODED
from vardforlopp.kernel.durations import Duration

DEFINED = json.loads(gzip.decompress(PACKAGED.read_bytes()))["$defs"]
SITE = Site(BASE, "0.1.0", "2026-11-22")
Json = dict[str, Any]


@cache
def resources() -> tuple[Json, ...]:
    """The package of the shipped definitions, as the invented region runs them."""
    content = load_content()
    made = package_resources(
        content.definitions, content.systems, site=SITE, cql=cql_texts(), region="region-exempel"
    )
    return tuple(made)


def of(kind: str) -> dict[str, Json]:
    return {each["id"]: each for each in resources() if each["resourceType"] == kind}


def inside(value: object) -> Iterator[Json]:
    """Every object in a resource, itself first."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from inside(part)
    elif isinstance(value, list):
        for part in value:
            yield from inside(part)


def test_every_resource_is_sound_r4() -> None:
    """By the strict schema."""
    assert [str(fault) for each in resources() for fault in r4_validator().faults(each)] == []


def test_no_two_resources_have_one_name() -> None:
    """Neither an id of a type nor a canonical URL."""
    ids = Counter((each["resourceType"], each["id"]) for each in resources())
    urls = Counter(each["url"] for each in resources() if "url" in each)

    assert {*ids.values(), *urls.values()} == {1}
    assert all(len(each["id"]) <= 64 for each in resources())


def test_what_is_pointed_at_is_in_the_package() -> None:
    """Canonicals of ours, with the version that is here."""
    here = {f"{each['url']}|{each['version']}" for each in resources() if "version" in each}
    pointed = {
        found
        for each in resources()
        for found in re.findall(rf'"({re.escape(BASE)}/[^"]+\|[^"]+)"', json.dumps(each))
    }

    assert pointed - here == set()
    assert any("/ValueSet/" in found for found in pointed)


def test_every_step_choice_entry_and_exit_is_an_action() -> None:
    """By its id, once."""
    for name, pathway in load_content().definitions.pathways.items():
        actions = Counter(each["id"] for each in inside(of("PlanDefinition")[name]["action"]) if "id" in each)
        asked = [
            *pathway.steps, *pathway.choices,
            *(f"entry-{entry}" for entry in pathway.entries), *(f"exit-{exit_}" for exit_ in pathway.exits),
        ]  # fmt: skip

        assert {each: actions[each] for each in asked} == dict.fromkeys(asked, 1)


def test_every_indicator_is_a_measure_and_every_selector_a_value_set() -> None:
    """Nothing of the catalogue is left out."""
    definitions = load_content().definitions
    pathways = definitions.pathways.values()
    measures = {fhir_id(f"{pathway.id}-{each}") for pathway in pathways for each in pathway.indicators}

    assert set(of("Measure")) == measures
    assert set(of("ValueSet")) == set(definitions.catalogue.selectors)


def test_our_extensions_are_documented() -> None:
    """Each that is used has its StructureDefinition, and each that is defined stands in the table."""
    prefix = f"{BASE}/StructureDefinition/"
    used = {
        part["url"].removeprefix(prefix)
        for each in resources()
        for part in inside(each)
        if str(part.get("url", "")).startswith(prefix) and part is not each
    }

    assert used <= set(EXTENSIONS)
    assert set(of("StructureDefinition")) == set(EXTENSIONS)


def test_S04_a_rule_says_its_level_and_who_adopted_it() -> None:
    """A proposal is told apart from a national rule, in another vendor's system, too."""
    found = inside(of("PlanDefinition")["hjartsvikt"]["action"])
    actions = [each for each in found if "definitionCanonical" in each]
    said = [{part["url"].rpartition("/")[2]: part for part in each["extension"]} for each in actions]

    assert actions
    assert all("level" in each for each in said)
    assert any("adopted-by" in each for each in said)


def said_of_steps(name: str) -> dict[str, dict[str, Json]]:
    """What the extensions of a pathway's steps say, by step and extension."""
    return {
        each["id"]: {part["url"].rpartition("/")[2]: part for part in each["extension"]}
        for each in inside(of("PlanDefinition")[name]["action"])
        if "definitionCanonical" in each
    }


def test_a_time_before_its_anchor_keeps_its_sign() -> None:
    """`opens: -3 days` is not three days later."""
    written = load_content().definitions.pathways
    amounts = [
        (step.opens.amount, said_of_steps(name)[step.id]["opens"]["valueQuantity"]["value"])
        for name, pathway in written.items()
        for step in pathway.steps.values()
        if isinstance(step.opens, Duration)
    ]

    assert [written for written, _ in amounts] == [exported for _, exported in amounts]
    assert {written < 0 for written, _ in amounts} == {True, False}


def test_a_step_says_what_its_times_count_from() -> None:
    """In words, where it is neither the entry nor a step that is done; elsewhere nothing is said."""
    written = load_content().definitions.pathways["hjartsvikt"].steps
    said = said_of_steps("hjartsvikt")

    assert "counts-from" not in said["ekokardiografi"]
    assert "counts-from" not in said["anamnes-status"]
    assert "hjärtsvikt" in said["aterbesok-efter-vard"]["counts-from"]["valueString"]
    assert "heart failure" in str(english(said["aterbesok-efter-vard"]["counts-from"]["_valueString"]))
    assert all("counts-from" in said[name] for name, step in written.items() if step.per is not None)


def test_S05_nothing_of_class_device_is_exported() -> None:
    """The class stands on every step."""
    classes = {
        part["valueCode"]
        for each in resources()
        for part in inside(each)
        if str(part.get("url", "")).endswith("/mdr-class") and "valueCode" in part
    }

    assert classes == {"administrative", "informative"}


def test_the_command_writes_files_and_one_archive_of_them(tmp_path: Path) -> None:
    """The same call gives the same bytes; the archive holds what lies beside it, with an index."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        done = call("export", "fhir", "--out", folder, "--date", "2026-11-22")
        assert (done.code, done.out.strip()) == (0, str(folder / "package.tgz"))
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    with tarfile.open(fileobj=io.BytesIO(first["package.tgz"])) as archive:
        names = archive.getnames()
        packed = {name.removeprefix("package/"): archive.extractfile(name).read() for name in names}  # type: ignore[union-attr]

    assert first == second
    assert packed == {name: data for name, data in first.items() if name != "package.tgz"}
    assert {each["filename"] for each in json.loads(packed[".index.json"])["files"]} == {
        name for name in packed if name not in ("package.json", ".index.json")
    }
    assert json.loads(packed["package.json"])["fhirVersions"] == ["4.0.1"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With what to do, and exit code 2."""
    (tmp_path / "file").write_text("", "utf-8")
    done = call("export", "fhir", "--out", tmp_path / "file" / "x")

    assert done.code == 2
    assert done.err.startswith("VF-CLI-030 ")


#: What is said in one language only, by the end of its path: names in CQL, what sources and regions are
#: called by themselves, and the notes of indicators, which the definitions have in Swedish alone.
ONE_LANGUAGE = (
    "expression.expression",
    "criteria.expression",
    "relatedArtifact.display",
    "Measure.guidance",
    "adopted-by.valueString",
)
#: Words that only the one language has.
ONLY = {
    "sv": {
        "och",
        "att",
        "är",
        "som",
        "inte",
        "eller",
        "när",
        "om",
        "efter",
        "inom",
        "före",
        "från",
        "med",
        "av",
        "ett",
    },
    "en": {
        "the",
        "of",
        "and",
        "is",
        "are",
        "not",
        "or",
        "when",
        "if",
        "after",
        "within",
        "before",
        "from",
        "with",
        "by",
        "an",
    },
}


def prose(value: Any, path: str) -> Iterator[tuple[str, str, str | None]]:
    """Every text of more than one word, and every unit: its path, itself, and its English translation."""
    if isinstance(value, list):
        for part in value:
            yield from prose(part, path)
    elif isinstance(value, dict):
        name = value["url"].rpartition("/")[2] if path.endswith(".extension") else ""
        here = f"{path}.{name}" if name else path
        for key, part in value.items():
            if isinstance(part, str) and (" " in part.strip() or key == "unit"):
                yield f"{here}.{key}", part, english(value.get(f"_{key}"))
            elif not key.startswith("_"):
                yield from prose(part, f"{here}.{key}")


def english(beside: Json | None) -> str | None:
    """The English translation that stands beside a text."""
    translations = [
        {part["url"]: part for part in each["extension"]} for each in (beside or {}).get("extension", ())
    ]
    found = [each["content"]["valueString"] for each in translations if each["lang"]["valueCode"] == "en"]
    return found[0] if found else None


def test_every_text_is_swedish_with_its_translation() -> None:
    """In the resources that say so: no text is English, and none lacks its translation."""
    said = [
        each
        for resource in resources()
        if resource.get("language") == "sv"
        for each in prose(resource, resource["resourceType"])
        if not each[0].endswith(ONE_LANGUAGE)
    ]

    def of_other(text: str, other: str) -> bool:
        return len(set(re.findall(r"\w+", text.lower())) & ONLY[other]) > 1

    assert len(said) > 5000
    assert {path for path, _, translated in said if translated is None} == set()
    assert {(path, text) for path, text, _ in said if of_other(text, "en")} == set()
    assert {(path, text) for path, _, text in said if text is not None and of_other(text, "sv")} == set()


def test_any_of_the_data_triggers_an_event() -> None:
    """Several data of one trigger would have to come together."""
    triggers = [
        each
        for resource in of("PlanDefinition").values()
        for part in inside(resource)
        for each in part.get("trigger", ())
    ]

    assert triggers
    assert {len(each["data"]) for each in triggers} == {1}


def test_data_are_asked_for_by_the_element_that_says_what_they_are() -> None:
    """Each type by its own, which R4 has and is coded; a form, which has none, by its type alone."""
    asked = [
        each
        for resource in of("PlanDefinition").values()
        for part in inside(resource)
        for each in (*part.get("input", ()), *part.get("data", ()))
    ]
    paths = {each["type"]: [one["path"] for one in each.get("codeFilter", ())] for each in asked}

    assert paths == {kind: [CODED[kind]] if kind in CODED else [] for kind in paths}
    assert set(CODED) == set(RESOURCES) - {"QuestionnaireResponse"}
    for kind, path in CODED.items():
        owner, _, name = f"{kind}.{path}".rpartition(".")
        (of_codes,) = {name, f"{name}CodeableConcept"} & set(DEFINED[owner]["properties"])
        assert "#/$defs/CodeableConcept" in json.dumps(DEFINED[owner]["properties"][of_codes]), kind


def test_working_days_have_no_code() -> None:
    """Read by its code alone, five working days would be five days."""
    coded = {
        (part["unit"], part.get("code"), part.get("system"))
        for each in of("PlanDefinition").values()
        for part in inside(each)
        if "unit" in part
    }

    assert {each[1:] for each in coded if each[0] in ("arbetsdag", "arbetsdagar")} == {(None, None)}
    assert ("dagar", "d", "http://unitsofmeasure.org") in coded


@pytest.mark.parametrize(
    ("indicator", "scoring"),
    [
        ("hjartsvikt-HF-I1", "proportion"),
        ("schizofreni-SZ3-median", "continuous-variable"),
        ("reumatoid-artrit-RA4a", "continuous-variable"),
    ],
)
def test_a_measure_is_scored_as_its_indicator_shows(indicator: str, scoring: str) -> None:
    """As FHIR calls it."""
    assert of("Measure")[indicator]["scoring"]["coding"][0]["code"] == scoring


def test_a_ratio_that_is_counted_elsewhere_is_a_ratio() -> None:
    """It has no criterion of ours to be read from."""
    names = names_for(load_content().definitions, "schizofreni")
    assert names.pathway is not None
    counted = replace(names.pathway.indicators["SZ2"], show="ratio")

    assert measure(names, counted, SITE)["scoring"]["coding"][0]["code"] == "ratio"
