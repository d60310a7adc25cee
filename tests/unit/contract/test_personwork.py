"""Invented persons in several pathways: what is asked of the one plan, and that a wrong answer is told."""

import pytest

from made import examples
from vardforlopp.contract.personwork import PersonRun, run_person
from vardforlopp.definitions.persons import LoadedPersons
from vardforlopp.definitions.read_persons import load_persons

PERSON = """\
title: {sv: Båda höfterna och KOL, en: Both hips and COPD}
region: region-exempel
born: 1951-04
sex: female
enrol:
  hjartsvikt: {on: 2025-03-10, entry: IN6}
  kol: {on: 2025-03-10, entry: IN7}
record:
  - {on: 2018-05-02, fact: kol-diagnos}
  - {on: 2024-02-01, fact: hjartsvikt-diagnos}
  - {on: 2025-11-20, fact: nsaid}
  - {on: 2026-02-01, fact: vaccination-pneumokocker}
expect:
  - as_of: 2026-03-04
"""
NSAID = "nsaid-vid-hjartsvikt"
VISITS = "[hjartsvikt.arsuppfoljning, kol.gles-uppfoljning]"
VACCINES = "[hjartsvikt.influensavaccin, kol.influensavaccin]"
WHY = "why: {sv: Olika saker., en: Different things.}"


def loaded(*expected: str, person: str = PERSON) -> LoadedPersons:
    """A person with these expectations."""
    text = person + "".join(f"    {line}\n" for line in expected)
    return load_persons({"persons/02-exempel.yaml": text}, examples.ready().definitions)


def run(*expected: str, person: str = PERSON) -> PersonRun:
    """The answers to these expectations."""
    found = loaded(*expected, person=person)
    assert not found.errors, found.errors
    known, _, compiled, interactions = examples.ready()
    every = {each.pathway.id: each for each in compiled}
    return run_person(found.persons[0], every, catalogue=known.catalogue, interactions=interactions)


def wrong(*expected: str, person: str = PERSON) -> dict[str, tuple[str, str]]:
    """What is expected and not so: subject to what was expected and what is."""
    answers = run(*expected, person=person).answers
    return {each.subject: (each.expected, each.actual) for each in answers if not each.right}


@pytest.mark.parametrize(
    "line",
    [
        "follows: [hjartsvikt, kol]",
        f"joined: [{VISITS}, {VACCINES}]",
        f"apart: [{{steps: [hjartsvikt.influensavaccin, hjartsvikt.arsuppfoljning], {WHY}}}]",
        "steps: {kol.influensavaccin: overdue}",
        "conflicts: {nsaid-vid-hjartsvikt: {status: open, ways_out: 3, proposal: false}}",
        "conflicts: {nsaid-vid-hjartsvikt: {status: open, disclosure: open}}",
        "conflicts: {nsaid-vid-hjartsvikt: open, kalcium-och-bisfosfonat: none}",
        "medication_list: fresh",
    ],
)
def test_what_is_right_is_right(line: str) -> None:
    """The plan says what was expected."""
    assert not wrong(line)


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("follows: [hjartsvikt]", "follows"),
        ("ended: {kol: OUT1}", "ended kol"),
        ("suggested: [osteoporos]", "suggests osteoporos"),
        ("activities: 0", "activities"),
        ("steps: {kol.influensavaccin: done}", "step kol.influensavaccin"),
        ("joined: [[hjartsvikt.sip, kol.influensavaccin]]", "joined hjartsvikt.sip, kol.influensavaccin"),
        (f"apart: [{{steps: {VACCINES}, {WHY}}}]", f"apart {VACCINES[1:-1]}"),
        ("conflicts: {nsaid-vid-hjartsvikt: settled}", "conflict nsaid-vid-hjartsvikt"),
        ("conflicts: {nsaid-vid-hjartsvikt: {status: open, ways_out: 2}}", "ways out of " + NSAID),
        ("conflicts: {nsaid-vid-hjartsvikt: {status: open, number: 2}}", "number of " + NSAID),
        ("conflicts: {nsaid-vid-hjartsvikt: {status: open, proposal: true}}", "proposal " + NSAID),
        ("conflicts: {nsaid-vid-hjartsvikt: open, makrolid-och-qt: open}", "conflict makrolid-och-qt"),
        (f"conflicts: {{{NSAID}: {{status: open, disclosure: staff-only}}}}", f"disclosure of {NSAID}"),
        ("medication_list: stale", "medication list"),
        ("burden: {contacts: 0}", "contacts in 30 days"),
        ("burden: {days: 400, own: 99}", "own actions in 400 days"),
    ],
)  # fmt: skip
def test_a_wrong_expectation_is_told(line: str, subject: str) -> None:
    """Each part of an expectation can fail."""
    assert subject in wrong(line)


