"""One record being read: what has been found so far, and the questions every resource asks.

The readers of the resource types get this object and add facts, findings, acts and mentions.
Nothing here outlives the reading of one record.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from vardforlopp.fhir.bundle import Collected
from vardforlopp.fhir.concepts import text_of
from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.quality import finding
from vardforlopp.fhir.reader import Reader, Target
from vardforlopp.fhir.resource_types import SUBJECT, Json
from vardforlopp.fhir.sides import side_of
from vardforlopp.fhir.statuses import ELEMENT, SHOWS, reason_of
from vardforlopp.fhir.times import Times, written
from vardforlopp.kernel.civil import Interval, start_of_day
from vardforlopp.record.facts import Act, Day, Fact, Side
from vardforlopp.record.record import Enrolment, Finding, Mention

MentionKind = Literal["matters", "goal", "contact", "appointment", "if-worse", "own-action", "plan"]

#: What a resource of another shape than FHIR's raises when it is read.
SHAPE = (KeyError, TypeError, AttributeError, ValueError, IndexError, ArithmeticError)

_KNOWN = ("issued", "recordedDate", "recorded", "authoredOn")
_STAMPED = frozenset({*_KNOWN, "dateAsserted", "meta"})  # all that any type says it in


class End(NamedTuple):
    """The end of a state: instant and civil day; both None = it goes on."""

    until: int | None
    day: int | None


ONGOING = End(None, None)

#: Past the constructor, which costs more than all the rest: every field stands at the call. Unpacking
#: a span first is quicker than `*span` among the fields.
new_fact = tuple.__new__


def end_at(span: Interval) -> End:
    """The end that a written time means; of an imprecise one the last day."""
    if span.lo == span.hi:
        return End(span.lo, span.day)
    return End(start_of_day(span.last_day), span.last_day)


def end_on(day: int) -> End:
    """An end known to the day."""
    return End(start_of_day(day), day)


class Reading:
    """Accumulates one person's record; every method is about that one record."""

    def __init__(self, reader: Reader, collected: Collected, *, times: Times, me: set[str]) -> None:
        self.reader = reader
        self.collected = collected
        self.times = times
        self.stamps = times.stamps  # when something was recorded
        self.me = me
        self.facts: list[Fact] = []
        self.stops: list[Fact] = []
        self.findings: list[Finding] = list(collected.findings)
        self.skipped: dict[tuple[str, str], list[str]] = {}
        self.acts: list[Act] = []
        self.enrolments: list[Enrolment] = []
        self.mentions: list[Mention] = []
        self.kinds: set[str] = set()
        self.edges: dict[str, set[str]] = {}
        self.assumed: list[str] = []
        self.ahead: dict[str, int] = {}  # what is dated later than now, and from when it says more
        self.born: tuple[int, int] | None = None
        stamp = self.stamps[collected.stamp] if collected.stamp is not None else None
        self.put_together = stamp
        self.visits: set[str] = set()  # references to visits that are here
        self._encounters = collected.groups.get("Encounter") or {}
        self._agents: dict[str, list[Json]] | None = None

    # --- the report -------------------------------------------------------------------------

    def find(self, code: str, ref: str, path: str) -> None:
        """Add a finding."""
        self.findings.append(finding(code, ref, path))

    def skip(self, kind: str, ref: str, reason: str) -> None:
        """Count a resource as not read."""
        self.skipped.setdefault((kind, reason), []).append(ref)

    def misshapen(self, kind: str, ref: str, error: Exception) -> None:
        """Count a resource as not read because it is not shaped as FHIR says; take back its facts."""
        for made in (self.facts, self.stops):
            while made and made[-1].ref.partition("#")[0] == ref:
                made.pop()
        if isinstance(error, KeyError) and error.args and error.args[0] in _REQUIRED:
            self.find("VF-QUA-020", ref, error.args[0])
        else:
            self.find("VF-QUA-021", ref, kind)
        self.skip(kind, ref, "not FHIR R4")

    # --- whom, and whether it counts ----------------------------------------------------------

    def about_me(self, resource: Json, kind: str, ref: str) -> bool:
        """True when the resource is about this person; else it is counted as not read."""
        path = SUBJECT.get(kind, "subject")
        subject = resource.get(path)
        if subject is None:
            self.find("VF-QUA-015", ref, path)
            self.skip(kind, ref, "no subject")
            return False
        if self.is_me(subject):
            return True
        self.find("VF-QUA-014", ref, path)
        self.skip(kind, ref, "another person")
        return False

    def is_me(self, subject: Json) -> bool:
        """True when a reference means this person: by URL, by `Type/id`, or by identifier."""
        text = subject.get("reference")
        if text in self.me:
            return True
        if text is None:
            identifier = subject.get("identifier") or {}
            return identifier_key(self.reader, identifier) in self.me
        target = self.resolve(text)
        if (
            target is not None
            and f"Patient/{target.get('id')}" in self.me
            and target["resourceType"] == "Patient"
        ):
            self.me.add(text)
            return True
        return False

    def shows(self, resource: Json, kind: str, ref: str) -> int:
        """What the status shows (PERFORMED, ORDERED); 0 = nothing, counted as not read."""
        element = ELEMENT.get(kind, "status")
        status = resource.get(element)
        if status is None:
            self.find("VF-QUA-016", ref, element)
            self.skip(kind, ref, "no status")
            return 0
        shown = SHOWS[kind].get(status, 0)
        if not shown:
            reason = reason_of(status)
            if reason is None:
                self.find("VF-QUA-017", ref, element)
            self.skip(kind, ref, reason or "status unknown")
        return shown

    # --- references ---------------------------------------------------------------------------

    def resolve(self, text: str, container: Json | None = None) -> Json | None:
        """The resource that a reference means; None when it is not here."""
        if text.startswith("#"):
            inside = () if container is None else container.get("contained") or ()
            return next((part for part in inside if part.get("id") == text[1:]), None)
        groups = self.collected.groups
        if text.startswith("urn:uuid:"):
            own = text[9:]
            for group in groups.values():
                if own in group:
                    return group[own]
        else:
            kind, own = type_and_id(text)
            if kind in groups and own in groups[kind]:
                return groups[kind][own]
        return self.collected.urls.get(text)

    def follow(self, reference: Json | None, container: Json | None = None) -> Json | None:
        """The resource behind a Reference element, if it is here."""
        text = reference.get("reference") if reference else None
        return None if text is None else self.resolve(text, container)

    def visit(self, resource: Json, ref: str) -> None:
        """Check the reference to the visit, of a resource that gives facts."""
        path = "encounter" if "encounter" in resource else "context"
        visit = resource.get(path)
        if isinstance(visit, dict):
            text = visit.get("reference")
            if text not in self.visits:
                # Nearly all are `urn:uuid:` or `Encounter/` and a UUID that is the visit's id.
                if text is not None and (text[-36:] in self._encounters or self.resolve(text) is not None):
                    self.visits.add(text)
                else:
                    self.check(visit, ref, path, resource)

    def linked(self, resource: Json, ref: str, paths: frozenset[str]) -> None:
        """Check references: what is not here is a finding, what leads in a circle too."""
        if resource.keys().isdisjoint(paths):
            return
        for path in sorted(paths & resource.keys()):
            element = resource[path]
            for reference in (element,) if element.__class__ is dict else element or ():
                self.check(reference, ref, path, resource)

    def check(self, reference: Json, ref: str, path: str, container: Json | None = None) -> None:
        """Check one reference. Conditional ones (`Patient?identifier=`) cannot be checked."""
        text = reference.get("reference")
        if text is None or "?" in text:
            return
        target = self.resolve(text, container)
        if target is None:
            self.find("VF-QUA-012", ref, path)
        elif path in _LEADING and not text.startswith("#"):
            self.edges.setdefault(ref, set()).add(self.collected.ref_of(target))

    def agents(self) -> dict[str, list[Json]]:
        """Who did what: the agents of each `Type/id` that a Provenance is about."""
        if self._agents is None:
            self._agents = {}
            for _, provenance in sorted(self.collected.groups.get("Provenance", {}).items()):
                for target in provenance.get("target") or ():
                    found = self.resolve(target.get("reference") or "")
                    if found is not None and found["resourceType"] == "Task":
                        named = self._agents.setdefault(self.collected.ref_of(found), [])
                        named.extend(provenance.get("agent") or ())
        return self._agents

    # --- times --------------------------------------------------------------------------------

    def when(self, text: Any, ref: str, path: str) -> Interval | None:
        """What a written time covers; None, with a finding, when no fact may have it."""
        span = self.times[text]
        if span is None:
            fault = self.times.fault(text)
            if fault is not None:
                self.find(fault, ref, path)
            if fault == "VF-QUA-003":
                ahead = self.stamps[text]
                assert ahead is not None
                self.ahead[ref] = min(ahead.lo, self.ahead.get(ref, ahead.lo))
        return span

    def ending(self, text: Any, ref: str, path: str) -> Interval | None:
        """An end as written. It may lie ahead (a planned end); years that mean "unknown" do not."""
        span = self.stamps[text]
        if span is None:
            self.find("VF-QUA-001" if written(text) is None else "VF-QUA-002", ref, path)
        return span

    def known(
        self, resource: Json, ref: str, span: Interval, own: Sequence[str] = _KNOWN
    ) -> tuple[Interval, int] | None:
        """When it happened as far as can be told, and the instant since which that was known.

        What is recorded cannot lie after its recording: an imprecise time ends there, and a time
        that begins later is reported and gives None.
        """
        if resource.keys().isdisjoint(_STAMPED):  # most resources do not say when they were recorded
            self.assumed.append(ref)
            return span, span.lo
        recorded: Interval | None = None
        for path in own:
            if path in resource:
                recorded = self.stamps[resource[path]]
                if recorded is not None:
                    break
                self.find("VF-QUA-001", ref, path)
        if recorded is None and "meta" in resource:
            text = (resource["meta"] or {}).get("lastUpdated")
            recorded = self.stamps[text] if text is not None else None
        if recorded is None:
            self.assumed.append(ref)
            return span, span.lo
        if span.hi > recorded.hi:
            if span.day > recorded.last_day:
                self.find("VF-QUA-003", ref, "effective")
                return None
            last_day = min(span.last_day, recorded.last_day)
            span = Interval(span.lo, max(span.lo, recorded.hi), span.day, last_day)
        return span, recorded.lo

    # --- what the sheet may say -----------------------------------------------------------------

    def mention(
        self,
        kind: MentionKind,
        text: object,
        ref: str,
        *,
        time: Day | None = None,
        role: object = None,
        phone: object = None,
        unit: object = None,
        until: int | None = None,
        selectors: tuple[str, ...] = (),
    ) -> None:
        """Add something that the sheet may say, if there is a text."""
        said = text_of(text)
        if said is not None:
            day, at = (None, None) if time is None else time
            people = text_of(role), text_of(phone), text_of(unit)
            self.mentions.append(Mention(kind, said, ref, day, at, *people, until, selectors))

    # --- facts --------------------------------------------------------------------------------

    def event(
        self,
        target: Target,
        span: Interval,
        since: int,
        ref: str,
        *,
        resource: Json,
        read: Read = NOTHING,
        limits: tuple[Fraction | None, Fraction | None] = (None, None),
        end: End | None = None,
    ) -> None:
        """Add a fact, known `since` an instant. `end` is given for a piece of a state."""
        value, unit, original, unusable = read
        if unusable is not None:
            self.find(unusable, ref, "value")
        (lo, hi, day, last_day), (low, high) = span, limits
        until, until_day = (None, None) if end is None else end
        side = self._side(ref, resource) if target.sided else None
        self.facts.append(
            new_fact(Fact, (
                target.selector, lo, hi, day, last_day, since, ref, value, unit, original, low, high,
                side, end is not None, until, until_day, None, unusable, (),
            ))
        )  # fmt: skip

    def stop(self, target: Target, span: Interval, since: int, ref: str, *, resource: Json) -> None:
        """Add a recorded stop of a state."""
        side = self._side(ref, resource) if target.sided else None
        self.stops.append(Fact(target.selector, *span, since, ref, side=side))

    def _side(self, ref: str, resource: Json) -> Side | None:
        side = side_of(resource)
        if side is None:
            self.find("VF-QUA-035", ref, "bodySite")
        return side


_REQUIRED = frozenset({"code", "subject", "patient", "for", "status", "class", "vaccineCode", "description"})


def plain_fact(target: Target, span: Interval, since: int, ref: str) -> Fact:
    """A fact of a plain selector without value: what most facts of other types than observations are."""
    lo, hi, day, last_day = span
    return new_fact(Fact, (
        target.selector, lo, hi, day, last_day, since, ref, None, None, None,
        None, None, None, False, None, None, None, None, (),
    ))  # fmt: skip


#: References that could lead in a circle.
_LEADING = frozenset({"partOf", "basedOn", "replaces", "hasMember", "derivedFrom"})


def type_and_id(text: str) -> tuple[str, str]:
    """`Type` and `id` of a relative or absolute reference, without its version."""
    parts = text.split("/_history/", 1)[0].rsplit("/", 2)
    return (parts[-2], parts[-1]) if len(parts) > 1 else ("", text)


def identifier_key(reader: Reader, identifier: Json) -> str:
    """An identifier as one comparable text."""
    return f"{reader.systems.canonical(str(identifier.get('system', '')))}|{identifier.get('value', '')}"
