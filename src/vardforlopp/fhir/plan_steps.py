"""One step occurrence as an activity of a CarePlan, with nothing of its answer lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vardforlopp.contract.asks import only_afterwards, step_id
from vardforlopp.contract.disclosure import of_step
from vardforlopp.definitions.model import Pathway, Step
from vardforlopp.engine.course import Missing, StepState
from vardforlopp.fhir.names import EXTENSION
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.written_times import date_text, moment_text
from vardforlopp.record.record import Enrolment

STEP_SYSTEM = "urn:x-vardforlopp:step"

#: State -> the status of CarePlan.activity.detail that is nearest; the state itself stands beside it.
STATUS = {
    "done": "completed", "done-late": "completed", "attested": "completed", "skipped": "cancelled",
    "not-applicable": "cancelled", "ended": "stopped", "waiting": "not-started", "before-start": "stopped",
    "unknown": "unknown", "superseded": "stopped", "missed": "stopped", "upcoming": "not-started",
    "due": "not-started", "unseen": "not-started", "overdue": "not-started",
}  # fmt: skip


def extension(name: str, kind: str, value: Any) -> Json:
    """One extension of ours with a value."""
    return {"url": f"{EXTENSION}{name}", kind: value}


def missing_extensions(missing: Iterable[Missing]) -> list[Json]:
    """The data that an answer lacks, each with why (S03)."""
    found = []
    for each in missing:
        parts = [
            extension(key, "valueString", value)
            for key, value in (("what", each.what), ("id", each.id), ("why", each.why))
        ]
        if each.since is not None:
            parts.append(extension("since", "valueDate", date_text(each.since)))
        found.append({"url": f"{EXTENSION}missing", "extension": parts})
    return found


def step_activity(state: StepState, enrolment: Enrolment, *, pathway: Pathway) -> Json:
    """The activity of one occurrence: state, window, evidence, branch, level, and what is missing.

    What is only looked back on has no window while it is open, and is not work to start (S06).
    """
    step = pathway.steps.get(state.step)  # None for a step that only a region's overlay knows
    afterwards = step is not None and only_afterwards(state, step)
    detail: Json = {
        "extension": _extensions(state, enrolment, step, pathway=pathway),
        "code": {"coding": [{"system": STEP_SYSTEM, "code": state.step}]},
        "status": "unknown" if afterwards else STATUS[state.state],
        "description": step.title["sv"] if step is not None else state.step,
    }
    if state.act is not None and state.act.reason:
        detail["statusReason"] = {"text": state.act.reason}
    times = {"start": state.opens or state.nominal, "end": state.due}
    window = {key: moment_text(moment) for key, moment in times.items() if moment is not None}
    if (
        window
        and not afterwards
        and not (
            "start" in window and "end" in window and window["end"] < window["start"][: len(window["end"])]
        )
    ):
        detail["scheduledPeriod"] = window
    return {"detail": detail}


def _extensions(state: StepState, enrolment: Enrolment, step: Step | None, *, pathway: Pathway) -> list[Json]:
    found = [
        extension("origin", "valueString", step_id(enrolment.id, state)),
        extension("state", "valueCode", state.state),
        extension("occurrence", "valueString", state.occurrence),
        extension("level", "valueCode", state.level),
        extension("adopted", "valueBoolean", state.adopted),
    ]
    if step is not None:
        shown = of_step(pathway, step, followed=enrolment.explicit)
        found.append(extension("disclosure", "valueCode", shown))
        if step.mode == "retrospective":
            found.append(extension("mode", "valueCode", step.mode))
    if state.proposal:
        found.append(extension("proposal", "valueBoolean", True))
    if state.branch is not None:
        found.append(extension("branch", "valueCode", state.branch))
    if state.completed is not None:
        found.append(extension("completed", "valueDateTime", moment_text(state.completed)))
    found += [extension("flag", "valueCode", flag) for flag in state.flags]
    found += [extension("waits-for", "valueString", name) for name in state.waits_for]
    found += [extension("evidence", "valueReference", {"reference": fact.ref}) for fact in state.evidence]
    return found + missing_extensions(state.missing)