def test_a_join_that_nobody_expected_is_wrong() -> None:
    """`joined` is all of them: one left out, and one with too few steps, are told."""
    assert wrong(f"joined: [{VISITS}]") == {f"joined {VACCINES[1:-1]}": ("not joined", "one activity")}
    assert f"joined {VISITS[1:-1]}" in wrong("joined: []")


def test_a_conflict_that_nobody_expected_is_wrong() -> None:
    """`conflicts` is all of them, of interactions and of what the merge itself finds."""
    assert wrong("conflicts: {}") == {"conflict nsaid-vid-hjartsvikt": ("none", "open")}


def test_steps_that_are_not_planned_are_not_apart() -> None:
    """What is not in the plan cannot show that it is not joined."""
    told = wrong(f"apart: [{{steps: [kol.ny-spirometri, kol.influensavaccin], {WHY}}}]")

    assert told == {
        "apart kol.influensavaccin, kol.ny-spirometri": ("apart", "not planned: kol.ny-spirometri")
    }


def test_nothing_is_left_of_the_dead() -> None:
    """S10: no pathway runs and no activity is planned."""
    died = PERSON.replace("sex: female\n", "sex: female\ndied: 2026-03-01\n")

    assert not wrong("follows: []", "activities: 0", "joined: []", "conflicts: {}", person=died)
    assert wrong("follows: [kol]", person=died) == {"follows": ("kol", "")}


def test_a_pathway_that_has_ended_is_not_followed() -> None:
    """It has its exit, and asks for nothing more."""
    ended = PERSON.replace("expect:", "  - {on: 2026-02-20, fact: kol-avskriven}\nexpect:")

    assert not wrong("follows: [hjartsvikt]", "ended: {kol: OUT1}", person=ended)


def test_the_interactions_that_a_person_meets_are_told() -> None:
    """Found, and tried without being found; a day that does not speak of conflicts tells nothing."""
    met = run("conflicts: {nsaid-vid-hjartsvikt: open}")

    assert met.found == {"nsaid-vid-hjartsvikt"}
    assert "teofyllin-vid-hjartsvikt" in met.quiet
    assert "kalcium-och-bisfosfonat" not in met.quiet
    assert run("follows: [hjartsvikt, kol]").quiet == frozenset()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("follows: [hjartsvik]", "Did you mean 'hjartsvikt'?"),
        ("ended: {kol: OUT9}", "there is no exit 'OUT9'"),
        ("joined: [[hjartsvikt.vag, kol.gles-uppfoljning]]", "there is no step 'vag'"),
        ("joined: [[arsuppfoljning]]", "Write pathway.step, or pathway:left.step."),
        ("apart: [{steps: [kol.ny-spirometri]}]", "why"),
        ("conflicts: {nsaid: open}", "there is no interaction 'nsaid'"),
        ("steps: {kol.ny-spirometri: klar}", "klar"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_where_it_stands(line: str, told: str) -> None:
    """File and line, what is wrong, and what to do."""
    (error,) = loaded(line).errors

    assert told in str(error)
    assert "content/persons/02-exempel.yaml:15" in str(error)


def test_an_act_among_the_facts_is_refused() -> None:
    """What people did belongs to a pathway, which the facts do not name."""
    act = "  - {on: 2026-02-01, decline: influensavaccin}\n"
    (error,) = loaded("follows: [kol]", person=PERSON.replace("expect:\n", f"{act}expect:\n")).errors

    assert "an act stands among the facts" in str(error)
    assert "acts: {pathway: [...]}" in str(error)
