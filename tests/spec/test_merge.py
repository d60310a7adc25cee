"""From courses to one plan: what is joined, what is kept apart, and what people must settle."""

from __future__ import annotations

import pytest

from made.courses import (
    ALWAYS,
    AS_OF,
    TODAY,
    activity,
    answer,
    catalogue,
    followed,
    interaction,
    pathway,
    state,
    step,
)
from vardforlopp.contract.asks import Followed
from vardforlopp.contract.proposal import Proposal, Window
from vardforlopp.contract.propose import propose
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.criteria import Active
from vardforlopp.definitions.model import Owner
from vardforlopp.engine.course import NO, UNKNOWN, YES, Missing, Reason, Truth
from vardforlopp.kernel.civil import day_from_iso, parse_time
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Mention, Source

HF, KOL = "hjartsvikt", "kol"


def merged(
    *courses: Followed, known: Catalogue | None = None, truth: Reason | None = None, **given: object
) -> Proposal:
    reason = truth or answer(NO)
    return propose(courses, known or catalogue(), judge=lambda _: reason, as_of=AS_OF, **given)  # type: ignore[arg-type]


def both(one: dict[str, object], other: dict[str, object], **windows: tuple[str, str]) -> Proposal:
    """One spirometry step in each of two pathways; `hf` and `kol` give the windows."""
    hf = windows.get("hf", ("2026-03-01", "2026-04-01"))
    kol = windows.get("kol", ("2026-03-05", "2026-03-20"))
    return merged(
        followed(pathway(HF, step("a", **one)), state("a", opens=hf[0], due=hf[1])),
        followed(pathway(KOL, step("b", **other)), state("b", opens=kol[0], due=kol[1])),
    )


def window(start: str, end: str) -> Window:
    return Window(day_from_iso(start), day_from_iso(end))


# --- joining ------------------------------------------------------------------------------------


def test_the_same_activity_in_two_pathways_is_one_with_the_tightest_window() -> None:
    """Both origins are kept, and the days that suit both are left."""
    (planned,) = both({}, {}).activities

    assert [origin.pathway for origin in planned.origins] == [HF, KOL]
    assert planned.window == window("2026-03-05", "2026-03-20")


def test_the_same_activity_at_another_time_is_another_occasion() -> None:
    """Windows that do not overlap are not forced together."""
    proposal = both({}, {}, kol=("2026-09-01", "2026-09-30"))

    assert [planned.window.start for planned in proposal.activities] == [
        day_from_iso("2026-03-01"),
        day_from_iso("2026-09-01"),
    ]
    assert proposal.conflicts == ()


@pytest.mark.parametrize("label", ["purpose", "competence", "preparation"])
def test_S11_only_what_is_the_same_is_joined(label: str) -> None:
    """Another purpose, competence or preparation is another thing, however alike the names."""
    assert len(both({label: "annan"}, {}).activities) == 2


def test_S11_left_and_right_are_two_things() -> None:
    """A sided activity is joined only with its own side; a blood test serves both sides."""
    limb = pathway("ben", step("eko", activity="eko"), step("prov"))
    states = (
        state("eko", opens="2026-03-01", due="2026-04-01"),
        state("prov", opens="2026-03-01", due="2026-04-01"),
    )
    proposal = merged(
        followed(limb, *states, id="CarePlan/vanster", side="left"),
        followed(limb, *states, id="CarePlan/hoger", side="right"),
    )

    assert sorted((each.activity, each.side) for each in proposal.activities if each.side) == [
        ("eko", "left"),
        ("eko", "right"),
    ]
    assert [len(each.origins) for each in proposal.activities if each.activity == "spirometri"] == [2]


def test_two_occurrences_of_one_step_are_two_occasions() -> None:
    """A series keeps its number of visits even when their windows overlap."""
    proposal = merged(
        followed(
            pathway(HF, step("prov")),
            state("prov", opens="2026-03-01", due="2026-03-20", occurrence="1"),
            state("prov", opens="2026-03-10", due="2026-03-30", occurrence="2"),
        )
    )

    assert len(proposal.activities) == 2


def test_what_is_late_can_be_done_today_together_with_what_is_due() -> None:
    """A window that has passed leaves today; the step itself keeps its due date."""
    (planned,) = both({}, {}, hf=("2026-01-10", "2026-02-01")).activities

    assert planned.window == Window(day_from_iso("2026-03-05"), TODAY)


