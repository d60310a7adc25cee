"""`vardforlopp plan`: from files to plans, with exit codes that say how it went."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from made.calls import call, outside
from vardforlopp.adapters.content_files import PACKAGED
from vardforlopp.adapters.record_files import plain_stem
from vardforlopp.cli.outside import Progress
from vardforlopp.kernel.errors import InputError

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "examples" / "records"
BOTH = next(RECORDS.glob("*-hjartsvikt-och-kol.json"))
COPD = RECORDS / "kol-ed63ba13.json.gz"
KNOWN = RECORDS / "hjartsvikt-83a7c2b3.json.gz"
DEAD = RECORDS / "avliden-027c9395.json.gz"
ENROLLED = RECORDS / "sven-hjartsvikt-hemsjukvard.json"
NEITHER = RECORDS / "inget-forlopp-2cf4bc80.ndjson.gz"


def resources(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    bundle = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    return [entry["resource"] for entry in bundle["entry"]]


def planned(path: Path, *arguments: object) -> dict[str, Any]:
    done = call("plan", path, "--as-of", "2026-03-10", "--format", "json", *arguments)
    assert done.code == 0, done.err
    return json.loads(done.out)  # type: ignore[no-any-return]


# --- what it prints -----------------------------------------------------------------------------


def test_one_person_in_two_pathways_gets_one_plan() -> None:
    """Both pathways are assessed and merged; the drug that does not suit is told."""
    done = call("plan", BOTH, "--as-of", "2026-03-10")

    assert done.code == 0
    assert "EN SAMLAD PLAN" in done.out
    assert "NSAID" in done.out
    assert "gäller 2 förlopp" in done.out
    assert done.out.rstrip().endswith("Vårdens namn och roll")


def test_the_day_asked_about_is_today_unless_one_is_given() -> None:
    """Only the clock of the outside is asked."""
    assert planned(COPD)["as_of"] == "2026-03-10"
    assert json.loads(call("plan", COPD, "--format", "json", today="2026-02-01").out)["as_of"] == "2026-02-01"


def test_a_person_whom_no_pathway_concerns_is_told_so() -> None:
    """Calmly, with exit code 0."""
    done = call("plan", NEITHER, "--as-of", "2026-03-10")

    assert (done.code, "Inget av vårdförloppen berör personen" in done.out) == (0, True)


def test_S10_for_the_dead_the_last_day_alive_is_named_and_nothing_is_planned() -> None:
    """The day can be asked about; nothing is due, proposed or handed out."""
    done = call("plan", DEAD, "--as-of", "2026-03-10")

    assert "Sista dagen i livet" in done.out
    assert "MIN ÖVERENSKOMMELSE" not in done.out
    assert planned(DEAD)["plan"]["items"] == []


def test_S10_what_was_followed_has_ended_on_the_day_of_death(tmp_path: Path) -> None:
    """An enrolment that somebody stored, and nobody closed: ended in the data, in FHIR and on the page."""
    bundle = json.loads(ENROLLED.read_bytes())
    (patient,) = (r for e in bundle["entry"] if (r := e["resource"])["resourceType"] == "Patient")
    patient["deceasedDateTime"] = "2026-02-20"
    path = tmp_path / ENROLLED.name
    path.write_text(json.dumps(bundle), "utf-8")
    (enrolment,) = planned(path)["enrolments"]
    exported = json.loads(call("plan", path, "--as-of", "2026-03-10", "--format", "fhir").out)
    (course,) = (
        resource
        for entry in exported["entry"]
        if (resource := entry["resource"])["id"] == enrolment["id"].removeprefix("CarePlan/")
    )

    assert enrolment["explicit"]
    assert enrolment["ended"] == {"on": "2026-02-20", "reason": "death"}
    assert enrolment["next_change_at"] is None
    assert (course["status"], course["period"]["end"]) == ("completed", "2026-02-20")
    assert "personens död" in call("plan", path, "--as-of", "2026-03-10").out


def test_an_activity_is_called_the_same_in_the_data_and_in_fhir() -> None:
    """By the title of the step that asks, not by that of the shared activity."""
    exported = json.loads(call("plan", ENROLLED, "--as-of", "2026-03-10", "--format", "fhir").out)
    (plan,) = (
        resource
        for entry in exported["entry"]
        if (resource := entry["resource"]).get("title") == "Sammanhållen planering (förslag)"
    )
    titles = sorted(each["title"] for each in planned(ENROLLED)["plan"]["items"])

    assert sorted(each["detail"]["description"] for each in plan["activity"]) == titles


def test_the_language_is_chosen() -> None:
    """English for those who read it; the facts are the same."""
    assert "ONE COHERENT PLAN" in call("plan", BOTH, "--as-of", "2026-03-10", "--lang", "en").out


def test_a_pathway_can_be_chosen_alone() -> None:
    """Nothing else is tried."""
    assert {each["pathway"] for each in planned(BOTH, "--pathway", "kol")["definitions"]} == {"kol"}


def test_to_enrol_is_to_follow_by_decision_from_a_day() -> None:
    """Lateness is judged from that day; only then does the sheet carry steps."""
    followed = planned(KNOWN, "--enrol", "hjartsvikt=2026-01-10", "--region", "region-exempel")
    suggested = planned(KNOWN)
    explicit = {each["pathway"]: each["explicit"] for each in followed["enrolments"]}

    assert explicit["hjartsvikt"]
    assert not any(each["explicit"] for each in suggested["enrolments"])
    assert "overdue" in {step["state"] for step in followed["steps"]}
    assert followed["sheet"]["who_does_what"]
    assert suggested["sheet"]["who_does_what"] == []


def test_to_enrol_whoever_is_followed_already_changes_nothing_and_is_said() -> None:
    """On stderr, with the stored enrolment; the exit code stays 0."""
    done = call("plan", BOTH, "--as-of", "2026-03-10", "--enrol", "hjartsvikt", "--format", "json")

    assert done.code == 0
    assert json.loads(done.out)["enrolments"] == planned(BOTH)["enrolments"]
    assert "--enrol hjartsvikt gjorde ingenting" in done.err
    assert "CarePlan/hjartsvikt-forlopp" in done.err
    assert call("plan", KNOWN, "--as-of", "2026-03-10", "--enrol", "hjartsvikt").err == ""


def test_a_region_runs_its_own_copy_of_the_content(tmp_path: Path) -> None:
    """On each command that follows definitions; a folder that is not there is told."""
    shutil.copytree(PACKAGED, tmp_path / "innehall")
    file = tmp_path / "innehall" / "pathways" / "kol" / "1.0.0" / "pathway.yaml"
    title = next(line for line in file.read_text("utf-8").splitlines() if line.startswith("title:"))
    changed = file.read_text("utf-8").replace(title, "title: {sv: Vår egen KOL, en: Our own COPD}")
    file.write_text(changed, "utf-8")
    own = ("--content", tmp_path / "innehall")

    assert "Vår egen KOL" in call("plan", COPD, "--as-of", "2026-03-10", *own).out
    assert call("explain", "kol", *own).out.startswith("VÅR EGEN KOL")
    assert call("cases", "kol", *own).out.startswith("kol 1.0.0: ")
    assert call("plan", COPD, "--content", tmp_path / "borta").code == 2


def test_S17_nothing_that_is_only_suggested_is_late() -> None:
    """History is not a flood: on the first day nothing is overdue."""
    assert "overdue" not in {step["state"] for step in planned(KNOWN)["steps"]}


def test_S09_what_is_only_suggested_is_named_for_staff_first() -> None:
    """Before the plan, and marked so."""
    text = call("plan", KNOWN, "--as-of", "2026-03-10").out

    assert text.index("VÅRDFÖRLOPP SOM KAN BERÖRA PERSONEN") < text.index("EN SAMLAD PLAN")
    assert "bara för" in text


def test_html_of_one_record_can_be_printed() -> None:
    """One self-contained page."""
    done = call("plan", BOTH, "--as-of", "2026-03-10", "--format", "html")

    assert done.out.lstrip().startswith("<!doctype html>")


# --- data that others build on ------------------------------------------------------------------


def test_the_order_of_the_entries_does_not_matter(tmp_path: Path) -> None:
    """The same record, shuffled, gives the same bytes."""
    bundle = json.loads(BOTH.read_bytes())
    bundle["entry"].reverse()
    turned = tmp_path / BOTH.name
    turned.write_text(json.dumps(bundle), "utf-8")
    beside = BOTH.with_name(BOTH.name.replace(".json", ".sources.yaml"))
    (tmp_path / beside.name).write_bytes(beside.read_bytes())

    assert planned(turned) == planned(BOTH)


def refs(value: Any) -> Iterator[str]:
    """Every reference that a reason or an evidence rests on."""
    if isinstance(value, dict):
        if {"ref", "selector", "known_from"} <= set(value):
            yield value["ref"]
        for each in value.values():
            yield from refs(each)
    elif isinstance(value, list):
        for each in value:
            yield from refs(each)


@pytest.mark.parametrize("path", [BOTH, COPD])
def test_every_reason_rests_on_resources_of_the_input(path: Path) -> None:
    """No answer without its reason, no reason without its source."""
    known = {f"{each['resourceType']}/{each['id']}" for each in resources(path)}
    value = planned(path)
    found = set(refs(value["steps"])) | set(refs(value["suggestions"]))

    assert found
    assert found <= known


@pytest.mark.parametrize("path", [BOTH, COPD, DEAD])
def test_every_resource_of_the_file_is_accounted_for(path: Path) -> None:
    """resources = read + the sum of what was not."""
    quality = planned(path)["quality"]

    assert quality["resources"] == len(resources(path))
    assert quality["resources"] == quality["read"] + sum(each["count"] for each in quality["not_read"])


# --- files --------------------------------------------------------------------------------------


def test_with_out_alone_the_text_is_printed_and_a_page_written_for_each_record(tmp_path: Path) -> None:
    """And the pages are named."""
    done = call("plan", BOTH, COPD, "--as-of", "2026-03-10", "--out", tmp_path / "plans")
    pages = sorted(path.name for path in (tmp_path / "plans").iterdir())

    assert pages == sorted([f"{BOTH.stem}.html", "kol-ed63ba13.html"])
    assert all(page in done.out for page in pages)
    assert "EN SAMLAD PLAN" in done.out


def test_with_out_and_a_form_only_files_are_written(tmp_path: Path) -> None:
    """One file a record; records of one name do not share a file."""
    (tmp_path / "annan").mkdir()
    twin = tmp_path / "annan" / COPD.name
    twin.write_bytes(COPD.read_bytes())
    done = call("plan", COPD, twin, "--as-of", "2026-03-10", "--out", tmp_path / "plans", "--format", "json")

    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == [
        "kol-ed63ba13-2.json",
        "kol-ed63ba13.json",
    ]
    assert "EN SAMLAD PLAN" not in done.out
    assert "2 filer: 2 planer, 0 filer med fel" in done.err


@pytest.mark.parametrize(
    ("name", "stem"),
    [("anna.json", "anna"), ("anna.json.gz", "anna"), ("anna.b.ndjson", "anna.b"), (".json", ".json")],
)
def test_a_plan_is_named_after_its_record(name: str, stem: str) -> None:
    """Without the endings."""
    assert plain_stem(Path(name)) == stem


# --- when something is wrong --------------------------------------------------------------------


def test_a_file_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is told on stderr; the exit code is 2; the other plans are there."""
    broken = tmp_path / "trasig.json"
    broken.write_text('{"resourceType": "Bundle", "entry": [', "utf-8")
    done = call("plan", broken, tmp_path / "finns-inte.json", tmp_path, COPD, "--as-of", "2026-03-10")

    assert done.code == 2
    assert "EN SAMLAD PLAN" in done.out
    assert done.err.count("VF-REC-") == 3
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2026-02-30"], "'2026-02-30' is not a date"),
        (["--as-of", "i dag"], "'i dag' is not a date"),
        (["--pathway", "hjartsvickt"], "Did you mean 'hjartsvikt'?"),
        (["--enrol", "kul"], "Did you mean 'kol'?"),
        (["--enrol", "kol=2026-13-01"], "'2026-13-01' is not a date"),
        (["--enrol", "kol=2027-01-01", "--as-of", "2026-03-10"], "after the day asked about"),
        (["--enrol", "kol", "--enrol", "kol"], "stands twice"),
        (
            ["--enrol", "hjartsvikt", "--pathway", "kol"],
            "'hjartsvikt' is not among those chosen by --pathway",
        ),
        (["--region", "region-exampel"], "Did you mean 'region-exempel'?"),
        (["--format", "pdf"], "--format"),
        (["--lang", "de"], "--lang"),
        (["--frmat", "json"], "unknown option: --frmat. Did you mean --format? See vardforlopp --help."),
    ],
)
def test_an_argument_that_cannot_be_is_told_with_what_to_write(arguments: list[str], said: str) -> None:
    """Exit code 2, nothing on stdout."""
    done = call("plan", COPD, *arguments)

    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_no_file_is_told() -> None:
    """Not an empty success."""
    assert call("plan").code == 2


