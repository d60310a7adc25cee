"""The hand-written CQL that every exported library includes, as texts by file name."""

from __future__ import annotations

from pathlib import Path

PACKAGED = Path(__file__).resolve().parents[1] / "fhir" / "package" / "cql"


def cql_texts() -> dict[str, str]:
    """The parts of the common library, in the order of their names."""
    return {path.name: path.read_text("utf-8") for path in sorted(PACKAGED.glob("*.cql"))}
