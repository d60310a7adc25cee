"""Trim a generated whole-life record to an example: what the definitions look at stays, the rest shrinks.

    python scripts/trim_record.py WHOLE.json.gz EXAMPLE.json.gz [--ends 1] [--few 2]
    python scripts/trim_record.py WHOLE.json.gz EXAMPLE.ndjson.gz

The same record and the same definitions give the same bytes (before they are packed), and a trimmed
record trimmed again stays as it is. The rules:

1. The patient stays, and every resource that gives a fact, an act or a mention, so that suggestions,
   courses and plan are those of the whole record.
2. Of resources that nobody asks for, each code keeps those at both ends of its series (`--ends`). Of
   claims, supplies, devices and documents, a few of each type stay (`--few`): the quality report has
   something to tell.
3. What a kept resource points at stays too, but a list of results or targets only loses what is gone.
4. Narrative, attached data, addresses, phone numbers and identifiers go. Units get new names: the
   generator gives them those of real ones.
5. A goal's words are taken out of the Python mapping in which the generator writes them.
"""

from __future__ import annotations

import argparse
import ast
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions import load, read_systems
from vardforlopp.fhir import Reader, read_record
from vardforlopp.kernel.codes import SystemTable

Json = dict[str, Any]

#: Administrative types: a few of each are enough.
FEW = ("Claim", "Coverage", "Device", "DocumentReference", "ExplanationOfBenefit", "SupplyDelivery")
#: Types that stay only when something points at them.
POINTED_AT = ("Location", "Organization", "Practitioner", "PractitionerRole")
#: Elements that list what belongs together; they pull nothing in.
LISTS = ("result", "target")
#: What no example needs of a person, a unit or a document.
PRIVATE = {
    "Patient": ("address", "telecom", "photo", "contact", "extension", "multipleBirthBoolean"),
    "Practitioner": ("address", "telecom", "identifier", "photo"),
    "Organization": ("address", "telecom", "identifier", "contact"),
    "Location": ("address", "telecom", "identifier", "position"),
}
#: The one identifier that is kept: where a generated person comes from.
ORIGIN = "https://github.com/TIET-AI/tietai-synthea"


def reader() -> Reader:
    """The reader of the packaged definitions."""
    texts = content_texts()
    loaded = load(texts)
    if loaded.definitions is None:
        raise SystemExit("the definitions have errors: run vardforlopp check")
    return Reader(loaded.definitions.catalogue.selectors, SystemTable(read_systems(texts)))


def trimmed(entries: list[Json], asked: set[str], *, ends: int, few: int) -> list[Json]:
    """The entries of the example, in their order. `asked`: `Type/id` of what the definitions look at."""
    of_url = {entry["fullUrl"]: entry for entry in entries}
    kept = {entry["fullUrl"] for entry in entries if _ref(entry) in asked or _type(entry) == "Patient"}
    kept |= _background(entries, kept, ends=ends, few=few)
    left = sorted(kept)
    while left:
        for url in _pulled(of_url[left.pop()]["resource"]):
            if url in of_url and url not in kept:
                kept.add(url)
                left.append(url)
    kept |= {entry["fullUrl"] for entry in entries if _type(entry) == "Provenance"}
    names = _unit_names([entry for entry in entries if entry["fullUrl"] in kept])
    return [_cleaned(entry, kept, names) for entry in entries if entry["fullUrl"] in kept]


def asked_for(data: bytes, name: str, catalogue: Reader) -> set[str]:
    """`Type/id` of every resource that gives a fact, an act, an enrolment or a mention."""
    record = read_record(data, name=name, reader=catalogue)
    facts = (ref for series in record.facts.values() for fact in series for ref in (fact.ref, *fact.refs))
    told = (thing.ref for things in (record.acts, record.mentions) for thing in things)
    return {*facts, *told, *(f"CarePlan/{enrolment.id}" for enrolment in record.enrolments)}


def _type(entry: Json) -> str:
    return str(entry["resource"]["resourceType"])


def _ref(entry: Json) -> str:
    return f"{_type(entry)}/{entry['resource']['id']}"


def _background(entries: list[Json], kept: set[str], *, ends: int, few: int) -> set[str]:
    """The ends of each series that nobody asks for, and a few of each administrative type."""
    series: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        kind = _type(entry)
        if kind not in POINTED_AT and kind != "Provenance" and (kind in FEW or entry["fullUrl"] not in kept):
            code = "" if kind in FEW else _code(entry["resource"])
            series.setdefault((kind, code), []).append(entry["fullUrl"])
    found: set[str] = set()
    for (kind, _), urls in series.items():
        found.update(urls[:few] if kind in FEW else (*urls[:ends], *urls[-ends:]))
    return found


