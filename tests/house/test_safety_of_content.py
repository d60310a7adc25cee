"""What the definitions and texts themselves must keep, whatever the engine does: read off the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from repository import CONTENT, listing, texts

from made.examples import ready
from vardforlopp.definitions.read_criteria import HEADS

#: Words of legal rights; a pathway's time is a goal.
PROMISES = re.compile(
    r"\b(garanti\w*|garanter\w+|senast|rätt till|guarantee\w*|no later than)\b", re.IGNORECASE
)
COMPUTED = re.compile(r"\b(sum|product|quotient|formula|score_of|dose)\b")
#: A treatment ordered, kept or stopped; `Ta med`, `Take part` and `Ändra inget` order none.
TREATS = re.compile(
    r"\b(ta(?! (med|del|ställning|upp|kontakt|emot)\b)|tag|använd|börja|fortsätt|sluta|avsluta|öka|minska|"
    r"höj|sänk|byt|ändra(?! inget\b)|hoppa över|take(?! part\b)|use|start|begin|continue|keep|stop|quit|"
    r"increase|reduce|raise|lower|switch|change(?! nothing\b)|skip)\b",
    re.IGNORECASE,
)
#: Scores, indices and ratios of the sheets: somebody has worked them out and recorded them.
SCORES = (
    "abcd2", "abi", "cat", "cdai", "das28", "fev1-fvc-post", "frax-storre", "gold-grupp",
    "hads", "haq", "karotisstenosgrad", "mmrc", "mmse", "mrs", "news2", "nihss", "npi", "rudas",
    "rutherford", "skorhetsskattning", "sofa", "wifi",
)  # fmt: skip
#: What a criterion can say. None adds, multiplies or divides.
CRITERION_HEADS = {
    "all", "any", "none", "at_least", "has", "active", "value", "count", "age", "sex", "dead", "reached",
    "done", "decided", "branch", "entered", "setting",
}  # fmt: skip
#: Doses, stop limits and computed choices that the sheets hold and the content must not (errata 7).
DEVICES = {
    "hjartsvikt": {"C3-doser", "stoppgranser", "DP4", "DP6-val"},
    "sepsis": {"NEWS2-tabell", "A7-val", "A8-mangd", "B2-grans", "DP7-niva", "DP8"},
    "stroke-tia": {"B7-granser", "B8-doser", "C6-dagar", "DP3-hinder", "DP4-perfusion", "DP6-abcd2"},
}
#: Signs that most people have at some time, and risks that most people of an age have.
BROAD = {"besok-primarvard", "trotthet", "ledvark", "tidiga-psykostecken", "tidiga-tecken"}
SHORT = re.compile(r"\b\d+(\.\d+)? (minutes?|hours?)\b")


def steps() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every step and choice of every pathway: where it stands, its id, its keys."""
    for file in sorted(CONTENT.glob("pathways/*/*/steps/*.yaml")):
        for id_, keys in yaml.safe_load(file.read_text("utf-8")).items():
            yield f"{file.parts[-4]}/{file.stem} {id_}", id_, keys


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every entry of every pathway."""
    for file in sorted(CONTENT.glob("pathways/*/*/pathway.yaml")):
        for id_, keys in yaml.safe_load(file.read_text("utf-8"))["entries"].items():
            yield f"{file.parts[-3]} {id_}", keys


def test_S05_core_content_holds_no_rule_of_a_device():
    """No step is of class device, and no definition computes a score, a dose or a sum."""
    found = [where for where, _, keys in steps() if keys.get("mdr") == "device"]
    found += [
        f"{where}: {match[0]}"
        for where, _, keys in steps()
        for part in ("when", "done", "options")
        if (match := COMPUTED.search(str(keys.get(part, ""))))
    ]

    assert not found, "leave it out, or make it a clinician's recorded decision:" + listing(found)


def test_S05_a_criterion_has_no_word_for_a_sum_a_product_or_a_score():
    """The language is a closed list; what it cannot say is a clinician's recorded decision."""
    assert set(HEADS) == CRITERION_HEADS
    value, _ = HEADS["value"]
    assert set(value.keys) == {"value", "pick", "in", "is", "rise", "fall", "against", "held"}


def test_S05_a_score_is_read_as_it_was_recorded():
    """It is one recorded value: no set of parts stands behind its name."""
    known: dict[str, Any] = {}
    for file in sorted(CONTENT.glob("valuesets/*.yaml")):
        known |= yaml.safe_load(file.read_text("utf-8"))
    found = [
        score
        for score in SCORES
        if "includes" in known[score]
        or "Observation" not in _listed(known[score]["resource"])
        or known[score].get("state")
    ]

    assert not found, "a score is a recorded observation or form:" + listing(found)


def test_S05_doses_limits_and_computed_choices_stand_among_what_is_left_out():
    """Left out by row, with the reason `device`, and no step, entry or exit carries such a row."""
    for pathway, rows in DEVICES.items():
        folder = next(CONTENT.glob(f"pathways/{pathway}/*"))
        left_out = yaml.safe_load((folder / "omitted.yaml").read_text("utf-8"))
        assert rows <= {each["row"] for each in left_out if each["reason"] == "device"}, pathway
    carried = [
        f"{where}: {row}"
        for where, _, keys in steps()
        for row in _listed(keys.get("row", ()))
        if row in DEVICES.get(where.split("/")[0], ())
    ]

    assert not carried, "leave the row out:" + listing(carried)


def _listed(row: str | list[str]) -> list[str]:
    return [row] if isinstance(row, str) else list(row)


