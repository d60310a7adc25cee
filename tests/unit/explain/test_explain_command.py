"""`vardforlopp explain`: words on standard output, a flowchart in a file, located errors."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from vardforlopp.cli.commands import run
from vardforlopp.cli.outside import BAD_INPUT, FINE, Outside


def _explain(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(["explain", *arguments], Outside(lambda: 0, lambda: 0, out, err, "0"))
    return code, out.getvalue(), err.getvalue()


def test_a_pathway_is_explained_with_its_sources_and_what_is_a_proposal() -> None:
    """Without a region our own rules are proposals, not adopted (S04)."""
    code, said, _ = _explain("hjartsvikt")

    assert code == FINE
    assert said.startswith("HJÄRTSVIKT\n")
    assert "vårt förslag, inte antaget" in said
    assert "KÄLLOR" in said


def test_a_region_s_adoption_is_told() -> None:
    """By whom and when."""
    code, said, _ = _explain("hjartsvikt", "ekokardiografi", "--region", "region-exempel", "--lang", "en")

    assert code == FINE
    assert "adopted by" in " ".join(said.split())
    assert "Usually happens within" in said


def test_S09_what_only_staff_may_see_is_not_told_to_the_person() -> None:
    """A step that is open is shown as the person reads it; one that is closed only as staff do."""
    reads = "SÅ LÄSER PERSONEN"

    assert reads in _explain("hjartsvikt", "ekokardiografi")[1]
    assert reads not in _explain("hjartsvikt", "palliativ-bedomning")[1]


def test_the_flowchart_is_written_and_its_file_named_on_standard_error(tmp_path: Path) -> None:
    """Diagnostics never mix with the answer."""
    file = tmp_path / "kol.svg"
    code, _, told = _explain("kol", "--flowchart", str(file))

    assert code == FINE
    assert file.read_text("utf-8").startswith("<svg")
    assert str(file) in told


@pytest.mark.parametrize(
    "arguments, code_told, hint",
    [
        (("hjartsvik",), "VF-CLI-003", "Did you mean 'hjartsvikt'?"),
        (("hjartsvikt", "ekokardiograf"), "VF-CLI-020", "Did you mean 'ekokardiografi'?"),
        (("hjartsvikt", "--region", "atlantis"), "VF-CLI-004", "region-exempel"),
        (("hjartsvikt", "--flowchart", "/no/such/folder/x.svg"), "VF-CLI-021", "Name a file"),
        (("hjartsvikt", "--flowchart", "/no/such/record.json"), "VF-CLI-021", "does not end in .svg"),
    ],
)
def test_a_wrong_argument_says_what_to_write_instead(
    arguments: tuple[str, ...], code_told: str, hint: str
) -> None:
    """Exit code 2, one line, nothing on standard output."""
    code, said, told = _explain(*arguments)

    assert (code, said) == (BAD_INPUT, "")
    assert told.startswith(code_told)
    assert hint in told
