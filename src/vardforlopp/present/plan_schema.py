"""The JSON Schema of `vardforlopp/plan/1`, from which `docs/reference/schema/plan-1.json` is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_type_hints

from vardforlopp.contract.proposal import Checked, Conflict
from vardforlopp.definitions.model import LEVELS, Disclosure, Mode, Watch
from vardforlopp.engine.course import STATES
from vardforlopp.present.json_parts import TRUTH
from vardforlopp.present.plan_json import SCHEMA
from vardforlopp.record.facts import ActKind, Side

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TIME: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}(:\d{2})?)?$",
}


def one_of(words: Iterable[str]) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def obj(**properties: Schema) -> Schema:
    """An object of exactly these properties, all present."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    """A definition of this schema."""
    return {"$ref": f"#/$defs/{name}"}


SIDE = maybe(one_of(get_args(Side)))
DISCLOSURE = one_of(get_args(Disclosure))
LEVEL = one_of(LEVELS)
OWNER = obj(role=maybe(TEXT), level=maybe(TEXT), unit=maybe(TEXT))


def _definitions() -> Schema:
    limits = obj(lo=maybe({"type": "number"}), hi=maybe({"type": "number"}), lo_open=FLAG, hi_open=FLAG)
    fact = obj(
        ref=TEXT,
        selector=TEXT,
        on=obj(lo=TIME, hi=TIME),
        known_from=TIME,
        value={"anyOf": [{"type": "number"}, limits, TEXT, {"type": "null"}]},
        unit=maybe(TEXT),
        original=maybe(obj(value=TEXT, unit=TEXT)),
        side=SIDE,
    )
    missing = obj(selector=TEXT, text=TEXT, source_kind=maybe(TEXT))
    reason = obj(
        op=TEXT,
        truth=one_of(TRUTH),
        rule=TEXT,
        text=TEXT,
        facts=many(ref("fact")),
        missing=many(ref("missing")),
        of=many(ref("reason")),
    )
    return {"fact": fact, "missing": missing, "reason": reason}


def _background() -> dict[str, Schema]:
    return {
        "definitions": many(
            obj(
                pathway=TEXT,
                version=TEXT,
                sha256=TEXT,
                overlay=maybe(TEXT),
                adopted=maybe(obj(by=TEXT, on=DAY)),
            )
        ),
        "patient": obj(
            ref=TEXT,
            birth_date=maybe(obj(lo=DAY, hi=DAY)),
            sex=maybe(one_of(("female", "male", "other", "unknown"))),
            deceased=maybe(obj(on=DAY)),
        ),
        "sources": many(
            obj(
                kind=TEXT,
                provider=TEXT,
                last_seen=maybe(DAY),
                limit_days=maybe(COUNT),
                connected=FLAG,
                assumed=FLAG,
            )
        ),
        "quality": obj(
            resources=COUNT,
            read=COUNT,
            not_read=many(obj(type=TEXT, reason=TEXT, count=COUNT, refs=many(TEXT))),
            known_from_assumed=COUNT,
            findings=many(obj(code=TEXT, ref=TEXT, path=TEXT, what=TEXT, do=TEXT)),
        ),
    }


def _step() -> Schema:
    deviation = obj(
        kind=one_of(get_args(ActKind)),
        ref=TEXT,
        on=DAY,
        reason=maybe(TEXT),
        by=maybe(TEXT),
        where=maybe(TEXT),
        until=maybe(DAY),
    )
    return obj(
        id=TEXT,
        enrolment=TEXT,
        step=TEXT,
        occurrence=TEXT,
        activity=TEXT,
        title=TEXT,
        phase=TEXT,
        owner=OWNER,
        watch=one_of(get_args(Watch)),
        mode=one_of(get_args(Mode)),
        disclosure=DISCLOSURE,
        state=one_of(STATES),
        earliest=maybe(TIME),
        due=maybe(TIME),
        completed=maybe(TIME),
        time_kind=one_of(("goal", "legal")),
        level=LEVEL,
        adopted=FLAG,
        anchor=maybe(obj(kind=TEXT, ref=maybe(TEXT), on=TIME, imprecise=FLAG)),
        evidence=many(ref("fact")),
        branch=maybe(TEXT),
        deviation=maybe(deviation),
        waits_for=many(TEXT),
        missing=many(ref("missing")),
        because=ref("reason"),
    )


def _courses() -> dict[str, Schema]:
    suggestion = obj(
        pathway=TEXT,
        entry=TEXT,
        kind=one_of(("entry", "known", "opportunity")),
        into=maybe(TEXT),
        on=DAY,
        side=SIDE,
        disclosure=DISCLOSURE,
        because=ref("reason"),
    )
    enrolment = obj(
        id=TEXT,
        pathway=TEXT,
        version=TEXT,
        side=SIDE,
        entry=maybe(TEXT),
        started=TIME,
        followed_from=DAY,
        explicit=FLAG,
        ended=maybe(obj(on=DAY, reason=TEXT)),
        next_change_at=maybe(TIME),
    )
    return {"suggestions": many(suggestion), "enrolments": many(enrolment), "steps": many(_step())}


def _item(**more: Schema) -> Schema:
    return obj(
        id=TEXT,
        activity=TEXT,
        title=TEXT,
        side=SIDE,
        purpose=maybe(TEXT),
        competence=maybe(TEXT),
        preparation=maybe(TEXT),
        window=obj(**{"from": maybe(DAY), "to": maybe(DAY)}),
        origins=many(TEXT),
        owner=OWNER,
        disclosure=DISCLOSURE,
        **more,
    )


def _plan() -> Schema:
    conflict = obj(
        id=TEXT,
        kind=TEXT,
        severity=one_of(_literals(Conflict, "severity")),
        between=many(TEXT),
        interaction=maybe(TEXT),
        source=TEXT,
        level=LEVEL,
        adopted=FLAG,
        proposal=FLAG,
        refs=many(TEXT),
        ways_out=many(TEXT),
        decider=TEXT,
        status=one_of(_literals(Conflict, "status")),
        disclosure=DISCLOSURE,
        missing=many(TEXT),
    )
    status = one_of(_literals(Checked, "medication_list_status"))
    return obj(
        items=many(_item(parts=many(_item()))),
        conflicts=many(conflict),
        unknown=many(TEXT),
        checked=obj(rules=COUNT, medication_list=obj(source=maybe(TEXT), at=maybe(DAY), status=status)),
    )


def _literals(owner: type, name: str) -> tuple[str, ...]:
    return get_args(get_type_hints(owner)[name])


def _sheet() -> Schema:
    return obj(
        matters_to_me=many(TEXT),
        who_does_what=many(obj(what=TEXT, who=TEXT, when=TEXT, mine=FLAG)),
        next_step=maybe(TEXT),
        contacts=many(obj(name=TEXT, about=TEXT, phone=maybe(TEXT))),
        if_worse=many(TEXT),
    )


def plan_schema() -> Schema:
    """The whole schema, with every part's words taken from the types that carry them."""
    properties: dict[str, Schema] = {
        "schema": {"const": SCHEMA},
        "program": obj(name={"const": "vardforlopp"}, version=TEXT),
        "language": one_of(("sv", "en")),
        "as_of": DAY,
        "known_at": TIME,
        **_background(),
        **_courses(),
        "plan": _plan(),
        "sheet": _sheet(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The plan of one person, as `vardforlopp plan --format json` writes it",
        **obj(**properties),
        "$defs": _definitions(),
    }
