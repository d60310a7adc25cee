"""Facts, acts, reasons, sources and the sheet as JSON values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.engine.course import Missing, Reason
from vardforlopp.fhir.quality import WORDINGS
from vardforlopp.kernel.civil import Moment, iso, iso_instant
from vardforlopp.present.plan_model import Sheet
from vardforlopp.present.voice import Voice
from vardforlopp.present.why import reason_line
from vardforlopp.record.facts import Act, Day, Fact, FactValue, Span, Word
from vardforlopp.record.record import Quality, Source

Json = dict[str, Any]
TRUTH = ("no", "unknown", "yes")


def opt_day(day: int | None) -> str | None:
    """A day as `2026-03-02`, or null."""
    return None if day is None else iso(day)


def moment_json(moment: Moment | None) -> str | None:
    """A civil day as `2026-03-02`; an instant with its offset."""
    if moment is None:
        return None
    return iso_instant(moment.at) if moment.exact else iso(moment.day)


def number_json(value: Fraction) -> int | float:
    """A whole number as such, any other as the nearest decimal."""
    return value.numerator if value.denominator == 1 else float(value)


def value_json(value: FactValue | None) -> Any:
    """A fact's value: a number, limits, a word, or a date."""
    match value:
        case Fraction():
            return number_json(value)
        case Span(lo, hi, lo_open, hi_open):
            return {
                "lo": None if lo is None else number_json(lo),
                "hi": None if hi is None else number_json(hi),
                "lo_open": lo_open,
                "hi_open": hi_open,
            }
        case Word(word):
            return word
        case Day(day, at):
            return iso(day) if at is None else iso_instant(at)
    return None


def fact_json(fact: Fact) -> Json:
    """A fact with its source resource and what was written there."""
    instant = fact.lo == fact.hi
    original = fact.original
    return {
        "ref": fact.ref,
        "selector": fact.selector,
        "on": {
            "lo": iso_instant(fact.lo) if instant else iso(fact.day),
            "hi": iso_instant(fact.hi) if instant else iso(fact.last_day),
        },
        "known_from": iso_instant(fact.known_from),
        "value": value_json(fact.value),
        "unit": fact.unit,
        "original": None if original is None else {"value": original[0], "unit": original[1]},
        "side": fact.side,
    }


def act_json(act: Act) -> Json:
    """Something people did to a step: a deviation, a decline, an attestation."""
    return {
        "kind": act.kind,
        "ref": act.ref,
        "on": iso(act.day),
        "reason": act.reason,
        "by": act.by,
        "where": act.where,
        "until": opt_day(act.until_day),
    }


def missing_json(missing: Missing, voice: Voice, *, pathway: str) -> Json:
    """A missing piece of data, with the kind of source that would carry it."""
    return {
        "selector": missing.id,
        "text": voice.missing(pathway, missing),
        "source_kind": voice.names().kind_of(missing.id) or None if missing.what == "selector" else None,
    }


def reason_json(reason: Reason, voice: Voice, *, pathway: str) -> Json:
    """A reason tree: rule, truth, words, facts and missing data, node by node."""
    return {
        "op": reason.op,
        "truth": TRUTH[reason.truth],
        "rule": reason.rule,
        "text": reason_line(reason, voice, pathway=pathway),
        "facts": [fact_json(fact) for fact in reason.facts],
        "missing": [missing_json(each, voice, pathway=pathway) for each in reason.missing],
        "of": [reason_json(part, voice, pathway=pathway) for part in reason.of],
    }


def source_json(source: Source) -> Json:
    """A source of one kind of facts."""
    return {
        "kind": source.kind,
        "provider": source.provider,
        "last_seen": opt_day(source.last_seen),
        "limit_days": source.limit_days,
        "connected": source.connected,
        "assumed": source.assumed,
    }


def quality_json(quality: Quality, lang: Lang) -> Json:
    """The data-quality report: every resource accounted for."""
    not_read = sorted(quality.not_read, key=lambda each: (each.type, each.reason))
    findings = sorted(quality.findings, key=lambda each: (each.code, each.ref, each.path))
    return {
        "resources": quality.resources,
        "read": quality.read,
        "not_read": [
            {"type": each.type, "reason": each.reason, "count": each.count, "refs": sorted(each.refs)}
            for each in not_read
        ],
        "known_from_assumed": quality.known_from_assumed,
        "findings": [
            {"code": each.code, "ref": each.ref, "path": each.path, **WORDINGS[each.code][lang]._asdict()}
            for each in findings
        ],
    }


def sheet_json(sheet: Sheet | None) -> Json:
    """The contract sheet; an empty list is ruled lines on paper."""
    if sheet is None:
        return {"matters_to_me": [], "who_does_what": [], "next_step": None, "contacts": [], "if_worse": []}
    return {
        "matters_to_me": list(sheet.matters),
        "who_does_what": [
            {"what": each.what, "who": each.who, "when": each.when, "mine": each.mine}
            for each in sheet.actions
        ],
        "next_step": sheet.next_step or None,
        "contacts": [
            {"name": each.name, "about": each.about, "phone": each.phone or None} for each in sheet.contacts
        ],
        "if_worse": list(sheet.if_worse),
    }
