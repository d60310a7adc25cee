"""Texts for reasons, states and the flowchart, and times as people write them. Pure, no Babel."""

from __future__ import annotations

from collections.abc import Mapping

from vardforlopp.definitions import formats
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import BOOKS
from vardforlopp.kernel.civil import Moment, iso_instant
from vardforlopp.record.facts import Fact

SWEDISH: Mapping[str, str] = {
    "and": "och",
    "or": "eller",
    "on": "den {day}",
    "on.at": "den {day} kl.\u00a0{clock}",
    "on.month": "i {month}",
    "on.year": "år\u00a0{year}",
    "on.between": "någon gång {first} till {last}",
    "since": "sedan {start}",
    "from.to": "från {start} till {end}",
    "span.below": "under {hi}",
    "span.most": "högst {hi}",
    "span.above": "över {lo}",
    "span.least": "minst {lo}",
    "side.left": "vänster sida",
    "side.right": "höger sida",
    "side.both": "båda sidor",
    # reasons
    "reason.proved": "{what}: {facts}",
    "reason.unknown": "Okänt om {what}.",
    "reason.missing": "Saknas: {what}",
    "reason.none": "inget av detta är uppfyllt",
    "reason.anchor": "Räknas från {what}",
    "reason.waiting": "Väntar på: {what}",
    "reason.event": "Händelse: {what}",
    "reason.done": "Gjord enligt: {what}",
    "reason.open": "Räknas som gjord när {what}",
    "reason.due": "{what} Vilar på: {support}.",
    "lacking.one": "en av: {what}",
    "lacking.all": "alla av: {what}",
    "lacking.several": "minst {n} av: {what}",
    "reason.moment": "en tidpunkt",
    "missing.no-base": "inget tidigare värde att jämföra med",
    "reason.side": "vilken sida ({what})",
    # what people have done
    "act.decision": "beslutet ”{what}”: {answer}, {on}",
    "act.decision.plain": "beslutet ”{what}”, {on}",
    "act.deviation": "avsteg {on}",
    "act.decline": "patienten avböjde {on}",
    "act.attestation": "gjort på annat håll, intygat {on}",
    "act.pause": "paus från {on}",
    "act.care-focus": "vårdinriktning beslutad {on}: {answer}",
    "act.care-focus.plain": "vårdinriktning beslutad {on}",
    "act.informed": "patienten informerad {on}",
    "act.credit": "tillgodoräknat {on}",
    "act.reason": "{act} ({reason})",
    # the flowchart
    "flow.title": "{pathway}: flödesschema",
    "flow.desc": "{steps} åtgärder och {choices} vägval i {lanes} vårdnivåer, från ingång till uppföljning. "
    "Samma innehåll finns som ordnad lista.",
    "flow.entry": "Ingång",
    "flow.entries": "Vägar in",
    "flow.exits": "Vägar ut, när som helst",
    "flow.here": "Du är här",
    "flow.folded": "{n} åtgärder",
    "flow.choice": "Vägval",
    "flow.after": "efter {numbers}",
    "flow.first": "från ingången",
    "flow.counted": "räknas från {what}",
    "flow.counted.each": "vid varje uppgift om {what}",
    "flow.counted.entry": "räknas från ingången",
    "flow.counted.several": "räknas från olika uppgifter",
    "flow.settled.record": "avgörs av det som journalen visar",
    "flow.settled.people": "avgörs av personalen",
    "flow.if": "om {label}",
    "flow.legend.step": "Åtgärd",
    "flow.legend.choice": "Vägval",
    "flow.legend.folded": "Flera åtgärder, en pil gäller någon av dem",
    "flow.state.done": "Gjord",
    "flow.state.attested": "Intygad",
    "flow.state.now": "Nu",
    "flow.state.late": "Efter målet",
    "flow.state.unknown": "Okänt",
    "flow.state.next": "Inte än",
    "flow.state.off": "Inte aktuell",
    # the explanation page
    "explain.version": "Version {version}",
    "explain.draft": "utkast, inte fastställt",
    "explain.region": "Så som {region} har det",
    "explain.population": "Vilka förloppet gäller",
    "explain.entries": "Vägar in",
    "explain.exits": "Vägar ut",
    "explain.parameters": "Värden som en region kan ställa in",
    "explain.indicators": "Indikatorer",
    "explain.person": "Personen",
    "explain.person.tell": "Det här får personen veta:",
    "explain.person.contact": "Fast kontakt:",
    "explain.person.own_part": "Det här gör personen själv:",
    "explain.person.relatives": "Närstående:",
    "explain.person.social_services": "Socialtjänst och kommun:",
    "explain.national": "De sex nationella kriterierna",
    "explain.national.C1": "Kan omfatta flera specialiteter.",
    "explain.national.C2": "Kan börja i primärvården och vid behov omfatta socialtjänsten.",
    "explain.national.C3": "Kan omfatta personer med komplex och långvarig sjukdom.",
    "explain.national.C4": "Främjar hälsa genom hela förloppet.",
    "explain.national.C5": "Bygger på tillförlitliga och aktuella kunskapsstöd.",
    "explain.national.C6": "Kan följas i digitala vårdstöd.",
    "explain.national.met": "Uppfyllt: {by}",
    "explain.national.phases": "Uppfyllt, fas för fas:",
    "explain.national.not": "Inte uppfyllt: {why}",
    "explain.national.more": "m.fl. ({n} till)",
    "explain.national.share": "{n} av {of} åtgärder kan följas med koder ur nationella eller internationella "
    "kodverk.",
    "explain.lay.sv": "Så läser personen",
    "explain.lay.sv-x-lattlast": "Så läser personen, lättläst",
    "explain.lay.en": "Så läser personen, på engelska",
    "explain.lay.what": "Vad händer?",
    "explain.lay.why": "Varför?",
    "explain.lay.prepare": "Hur förbereder jag mig?",
    "explain.lay.own_part": "Vad gör jag själv?",
    "explain.lay.ask": "Vem frågar jag?",
    "explain.omitted": "Utelämnat ur faktabladet",
    "explain.sources": "Källor",
    "explain.sources.cited": "Källor som reglerna bygger på",
    "explain.sources.read": "Lästa, men ingen regel bygger på dem",
    "explain.source.checked": "kontrollerad {day}",
    "explain.source.review": "ses över {day}",
    "explain.rests": "Vilar på: {support}",
    "explain.rows": "Rad i faktabladet: {rows}",
    "explain.goals": "Alla tider är mål. Ett datum är bestämt först när en tid är bokad.",
}

