"""The FHIR package: sound R4, nothing lost, everything that is pointed at is in it."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from made.calls import call
from vardforlopp.adapters.cql_files import cql_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.fhir.package.everything import package_resources
from vardforlopp.fhir.package.extensions import EXTENSIONS
from vardforlopp.fhir.package.site import BASE, Site, fhir_id
from vardforlopp.kernel.durations import Duration

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


def said_of_steps(name: str) -> dict[str, dict[str, Any]]:
    """What the extensions of a pathway's steps say, by step and extension."""
    return {
        each["id"]: {part["url"].rpartition("/")[2]: part.get("valueString") for part in each["extension"]}
        for each in inside(of("PlanDefinition")[name]["action"])
        if "definitionCanonical" in each
    }


def test_a_time_before_its_anchor_keeps_its_sign() -> None:
    """`opens: -3 days` is not three days later."""
    written = load_content().definitions.pathways
    signs = [
        (step.opens.amount < 0, (said_of_steps(name)[step.id]["opens"] or "").startswith("-"))
        for name, pathway in written.items()
        for step in pathway.steps.values()
        if isinstance(step.opens, Duration)
    ]

    assert {(True, True), (False, False)} == set(signs)


def test_a_step_says_what_its_times_count_from() -> None:
    """In words, where it is neither the entry nor a step that is done; elsewhere nothing is said."""
    written = load_content().definitions.pathways["hjartsvikt"].steps
    said = said_of_steps("hjartsvikt")

    assert "counts-from" not in said["ekokardiografi"]
    assert "counts-from" not in said["anamnes-status"]
    assert "heart failure" in str(said["aterbesok-efter-vard"]["counts-from"])
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