def test_what_waits_has_no_time_and_is_not_joined() -> None:
    """A step that waits for another stands alone until it has a time."""
    proposal = merged(
        followed(pathway(HF, step("a")), state("a", "waiting")),
        followed(pathway(KOL, step("b")), state("b", opens="2026-03-05", due="2026-03-20")),
    )

    assert [planned.origins[0].state for planned in proposal.activities] == ["due", "waiting"]


def test_what_a_step_does_not_say_its_activity_says() -> None:
    """Preparation and competence come from the shared catalogue when the step is silent."""
    known = catalogue(activities=(activity("spirometri", preparation="luftrorsvidgande-paus"),))
    (planned,) = merged(followed(pathway(KOL, step("b")), state("b")), known=known).activities

    assert planned.preparation == "luftrorsvidgande-paus"


def test_only_open_steps_reach_the_plan() -> None:
    """Done, skipped, not applicable, missed or before the start: history, not plan."""
    closed = ("done", "skipped", "not-applicable", "ended", "before-start", "missed", "superseded")
    steps = [step(f"s{n}") for n in range(len(closed))]
    states = [state(each.id, name) for each, name in zip(steps, closed, strict=True)]

    assert merged(followed(pathway(HF, *steps), *states)).activities == ()


def test_S06_retrospective_steps_never_reach_the_plan() -> None:
    """The emergency phase is followed up, never planned."""
    path = pathway("sepsis", step("antibiotika", mode="retrospective"))

    assert merged(followed(path, state("antibiotika"))).activities == ()


def test_S09_a_closed_origin_closes_what_it_is_joined_with() -> None:
    """What staff alone may see is never opened by being joined; each origin keeps its own mark."""
    (planned,) = both({"disclosure": "staff-only"}, {}).activities

    assert planned.disclosure == "staff-only"
    assert [origin.disclosure for origin in planned.origins] == ["staff-only", "open"]


def test_S10_nothing_is_proposed_for_the_dead() -> None:
    """Not even what an inconsistent state still calls due."""
    proposal = merged(
        followed(pathway(HF, step("a")), state("a"), dead=True),
        known=catalogue(interaction()),
        truth=ALWAYS,
    )

    assert (proposal.activities, proposal.conflicts, proposal.unknown) == ((), (), ())


# --- conflicts ----------------------------------------------------------------------------------


def test_a_step_that_no_day_can_serve_is_a_conflict_and_not_in_the_plan() -> None:
    """It opens after it is due: people must settle it."""
    course = followed(pathway(HF, step("a")), state("a", "upcoming", opens="2026-05-02", due="2026-05-01"))
    proposal = merged(course)

    assert proposal.activities == ()
    assert [(c.kind, c.between) for c in proposal.conflicts] == [
        ("incompatible-timing", ("CarePlan/hjartsvikt#a@2026-05-02",))
    ]


def test_two_owners_of_one_activity_are_shown_and_never_chosen() -> None:
    """Two care levels want to do the same: the level is left open, with ways out."""
    proposal = both({"owner": Owner(("sjukskoterska",), "specialiserad")}, {})
    (planned,) = proposal.activities
    (conflict,) = proposal.conflicts

    assert planned.level == ""
    assert (conflict.kind, conflict.between) == ("two-owners", (planned.id,))
    assert conflict.ways_out


def test_a_role_in_common_is_no_conflict() -> None:
    """If one role may do it for both, that role does it."""
    proposal = both({"owner": Owner(("lakare", "sjukskoterska"), "primarvard")}, {})

    assert proposal.activities[0].roles == ("sjukskoterska",)
    assert proposal.conflicts == ()


def test_different_preparations_at_one_time_clash() -> None:
    """Fasting and not fasting on the same days: kept apart, and said."""
    proposal = both({"preparation": "fasta"}, {})

    assert len(proposal.activities) == 2
    assert [conflict.kind for conflict in proposal.conflicts] == ["preparation-clash"]


