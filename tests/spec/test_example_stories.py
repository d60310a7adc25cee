"""The four invented persons: what their plans show on 4 March 2026, reasoned from the definitions."""

from __future__ import annotations

import re
from dataclasses import replace

from made.calls import call
from made.examples import (
    FOLDER,
    REGION,
    TODAY,
    conflict,
    joined,
    plan,
    planned,
    record,
    sources,
    stands,
    steps,
)
from vardforlopp.definitions.formats import NBSP
from vardforlopp.kernel.civil import iso
from vardforlopp.record.facts import Act
from vardforlopp.record.sources import KINDS, assumed

NILS, ASTRID = "nils-misstankt-hjartsvikt.json", "astrid-kol-forsamring.json"
MILAN, SVEN = "milan-hjartsvikt-och-kol.json", "sven-hjartsvikt-hemsjukvard.json"


# --- Nils: a new suspicion --------------------------------------------------------------------------


def test_a_new_suspicion_is_a_suggestion_to_staff() -> None:
    """Nils, NT-proBNP 2450 ng/L, above 2000: entry IN3 on the day of the sample. Nobody has enrolled him."""
    found = plan(NILS)

    (suggestion,) = found.suggestions
    named = (suggestion.pathway, suggestion.entry, iso(suggestion.on.day))
    assert named == ("hjartsvikt", "IN3", "2026-03-02")
    assert suggestion.disclosure != "open"
    assert not [ask for ask in found.asks if ask.origin.followed]


def test_the_referral_is_sent_and_the_echo_is_within_its_goal() -> None:
    """Referred on 2 March at a value above 2000: within 14 days, by 16 March; booked for 12 March."""
    on = "2026-03-02"
    found = plan(NILS)

    assert stands(found, "hjartsvikt", f"ekg@{on}", f"basprover@{on}", f"vatskedrivande@{on}",
                  f"ekoremiss@{on}", f"ekokardiografi@{on}", "diagnos-och-besked@-") == {
        f"ekg@{on}": f"done {on}",
        f"basprover@{on}": f"done {on}",
        f"vatskedrivande@{on}": f"done {on}",
        f"ekoremiss@{on}": f"done {on}",
        f"ekokardiografi@{on}": "due 2026-03-16",
        "diagnos-och-besked@-": "waiting",
    }  # fmt: skip
    booked = [mention.day for mention in found.record.mentions if mention.kind == "appointment"]
    assert [iso(day) for day in booked if day is not None] == ["2026-03-12", "2026-03-18"]


def test_S03_whether_iron_is_needed_is_unknown_until_the_heart_has_been_measured() -> None:
    """Nils has a low ferritin; whether it matters depends on an EF that nobody has measured yet."""
    state = steps(plan(NILS), "hjartsvikt")["jarnbehandling@2026-03-02"]

    assert (state.state, [missing.id for missing in state.missing]) == ("unknown", ["lvef"])


def test_S08_a_provisional_diagnosis_is_not_read_as_one() -> None:
    """A suspected heart failure is no heart failure."""
    found = record(NILS)

    assert [(group.type, group.reason, group.refs) for group in found.quality.not_read] == [
        ("Condition", "not confirmed", ("Condition/misstanke",))
    ]
    assert not found.facts.get("hjartsvikt-diagnos")


# --- Astrid: an exacerbation three weeks ago ---------------------------------------------------------


def test_an_exacerbation_sets_the_return_visit_and_the_training() -> None:
    """Astrid, 11 February: visit within six weeks, training within four; the acute steps lie behind (S06)."""
    on = "2026-02-11"

    assert stands(plan(ASTRID), "kol", f"aterbesok-exacerbation@{on}", f"traning-efter-exacerbation@{on}",
                  f"peroral-kortison@{on}", f"antibiotika@{on}", f"akut-hanvisning@{on}") == {
        f"aterbesok-exacerbation@{on}": "due 2026-03-25",
        f"traning-efter-exacerbation@{on}": "due 2026-03-11",
        f"peroral-kortison@{on}": "done 2026-02-11",
        f"antibiotika@{on}": "done 2026-02-11",
        f"akut-hanvisning@{on}": "not-applicable",
    }  # fmt: skip


def test_the_year_goes_on_beside_the_exacerbation() -> None:
    """Yearly visit and spirometry follow those of 10 April 2025; help in everyday life is late."""
    assert stands(plan(ASTRID), "kol", "arsuppfoljning@2026-04-10", "spirometri-rokare@2026-04-10",
                  "gangtest@2026-02-11", "adl-bedomning@2026-01-12") == {
        "arsuppfoljning@2026-04-10": "upcoming 2026-04-10",
        "spirometri-rokare@2026-04-10": "upcoming 2026-04-10",
        "gangtest@2026-02-11": "due 2026-05-11",
        "adl-bedomning@2026-01-12": "overdue 2026-02-23",
    }  # fmt: skip