ENGLISH: Mapping[str, str] = {
    "and": "and",
    "or": "or",
    "on": "on {day}",
    "on.at": "on {day} at {clock}",
    "on.month": "in {month}",
    "on.year": "in\u00a0{year}",
    "on.between": "some time from {first} to {last}",
    "since": "since {start}",
    "from.to": "from {start} to {end}",
    "span.below": "below {hi}",
    "span.most": "at most {hi}",
    "span.above": "above {lo}",
    "span.least": "at least {lo}",
    "side.left": "left side",
    "side.right": "right side",
    "side.both": "both sides",
    # reasons
    "reason.proved": "{what}: {facts}",
    "reason.unknown": "Unknown whether {what}.",
    "reason.missing": "Missing: {what}",
    "reason.none": "none of this holds",
    "reason.anchor": "Counted from {what}",
    "reason.waiting": "Waiting for: {what}",
    "reason.event": "Event: {what}",
    "reason.done": "Done according to: {what}",
    "reason.open": "Counts as done when {what}",
    "reason.due": "{what} Rests on: {support}.",
    "lacking.one": "one of: {what}",
    "lacking.all": "all of: {what}",
    "lacking.several": "at least {n} of: {what}",
    "reason.moment": "a time",
    "missing.no-base": "no earlier value to compare with",
    "reason.side": "which side ({what})",
    # what people have done
    "act.decision": "the decision “{what}”: {answer}, {on}",
    "act.decision.plain": "the decision “{what}”, {on}",
    "act.deviation": "deviation {on}",
    "act.decline": "the patient declined {on}",
    "act.attestation": "done elsewhere, attested {on}",
    "act.pause": "pause from {on}",
    "act.care-focus": "care focus decided {on}: {answer}",
    "act.care-focus.plain": "care focus decided {on}",
    "act.informed": "the patient was informed {on}",
    "act.credit": "credited {on}",
    "act.reason": "{act} ({reason})",
    # the flowchart
    "flow.title": "{pathway}: flowchart",
    "flow.desc": "{steps} steps and {choices} choices on {lanes} levels of care, from entry to follow-up. "
    "The same content stands as an ordered list.",
    "flow.entry": "Entry",
    "flow.entries": "Ways in",
    "flow.exits": "Ways out, at any time",
    "flow.here": "You are here",
    "flow.folded": "{n} steps",
    "flow.choice": "Choice",
    "flow.after": "after {numbers}",
    "flow.first": "from entry",
    "flow.counted": "counted from {what}",
    "flow.counted.each": "at each record of {what}",
    "flow.counted.entry": "counted from entry",
    "flow.counted.several": "counted from different records",
    "flow.settled.record": "settled by what the record shows",
    "flow.settled.people": "settled by the staff",
    "flow.if": "if {label}",
    "flow.legend.step": "Step",
    "flow.legend.choice": "Choice",
    "flow.legend.folded": "Several steps, an arrow is for some of them",
    "flow.state.done": "Done",
    "flow.state.attested": "Attested",
    "flow.state.now": "Now",
    "flow.state.late": "Past its goal",
    "flow.state.unknown": "Unknown",
    "flow.state.next": "Not yet",
    "flow.state.off": "Not current",
    # the explanation page
    "explain.version": "Version {version}",
    "explain.draft": "draft, not approved",
    "explain.region": "As {region} has it",
    "explain.population": "Whom the pathway is for",
    "explain.entries": "Ways in",
    "explain.exits": "Ways out",
    "explain.parameters": "Values that a region can set",
    "explain.indicators": "Indicators",
    "explain.person": "The person",
    "explain.person.tell": "What the person is told:",
    "explain.person.contact": "Fixed contact:",
    "explain.person.own_part": "What the person does:",
    "explain.person.relatives": "Relatives:",
    "explain.person.social_services": "Social services and municipality:",
    "explain.national": "The six national criteria",
    "explain.national.C1": "Can involve several specialties.",
    "explain.national.C2": "Can start in primary care and include social services when needed.",
    "explain.national.C3": "Can include people with complex and lasting illness.",
    "explain.national.C4": "Promotes health through the whole course.",
    "explain.national.C5": "Builds on reliable and current knowledge.",
    "explain.national.C6": "Can be followed in digital care supports.",
    "explain.national.met": "Met: {by}",
    "explain.national.phases": "Met, phase by phase:",
    "explain.national.not": "Not met: {why}",
    "explain.national.more": "and {n} more",
    "explain.national.share": "{n} of {of} steps can be followed by codes of national or international "
    "systems.",
    "explain.lay.sv": "What the person reads, in Swedish",
    "explain.lay.sv-x-lattlast": "What the person reads, in easy Swedish",
    "explain.lay.en": "What the person reads",
    "explain.lay.what": "What happens?",
    "explain.lay.why": "Why?",
    "explain.lay.prepare": "How do I prepare?",
    "explain.lay.own_part": "What do I do myself?",
    "explain.lay.ask": "Whom do I ask?",
    "explain.omitted": "Left out of the fact sheet",
    "explain.sources": "Sources",
    "explain.sources.cited": "Sources that the rules build on",
    "explain.sources.read": "Read, but no rule builds on them",
    "explain.source.checked": "checked {day}",
    "explain.source.review": "to be reviewed {day}",
    "explain.rests": "Rests on: {support}",
    "explain.rows": "Row of the fact sheet: {rows}",
    "explain.goals": "All times are goals. A date is settled only when a time is booked.",
}