def test_two_bookings_at_once_are_a_conflict() -> None:
    """Only booked times that really overlap, and only those to come."""

    def booked(ref: str, start: str, end: str) -> Mention:
        at, until = parse_time(f"{start}+02:00").lo, parse_time(f"{end}+02:00").lo
        return Mention("appointment", "Besök", ref, at=at, until=until)

    plans = [
        booked("Appointment/1", "2026-04-01T10:00:00", "2026-04-01T10:30:00"),
        booked("Appointment/2", "2026-04-01T10:20:00", "2026-04-01T11:00:00"),
        booked("Appointment/3", "2026-04-01T11:00:00", "2026-04-01T11:30:00"),
        booked("Appointment/4", "2026-01-01T10:00:00", "2026-01-01T10:30:00"),
        booked("Appointment/5", "2026-01-01T10:00:00", "2026-01-01T10:30:00"),
    ]
    conflicts = merged(other_plans=plans).conflicts

    assert [conflict.between for conflict in conflicts] == [("Appointment/1", "Appointment/2")]


def test_S19_a_no_in_one_pathway_is_told_in_the_other() -> None:
    """Declined in one course, planned in another: the no is shown, never asked again in silence."""
    decline = Act("decline", TODAY, AS_OF.at, AS_OF.at, "Task/nej", pathway=HF, step="a")
    proposal = merged(
        followed(pathway(HF, step("a")), state("a", "skipped", act=decline)),
        followed(pathway(KOL, step("b")), state("b", opens="2026-03-05", due="2026-03-20")),
    )
    (conflict,) = proposal.conflicts

    assert (conflict.kind, conflict.refs) == ("contradicting-advice", ("Task/nej",))
    assert "CarePlan/hjartsvikt#a@-" in conflict.between


def test_S19_a_no_is_told_once_however_many_times_are_planned() -> None:
    """Two seasons declined and two planned elsewhere: one no, one conflict, all four in it."""
    decline = Act("decline", TODAY, AS_OF.at, AS_OF.at, "Task/nej", pathway=HF, step="a")
    seasons = (("2026-03-05", "2026-03-20"), ("2026-10-15", "2027-02-28"))
    proposal = merged(
        followed(
            pathway(HF, step("a")), *(state("a", "skipped", opens=day, act=decline) for day, _ in seasons)
        ),
        followed(pathway(KOL, step("b")), *(state("b", opens=day, due=due) for day, due in seasons)),
    )
    (conflict,) = proposal.conflicts

    assert conflict.kind == "contradicting-advice"
    assert {each.id for each in proposal.activities} < set(conflict.between)
    assert len(conflict.between) == 4


# --- known collisions ---------------------------------------------------------------------------

NSAID = interaction(pathways=(HF,), when=Active("nsaid"))


@pytest.mark.parametrize(("truth", "status"), [(2, ["open"]), (1, ["possible"]), (0, [])])
def test_a_known_collision_is_open_possible_or_not_there(truth: int, status: list[str]) -> None:
    """Three answers: the record shows it, the record cannot tell, the record rules it out."""
    proposal = merged(followed(pathway(HF)), known=catalogue(NSAID), truth=answer(truth))

    assert [conflict.status for conflict in proposal.conflicts] == status


def test_a_possible_collision_names_what_is_missing() -> None:
    """Not known is told with the data that would settle it."""
    reason = Reason("active", UNKNOWN, "r", missing=(Missing("selector", "nsaid", "not-connected"),))
    (conflict,) = merged(followed(pathway(HF)), known=catalogue(NSAID), truth=reason).conflicts

    assert conflict.missing == ("nsaid",)


def test_a_collision_rests_on_what_speaks_for_it() -> None:
    """Of a choice, the part that does not hold is no ground: a good kidney value proves nothing."""

    def part(truth: Truth, ref: str) -> Reason:
        return Reason(
            "Value", truth, "r", acts=(Act("decision", TODAY, AS_OF.at, AS_OF.at, ref, pathway=HF),)
        )

    reason = Reason("AnyOf", YES, "r", of=(part(NO, "Observation/egfr"), part(YES, "Condition/magsar")))
    (conflict,) = merged(followed(pathway(HF)), known=catalogue(NSAID), truth=reason).conflicts

    assert conflict.refs == ("Condition/magsar",)


