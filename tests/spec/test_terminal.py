"""What a record or an argument says never steers the terminal of whoever reads the answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from made.calls import call, outside
from made.fhir_bundles import Json, as_bytes, bundle, patient
from vardforlopp.cli.commands import run

AS_OF = ("--as-of", "2026-03-10")
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NAMES = [
    "Nils\x1b[2J\x1b]0;ägd\x07",  # ESC and BEL: clears the page, renames the window
    "Nils\r\x08\x00\t",
    "Nils\x7f\x9b31m\x85",  # DEL and C1
    "Nils\u202egnud\u202c \u2066dold\u2069",  # bidi
]


def record(folder: Path, name: str) -> Path:
    path = folder / "nils.json"
    person: Json = patient(name=[{"family": "Prov", "given": [name]}])
    path.write_bytes(as_bytes(bundle(person)))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_a_name_does_not_steer_the_terminal(tmp_path: Path, name: str) -> None:
    """Printed or written as text, each such character is shown as U+FFFD or left out."""
    path = record(tmp_path, name)
    printed = call("plan", path, *AS_OF).out
    call("plan", path, *AS_OF, "--format", "text", "--out", tmp_path / "plans")

    assert "NILS" in printed
    assert STEERING.findall(printed) == []
    assert STEERING.findall((tmp_path / "plans" / "nils.txt").read_text("utf-8")) == []


@pytest.mark.parametrize("name", NAMES)
def test_data_keeps_every_character(tmp_path: Path, name: str) -> None:
    """JSON is for programs: what a name says is escaped where JSON asks for it, and never changed."""
    path = record(tmp_path, "Nils")
    sources = [{"kind": "laboratory", "provider": name, "last_seen": "2026-03-01"}]
    (tmp_path / "nils.sources.yaml").write_text(json.dumps(sources), "utf-8")
    told = json.loads(call("plan", path, *AS_OF, "--format", "json").out)["sources"]

    assert name in [each["provider"] for each in told]


def test_a_message_that_repeats_an_argument_or_a_file_name_does_not_steer_either(tmp_path: Path) -> None:
    """On stderr too."""
    for arguments in (
        ("plan", tmp_path / "\x1b[31mborta.json", *AS_OF),
        ("plan", tmp_path / "borta.json", "--pathway", "kol\x1b]0;x\x07"),
        ("pl\x1b[2Jan",),
    ):
        done = call(*arguments)

        assert done.code == 2
        assert "\ufffd" in done.err
        assert STEERING.findall(done.err) == []


class Terminal(StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def watched(*arguments: object) -> str:
    """What a call of two records shows, when answers and messages go to the same terminal."""
    screen = Terminal()
    made, _, _ = outside()
    run(["plan", *AS_OF, *map(str, arguments)], replace(made, out=screen, err=screen))
    return screen.getvalue()


def test_a_bar_is_drawn_while_only_files_are_written(tmp_path: Path) -> None:
    """In an ordinary terminal; each line that is said meanwhile stands on a line of its own."""
    path, gone = record(tmp_path, "Nils"), tmp_path / "borta.json"
    shown = watched(path, gone, path, "--format", "json", "--out", tmp_path / "plans")
    lines = [line.rpartition("\r\x1b[K")[2] for line in shown.split("\n")]

    assert "1/3 borta.json" in shown
    assert lines[0].startswith("Skrev ")
    assert lines[1].startswith("VF-REC-013 ")
    assert lines[-2].startswith("3 filer")


@pytest.mark.parametrize("how", [(), ("--format", "json"), ("--out", "plans")])
def test_no_bar_is_drawn_where_answers_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: tuple[str, ...]
) -> None:
    """A bar would stand between their lines."""
    monkeypatch.chdir(tmp_path)
    path = record(tmp_path, "Nils")

    assert "\x1b" not in watched(path, path, *how)
