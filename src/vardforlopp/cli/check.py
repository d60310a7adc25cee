"""`vardforlopp check`: the definitions held to their rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.cli.outside import FINDINGS, FINE, Outside
from vardforlopp.definitions.linting import lint
from vardforlopp.definitions.load import load


def check(path: Path | None = None, /, *, outside: Annotated[Outside, Parameter(parse=False)]) -> int:
    """Check the definitions: each finding says where, what, and what to do.

    Exit code 1 when there are findings.

    Parameters
    ----------
    path
        A content folder; the program's own if not given.
    """
    loaded = load(content_texts(path), root=path.name if path else "content")
    if loaded.definitions is None:
        for error in loaded.errors:
            outside.say(str(error))
        outside.tell(f"{len(loaded.errors)} errors.")
        return FINDINGS
    findings = lint(loaded.definitions)
    for finding in findings:
        outside.say(f"{finding} [{finding.severity}]")
    pathways = len(loaded.definitions.pathways)
    steps = sum(len(pathway.steps) for pathway in loaded.definitions.pathways.values())
    outside.tell(f"{pathways} pathways, {steps} steps: {len(findings)} findings.")
    return FINDINGS if findings else FINE