def test_a_collision_needs_all_its_pathways() -> None:
    """A rule for two pathways is not even tried where one runs."""
    rule = interaction(pathways=(HF, KOL))
    alone = merged(followed(pathway(HF)), known=catalogue(rule), truth=ALWAYS)
    together = merged(followed(pathway(HF)), followed(pathway(KOL)), known=catalogue(rule), truth=ALWAYS)

    assert (alone.conflicts, alone.checked.rules) == ((), 0)
    assert (len(together.conflicts), together.checked.rules) == (1, 1)


@pytest.mark.parametrize(("left", "told"), [("due", 1), ("overdue", 1), ("waiting", 0), ("ended", 0)])
def test_S15_a_collision_is_told_for_as_long_as_safety_steps_go_on(left: str, told: int) -> None:
    """A pathway may end while its drug goes on: so do its collisions. What only waits asks for nothing."""
    course = followed(pathway(HF, step("a", maintenance=True)), state("a", left), ended="OUT1")

    assert len(merged(course, known=catalogue(NSAID), truth=ALWAYS).conflicts) == told


def test_a_collision_between_activities_needs_them_planned_at_overlapping_times() -> None:
    """A rule on timing holds only while the two things can fall together."""
    rule = interaction("vaccin-fore-prov", kind="incompatible-timing", activities=("eko", "spirometri"))
    steps = pathway(HF, step("a"), step("b", activity="eko"))
    spirometry = state("a", opens="2026-03-01", due="2026-03-20")

    def statuses(other: object) -> list[str]:
        course = followed(steps, spirometry, other)  # type: ignore[arg-type]
        return [c.status for c in merged(course, known=catalogue(rule)).conflicts]

    assert statuses(state("b", opens="2026-03-10", due="2026-03-30")) == ["open"]
    assert statuses(state("b", opens="2026-06-10", due="2026-06-30")) == []
    assert statuses(state("b", "waiting")) == ["possible"]
    assert statuses(state("b", "done")) == []


def test_S09_a_collision_in_a_pathway_only_suspected_stays_with_staff() -> None:
    """What rests on a suggestion says something nobody has told the patient."""
    course = followed(pathway(HF), explicit=False)
    (conflict,) = merged(course, known=catalogue(NSAID), truth=ALWAYS).conflicts

    assert conflict.disclosure == "staff-only"


# --- what the answer rests on -------------------------------------------------------------------


def drugs(provider: str, last_seen: int | None, *, connected: bool = True) -> Source:
    return Source("medications", provider, connected, last_seen, 30)


@pytest.mark.parametrize(
    ("sources", "status"),
    [
        ([], "missing"),
        ([drugs("NLL", TODAY, connected=False)], "missing"),
        ([drugs("NLL", TODAY - 31)], "stale"),
        ([drugs("NLL", TODAY - 30)], "fresh"),
        ([drugs("NLL", TODAY), drugs("Journal", TODAY - 40)], "stale"),
        ([drugs("NLL", TODAY), drugs("Journal", None, connected=False)], "missing"),
    ],
)
def test_S12_the_medication_list_is_as_good_as_its_worst_source(sources: list[Source], status: str) -> None:
    """A missing or stale list is said, so that no conflicts found is never read as none."""
    checked = merged(followed(pathway(HF)), known=catalogue(NSAID), sources=sources).checked

    assert checked.medication_list_status == status


def test_S12_the_oldest_list_gives_the_date() -> None:
    """The date told is the one the answer can be held to."""
    lists = [drugs("NLL", TODAY), drugs("Journal", TODAY - 3)]
    checked = merged(sources=lists).checked

    assert (checked.medication_list_source, checked.medication_list_at) == ("Journal, NLL", TODAY - 3)


def test_a_conflict_keeps_its_id_until_a_source_changes() -> None:
    """Settled once, it is not raised again; another fact behind it makes it new."""

    def ids(*refs: str) -> list[str]:
        facts = tuple(Act("decision", TODAY, 0, 0, ref) for ref in refs)
        reason = Reason("active", 2, "r", acts=facts)
        proposal = merged(followed(pathway(HF)), known=catalogue(NSAID), truth=reason)
        return [conflict.id for conflict in proposal.conflicts]

    assert ids("MedicationRequest/1") == ids("MedicationRequest/1")
    assert ids("MedicationRequest/1") != ids("MedicationRequest/2")