TEXTS: Mapping[Lang, Mapping[str, str]] = {"sv": SWEDISH, "en": ENGLISH}


def say(lang: Lang, key: str, **values: object) -> str:
    """The text `key` with its places filled."""
    return TEXTS[lang][key].format(**values)


# --- times ---------------------------------------------------------------------------------------


def day_words(day: int, lang: Lang) -> str:
    """`2 mars 2026`."""
    return formats.day(day, BOOKS[lang])


def on_words(moment: Moment, lang: Lang) -> str:
    """`den 2 mars 2026`, `den 2 mars 2026 kl. 10.15`."""
    day = day_words(moment.day, lang)
    if not moment.exact:
        return say(lang, "on", day=day)
    return say(lang, "on.at", day=day, clock=_clock(moment.at, lang))


def _clock(at: int, lang: Lang) -> str:
    hours_minutes = iso_instant(at)[11:16]
    return hours_minutes.replace(":", ".") if lang == "sv" else hours_minutes


def fact_time_words(fact: Fact, lang: Lang) -> str:
    """When a fact was: a day, a month or a year; for a state since when, or from when to when."""
    start = _start_words(fact, lang)
    if not fact.state:
        return start
    if fact.until_day is None:
        return say(lang, "since", start=_bare(start, lang))
    end = say(lang, "on", day=day_words(fact.until_day, lang))
    return say(lang, "from.to", start=_bare(start, lang), end=_bare(end, lang))


def _bare(start: str, lang: Lang) -> str:
    """A time without the word that places it: `since 2 March 2026`, `från mars 2026`."""
    placing = {"en": ("on ", "in ", "in\u00a0"), "sv": ("i ", "år\u00a0")}[lang]
    for word in placing:
        start = start.removeprefix(word)
    return start


def _start_words(fact: Fact, lang: Lang) -> str:
    if fact.day == fact.last_day:
        return say(lang, "on", day=day_words(fact.day, lang))
    first, last = (day_words(day, lang).split(formats.NBSP) for day in (fact.day, fact.last_day))
    if first[0] == "1" and first[1:] == last[1:]:
        return say(lang, "on.month", month=formats.NBSP.join(first[1:]))
    if first[2] == last[2] and fact.last_day - fact.day >= 364:
        return say(lang, "on.year", year=first[2])
    return say(lang, "on.between", first=formats.NBSP.join(first), last=formats.NBSP.join(last))