def _code(resource: Json) -> str:
    """What a resource is about, as one text: its first code, whatever element holds it."""
    for path in ("code", "medicationCodeableConcept", "vaccineCode", "type", "category", "description"):
        element = resource.get(path)
        concepts = element if isinstance(element, list) else [element] if element else []
        # The last category is the most particular one.
        for concept in reversed(concepts):
            coding = (concept.get("coding") or [{}])[0]
            return f"{path} {coding.get('system')} {coding.get('code') or concept.get('text')}"
    return ""


def _pulled(element: Any) -> Iterator[str]:
    """The references of a resource that must resolve."""
    if isinstance(element, dict):
        if isinstance(element.get("reference"), str):
            yield element["reference"]
        for key, value in element.items():
            if key not in LISTS:
                yield from _pulled(value)
    elif isinstance(element, list):
        for value in element:
            yield from _pulled(value)


def _unit_names(entries: list[Json]) -> dict[str, str]:
    """A new name for each name of a unit."""
    units = [entry["resource"] for entry in entries if _type(entry) in ("Organization", "Location")]
    old = dict.fromkeys(str(unit.get("name", "")) for unit in units)
    return {name: f"Exempelenhet {number}" for number, name in enumerate(old, start=1)}


def _cleaned(entry: Json, kept: set[str], names: dict[str, str]) -> Json:
    kind = _type(entry)
    gone = {"text", "meta", *PRIVATE.get(kind, ())}
    resource = {key: value for key, value in entry["resource"].items() if key not in gone}
    for key in LISTS:
        if isinstance(resource.get(key), list):
            resource[key] = [one for one in resource[key] if one.get("reference") in kept]
            if not resource[key]:
                del resource[key]
    if kind == "Patient":
        numbers = resource.get("identifier", ())
        resource["identifier"] = [number for number in numbers if number.get("system") == ORIGIN]
    elif kind in ("Organization", "Location"):
        resource["name"] = names[str(resource.get("name", ""))]
    elif kind == "Goal":
        resource["description"] = {"text": _words(resource["description"]["text"])}
    elif kind == "DocumentReference":
        resource["content"] = [
            {"attachment": {"contentType": part["attachment"].get("contentType", "text/plain")}}
            for part in resource["content"]
        ]
    return {**entry, "resource": resource}


def _words(written: str) -> str:
    if not written.startswith("{"):
        return written
    goal = ast.literal_eval(written)
    if "text" in goal:
        return str(goal["text"])
    limit = goal["observation"]
    return f"{limit['codes'][0]['display']} {limit['operator']} {limit['value']}"


def as_transaction(entries: list[Json]) -> bytes:
    """A transaction Bundle, one entry a line."""
    lines = b",\n".join(orjson.dumps(entry) for entry in entries)
    return b'{"resourceType":"Bundle","type":"transaction","entry":[\n' + lines + b"\n]}\n"


def as_ndjson(entries: list[Json]) -> bytes:
    """One resource a line, with references by type and id: no Bundle is there to resolve others."""
    ids = {entry["fullUrl"]: _ref(entry) for entry in entries}
    return b"".join(orjson.dumps(_relative(entry["resource"], ids)) + b"\n" for entry in entries)


def _relative(element: Any, ids: dict[str, str]) -> Any:
    if isinstance(element, dict):
        return {
            key: ids.get(value, value) if key == "reference" else _relative(value, ids)
            for key, value in element.items()
        }
    if isinstance(element, list):
        return [_relative(value, ids) for value in element]
    return element


def read_bytes(path: Path) -> bytes:
    """A file's bytes, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def main() -> None:
    """Trim one record."""
    arguments = argparse.ArgumentParser(description="Trim a generated record to an example.")
    arguments.add_argument("whole", type=Path)
    arguments.add_argument("example", type=Path)
    arguments.add_argument("--ends", type=int, default=1, help="kept at each end of a series nobody asks for")
    arguments.add_argument("--few", type=int, default=2, help="kept of each administrative type")
    given = arguments.parse_args()
    data = read_bytes(given.whole)
    asked = asked_for(data, given.whole.name, reader())
    entries = trimmed(orjson.loads(data)["entry"], asked, ends=given.ends, few=given.few)
    written = as_ndjson(entries) if ".ndjson" in given.example.suffixes else as_transaction(entries)
    given.example.write_bytes(gzip.compress(written, 9, mtime=0))
    print(f"{given.example.name}: {len(entries)} resources, {given.example.stat().st_size} bytes")


if __name__ == "__main__":
    main()
