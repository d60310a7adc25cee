"""A content folder as definitions: provenance, versions, overlays, fingerprints."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from made.small_content import CASE, HEAD, OVERLAY, STEPS, TEXTS, VALUES, spoilt
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions import apply, load
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.criteria import Quantity
from vardforlopp.definitions.model import Parameter, Place
from vardforlopp.definitions.overlay import fault_of
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.errors import DefinitionError, InputError

SOURCE = str(Path(__file__).parents[3] / "src")


def loaded(texts: dict[str, str]) -> Definitions:
    """The definitions of a folder without fault."""
    found = load(texts)
    assert found.definitions is not None, [str(error) for error in found.errors]
    return found.definitions


def test_a_rules_level_is_its_weakest_part():
    """The step is national, its time is ours: the rule is a proposal."""
    step = loaded(TEXTS).pathways["exempel"].steps["prov"]

    assert step.provenance.levels == {"step": "national", "within": "default"}
    assert step.provenance.parts == {"step": ("S1",), "within": ()}
    assert step.provenance.level == "default"


def test_of_several_sources_the_best_counts():
    """Two sources for one part: the stronger carries it."""
    step = loaded(spoilt(STEPS, "source: S2", "source: [S2, S1]")).pathways["exempel"].steps["omprov"]

    assert step.provenance.level == "national"


def test_a_parameter_brings_its_own_level():
    """Whoever uses `$x` rests on what `$x` rests on, through the phase's guard too."""
    by_guard = loaded(spoilt(HEAD, "en: Start}}", 'en: Start}, when: {value: kalium, is: "> $gransvarde"}}'))

    assert loaded(TEXTS).pathways["exempel"].entries["IN1"].provenance.levels["$gransvarde"] == "national"
    assert by_guard.pathways["exempel"].steps["omprov"].provenance.levels["$gransvarde"] == "national"


def test_parameters_may_stand_anywhere_in_the_file():
    """They are read before what uses them."""
    head = TEXTS[HEAD]
    start, end = head.index("parameters:"), head.index("entries:")
    moved = head[:start] + head[end:] + head[start:end]

    assert loaded({**TEXTS, HEAD: moved}).pathways["exempel"].entries["IN1"].provenance.levels == {
        "step": "national",
        "$gransvarde": "national",
    }


def test_a_step_stands_at_the_line_of_its_id():
    """Where a finding leads."""
    assert loaded(TEXTS).pathways["exempel"].steps["omprov"].place == Place(f"content/{STEPS}", 11)


def test_the_fingerprint_follows_the_text_and_not_the_cases():
    """A corrected case changes no definition."""
    whole = loaded(TEXTS).pathways["exempel"].sha256

    assert loaded(spoilt(CASE, "sheet: 1", "sheet: 2")).pathways["exempel"].sha256 == whole
    assert loaded(spoilt(STEPS, "within: 14 days", "within: 15 days")).pathways["exempel"].sha256 != whole


def test_the_newest_version_is_the_one_that_stays():
    """1.10 is newer than 1.9."""
    folder = "pathways/exempel/1.0.0/"
    texts = {path: text for path, text in TEXTS.items() if path != OVERLAY}
    for version in ("1.9.0", "1.10.0"):
        for path, text in TEXTS.items():
            if path.startswith(folder) and "/cases/" not in path:
                newer = path.replace("1.0.0", version)
                texts[newer] = text.replace("version: 1.0.0", f"version: {version}")

    assert loaded(texts).pathways["exempel"].version == "1.10.0"


def test_one_error_does_not_draw_others():
    """A step that cannot be read is still known to those that wait for it."""
    errors = load(spoilt(STEPS, "within: 14 days", "within: soon")).errors

    assert [error.code for error in errors] == ["VF-DEF-014"]


def test_a_region_sets_values_and_adds_steps():
    """The pathway as the region runs it; nothing is removed."""
    definitions = loaded(TEXTS)
    national, region = definitions.pathways["exempel"], definitions.overlays["region"]

    regional = apply(national, region)

    assert regional.parameters["gransvarde"].value == Quantity(Fraction(9, 2), "mmol/L")
    assert list(regional.steps) == [*national.steps, "extra"]
    assert apply(national, replace(region, settings={}, steps={})) is national


