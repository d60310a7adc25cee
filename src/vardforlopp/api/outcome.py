"""Refusals as OperationOutcome, with the HTTP status of each cause: the one table of both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from vardforlopp.api.ask import Reply
from vardforlopp.services.outcomes import Cause, Issue, Refused

STATUS: dict[Cause, int] = {
    "invalid": 400,
    "forbidden": 403,
    "not-found": 404,
    "gone": 410,
    "conflict": 409,
    "precondition": 412,
    "fault": 500,
    "too-costly": 400,
}


def refusal(refused: Refused) -> Reply:
    """The answer to what was refused."""
    return Reply(STATUS[refused.cause], orjson.dumps(outcome(refused.issues)))


def fault(status: int, code: str, what: str, do: str) -> Reply:
    """A refusal that no service knows of: of HTTP itself, or of the program."""
    return Reply(status, orjson.dumps(outcome([Issue(code, "", what, do)])))


def outcome(issues: Iterable[Issue], *, severity: str = "error") -> dict[str, Any]:
    """An OperationOutcome: each issue with FHIR's word, the place, what is wrong and what to do."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(each, severity) for each in issues],
    }


def _issue(issue: Issue, severity: str) -> dict[str, Any]:
    told: dict[str, Any] = {"severity": severity, "code": issue.code, "diagnostics": _sentences(issue)}
    if issue.where:
        told["expression"] = [issue.where]
    return told


def _sentences(issue: Issue) -> str:
    what = f"{issue.what[:1].upper()}{issue.what[1:]}."
    return f"{what} {issue.do}".strip()
