"""Task: what people did to a course (our acts), both ways; other tasks as facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args
from uuid import NAMESPACE_URL, uuid5

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of, words_of
from vardforlopp.fhir.names import ACT_SYSTEM, ACTS, INPUT_SYSTEM, canonical, own_id, pathway_of
from vardforlopp.fhir.occurrence import add, each_whose, spell, undated
from vardforlopp.fhir.people import contact_of
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import PERFORMED
from vardforlopp.fhir.times import written
from vardforlopp.fhir.written_times import date_text, stamp_text
from vardforlopp.kernel.civil import Interval
from vardforlopp.record.facts import Act, ActKind

_LINKS = frozenset({"focus", "encounter", "basedOn", "partOf"})
_KINDS: dict[str, ActKind] = {kind: kind for kind in get_args(ActKind)}
_ALL = "*"
#: Acts that say something of one step, choice or decision: without it they have no effect.
_OF_A_STEP = frozenset({"decision", "attestation", "credit"})


def read(group: Group, reading: Reading) -> None:
    """Acts, and facts for those who ask, out of all tasks of a record."""
    each_whose("Task", group, reading, whose=_about_me, one=_one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    reading.linked(resource, ref, _LINKS)
    codings = list(codings_of(resource, "code"))
    acts = [str(coding.get("code")) for coding in codings if coding.get("system") == ACT_SYSTEM]
    if acts:
        _act(acts[0], resource, ref, reading, performed=bool(shown & PERFORMED))
        return
    when = spell(
        resource, "Task", ref, stem="execution", reading=reading, instead=("authoredOn", "lastModified")
    )
    if when is not None:
        found = reading.reader.tables["Task"].matches(codings)
        add(found, when, "Task", ref, resource=resource, reading=reading, shown=shown)


def _about_me(resource: Json, ref: str, reading: Reading) -> bool:
    """A task without `for` is about whom its focus is about."""
    if resource.get("for") is None:
        focus = reading.follow(resource.get("focus"), resource) or {}
        if focus.get("subject") and reading.is_me(focus["subject"]):
            return True
    return reading.about_me(resource, "Task", ref)


# --- acts in ----------------------------------------------------------------------------------


def _act(code: str, resource: Json, ref: str, reading: Reading, *, performed: bool) -> None:
    if code not in ACTS:
        _unknown(ref, "code", reading)
        return
    if not performed:
        reading.skip("Task", ref, "planned")
        return
    given = _inputs(resource)
    step = None if given.get("step") == _ALL else given.get("step")
    if code in _OF_A_STEP and step is None:
        _unknown(ref, "input", reading)
        return
    span = _when(resource, ref, reading)
    if span is None:
        return
    pathway, enrolment = _pathway(resource, given, reading)
    if pathway is None and (resource.get("focus") or given.get("step")):
        reading.find("VF-QUA-050", ref, "focus")
    known = reading.known(resource, ref, span, ("authoredOn",))
    if known is None:
        reading.skip("Task", ref, "dated in the future")
        return
    reading.kinds.add("decisions")
    reading.acts.append(
        Act(
            kind=_KINDS[code],
            day=span.day,
            at=span.lo,
            known_from=known[1],
            ref=ref,
            pathway=pathway,
            enrolment=enrolment,
            step=step,
            occurrence=_day(given.get("occurrence")),
            value=_output(resource),
            reason=words_of(resource.get("statusReason")),
            by=_who(resource, ref, reading),
            where=given.get("where"),
            done_day=_day(given.get("done")),
            until_day=_day(_limits(resource).get("end") or given.get("until")),
        )
    )


def _unknown(ref: str, path: str, reading: Reading) -> None:
    reading.find("VF-QUA-050", ref, path)
    reading.skip("Task", ref, "unknown act")


def _limits(resource: Json) -> Json:
    """From when and until when it holds."""
    found: Json = (resource.get("restriction") or {}).get("period") or {}
    return found


def _when(resource: Json, ref: str, reading: Reading) -> Interval | None:
    """From when it holds, else when it was done or written; None, and told, when that cannot be read."""
    execution = resource.get("executionPeriod") or {}
    done = execution.get("start") or resource.get("authoredOn")
    path = "executionPeriod.start" if execution else "authoredOn"
    span = reading.when(_limits(resource).get("start") or done, ref, path)
    if span is None:
        undated("Task", ref, path, reading)
    return span


def _inputs(resource: Json) -> dict[str, str]:
    """Our inputs by name, and as text whatever their type."""
    found: dict[str, str] = {}
    for given in resource.get("input") or ():
        value = next((written for key, written in given.items() if key.startswith("value")), None)
        for coding in given["type"].get("coding") or ():
            if coding.get("system") == INPUT_SYSTEM and isinstance(value, str):
                found[coding["code"]] = value
    return found


def _pathway(resource: Json, given: dict[str, str], reading: Reading) -> tuple[str | None, str | None]:
    """(pathway, enrolment) out of the CarePlan in focus, else out of the input `pathway`."""
    focus = reading.follow(resource.get("focus"), resource)
    if focus is not None and focus["resourceType"] == "CarePlan":
        named = pathway_of(focus.get("instantiatesCanonical"))
        if named is not None:
            return named[0], reading.collected.ref_of(focus)
    named = pathway_of(resource.get("instantiatesCanonical"))
    return (named[0] if named is not None else given.get("pathway")), None


def _output(resource: Json) -> str | None:
    for output in resource.get("output") or ():
        for key, value in output.items():
            if key.startswith("value"):
                return value if isinstance(value, str) else words_of(value)
    return None


def _who(resource: Json, ref: str, reading: Reading) -> str | None:
    agents = reading.agents().get(ref) or ()
    for reference in (
        *(agent.get("who") for agent in agents),
        resource.get("requester"),
        resource.get("owner"),
    ):
        name = contact_of(reference, reading).name
        if name:
            return name
    return None


def _day(text: str | None) -> int | None:
    span: Interval | None = written(text)
    return None if span is None else span.day


# --- acts out ---------------------------------------------------------------------------------


def acts_to_fhir(acts: Iterable[Act], patient: str) -> list[dict[str, Any]]:
    """Acts as Tasks, each with a Provenance that says who; `_act` reads them back equal."""
    written_: list[dict[str, Any]] = []
    for act in acts:
        written_.append(_task(act, patient))
        if act.by is not None:
            written_.append(_provenance(act))
    return written_


def _task(act: Act, patient: str) -> dict[str, Any]:
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": own_id(act.ref),
        "status": "completed",
        "intent": "order",
        "code": {"coding": [{"system": ACT_SYSTEM, "code": act.kind}]},
        "for": {"reference": patient},
        "authoredOn": stamp_text(act.known_from),
        "executionPeriod": {"start": _time(act)},
    }
    if act.enrolment is not None:
        task["focus"] = {"reference": f"CarePlan/{own_id(act.enrolment)}"}
    elif act.pathway is not None:
        task["instantiatesCanonical"] = canonical(act.pathway, None)
    inputs = [("step", "valueString", act.step), ("where", "valueString", act.where)]
    for name, day in (("occurrence", act.occurrence), ("done", act.done_day)):
        inputs.append((name, "valueDate", None if day is None else date_text(day)))
    given = [_input(name, key, value) for name, key, value in inputs if value is not None]
    if given:
        task["input"] = given
    if act.until_day is not None:
        task["restriction"] = {"period": {"end": date_text(act.until_day)}}
    if act.reason is not None:
        task["statusReason"] = {"text": act.reason}
    if act.value is not None:
        kind = {"coding": [{"system": INPUT_SYSTEM, "code": "decision"}]}
        task["output"] = [{"type": kind, "valueString": act.value}]
    return task


def _time(act: Act) -> str:
    """With its time of day only if it has one."""
    span = written(date_text(act.day))
    return date_text(act.day) if span is not None and span.lo == act.at else stamp_text(act.at)


def _input(name: str, key: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": INPUT_SYSTEM, "code": name}]}, key: value}


def _provenance(act: Act) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "id": str(uuid5(NAMESPACE_URL, f"urn:x-vardforlopp:provenance:{act.ref}")),
        "target": [{"reference": f"Task/{own_id(act.ref)}"}],
        "recorded": stamp_text(act.known_from),
        "agent": [{"who": {"display": act.by}}],
    }