def parameter(**changes: object) -> Parameter:
    """A threshold with a range."""
    value = Parameter(
        "p", "quantity", Quantity(Fraction(5), "mmol/L"), {}, "regional", ("S2",), Place("x", 1),
        low=Quantity(Fraction(4), "mmol/L"), high=Quantity(Fraction(6), "mmol/L"), stricter="lower",
    )  # fmt: skip
    return replace(value, **changes)  # type: ignore[arg-type]


DAYS = parameter(
    kind="duration", value=Duration(14, "days"), low=None, high=None, stricter=None, level="national"
)


@pytest.mark.parametrize(
    ("given", "value", "fault"),
    [
        (parameter(), Quantity(Fraction(6), "mmol/L"), None),
        (parameter(), Quantity(Fraction(6001), "umol/L"), "range"),
        (parameter(), Quantity(Fraction(5), "mm"), "unit"),
        (parameter(), Duration(5, "days"), "kind"),
        (parameter(level="national"), Quantity(Fraction(11, 2), "mmol/L"), "stricter"),
        (parameter(level="national"), Quantity(Fraction(9, 2), "mmol/L"), None),
        (parameter(level="national", stricter=None), Quantity(Fraction(9, 2), "mmol/L"), "stricter"),
        (DAYS, Duration(2, "weeks"), "stricter"),
        (DAYS, Duration(10, "days"), None),
        (parameter(kind="word", value="a", low=None, high=None, allowed=("a", "b")), "c", "word"),
    ],
)
def test_what_a_region_may_set(given: Parameter, value: object, fault: str | None):
    """Within the range and of the kind; a national value only shorter or stricter."""
    assert fault_of(given, value) == fault  # type: ignore[arg-type]


def test_the_packaged_content_is_read_by_default():
    """The folder that ships with the program."""
    assert "catalogue.yaml" in content_texts()


def test_a_folder_is_read_by_relative_path(tmp_path: Path):
    """Hidden files stay out."""
    (tmp_path / "valuesets").mkdir()
    (tmp_path / "valuesets" / "prov.yaml").write_text(TEXTS[VALUES], "utf-8")
    (tmp_path / ".dold").mkdir()
    (tmp_path / ".dold" / "x.yaml").write_text("a: 1", "utf-8")

    assert content_texts(tmp_path) == {"valuesets/prov.yaml": TEXTS[VALUES]}


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path):
    """VF-DEF-007, where it stops being text."""
    (tmp_path / "catalogue.yaml").write_bytes("a: 1\nb: \u00e5\n".encode("latin-1"))

    with pytest.raises(DefinitionError) as caught:
        content_texts(tmp_path)

    assert (caught.value.code, caught.value.where) == ("VF-DEF-007", f"{tmp_path.name}/catalogue.yaml:2")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    """An argument, not a definition, is wrong: VF-CLI-012."""
    with pytest.raises(InputError) as caught:
        content_texts(tmp_path / "borta")

    assert (caught.value.code, caught.value.exit_code) == ("VF-CLI-012", 2)


def test_loading_does_not_wait_for_lint_and_cases():
    """A plan loads definitions at every start; only `check` and `cases` judge them."""
    program = "import sys, vardforlopp.definitions.load; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True,
        env={"PYTHONPATH": SOURCE},
    )  # fmt: skip

    loaded = {name.rpartition(".")[2] for name in done.stdout.split() if name.startswith("vardforlopp.")}
    assert "model" in loaded
    assert not {name for name in loaded if name.startswith(("lint", "case", "read_cases"))}


def test_definitions_can_be_sent_to_another_process() -> None:
    """Worker processes get them whole; a compiled program must manage that too."""
    definitions = load(TEXTS).definitions

    assert pickle.loads(pickle.dumps(definitions)) == definitions