def test_S19_a_no_to_the_vaccine_holds_for_the_season_that_was_meant() -> None:
    """Declined, never late; next autumn she is asked again."""
    found = plan(ASTRID)

    assert stands(found, "kol", "influensavaccin@2025-10-15", "influensavaccin@2026-10-15") == {
        "influensavaccin@2025-10-15": "skipped",
        "influensavaccin@2026-10-15": "upcoming 2027-02-28",
    }
    act = steps(found, "kol")["influensavaccin@2025-10-15"].act
    assert act is not None
    assert (act.kind, act.until_day and iso(act.until_day)) == ("decline", "2026-10-01")


def test_S02_a_course_taken_elsewhere_is_attested() -> None:
    """Where, when and who says so; shown as attested, not as done."""
    wanted = "patientutbildning@2021-05-18"
    found = plan(ASTRID)

    assert stands(found, "kol", wanted) == {wanted: "attested 2021-09-14"}
    act = steps(found, "kol")[wanted].act
    assert act is not None
    assert (act.by, act.where) == (
        "Karin Exempel",
        "KOL-skolan, Lungmottagningen, Exempelsjukhuset (påhittad)",
    )


def test_the_record_holds_the_words_for_the_sheet() -> None:
    """Astrid's own words, her contact with a phone number, her own part, and what to do if it gets worse."""
    said = {mention.kind: mention for mention in record(ASTRID).mentions}

    assert said["matters"].text.startswith("Jag vill kunna gå till kiosken")
    assert (said["contact"].text, said["contact"].phone) == ("Karin Exempel", "010-000 00 06")
    assert {"own-action", "if-worse", "appointment", "plan"} <= set(said)


# --- Milan: two pathways, a hip, and an NSAID ---------------------------------------------------------


def test_two_pathways_become_one_plan() -> None:
    """Milan's vaccines, help to stop smoking, training and yearly visit: asked for twice, planned once."""
    found = plan(MILAN)
    shared = joined(found)

    assert {course.pathway for course in found.courses if course.enrolment.explicit} == {"hjartsvikt", "kol"}
    assert {
        "vaccination-influensa",
        "vaccination-pneumokocker",
        "rokstopp",
        "fysisk-traning",
        "arskontroll",
    } <= set(shared)
    yearly = shared["arskontroll"].window
    assert [iso(day) for day in yearly_days(yearly.start, yearly.end)] == ["2027-02-25"]


def yearly_days(start: int | None, end: int | None) -> list[int]:
    """The days of a window with both ends."""
    return [] if start is None or end is None else list(range(start, end + 1))


def test_an_nsaid_for_the_hip_collides_with_heart_failure() -> None:
    """Written out on 16 February, for 60 days: an open conflict that prescription and diagnosis prove."""
    found = conflict(plan(MILAN), "nsaid-vid-hjartsvikt")

    assert (found.status, found.severity) == ("open", "high")
    assert found.refs == ("Condition/hjartsvikt", "MedicationRequest/naproxen")
    assert found.ways_out


def test_a_non_selective_beta_blocker_collides_with_lung_disease() -> None:
    """Carvedilol acts on the airways too; that he has a beta-blocker at all is no conflict."""
    found = plan(MILAN)

    assert conflict(found, "oselektiv-betablockerare-vid-kol").refs == ("MedicationStatement/karvedilol",)
    assert "betablockerare-avstas-inte-vid-kol" not in {each.interaction for each in found.proposal.conflicts}


def test_two_booked_times_collide() -> None:
    """Hip school and spirometry begin at two o'clock on the same day."""
    booked = ("Appointment/tid-artrosskola", "Appointment/tid-spirometri")

    assert conflict(plan(MILAN), "double-booking").refs == booked


def test_the_osteoarthritis_school_is_booked_and_so_not_asked_about() -> None:
    """It was due before he was followed; whether he has been there is no question with a time ahead."""
    times = {mention.ref: mention.selectors for mention in record(MILAN).mentions if mention.selectors}

    assert times["Appointment/tid-artrosskola"] == ("artrosskola",)
    told = call("plan", FOLDER / MILAN, "--as-of", TODAY, "--region", REGION).out.replace(NBSP, " ")
    assert re.findall(r". Artrosskola – .*", told) == ["○ Artrosskola – bokat 24 mars 2026 kl. 14.00"]


def test_S12_the_conflicts_rest_on_a_fresh_medication_list() -> None:
    """Where the list comes from and how old it is stands beside them."""
    checked = plan(MILAN).proposal.checked

    assert checked.medication_list_status == "fresh"
    assert checked.medication_list_source == "Läkemedelslistan (påhittad koppling)"


