"""A person in a flowchart: each state by sign, word and line, and the place where the person is."""

from __future__ import annotations

from made.charts import chart, course_in, crowd, example
from made.spoken import step
from vardforlopp.engine.course import Course, State, StepState
from vardforlopp.kernel.durations import Duration
from vardforlopp.present.lane_fold import folded
from vardforlopp.present.lane_graph import flow_of
from vardforlopp.present.lane_marks import BAND, INK, LOOKS, MUTED, TINT, WHITE
from vardforlopp.present.lanes import flow_list, flowchart


def test_a_state_is_told_by_sign_text_and_line_not_by_colour_alone() -> None:
    """Done, late, unknown, not yet: each has its own sign and words; `Du är här` stands once."""
    names = example()
    states: dict[str, State] = {
        "prov": "done",
        "remiss": "overdue",
        "eko": "unknown",
        "start": "not-applicable",
    }
    drawn = flowchart(names, "sv", course=course_in(names, states))

    for told in ("✓ Gjord", "! Efter målet", "? Okänt", "– Inte aktuell", "○ Inte än"):
        assert f">{told}<" in drawn
    assert drawn.count("Du är här") == 1
    assert len({look.sign for look in LOOKS.values() if look.sign}) == 7


def test_S02_what_somebody_attested_is_not_drawn_as_done() -> None:
    """It has its own sign and word, in picture and list."""
    names = example()
    course = course_in(names, {"prov": "attested"})
    drawn, listed = flowchart(names, "sv", course=course), flow_list(names, "sv", course=course)

    assert ">~ Intygad<" in drawn
    assert "✓ Gjord" not in drawn
    assert listed[1].text.endswith("Intygad")


def test_the_person_s_place_can_be_linked_to_in_picture_and_list() -> None:
    """A page leads there without a script."""
    names = example()
    course = course_in(names, {"eko": "due"}, otherwise="done")

    assert '<g id="flow-2-here"><title>' in flowchart(names, "sv", course=course, prefix="flow-2")
    here = [line.text for line in flow_list(names, "sv", course=course) if line.here]
    assert [text.split(" · ")[0] for text in here] == ["Eko"]


def test_the_phase_where_the_person_is_is_folded_last() -> None:
    """The step that is late stands by itself, although its phase is not the smallest."""
    names = crowd(60)
    course = course_in(names, {"s40": "overdue", "s1": "due"}, otherwise="waiting")
    flow = folded(flow_of(names, "sv", course=course), "sv")

    assert "s40" in {node.id for node in flow.nodes}


def test_of_several_occurrences_the_one_that_asks_most_is_shown() -> None:
    """An open one before one that is done."""
    names = chart(step("prov", "Prov", "Test", every=Duration(1, "months")))
    course = course_in(names, {})
    twice = tuple(
        StepState("prov", day, state) for day, state in (("2026-01-02", "done"), ("2026-02-02", "due"))
    )  # type: ignore[arg-type]
    flow = flow_of(names, "sv", course=Course(**{**_fields(course), "steps": twice}))

    assert next(node.standing for node in flow.nodes if node.id == "prov") == "now"


def _fields(course: Course) -> dict[str, object]:
    return {name: getattr(course, name) for name in course.__dataclass_fields__}


def test_every_ink_passes_wcag_aa_on_its_fill() -> None:
    """4.5 to 1 for text, 3 to 1 for edges on the lanes."""
    for look in LOOKS.values():
        assert _contrast(look.ink, look.fill) >= 4.5, look
        assert _contrast(look.edge, WHITE) >= 3, look
        assert _contrast(look.edge, TINT) >= 3, look
    for ink in (INK, MUTED, BAND):
        assert _contrast(ink, WHITE) >= 4.5
        assert _contrast(ink, TINT) >= 4.5
    assert _contrast(MUTED, LOOKS["folded"].fill) >= 4.5


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
