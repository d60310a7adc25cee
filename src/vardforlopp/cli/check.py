"""`vardforlopp check`: the definitions held to their rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.hazard_files import untested_guards
from vardforlopp.cli.outside import FINDINGS, FINE, Outside, counted
from vardforlopp.definitions.currency import stale_sources
from vardforlopp.definitions.linting import lint, lint_people
from vardforlopp.definitions.load import load


def check(path: Path | None = None, /, *, outside: Annotated[Outside, Parameter(parse=False)]) -> int:
    """Check the definitions: each finding says where, what, and what to do.

    A source whose review date has passed is told; it is no finding.
    In a checkout of the project the hazard log is checked, too: every guard has its tests.
    Exit code 1 when there are findings.

    Parameters
    ----------
    path
        A content folder; the program's own if not given.
    """
    texts, root = content_texts(path), path.name if path else "content"
    loaded = load(texts, root=root)
    if loaded.definitions is None:
        for error in loaded.errors:
            outside.say(str(error))
        outside.tell(f"{counted(len(loaded.errors), 'error')}.")
        return FINDINGS
    findings = [*lint(loaded.definitions), *lint_people(texts, loaded.definitions, root=root)]
    for finding in findings:
        outside.say(f"{finding} [{getattr(finding, 'severity', 'error')}]")
    unguarded = [] if path else untested_guards()
    for guard in unguarded:
        outside.say(str(guard))
    for pathway in loaded.definitions.pathways.values():
        for stale in stale_sources(pathway, on=outside.today()):
            outside.tell(stale)
    pathways = counted(len(loaded.definitions.pathways), "pathway")
    steps = counted(sum(len(pathway.steps) for pathway in loaded.definitions.pathways.values()), "step")
    found = len(findings) + len(unguarded)
    outside.tell(f"{pathways}, {steps}: {counted(found, 'finding')}.")
    return FINDINGS if found else FINE
