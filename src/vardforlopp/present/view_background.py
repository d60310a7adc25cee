"""What the plan rests on: what was checked, the data's quality, its sources, the definitions' versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.model import Adoption, Pathway
from vardforlopp.fhir.quality import WORDINGS
from vardforlopp.present.plan_model import Row, Table
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Quality, Source

_FINDINGS_SHOWN = 8
_GOALS_SHOWN = 6


def checked_lines(person: PersonPlan, voice: Voice) -> tuple[str, ...]:
    """What was tried, on which medication list; never empty reassurance (S12)."""
    if person.dead:
        return (voice.say("checked.not_for_the_dead"),)
    checked = person.proposal.checked
    reliable = checked.medication_list_status == "fresh"
    if not checked.rules:
        said = voice.say("checked.no_rules")
    elif reliable and not person.proposal.conflicts:
        said = voice.count("checked.none", checked.rules)
    else:
        said = voice.count("checked.tried", checked.rules)
    return (said, *_medication_list(person, voice), voice.say("checked.otc"))


def _medication_list(person: PersonPlan, voice: Voice) -> list[str]:
    checked = person.proposal.checked
    if checked.medication_list_status == "missing":
        return [_partly(person, voice) or voice.say("checked.list.missing")]
    if checked.medication_list_at is None:
        return [voice.say("checked.list.file")]
    day, source = voice.day(checked.medication_list_at), checked.medication_list_source or ""
    lines = [voice.say(f"checked.list.{checked.medication_list_status}", source=source, day=day)]
    if any(each.assumed for each in person.record.sources if each.kind == "medications"):
        lines.append(voice.say("checked.list.assumed"))
    return lines


def _partly(person: PersonPlan, voice: Voice) -> str:
    """A list of which a part is there: which part, and what is not; nothing where no part is."""
    sources = [each for each in person.record.sources if each.kind == "medications"]
    read = voice.joined(sorted({_provider(each, voice) for each in sources if each.connected}))
    others = voice.joined(sorted({_provider(each, voice) for each in sources if not each.connected}))
    return voice.say("checked.list.partly", source=read, others=others) if read and others else ""


def _provider(source: Source, voice: Voice) -> str:
    return source.provider or voice.say("sources.file")


def goal_lines(person: PersonPlan, voice: Voice) -> tuple[str, ...]:
    """Goals that care has set: told to staff, and never as what the person has said."""
    goals = dict.fromkeys(each.text for each in person.record.mentions if each.kind == "goal")
    shown = sorted(goals)[:_GOALS_SHOWN]
    if len(goals) > len(shown):
        shown.append(voice.count("course.more", len(goals) - len(shown)))
    return (voice.say("quality.goals", what="; ".join(shown)),) if shown else ()


def quality_lines(quality: Quality, voice: Voice) -> tuple[str, ...]:
    """The counts, which add up: every resource is accounted for."""
    rest = sum(each.count for each in quality.not_read)
    read, unread = voice.count("quality.read", quality.read), voice.count("quality.unread", rest)
    lines = [voice.count("quality.counts", quality.resources, read=read, unread=unread)]
    if quality.known_from_assumed:
        lines.append(voice.count("quality.known_from", quality.known_from_assumed))
    if not quality.findings:
        lines.append(voice.say("quality.clean"))
    return tuple(lines)


def background_tables(person: PersonPlan, voice: Voice, *, pathways: Sequence[Pathway]) -> tuple[Table, ...]:
    """The tables of the background, those that have rows."""
    quality = person.record.quality
    tables = (
        sources_table(person.record.sources, voice, today=person.as_of.day),
        _definitions_table(pathways, voice),
        _not_read_table(quality, voice),
        _findings_table(quality, voice),
    )
    return tuple(table for table in tables if table.rows)


def _not_read_table(quality: Quality, voice: Voice) -> Table:
    found = sorted(quality.not_read, key=lambda each: (-each.count, each.type, each.reason))
    return Table(
        voice.say("quality.not_read"),
        (voice.say("quality.type"), voice.say("quality.reason"), voice.say("quality.count")),
        tuple(Row((each.type, _reason(each.reason, voice), voice.number(each.count))) for each in found),
    )


def _reason(reason: str, voice: Voice) -> str:
    key = f"not_read.{reason}"
    return voice.say(key) if voice.knows(key) else reason


def _findings_table(quality: Quality, voice: Voice) -> Table:
    """One row a kind of finding, with how many and one example; the rest is in the JSON."""
    counts = Counter(each.code for each in quality.findings)
    examples = {each.code: each for each in reversed(quality.findings)}
    rows = []
    for code, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FINDINGS_SHOWN]:
        first = examples[code]
        words = WORDINGS[code][voice.lang] if code in WORDINGS else None
        what = words.what if words else first.what
        do = words.do if words else first.do
        rows.append(Row((f"{code}: {what}", do, _short(first.ref), voice.number(n))))
    left = len(counts) - len(rows)
    return Table(
        voice.count("quality.findings", len(quality.findings)),
        (
            voice.say("quality.finding"),
            voice.say("quality.do"),
            voice.say("quality.example"),
            voice.say("quality.count"),
        ),
        tuple(rows),
        voice.count("quality.more", left) if left else "",
    )


def _short(ref: str) -> str:
    """A long id, cut; the whole one stands in the JSON."""
    kind, _, own = ref.partition("/")
    return f"{kind}/{own[:8]}…" if len(own) > 12 else ref


def sources_table(sources: Sequence[Source], voice: Voice, *, today: int) -> Table:
    """Which kinds of data are connected, and how fresh; equal rows of one provider stand together."""
    merged: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        kind = voice.names().kind(source.kind, voice.lang)
        merged.setdefault((source.provider, _status(source, voice, today=today)), []).append(kind)
    rows = [
        Row((voice.joined(sorted(kinds)), provider or voice.say("sources.file"), status))
        for (provider, status), kinds in sorted(merged.items())
    ]
    assumed = any(source.assumed for source in sources)
    return Table(
        voice.say("sources.caption"),
        (voice.say("sources.kind"), voice.say("sources.provider"), voice.say("sources.status")),
        tuple(rows),
        voice.say("sources.assumed_note") if assumed else "",
    )


def _status(source: Source, voice: Voice, *, today: int) -> str:
    if not source.connected:
        key = "sources.not_connected"
    else:
        key = "sources.connected" if source.fresh(today) else "sources.stale"
    parts = [voice.say(key)]
    if source.connected and source.last_seen is not None:
        parts.append(voice.say("sources.seen", day=voice.day(source.last_seen)))
    if source.assumed:
        parts.append(voice.say("sources.assumed"))
    return ", ".join(parts)


def _definitions_table(pathways: Sequence[Pathway], voice: Voice) -> Table:
    overlay = voice.overlay
    region = voice.text(overlay.title, overlay.id) if overlay else voice.say("definitions.no_region")
    rows = []
    for pathway in pathways:
        status = voice.say(f"definitions.status.{pathway.status}")
        adopted = adoption_of(pathway, voice)
        said = (
            voice.say("definitions.adopted_by", by=adopted.by, day=voice.day(adopted.on))
            if adopted
            else voice.say("definitions.not_adopted")
        )
        title = voice.text(pathway.title, pathway.id)
        rows.append(Row((title, f"{pathway.version} ({status})", region, said)))
    return Table(
        voice.say("definitions.caption"),
        (
            voice.say("definitions.pathway"),
            voice.say("definitions.version"),
            voice.say("definitions.region"),
            voice.say("definitions.adopted"),
        ),
        tuple(rows),
    )


def adoption_of(pathway: Pathway, voice: Voice) -> Adoption | None:
    """The region's adoption of this version, if it has one."""
    adoptions = voice.overlay.adoptions if voice.overlay else ()
    same = (each for each in adoptions if (each.pathway, each.version) == (pathway.id, pathway.version))
    return min(same, key=lambda each: (each.on, each.by), default=None)
