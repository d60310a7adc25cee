"""`vardforlopp new`: a folder that fails helpfully until it is filled in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made.calls import call
from vardforlopp.adapters.content_files import PACKAGED


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder of one's own."""
    return Path(shutil.copytree(PACKAGED, tmp_path / "content"))


def test_a_new_folder_says_what_is_missing_in_words(content: Path) -> None:
    """Each finding names a file of the new folder and what to do; nothing is unreadable."""
    made = call("new", "knaledsartros", "--content", content)
    told = [line for line in call("check", content).out.splitlines() if "knaledsartros" in line]

    assert (made.code, made.out.strip()) == (0, str(content / "pathways/knaledsartros/0.1.0"))
    assert {line.split()[0] for line in told} >= {
        "VF-DEF-047",  # phases without steps
        "VF-DEF-049",  # no way in
        "VF-DEF-054",  # texts
        "VF-DEF-072",  # rows
        "VF-DEF-086",  # the person
        "VF-DEF-087",  # the national criteria
        "VF-DEF-090",  # texts for the person
    }
    assert not any("is not YAML" in line for line in told)


HEAD = "pathways/knaledsartros/0.1.0/pathway.yaml"


def test_each_national_criterion_says_what_it_asks_and_lacks(content: Path) -> None:
    """Whoever has never seen the six criteria knows from the finding what to add."""
    call("new", "knaledsartros", "--content", content)
    told = call("check", content).out

    assert "C2 (starts in primary care, includes the municipality) of 'knaledsartros' is not met" in told
    assert "it lacks a step in primary care, a step of the municipality" in told
    assert "it lacks a source of level national or guideline" in told


def test_dots_are_not_a_text(content: Path) -> None:
    """The template's `...` that was left is told as a text that is missing."""
    call("new", "knaledsartros", "--content", content)
    head = content / HEAD
    head.write_text(head.read_text("utf-8").replace("title: {}", "title: {sv: Knä, en: ...}"), "utf-8")
    told = call("check", content).out

    assert "pathway 'knaledsartros' has no title in 'en'" in told
    assert "pathway 'knaledsartros' has no title in 'sv'" not in told


def test_a_new_word_that_resembles_a_known_one_may_be_defined(content: Path) -> None:
    """A new pathway brings words of its own: the nearest known one is not the only answer."""
    call("new", "knaledsartros", "--content", content)
    head = content / HEAD
    entry = "entries: {IN1: {event: [knaledsartros-diagnos], source: default}}"
    head.write_text(head.read_text("utf-8").replace("entries: {}", entry), "utf-8")
    told = call("check", content).out

    assert "Did you mean 'hoftledsartros-diagnos'? If not, define it in a file of valuesets/." in told


def test_what_is_there_is_never_written_over(content: Path) -> None:
    """Neither a pathway of ours nor one that was begun."""
    before = (content / "pathways/kol/1.0.0/pathway.yaml").read_bytes()
    done = call("new", "kol", "--content", content)

    assert (done.code, "VF-CLI-041" in done.err) == (2, True)
    assert (content / "pathways/kol/1.0.0/pathway.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["knä", "two words", "../kol", "a.b", ""])
def test_a_name_that_is_no_id_is_refused(name: str, content: Path) -> None:
    """Before anything is written."""
    done = call("new", name, "--content", content)

    assert (done.code, "VF-CLI-040" in done.err) == (2, True)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With what to do, and exit code 2."""
    (tmp_path / "file").write_text("", "utf-8")
    done = call("new", "knaledsartros", "--content", tmp_path / "file")

    assert (done.code, "VF-CLI-042" in done.err) == (2, True)
