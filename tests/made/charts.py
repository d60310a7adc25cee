"""Pathways to be drawn, and where a person is in them."""

from __future__ import annotations

from made.spoken import CATALOGUE, PLACE, REGIONAL, criterion, moment, pathway, step, texts
from vardforlopp.definitions.criteria import FactLeaf
from vardforlopp.definitions.model import Exit, Owner, Per, Step
from vardforlopp.definitions.names import Names
from vardforlopp.engine.course import Course, State, StepState
from vardforlopp.kernel.civil import as_of_day, civil, day_from_iso
from vardforlopp.kernel.durations import Duration
from vardforlopp.record.record import Enrolment

HOSPITAL = Owner(("lakare",), "specialiserad")
DAY = day_from_iso("2026-03-02")


def chart(*steps: Step, **given: object) -> Names:
    """The names of a pathway with these steps."""
    return Names(CATALOGUE, pathway(*steps, **given))


def example() -> Names:
    """Work-up in primary care, an echo in hospital, a choice, two treatments, a check after each."""
    return chart(
        step("prov", "NT-proBNP", "NT-proBNP", done=FactLeaf("ntprobnp"), within=Duration(3, "days")),
        step("remiss", "Remiss", "Referral", after=moment("{done: prov}"), done=FactLeaf("kol")),
        step("eko", "Eko", "Echo", after=moment("{done: remiss}"), owner=HOSPITAL, done=FactLeaf("lvef")),
        step(
            "start", "Start av behandling", "Start of treatment", phase="fas-b",
            when=criterion("{branch: ef-klass, is: hfref}"), done=FactLeaf("klozapin"),
        ),
        step(
            "kontroll", "Kontroll", "Check", phase="fas-b", per=Per(selector="klozapin"),
            every=None, within=Duration(2, "weeks"), done=FactLeaf("kalium"),
        ),
        exits={"UT1": Exit("UT1", ("kol",), texts("Utesluten", "Ruled out"), REGIONAL, PLACE)},
    )  # fmt: skip


def crowd(number: int) -> Names:
    """Many steps, each second in hospital, each after the one three before it."""
    phases = ("fas-a", "fas-b")
    return chart(
        *(
            step(
                f"s{n}", f"Åtgärd med läkemedelsgenomgång nummer {n}", f"Step {n}",
                phase=phases[n * 2 // number],
                owner=HOSPITAL if n % 2 else Owner(("lakare",), "primarvard"),
                within=Duration(n + 1, "days"),
                after=moment(f"{{done: s{n - 3}}}") if n >= 3 else None,
                when=criterion("{branch: ef-klass, is: [hfref, hfpef]}") if n % 7 == 0 else None,
                done=FactLeaf("kalium"),
            )
            for n in range(number)
        )
    )  # fmt: skip


def course_in(names: Names, states: dict[str, State], *, otherwise: State = "upcoming") -> Course:
    """A course with the given state of some steps, and one for all others."""
    assert names.pathway is not None
    day = civil(DAY)
    found = tuple(StepState(name, "-", states.get(name, otherwise)) for name in names.pathway.steps)
    enrolment = Enrolment("e1", "exempel", "1.0.0", None, day, DAY)
    return Course(enrolment, "exempel", "1.0.0", as_of_day(DAY), 0, None, False, found, {})