def test_several_pages_are_not_printed_as_one() -> None:
    """A folder is asked for."""
    done = call("plan", COPD, BOTH, "--format", "html")

    assert (done.code, "--out" in done.err) == (2, True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way is not overwritten."""
    taken = tmp_path / "upptagen"
    taken.write_text("x", "utf-8")

    assert call("plan", COPD, "--out", taken).code == 2
    assert taken.read_text("utf-8") == "x"


def test_an_unknown_command_is_told_with_a_guess() -> None:
    """Exit code 2."""
    done = call("plam")

    assert (done.code, 'Did you mean "plan"?' in done.err) == (2, True)


def test_a_fault_of_the_program_is_short_and_counted_apart() -> None:
    """Exit code 3, a code to report, and no data of the record; the traceback only when asked for."""

    def fail() -> int:
        raise KeyError("Anna Test")

    quiet, _, told = outside()
    loud, _, shown = outside(debug=True)

    assert quiet.attempt(fail, where="anna.json") == 3
    assert "VF-INT-001 anna.json" in told.getvalue()
    assert "Anna Test" not in told.getvalue()
    assert loud.attempt(fail) == 3
    assert "Traceback" in shown.getvalue()


def test_an_expected_error_gives_its_own_exit_code() -> None:
    """Each error knows how it ends."""

    def fail() -> int:
        raise InputError("VF-REC-001", "anna.json", "it is empty", "Send it again.")

    made, _, told = outside()

    assert made.attempt(fail) == 2
    assert told.getvalue() == "VF-REC-001 anna.json  it is empty. Send it again.\n"


def test_a_bar_is_drawn_only_for_somebody_who_watches() -> None:
    """Not in a pipe, and not for one file."""
    made, _, told = outside()

    assert [name for _, name in Progress(made, 2).over(["a", "b"])] == ["a", "b"]
    assert told.getvalue() == ""


class Terminal(StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_for_somebody_who_watches_and_wiped_at_the_end() -> None:
    """On stderr, while the results go to a file."""
    made, _, _ = outside()
    screen = Terminal()
    names = [name for _, name in Progress(replace(made, err=screen), 2).over(["a.json", "b.json"])]

    assert names == ["a.json", "b.json"]
    assert "1/2 b.json" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
