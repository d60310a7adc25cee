"""The package's extensions: each documented by its StructureDefinition."""

from __future__ import annotations

from collections.abc import Iterator

from vardforlopp.fhir.package.site import Json, Site

#: A length in UCUM (working days have no code), or words where it depends on the person.
_TIMES = ("Quantity", "string")
#: Name -> the elements it stands on, the types of its value, what it says.
EXTENSIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "level": (
        ("PlanDefinition", "PlanDefinition.action", "Measure"),
        ("code",),
        "Who stands behind the rule: national, guideline, regional, international, default. The weakest"
        " part decides. A rule at level default is a proposal until a region adopts it.",
    ),
    "adopted-by": (("PlanDefinition.action",), ("string",), "Who has adopted a proposal, and when."),
    "mdr-class": (
        ("PlanDefinition.action", "ActivityDefinition"),
        ("code",),
        "administrative or informative; nothing of class device is in the package.",
    ),
    "disclosure": (
        ("PlanDefinition", "PlanDefinition.action"),
        ("code",),
        "Who may see it: open, after-informed, staff-only.",
    ),
    "watch": (("PlanDefinition.action",), ("code",), "core reaches worklists; quiet does not."),
    "mode": (
        ("PlanDefinition.action",),
        ("code",),
        "retrospective: looked at afterwards, never a live time (emergency care).",
    ),
    "maintenance": (("PlanDefinition.action",), ("boolean",), "It goes on after the pathway has ended."),
    "preventive": (("PlanDefinition.action",), ("boolean",), "A care focus may set it aside."),
    "care-level": (("PlanDefinition.action",), ("Coding",), "The care level of whoever is responsible."),
    "counts-from": (
        ("PlanDefinition.action",),
        ("string",),
        "What the times count from, in words, where it is neither the entry nor the end of a related action.",
    ),
    "first": (("PlanDefinition.action",), _TIMES, "The first time, where it differs from the interval."),
    "opens": (("PlanDefinition.action",), _TIMES, "From when evidence counts, from the anchor."),
    "within": (("PlanDefinition.action",), _TIMES, "The time, as a goal, from the anchor."),
    "preferred": (("PlanDefinition.action",), _TIMES, "A sooner goal that is measured."),
    "fresh": (("PlanDefinition.action",), _TIMES, "How old evidence may be."),
    "row": (("PlanDefinition.action", "Measure"), ("string",), "The row of the fact sheet."),
    "parameter": (
        ("PlanDefinition",),
        ("string",),
        "A threshold or time on which sources differ: `name = value (lowest–highest), level, sources`.",
    ),
    "unverified": (
        ("ValueSet.compose.include", "ValueSet.compose.include.concept"),
        ("boolean",),
        "No source was seen for the code.",
    ),
    "answer": (
        ("ValueSet.compose.include.concept",),
        ("Coding",),
        "The code counts only with this answer as its value.",
    ),
}


def extension_definitions(site: Site) -> Iterator[Json]:
    """A StructureDefinition an extension."""
    for name, (contexts, types, text) in EXTENSIONS.items():
        head = site.head("StructureDefinition", name, title={"en": name}, text={"en": text})
        yield head | {
            "language": "en",
            "fhirVersion": "4.0.1",
            "kind": "complex-type",
            "abstract": False,
            "context": [{"type": "element", "expression": context} for context in contexts],
            "type": "Extension",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
            "derivation": "constraint",
            "differential": {
                "element": [
                    {"id": "Extension", "path": "Extension", "definition": text},
                    {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
                    {
                        "id": "Extension.url",
                        "path": "Extension.url",
                        "fixedUri": site.url("StructureDefinition", name),
                    },
                    {
                        "id": "Extension.value[x]",
                        "path": "Extension.value[x]",
                        "min": 1,
                        "type": [{"code": code} for code in types],
                    },
                ]
            },
        }
