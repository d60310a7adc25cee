"""JSON Schema of every definition file, for editors: made of the same keyword tables as the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vardforlopp.definitions.kinds import ID
from vardforlopp.definitions.lay import TEXTS_SHAPE
from vardforlopp.definitions.read_cases import CASE_SHAPE
from vardforlopp.definitions.read_catalogue import (
    ACTIVITIES_FILE,
    CATALOGUE_SHAPE,
    INTERACTIONS_FILE,
    SELECTORS_FILE,
)
from vardforlopp.definitions.read_indicators import INDICATORS
from vardforlopp.definitions.read_overlay import OVERLAY_SHAPE
from vardforlopp.definitions.read_pathway import OMITTED, PATHWAY_SHAPE, ROWS_SHAPE
from vardforlopp.definitions.read_persons import PERSON_CASE_SHAPE
from vardforlopp.definitions.read_steps import CHOICE_SHAPE, STEP_SHAPE
from vardforlopp.definitions.reading import Json, Kind, Use

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _steps(use: Use) -> Json:
    return {
        "type": "object",
        "additionalProperties": {
            "if": {"required": ["options"]},
            "then": CHOICE_SHAPE.schema(use),
            "else": STEP_SHAPE.schema(use),
        },
        "propertyNames": {"pattern": f"^{ID}$"},
    }


#: Name of the schema -> what it is for, and its root.
FILES: dict[str, tuple[str, Callable[[Use], Json]]] = {
    "activities": ("activities/<theme>.yaml", ACTIVITIES_FILE.schema),
    "case": ("pathways/<id>/<version>/cases/NN-slug.yaml", CASE_SHAPE.schema),
    "catalogue": ("catalogue.yaml", CATALOGUE_SHAPE.schema),
    "indicators": ("pathways/<id>/<version>/indicators.yaml", INDICATORS.schema),
    "interactions": ("interactions/<theme>.yaml", INTERACTIONS_FILE.schema),
    "omitted": ("pathways/<id>/<version>/omitted.yaml", OMITTED.schema),
    "overlay": ("overlays/<id>.yaml", OVERLAY_SHAPE.schema),
    "pathway": ("pathways/<id>/<version>/pathway.yaml", PATHWAY_SHAPE.schema),
    "person": ("persons/NN-slug.yaml", PERSON_CASE_SHAPE.schema),
    "rows": ("pathways/<id>/<version>/rows.yaml", ROWS_SHAPE.schema),
    "steps": ("pathways/<id>/<version>/steps/<phase>.yaml", _steps),
    "texts": ("pathways/<id>/<version>/texts/<language>.yaml", TEXTS_SHAPE.schema),
    "valuesets": ("valuesets/<theme>.yaml", SELECTORS_FILE.schema),
}


def schema(name: str) -> Json:
    """The JSON Schema of one kind of definition file."""
    path, root = FILES[name]
    parts: dict[str, Any] = {}

    def use(kind: Kind[Any]) -> Json:
        if kind.name not in parts:
            parts[kind.name] = None  # holds its place while it refers to itself
            parts[kind.name] = kind.schema(use)
        return {"$ref": f"#/$defs/{kind.name}"}

    body = root(use)
    return {"$schema": DIALECT, "title": path, **body, "$defs": dict(sorted(parts.items()))}
