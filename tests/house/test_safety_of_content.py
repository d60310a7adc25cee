"""What the definitions and texts themselves must keep, whatever the engine does: read off the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from repository import CONTENT, listing, texts

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
    """A time in minutes or hours belongs to an emergency: `mode: retrospective`."""
    timed = ("within", "opens", "every", "first", "preferred", "slots")
    found = [
        where
        for where, _, keys in steps()
        if keys.get("mode") != "retrospective" and any(SHORT.search(str(keys.get(key, ""))) for key in timed)
    ]

    assert not found, "write mode: retrospective:" + listing(found)


def test_S07_no_text_promises_what_is_only_a_goal():
    """No title, summary, wording or page speaks of guarantees, rights or a last day."""
    found = [
        f"{path}:{number} {match[0]}"
        for folder in (
            "src/vardforlopp/content/pathways",
            "src/vardforlopp/content/act",
            "src/vardforlopp/present",
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
