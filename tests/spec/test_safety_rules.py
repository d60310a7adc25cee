"""Safety: what a course never claims, never loses and never closes on the wrong ground.

Told on a made-up pathway, like the chapters above. Each rule's number is that of the hazard log.
"""

from __future__ import annotations

from functools import cache

from chapters_as_content import Example

from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.load import load
from vardforlopp.definitions.read_cases import parse_case
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import Course, StepState
from vardforlopp.engine.instances import instances
from vardforlopp.kernel.civil import as_of_day, civil, day_from_iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Enrolment, Record

#: The steps of the made-up pathway; each test looks at the ones it names.
STEPS = """
undersokning: {within: 7 days, done: undersokning}
beslut: {within: 7 days, done: {decided: beslut}}
villkorad: {when: {value: prov, is: ">= 400 ng/L"}, within: 7 days, done: rontgen}
obekraftad: {within: 7 days, done: undersokning, source: default}
vaccin: {within: 7 days, done: vaccin, preventive: true}
arskontroll: {every: 12 months, within: 1 month, done: besok}
skyddskontroll: {within: 60 days, done: prov, maintenance: true}
"""


def example(case: str) -> Example:
    """The made-up pathway with a case told in it; what is expected is asserted by the test itself."""
    expected = "expect: [{as_of: 2026-03-01, started: 2026-03-01}]"
    return Example(
        "Safety", "", {"steps": STEPS, "exits": "UT: {event: [slut]}", "case": f"{case}\n{expected}"}
    )


@cache
def world() -> tuple[Definitions, Compiled]:
    """The definitions of the made-up pathway, loaded and compiled."""
    loaded = load(example("").content())
    assert loaded.definitions is not None, "\n".join(map(str, loaded.errors))
    made = loaded.definitions
    return made, compile_pathway(made.pathways["exempel"], made.catalogue, calendar=swedish())


def record(case: str) -> Record:
    """The record that the lines of a case describe."""
    made, compiled = world()
    found, errors = parse_case(
        example(case).case_text(), "case.yaml", definitions=made, pathway=compiled.pathway
    )
    assert found is not None, "\n".join(map(str, errors))
    return case_record(found, made.catalogue)


def course(case: str, on: str, *, followed_from: str | None = None, known_on: str | None = None) -> Course:
    """The course at the end of a day; followed from its start unless another day is given."""
    compiled, held = world()[1], record(case)
    as_of = as_of_day(day_from_iso(on))
    known_at = as_of.at if known_on is None else as_of_day(day_from_iso(known_on)).at
    stay = instances(compiled, held, as_of=as_of, known_at=known_at)[0]
    day = stay.started.day if followed_from is None else day_from_iso(followed_from)
    enrolment = Enrolment("E", stay.pathway, "1.0.0", stay.entry, stay.started, day)
    return assess(compiled, held, enrolment, as_of=as_of, known_at=known_at)


def step(found: Course, name: str) -> StepState:
    """The last occurrence of a step."""
    return [state for state in found.steps if state.step == name][-1]


STARTED = "record: [{on: 2026-03-01, fact: start}]"


class TestWhatIsNeverClaimed:
    """What is never claimed"""

    def test_S01_silence_of_a_source_that_is_not_there_is_never_lateness(self):
        """Past its window with nothing seen: overdue only where a source would tell, else unseen."""
        unconnected = f"sources: [{{kind: procedures, connected: false}}]\n{STARTED}"

        assert step(course(STARTED, "2026-03-09"), "undersokning").state == "overdue"
        assert step(course(unconnected, "2026-03-09"), "undersokning").state == "unseen"

    def test_S01_a_source_that_has_gone_silent_gives_no_new_lateness(self):
        """Silent longer than its limit, a source carries nothing: what was not late does not become so."""
        silent = f"sources: [{{kind: procedures, last_seen: 2026-03-05, limit_days: 3}}]\n{STARTED}"

        assert step(course(silent, "2026-03-08"), "undersokning").state == "due"
        assert step(course(silent, "2026-03-09"), "undersokning").state == "unseen"

    def test_S01_what_no_code_means_is_late_only_where_our_own_name_for_it_is_sent(self):
        """No known code means the examination: a source that sends no other cannot tell that it is done."""
        codes_only = f"sources: [{{kind: procedures, own_codes: false}}]\n{STARTED}"
        seen = step(course(codes_only, "2026-03-09"), "undersokning")

        assert seen.state == "unseen"
        assert [(gap.id, gap.why) for gap in seen.missing] == [("undersokning", "no-code")]
        assert step(course(STARTED, "2026-03-09"), "undersokning").state == "overdue"

    def test_S04_a_rule_that_no_region_has_adopted_makes_nothing_late(self):
        """Past the time of an unverified rule the step is a proposal, however long it takes."""
        state = step(course(STARTED, "2027-03-01"), "obekraftad")

        assert (state.state, state.proposal, state.level) == ("due", True, "default")

    def test_S05_a_decision_is_done_by_being_taken_whatever_it_says(self):
        """The program asks that a clinician decides, and by when; a no closes the step like a yes."""
        for answer in ("ja", "nej"):
            taken = f"{{on: 2026-03-03, decision: beslut, is: {answer}}}"
            decided = f"record: [{{on: 2026-03-01, fact: start}}, {taken}]"
            assert step(course(decided, "2026-03-03"), "beslut").state == "done"
        assert step(course(STARTED, "2026-03-03"), "beslut").state == "due"

    def test_S17_a_known_patient_has_nothing_overdue_on_the_day_of_enrolment(self):
        """Years of history give no lateness on day one; a lapsed recurring control is due that day."""
        known = "record: [{on: 2020-03-01, fact: start}]"
        found = course(known, "2026-03-01", followed_from="2026-03-01")

        assert "overdue" not in {state.state for state in found.steps}
        assert step(found, "undersokning").state == "before-start"
        yearly = step(found, "arskontroll")
        assert yearly.state == "due"
        assert yearly.due is not None
        assert yearly.due.day == day_from_iso("2026-03-01")


