"""Whether a resource is FHIR R4 as the standard writes it: each fault with its place, never its value.

The rules stand in `r4.schema.json.gz`, made of HL7's StructureDefinitions by
`scripts/build_r4_schema.py`. A resource within another (contained, an entry's, a parameter's) is
held to the rules of its own type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

Json = dict[str, Any]
_DEFS = "$defs"


class Fault(NamedTuple):
    """Where (a FHIRPath such as `Patient.name[0].given`), what is wrong, and what to do."""

    path: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}. {self.do}"


class Validator:
    """The rules of all resource types; each type's are compiled when it is first met."""

    def __init__(self, schema: Json) -> None:
        self._defs: Json = schema[_DEFS]
        self._types = frozenset(schema["resources"])
        self._compiled: dict[str, Draft202012Validator] = {}

    def faults(self, resource: object) -> list[Fault]:
        """All faults of a resource and of those within it, in the order of their places."""
        return sorted(self._faults(resource, ""))

    def _faults(self, resource: object, at: str) -> Iterator[Fault]:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or not isinstance(kind, str) or kind not in self._types:
            place = f"{at}.resourceType" if at else "resourceType"
            yield Fault(place, "it is no resource of FHIR R4", "Name a resource type of R4.")
            return
        root = at or kind
        for error in self._of(kind).iter_errors(resource):
            yield self._told(error, root)
        for path, inner in _within(resource, root):
            yield from self._faults(inner, path)

    def _of(self, kind: str) -> Draft202012Validator:
        found = self._compiled.get(kind)
        if found is None:
            used = {name: self._defs[name] for name in _reachable(kind, self._defs)}
            found = Draft202012Validator({"$ref": f"#/{_DEFS}/{kind}", _DEFS: used})
            self._compiled[kind] = found
        return found

    def _told(self, error: ValidationError, root: str) -> Fault:
        path = _path(root, error.instance_path)
        kind = error.kind
        named = self._comment(error.schema_path)
        match kind:
            case Kind.Required(property=name):
                return Fault(f"{path}.{name}", "it is missing", "Add the element.")
            case Kind.AdditionalProperties(unexpected=names):
                listed = ", ".join(sorted(name[:40] for name in names))
                return Fault(path, f"R4 has no element {listed} here", "Remove it, or write it as R4 does.")
            case Kind.OneOfMultipleValid():
                return Fault(path, f"there is more than one of {named}", "Keep one.")
            case Kind.AnyOf() if (type_ := self._listed(error.schema_path)) is not None:
                return Fault(path, f"it is not written as a {type_}", "Write it as R4 says.")
            case Kind.OneOfNotValid() | Kind.AnyOf():
                return Fault(f"{path}.{named}", "it is missing", "Add the element.")
            case Kind.Enum():
                return Fault(path, "the code is not in its required value set", "Use a code of that set.")
            case Kind.Type(types=types):
                return Fault(path, f"it is no {' or '.join(types)}", "Write the type that R4 says.")
            case Kind.MinProperties() | Kind.MinItems():
                return Fault(path, "it is empty", "Leave the element out, or fill it.")
            case Kind.Not():
                return Fault(path, "a null in a list has nothing beside it", "Remove the null.")
            case Kind.Pattern() if ends := _led_to(error.schema_path):
                return Fault(path, "it leads to no type that R4 lets it lead to", f"Refer to {ends}.")
        return Fault(path, f"it is not written as a {error.schema_path[1]}", "Write it as R4 says.")

    def _listed(self, path: Sequence[str | int]) -> str | None:
        """The type of a list's primitives, if the rule that failed is that of one of them."""
        node: Any = {_DEFS: self._defs}
        for part in path:
            node = node[part]
        return node[0]["$ref"].rpartition("/")[2] if node[1:] == [{"type": "null"}] else None

    def _comment(self, path: Sequence[str | int]) -> str:
        """What the rule that failed is about: the nearest comment on the way to it."""
        node: Any = {_DEFS: self._defs}
        said = "an element"
        for part in path:
            node = node[part]
            if isinstance(node, dict) and isinstance(node.get("$comment"), str):
                said = node["$comment"]
        return said


def _led_to(path: Sequence[str | int]) -> str:
    """The types that a reference may lead to, if it was that rule that failed."""
    kind, *types = str(path[1]).split("-")
    return ", ".join([*types[:-2], " or ".join(types[-2:])]) if kind == "Reference" else ""


def _within(resource: Json, root: str) -> Iterator[tuple[str, object]]:
    """Resources that stand inside another, each with its place."""
    for number, each in enumerate(_list(resource.get("contained"))):
        yield f"{root}.contained[{number}]", each
    if resource["resourceType"] == "Bundle":
        for number, entry in enumerate(_list(resource.get("entry"))):
            answer = entry.get("response") if isinstance(entry, dict) else None
            for holder, key, path in ((entry, "resource", ""), (answer, "outcome", ".response")):
                if isinstance(holder, dict) and key in holder:
                    yield f"{root}.entry[{number}]{path}.{key}", holder[key]
    if resource["resourceType"] == "Parameters":
        yield from _parameters(resource.get("parameter"), f"{root}.parameter")


def _parameters(found: object, root: str) -> Iterator[tuple[str, object]]:
    for number, each in enumerate(_list(found)):
        if isinstance(each, dict):
            if "resource" in each:
                yield f"{root}[{number}].resource", each["resource"]
            yield from _parameters(each.get("part"), f"{root}[{number}].part")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _path(root: str, parts: Sequence[str | int]) -> str:
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _reachable(kind: str, defs: Json) -> set[str]:
    """The definitions that a type's rests on, itself included."""
    found: set[str] = set()
    left = [kind]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(_references(defs[name]))
    return found


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.rpartition("/")[2]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