def test_two_samples_of_three_are_not_done() -> None:
    """Spironolactone on 9 February: samples by the 23rd. Two of three were taken, so it is not done."""
    wanted = "sakerhetsprover@2026-02-09"
    found = plan(MILAN)

    assert stands(found, "hjartsvikt", wanted) == {wanted: "overdue 2026-02-23"}
    assert [missing.id for missing in steps(found, "hjartsvikt")[wanted].missing] == ["sbt"]


# --- Sven: home care, silent sources, and what stays with staff ---------------------------------------


def test_S01_what_a_silent_laboratory_would_carry_is_unseen() -> None:
    """Sven's samples after discharge were to be taken by 3 February: not seen, and never called late."""
    wanted = "sakerhetsprover@2026-01-20"

    assert stands(plan(SVEN), "hjartsvikt", wanted) == {wanted: "unseen 2026-02-03"}


def test_S01_the_same_record_with_a_connected_laboratory_would_be_late() -> None:
    """The difference lies in the sources alone."""
    known = replace(record(SVEN), sources=assumed(KINDS))
    wanted = "sakerhetsprover@2026-01-20"

    assert stands(planned(known), "hjartsvikt", wanted) == {wanted: "overdue 2026-02-03"}


def test_S12_without_a_medication_list_a_conflict_is_possible_never_none() -> None:
    """No list, so nobody knows of over-the-counter painkillers: the rule says what is missing."""
    found = plan(SVEN)
    nsaid = conflict(found, "nsaid-vid-hjartsvikt")

    assert found.proposal.checked.medication_list_status == "missing"
    assert (nsaid.status, nsaid.missing) == ("possible", ("nsaid",))


def test_S19_a_recorded_focus_of_care_lets_prevention_rest() -> None:
    """Next season's vaccine is refrained by decision; this season's was given and stays done."""
    assert stands(plan(SVEN), "hjartsvikt", "influensavaccin@2025-10-15", "influensavaccin@2026-10-15") == {
        "influensavaccin@2025-10-15": "done 2025-11-11",
        "influensavaccin@2026-10-15": "skipped",
    }


def test_S09_the_talk_about_the_goals_of_care_stays_with_staff() -> None:
    """NYHA IV and three stays raise the question; it was answered, and comes back to staff in August."""
    found = plan(SVEN)
    talks = [each for each in found.proposal.activities if each.activity == "brytpunktssamtal"]
    for_the_sheet = " ".join(mention.text for mention in found.record.mentions)

    assert [iso(each.window.start) for each in talks if each.window.start is not None] == ["2026-08-17"]
    assert {each.disclosure for each in talks} == {"staff-only"}
    assert not re.search("palliativ|brytpunkt|vårdens mål", for_the_sheet, re.IGNORECASE)


def test_what_people_did_to_a_course_stands_in_it() -> None:
    """A visit he had no strength for is skipped, a decision closes a step, worsening calls for a visit."""
    assert stands(plan(SVEN), "hjartsvikt", "aterbesok-efter-vard@2025-10-23",
                  "aterbesok-efter-vard@2026-01-21", "remiss-kardiolog-nyha@2026-02-03",
                  "forsamring-kontakt@2026-03-02", "forsamring-besok@2026-03-02", "sip@2025-11-03") == {
        "aterbesok-efter-vard@2025-10-23": "skipped",
        "aterbesok-efter-vard@2026-01-21": "done 2026-02-03",
        "remiss-kardiolog-nyha@2026-02-03": "done 2026-02-03",
        "forsamring-kontakt@2026-03-02": "done 2026-03-03",
        "forsamring-besok@2026-03-02": "due 2026-03-09",
        "sip@2025-11-03": "done 2025-11-24",
    }  # fmt: skip


def test_every_act_in_a_story_says_who_and_why() -> None:
    """Who stands in the Provenance; why, in the reason; a decision and a word of information need none."""
    acts: list[Act] = [act for name in (NILS, ASTRID, MILAN, SVEN) for act in record(name).acts]

    assert {act.kind for act in acts} == {
        "decision", "informed", "attestation", "decline", "deviation", "pause", "care-focus",
    }  # fmt: skip
    assert [act.ref for act in acts if not act.by] == []
    assert [act.ref for act in acts if not act.reason and act.kind not in ("decision", "informed")] == []


def test_two_of_the_records_say_what_they_rest_on() -> None:
    """A stale laboratory and a missing medication list beside Sven; what stands beside Milan is fresh."""

    def silent(name: str) -> set[str]:
        today = plan(name).as_of.day
        return {each.kind for each in sources(name) or () if each.provider and not each.fresh(today)}

    assert [name for name in (NILS, ASTRID, MILAN, SVEN) if sources(name)] == [MILAN, SVEN]
    assert silent(SVEN) == {"laboratory", "medications"}
    assert silent(MILAN) == set()