class TestWhatIsNeverLost:
    """What is never lost"""

    def test_S02_attested_is_shown_as_such_and_gives_way_to_evidence(self):
        """Done elsewhere closes the step, names who says so, and is replaced when the result comes."""
        told = """record:
          - {on: 2026-03-01, fact: start}
          - {on: 2026-03-05, attest: undersokning, done: 2026-03-02, where: Annan ort, by: patienten}
          - {on: 2026-03-07, fact: undersokning}"""

        attested = step(course(told, "2026-03-06"), "undersokning")
        assert attested.state == "attested"
        assert attested.act is not None
        assert (attested.act.by, attested.act.where) == ("patienten", "Annan ort")
        assert step(course(told, "2026-03-07"), "undersokning").state == "done"

    def test_S03_unknown_keeps_its_missing_data_and_is_never_not_applicable(self):
        """A guard on a value that nobody has taken is unknown, and says which value."""
        state = step(course(STARTED, "2026-03-02"), "villkorad")

        assert state.state == "unknown"
        assert [missing.id for missing in state.missing] == ["prov"]

    def test_S10_from_death_on_nothing_is_open(self):
        """At death every step ends, safety steps too; what came after is never evidence."""
        dead = """died: 2026-03-05
record: [{on: 2026-03-01, fact: start}, {on: 2026-03-06, fact: undersokning}]"""
        found = course(dead, "2026-03-10")

        assert found.dead
        assert {state.state for state in found.steps} <= {"ended", "not-applicable", "before-start"}

    def test_S15_a_safety_step_survives_the_exit_and_is_not_moved_by_a_pause(self):
        """The pathway ends and is paused; the control that protects goes on, on its own day."""
        over = """record:
          - {on: 2026-03-01, fact: start}
          - {on: 2026-03-05, pause: {from: 2026-03-05, to: 2026-03-20}, reason: resa}
          - {on: 2026-03-25, fact: slut}"""
        found = course(over, "2026-03-25")
        control = step(found, "skyddskontroll")

        assert step(found, "undersokning").state == "ended"
        assert control.state == "due"
        assert control.due == civil(day_from_iso("2026-04-30"))

    def test_S19_a_no_holds_until_its_re_offer_date_and_is_never_late(self):
        """Declined is the patient's choice until the day it may be offered again."""
        declined = """record:
          - {on: 2026-03-01, fact: start}
          - {on: 2026-03-03, decline: undersokning, until: 2026-10-01}"""

        assert step(course(declined, "2026-09-30"), "undersokning").state == "skipped"
        assert step(course(declined, "2026-10-01"), "undersokning").state != "skipped"

    def test_S19_a_care_focus_moves_the_preventive_steps_and_only_those(self):
        """A recorded focus on palliative care refrains from prevention, by decision, until it is lifted."""
        focus = "record: [{on: 2026-03-01, fact: start}, {on: 2026-03-02, care_focus: palliativ}]"
        found = course(focus, "2026-03-03")

        assert step(found, "vaccin").state == "skipped"
        assert step(found, "undersokning").state == "due"


class TestWhatNeverClosesAStep:
    """What never closes a step"""

    def test_S08_what_was_planned_refuted_or_cancelled_is_no_evidence(self):
        """Only what happened counts, whatever was ordered, planned, doubted or said of a relative."""
        for status in ("planned", "cancelled", "refuted", "family", "provisional", "ordered"):
            said = (
                "record: [{on: 2026-03-01, fact: start}, "
                f"{{on: 2026-03-03, fact: undersokning, status: {status}}}]"
            )
            assert step(course(said, "2026-03-03"), "undersokning").state == "due", status

    def test_S14_a_result_from_before_the_suspicion_does_not_close_its_step(self):
        """Evidence counts from the opening; an older result only where the step itself says so."""
        old = "record: [{on: 2025-05-01, fact: undersokning}, {on: 2026-03-01, fact: start}]"

        assert step(course(old, "2026-03-02"), "undersokning").state == "due"

    def test_S16_only_the_retraction_of_its_own_evidence_opens_a_finished_step(self):
        """More evidence changes nothing; taking back the result does, from the day it was taken back."""
        more = """record:
          - {on: 2026-03-01, fact: start}
          - {on: 2026-03-03, fact: undersokning}
          - {on: 2026-03-06, fact: undersokning}"""
        taken_back = """record:
          - {on: 2026-03-01, fact: start}
          - {on: 2026-03-03, fact: undersokning, retracted: 2026-03-06}"""
        first = civil(day_from_iso("2026-03-03"))

        assert step(course(more, "2026-03-07"), "undersokning").completed == first
        assert step(course(taken_back, "2026-03-05"), "undersokning").completed == first
        assert step(course(taken_back, "2026-03-06"), "undersokning").state == "due"
        assert step(course(taken_back, "2026-03-06", known_on="2026-03-05"), "undersokning").state == "done"
