"""A page with the invented persons in several pathways, for clinicians to judge and correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from case_words import act_line
from generate_language import anchor
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.contract import ways_out
from vardforlopp.definitions import formats
from vardforlopp.definitions.cases import ActLine, FactLine
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.formats import JOINER
from vardforlopp.definitions.persons import (
    ExpectedConflict,
    PersonCase,
    PersonExpectation,
    StepName,
)
from vardforlopp.definitions.read_persons import load_persons
from vardforlopp.kernel.civil import Interval, iso
from vardforlopp.present.voice import Voice

PAGE = "docs/pathways/personer.md"
SEX = {"female": "Kvinna", "male": "Man", "other": "Person", "unknown": "Person", None: "Person"}
#: Of the conflicts that joining itself finds.
WAYS_OUT = {
    "incompatible-timing": ways_out.IMPOSSIBLE_TIMING,
    "two-owners": ways_out.TWO_OWNERS,
    "preparation-clash": ways_out.PREPARATION_CLASH,
    "double-booking": ways_out.DOUBLE_BOOKING,
    "contradicting-advice": ways_out.DECLINED_ELSEWHERE,
}
LISTS = {"fresh": "färsk", "stale": "gammal", "missing": "saknas"}


@cache
def _content() -> tuple[Definitions, tuple[PersonCase, ...]]:
    definitions = load_content().definitions
    return definitions, load_persons(content_texts(), definitions).persons


def page(root: Path) -> str:
    """`docs/pathways/personer.md`."""
    definitions, persons = _content()
    lines = [
        "# Personer i flera förlopp samtidigt",
        "",
        "Påhittade personer, och vad den gemensamma planen ska säga om dem: vad som blir en enda åtgärd,",
        "vad som ska hållas isär och varför, vilka krockar som visas med sina vägar ut, och hur mycket",
        "planen begär. Allt som slås samman och alla krockar den dagen står med; `vardforlopp cases` prövar",
        "att det stämmer. Sidan skrivs ur `src/vardforlopp/content/persons/` av `make docs`; rätta där.",
        "",
        *(f"- [{_title(person)}](#{anchor(_title(person))})" for person in persons),
    ]
    for person in persons:
        lines += _Person(person, Voice(definitions, "sv", person.region)).lines()
    return "\n".join(line.replace(JOINER, "").rstrip() for line in lines) + "\n"


class _Person:
    """One person, in words."""

    def __init__(self, person: PersonCase, voice: Voice) -> None:
        self._person, self._voice = person, voice

    def lines(self) -> list[str]:
        """The person's part of the page."""
        facts = self._person.facts
        return [
            "",
            f"## {_title(self._person)}",
            "",
            f"{self._who()} `{facts.id}`",
            *_section("Förlopp", self._stays()),
            *_section("Journalen", self._record()),
            *(line for expected in self._person.expect for line in self._day(expected)),
        ]

    def _who(self) -> str:
        facts, overlay = self._person.facts, self._voice.overlay
        born = f", född {_when(facts.born)}" if facts.born else ""
        died = f", död {iso(facts.died.day)}" if facts.died else ""
        region = f" {self._voice.text(overlay.title)}." if overlay else ""
        return f"{SEX[facts.sex]}{born}{died}.{region}"

    def _stays(self) -> Iterator[str]:
        for name, lines in self._person.enrol.items():
            for line in lines:
                entry = (
                    self._voice.names(name).entry(line.entry, "sv") if line.entry else "utan noterad ingång"
                )
                yield f"{self._pathway(name, line.side)} från {_when(line.on)}: {entry}"

    def _record(self) -> Iterator[str]:
        told = [
            (line.on.lo, self._fact(line)) for line in self._person.facts.record if isinstance(line, FactLine)
        ]
        told += [
            (line.on.lo, self._act(line, name)) for name, acts in self._person.acts.items() for line in acts
        ]
        yield from (text for _, text in sorted(told, key=lambda each: each[0]))

    def _fact(self, line: FactLine) -> str:
        value = f" {self._value(line.written[0])}" if line.written else ""
        side = f", {self._side(line.side)}" if line.side else ""
        until = f" till {_when(line.until)}" if line.until else ""
        status = f" ({self._voice.say(f'case.status.{line.status}')})" if line.status else ""
        title = self._voice.names().selector(line.selector, "sv")
        return f"{_when(line.on)}{until} {title}{value}{side}{status}"

    def _value(self, written: str) -> str:
        """What was written, with the unit as people write it."""
        number, _, unit = written.partition(" ")
        text = number.replace(".", ",")
        return formats.with_unit(text, unit, book=self._voice.book) if unit else text

    def _act(self, line: ActLine, pathway: str) -> str:
        said = act_line(line, self._voice.names(pathway))
        return f"{_when(line.on)} {said} ({self._voice.short(pathway)})"

    def _day(self, expected: PersonExpectation) -> Iterator[str]:
        yield from ("", f"### {self._voice.day(expected.as_of.day)}")
        if expected.follows is not None:
            names = [self._pathway(name) for name in expected.follows]
            yield from ("", f"Följer {self._voice.joined(names) or 'inget förlopp'}.")
        for name, way_out in expected.ended:
            yield from (
                "",
                f"{self._pathway(name)} är avslutat: {self._voice.names(name).exit(way_out, 'sv')}.",
            )
        for name in expected.suggested:
            yield from ("", f"{self._pathway(name)} föreslås för personalen.")
        if expected.activities is not None:
            yield from ("", f"Antal åtgärder i planen: {expected.activities}.")
        if expected.joined is not None:
            groups = [f"{self._activity(group[0])}: {self._steps(group)}" for group in expected.joined]
            yield from _list("Blir en åtgärd", groups, otherwise="Inget slås samman.")
        apart = [f"{self._steps(each.steps)}. {each.why['sv']}" for each in expected.apart]
        yield from _list("Hålls isär", apart)
        states = [
            f"{self._step(name)}: {self._voice.say(f'case.state.{state}')}" for name, state in expected.steps
        ]
        yield from _list("Så står det till", states)
        if expected.conflicts is not None:
            conflicts = [line for each in expected.conflicts for line in self._conflict(each)]
            yield from _list("Krockar", conflicts, otherwise="Inga krockar.")
        if expected.medication_list is not None:
            yield from ("", f"Läkemedelslistan är {LISTS[expected.medication_list]}.")
        if expected.burden is not None:
            yield from ("", f"**Börda** inom {expected.burden.days} dagar: {self._burden(expected)}.")

    def _burden(self, expected: PersonExpectation) -> str:
        counted = expected.burden
        assert counted is not None
        parts = [
            f"{number} {one if number == 1 else several}"
            for number, one, several in (
                (counted.contacts, "kontakt med vården", "kontakter med vården"),
                (counted.own, "egen åtgärd", "egna åtgärder"),
            )
            if number is not None
        ]
        return self._voice.joined(parts)

    def _conflict(self, expected: ExpectedConflict) -> Iterator[str]:
        rule = self._voice.definitions.catalogue.interactions.get(expected.name)
        title = self._voice.text(rule.title) if rule else self._voice.say(f"conflict.{expected.name}")
        if expected.status == "none":
            yield f"{title}: *visas inte*"
            return
        said = [self._voice.say(f"conflict.status.{expected.status}")]
        said += [f"{expected.number} stycken"] if expected.number > 1 else []
        said += [self._voice.say("conflict.status.proposal")] if expected.proposal else []
        yield f"{title} ({', '.join(said)}). {self._voice.text(rule.text) if rule and rule.text else ''}"
        for way in rule.ways_out if rule else WAYS_OUT[expected.name]:
            yield f"  {self._voice.text(way)}"

    def _activity(self, name: StepName) -> str:
        return self._voice.activity(self._voice.definitions.pathways[name.pathway].steps[name.step].activity)

    def _steps(self, names: Iterable[StepName]) -> str:
        return "; ".join(map(self._step, names))

    def _step(self, name: StepName) -> str:
        side = f" {self._side(name.side)}" if name.side else ""
        return f"{self._voice.step(name.pathway, name.step)} ({self._voice.short(name.pathway)}{side})"

    def _pathway(self, name: str, side: str | None = None) -> str:
        return self._voice.short(name) + (f" ({self._side(side)})" if side else "")

    def _side(self, side: str) -> str:
        return self._voice.say(f"plan.side.{side}")


def _title(person: PersonCase) -> str:
    return person.facts.title["sv"]


def _when(on: Interval) -> str:
    """The day, or the month or the year when no more is said."""
    start, end = iso(on.day), iso(on.last_day)
    return start if start == end else start[:7] if start[:7] == end[:7] else start[:4]


def _section(title: str, body: Iterable[str]) -> list[str]:
    return list(_list(title, list(body)))


def _list(title: str, body: list[str], *, otherwise: str = "") -> Iterator[str]:
    """A heading and a list; what begins with a space stands under the line before it."""
    if body:
        yield from ("", f"**{title}**", "")
        yield from (f"  - {line.strip()}" if line.startswith(" ") else f"- {line}" for line in body)
    elif otherwise:
        yield from ("", otherwise)


PAGES: dict[str, Callable[[Path], str]] = {PAGE: page}
