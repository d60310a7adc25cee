"""The head of a draft: what the plan is called, what it rests on, who stands behind it."""

from __future__ import annotations

import re
from typing import Any

from vardforlopp.fhir.plan_import.draft import Draft
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.selectors import METADATA
from vardforlopp.fhir.plan_import.shelf import Desk
from vardforlopp.fhir.plan_import.texts import Ids, our_language, slug, texts
from vardforlopp.kernel.civil import parse_time

Json = dict[str, Any]
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}(?=T|$)")
#: The plan's own id among the sources.
PLAN = "PLAN"
_ARTIFACTS = frozenset(("citation", "documentation", "justification"))
_PATHWAYS = frozenset(("clinical-protocol", "workflow-definition"))
#: Who stands behind a plan, as far as the name of its publisher says.
_PUBLISHERS = (
    ("national", "(?i)nationellt system för kunskapsstyrning|socialstyrelsen|sveriges kommuner och regioner"),
    ("regional", r"^Region [A-ZÅÄÖ]"),
    ("international", r"World Health Organi[sz]ation|\bWHO\b|European Society|\bNICE\b"),
)


def level_of(publisher: str) -> str:
    """The level of the plan's publisher; `default` when its name says nothing."""
    return next((level for level, names in _PUBLISHERS if re.search(names, publisher)), "default")


def language_of(plan: Element) -> str:
    """The language in which the plan's texts are kept: Swedish or English, told when it is neither."""
    said = plan.text("language")
    found = our_language(said)
    if found is None:
        plan.ledger.note(f"{plan.path}.language", "language" if said else "language-unsaid", said)
    plan.carry("language")
    return found or "en"


def begin(plan: Element, desk: Desk) -> Draft:
    """The draft with its head, phases and ways in still to come."""
    language = language_of(plan)
    url, name = plan.text("url"), plan.text("name")
    own = slug(plan.text("id")) or slug(url.rstrip("/").rpartition("/")[2]) or slug(name) or "plan"
    version = plan.text("version")
    if not _VERSION.fullmatch(version) or len(version) > 30:
        desk.ledger.note(f"{plan.path}.version", "version", version)
        version = "0.1.0"
    draft = Draft(own, version, language)
    title = texts(plan, "title", language) or {language: name or own}
    draft.head = {
        "id": own,
        "version": version,
        "title": title,
        "summary": texts(plan, "description", language),
        "status": "draft",
        "population": _population(plan, language),
        "sources": _sources(plan, title.get(language, own)),
        "entries": {},
    }
    draft.head = {key: value for key, value in draft.head.items() if value or key == "entries"}
    if plan.text("copyright"):
        draft.comments.append(f"copyright: {plan.text('copyright')}")
    _mark(plan)
    _disclosure(plan, draft)
    return draft


def _population(plan: Element, language: str) -> Json | None:
    subject = plan.get("subjectCodeableConcept")
    said = texts(subject, "text", language) if subject is not None else {}
    return {"text": dict(said), "source": PLAN} if said else None


def _sources(plan: Element, title: str) -> Json:
    publisher = plan.text("publisher")
    called = ", ".join(filter(None, (title, publisher)))
    made: Json = {PLAN: _source(called, plan.text("url"), plan.text("date"), level=level_of(publisher))}
    version = plan.text("version")
    if version:
        made[PLAN]["title"] += f", {version}"
    plan.carry("url", "version", "date", "publisher", "id")
    ids = Ids()
    for taken in (PLAN, "default"):
        ids.new(taken, otherwise=taken)
    for artifact in plan.items("relatedArtifact"):
        said = artifact.text("display") or artifact.text("citation") or artifact.text("label")
        if artifact.text("type") not in _ARTIFACTS or not said:
            artifact.leave("artifact")
            continue
        name = ids.new(artifact.text("label"), otherwise="KALLA")
        made[name] = _source(said, artifact.text("url"), _date_in(artifact.text("citation")), level="default")
        artifact.carry("type", "label", "display", "url")
        artifact.leave("artifact", "document", "resource")
        if artifact.text("display"):
            artifact.leave("level", "citation", "_citation")
        else:
            artifact.carry("citation", "_citation")
    return made


def _source(title: str, url: str, date: str, *, level: str) -> Json:
    made: Json = {"title": title, "level": level}
    return made | ({"url": url} if url else {}) | ({"date": _day(date)} if _day(date) else {})


def _day(date: str) -> str:
    """The day, month or year of a dateTime; empty for one that does not exist."""
    match = _DAY.match(date)
    try:
        parse_time(match[0] if match else "")
    except ValueError:
        return ""
    return match[0] if match else ""


def _date_in(citation: str) -> str:
    """The date of a citation of our own export: `nationellt förlopp, 2024-06-18, läst 2026-11`."""
    return next((part for part in citation.split(", ") if _day(part) == part), "")


def _mark(plan: Element) -> None:
    """Mark the rest of the head: what is of no concern, and what people have to look at."""
    carried = ("url", "version", "date", "publisher", "id", "language", "copyright", "_copyright")
    plan.carry("copyright", "_copyright")
    plan.set_aside("metadata", *(each for each in METADATA if each not in carried), "topic")
    plan.leave("head-text", "purpose", "usage", "subtitle")
    plan.leave("population", "useContext", "subjectReference")
    plan.leave("library", "library")
    kind = plan.get("type")
    codes = {each.text("code") for each in kind.items("coding")} if kind is not None else set()
    if codes & _PATHWAYS:
        plan.set_aside("usual", "type")
    else:
        plan.leave("plan-type", "type")


def _disclosure(plan: Element, draft: Draft) -> None:
    for each in plan.items("extension"):
        name = each.own()
        if name == "disclosure" and each.text("valueCode") in ("open", "after-informed", "staff-only"):
            draft.head["disclosure"] = each.text("valueCode")
            each.carry()
        elif name == "parameter":
            each.leave("parameter")