def test_S05_what_is_yet_to_be_decided_is_not_asked_of_the_person():
    """Until somebody has decided, the person's part takes, keeps, stops or changes no treatment."""
    found = [
        f"{where}: {text}"
        for where, _, keys in steps()
        if "decided" in str(keys.get("done", ""))
        for text in keys.get("patient_part", {}).values()
        if TREATS.search(text)
    ]

    assert not found, "word it neutrally, as 'Ändra inget själv. Berätta hur du mår.':" + listing(found)


def test_S06_what_is_counted_in_minutes_or_hours_is_only_looked_back_on():
    """A time in minutes or hours, said or named as a parameter, belongs to an emergency."""
    timed = ("within", "opens", "every", "first", "preferred", "slots")
    short = {where: _short_parameters(where) for where in {where.split("/")[0] for where, _, _ in steps()}}
    found = [
        where
        for where, _, keys in steps()
        for times in [" ".join(str(keys.get(key, "")) for key in timed)]
        if keys.get("mode") != "retrospective"
        and (SHORT.search(times) or {*re.findall(r"\$(\w+)", times)} & short[where.split("/")[0]])
    ]

    assert not found, "write mode: retrospective:" + listing(found)


def _short_parameters(pathway: str) -> set[str]:
    """The parameters of a pathway that are times in minutes or hours."""
    (file,) = CONTENT.glob(f"pathways/{pathway}/*/pathway.yaml")
    parameters = yaml.safe_load(file.read_text("utf-8")).get("parameters", {})
    return {name for name, keys in parameters.items() if SHORT.fullmatch(str(keys.get("duration", "")))}


def test_S07_no_text_promises_what_is_only_a_goal():
    """No title, summary, wording or page speaks of guarantees, rights or a last day."""
    found = [
        f"{path}:{number} {match[0]}"
        for folder in (
            "content/pathways",
            "content/activities",
            "present",
        )
        for path, text in texts(".yaml", ".py", ".html", ".j2", under=f"src/vardforlopp/{folder}")
        if "/cases/" not in path.as_posix()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := PROMISES.search(line.split("#")[0]))
    ]

    assert not found, "word it as a goal: 'brukar ske inom ... (mål)':" + listing(found)


def test_S09_talk_of_dying_is_never_first_met_on_a_screen():
    """Steps on palliative needs and on the goals of care are for staff until they are talked about."""
    grave = re.compile(r"palliativ|brytpunkt|suicid|sjalvmord")
    found = [
        where
        for where, id_, keys in steps()
        if (grave.search(id_) or grave.search(str(keys.get("activity", ""))))
        and keys.get("disclosure", "open") == "open"
    ]

    assert not found, "write disclosure: staff-only, or after-informed:" + listing(found)


def test_S09_no_entry_opens_a_suspicion_to_the_patient():
    """An entry is a suspicion until somebody has said it: its disclosure is never open by itself."""
    found = [where for where, keys in entries() if keys.get("disclosure") == "open" and not keys.get("known")]

    assert not found, "leave disclosure out (staff-only), or write after-informed:" + listing(found)


def test_S18_a_visit_alone_suggests_nothing_outside_the_visit():
    """An entry whose event is a visit is a broad risk criterion: an opportunity inside the visit."""
    found = [
        where
        for where, keys in entries()
        if not keys.get("opportunity") and all(str(event).startswith("besok") for event in keys["event"])
    ]

    assert not found, "write opportunity: true:" + listing(found)


def test_S18_a_broad_risk_is_an_opportunity_and_no_entry():
    """An entry by nothing but a sign or risk that most people have would call half the population."""
    found = [
        where
        for where, keys in entries()
        if not keys.get("opportunity") and not keys.get("known") and {*keys["event"]} <= BROAD
    ]
    offered = {where for where, keys in entries() if keys.get("opportunity")}

    assert not found, "write opportunity: true:" + listing(found)
    assert {
        "hjartsvikt IN1",
        "kol IN2",
        "kol IN5",
        "osteoporos IN-langd",
        "reumatoid-artrit IN-RISKZON",
    } <= offered


def test_S18_a_step_is_quiet_unless_it_says_core():
    """Nobody is called by a step that nobody chose to watch."""
    said = {(where.split("/")[0], id_) for where, id_, keys in steps() if keys.get("watch") == "core"}
    loud = {
        (one.pathway.id, id_)
        for one in ready().compiled
        for id_, step in one.pathway.steps.items()
        if step.watch == "core"
    }

    assert loud == said


def test_S18_core_steps_are_the_few():
    """Only `watch: core` reaches worklists: at most half of a pathway's steps."""
    counted: dict[str, list[int]] = {}
    for where, _, keys in steps():
        if "options" not in keys:
            counts = counted.setdefault(where.split("/")[0], [0, 0])
            counts[0] += keys.get("watch") == "core"
            counts[1] += 1
    loud = [f"{pathway}: {core} of {all_}" for pathway, (core, all_) in counted.items() if 2 * core > all_]

    assert not loud, "let fewer steps call for attention:" + listing(loud)


def test_the_finder_of_promises_finds():
    """The search itself is tested: 'senaste' is only 'latest', 'senast' is a promise."""
    assert PROMISES.search("Besök senast fredag")
    assert PROMISES.search("Du har rätt till en tid")
    assert not PROMISES.search("det senaste året")


def test_the_finder_of_treatments_finds():
    """An order is found in both languages; what is no treatment passes."""
    assert TREATS.search("Fortsätt ta läkemedlen.")
    assert TREATS.search("Keep taking the drugs.")
    assert TREATS.search("Ta läkemedlen som ni har bestämt.")
    assert not TREATS.search("Ändra inget själv. Ta med din lista.")
    assert not TREATS.search("Change nothing on your own. Tell how you are.")
