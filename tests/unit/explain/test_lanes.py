"""The flowchart: what stands where, that nothing lies on anything else, and that the list says the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from made.charts import chart, course_in, crowd, example
from made.spoken import criterion, evidence, moment, step
from vardforlopp.definitions.criteria import FactLeaf
from vardforlopp.definitions.model import Owner, Per, Step
from vardforlopp.present.lane_drawing import Drawing
from vardforlopp.present.lane_fold import MOST_NODES, folded
from vardforlopp.present.lane_graph import flow_of
from vardforlopp.present.lane_marks import Point
from vardforlopp.present.lane_measures import PAD, measure, texts_of
from vardforlopp.present.lane_sources import ENTRY
from vardforlopp.present.lanes import drawing_of, flow_list, flowchart
from vardforlopp.present.text_width import width

SVG = "{http://www.w3.org/2000/svg}"


CHARTS = {"example": example(), "forty": crowd(38), "12": crowd(12)}


@pytest.fixture(params=CHARTS, ids=list(CHARTS))
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return drawing_of(CHARTS[request.param], "sv")


# --- what stands where ---------------------------------------------------------------------------


def test_arrows_follow_anchors_triggers_and_choices() -> None:
    """Steps named, facts that a step gives, ways of a choice; the entry leads to what has no other start."""
    flow = flow_of(example(), "sv")

    assert {
        (ENTRY, "prov"), ("prov", "remiss"), ("remiss", "eko"), ("ef-klass", "start"),
    } <= set(flow.edges)  # fmt: skip


def arrows_and_words(*steps: Step) -> tuple[set[tuple[str, str]], str]:
    """The arrows of a pathway, and what its step `mål` says of its time beside them."""
    flow = flow_of(chart(*steps, choices={}), "sv")
    return set(flow.edges), next(node.counted for node in flow.nodes if node.id == "mål")


def giving(name: str, **given: object) -> Step:
    """A step that gives a value of NT-proBNP."""
    return step(name, name, name, **({"done": FactLeaf("ntprobnp")} | given))


COUNTED = step("mål", "Mål", "Goal", after=moment("{first: ntprobnp}"))
SOME = criterion("{has: kol}")


def test_an_arrow_leads_from_the_one_step_that_gives_all_the_fact() -> None:
    """Its goal is counted from a fact that one step gives to everybody."""
    assert arrows_and_words(giving("a"), COUNTED) == ({(ENTRY, "a"), ("a", "mål")}, "")


def test_arrows_lead_from_all_the_steps_that_give_all_the_fact() -> None:
    """Not only from the first that is written."""
    arrows, words = arrows_and_words(giving("a"), giving("b"), COUNTED)

    assert ({("a", "mål"), ("b", "mål")} <= arrows, words) == (True, "")


@pytest.mark.parametrize(
    "source",
    [
        giving("a", when=SOME),
        giving("a", per=Per(selector="vikt")),
        giving("a", done=evidence("{any: [ntprobnp, kalium]}")),
        giving("a", phase="fas-b"),
    ],
    ids=["for some", "at some times", "done without it too", "in a later phase"],
)
def test_no_arrow_leads_from_a_step_that_does_not_give_all_the_fact(source: Step) -> None:
    """What the arrow cannot say stands in words."""
    arrows, words = arrows_and_words(source, COUNTED)

    assert (("a", "mål") in arrows, words) == (False, "räknas från NT-proBNP")


@pytest.mark.parametrize(
    "guard",
    [
        "{has: kol}",
        "{all: [{has: kol}, {has: vikt}]}",
        "{any: [{all: [{has: kol}, {has: vikt}]}, {has: kol}]}",
    ],
)
def test_an_arrow_leads_from_a_step_for_some_to_one_for_some_of_the_same(guard: str) -> None:
    """The target's condition holds the source's."""
    target = replace(COUNTED, when=criterion(guard))

    assert ("a", "mål") in arrows_and_words(giving("a", when=SOME), target)[0]


def test_the_list_says_whether_all_or_one_of_what_comes_before_is_waited_for() -> None:
    """The first of two, after a third; and both of two."""
    first = moment("{earliest: [{done: a}, {done: b}]}")
    names = chart(
        *(giving(name) for name in ("a", "b", "c")),
        step("en", "En", "One", after=first, when=criterion("{done: c}")),
        step("alla", "Alla", "All", after=moment("{latest: [{done: a}, {done: b}]}")),
        choices={},
    )
    said = {line.text.split(" · ")[0]: line.text.split(" · ")[3] for line in flow_list(names, "sv")[1:]}

    assert said["En"] == "efter 3 och efter 1 eller 2"
    assert said["Alla"] == "efter 1 och 2"


def test_a_time_counted_from_the_entry_says_so_where_no_arrow_does() -> None:
    """In a later phase; in the first one the entry's own arrow does."""
    later = step("mål", "Mål", "Goal", phase="fas-b")

    assert arrows_and_words(giving("a"), later) == ({(ENTRY, "a")}, "räknas från ingången")


def test_a_time_counted_from_facts_that_no_step_gives_names_them() -> None:
    """Also in the first phase, where it does not begin with the entry; one of them, or all."""
    either = replace(COUNTED, after=moment("{earliest: [{first: kol}, {first: vikt}]}"))
    both = replace(COUNTED, after=moment("{latest: [{first: kol}, {first: vikt}]}"))
    each = replace(COUNTED, after=None, per=Per(selector="vikt"))

    assert arrows_and_words(giving("a"), either) == ({(ENTRY, "a")}, "räknas från KOL eller vikt")
    assert arrows_and_words(giving("a"), both)[1] == "räknas från KOL och vikt"
    assert arrows_and_words(giving("a"), each)[1] == "vid varje uppgift om vikt"


def test_the_ambulance_comes_before_the_hospital() -> None:
    """And the dentist before both, as the person meets them."""
    levels = ("specialiserad", "akut", "ambulans", "tandvard", "primarvard")
    names = chart(*(step(level, level, level, owner=Owner(("lakare",), level)) for level in levels))

    assert [lane for lane, _ in flow_of(names, "sv").lanes] == [
        "primarvard", "tandvard", "ambulans", "akut", "specialiserad",
    ]  # fmt: skip


def test_nothing_said_aloud_is_cut() -> None:
    """A box has room for some lines; its spoken text is whole."""
    long = "Ställningstagande till " + "läkemedel mot benskörhet och till " * 4 + "kalcium"
    drawn = flowchart(chart(step("lang", long, "Long")), "sv")

    assert f", {long}, " in drawn


def test_lanes_go_from_home_to_hospital() -> None:
    """Only levels in use, worded."""
    assert flow_of(example(), "sv").lanes == (
        ("primarvard", "primärvård"),
        ("specialiserad", "specialiserad vård"),
    )


def test_boxes_of_a_lane_stand_in_its_rows(drawing: Drawing) -> None:
    """The lane tells who, whatever the packing."""
    grid, flow = drawing.measures.grid, drawing.flow
    first = 0
    for (lane, _), rows in zip(flow.lanes, grid.lane_rows, strict=True):
        here = [grid.cells[node.id][1] for node in flow.nodes if node.lane == lane]
        assert all(first <= row < first + rows for row in here)
        first += rows


def test_no_two_boxes_share_a_cell(drawing: Drawing) -> None:
    """Whatever the packing."""
    cells = list(drawing.measures.grid.cells.values())

    assert len(cells) == len(set(cells))


def test_what_comes_after_stands_to_the_right_or_below(drawing: Drawing) -> None:
    """Arrows within the order of phases never point back to the left."""
    cells = drawing.measures.grid.cells
    for source, target in drawing.flow.edges:
        assert cells[source][0] <= cells[target][0], (source, target)


# --- nothing lies on anything else ---------------------------------------------------------------


def _pieces(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return [(min(pair), max(pair)) for pair in pairwise(points) if pair[0] != pair[1]]


def test_no_arrow_crosses_a_box(drawing: Drawing) -> None:
    """An arrow touches only the boxes that it joins."""
    measures = drawing.measures
    for route in measures.routes:
        for (x0, y0), (x1, y1) in _pieces(measures.points(route)):
            for node in drawing.flow.nodes:
                left, top, w, h = measures.box(node.id)
                apart = x1 <= left or x0 >= left + w or max(y0, y1) <= top or min(y0, y1) >= top + h
                assert apart, (route, node.id)


def test_arrows_lie_on_each_other_only_from_one_box_or_into_one_box(drawing: Drawing) -> None:
    """Lines with nothing in common may cross, never run together."""
    measures = drawing.measures
    pieces = [(route, *piece) for route in measures.routes for piece in _pieces(measures.points(route))]
    for n, (one, a0, a1) in enumerate(pieces):
        for other, b0, b1 in pieces[n + 1 :]:
            if one.source == other.source or one.target == other.target:
                continue
            for axis in (0, 1):
                along = 1 - axis
                same = a0[axis] == a1[axis] == b0[axis] == b1[axis]
                ends = sorted((a0[along], a1[along])), sorted((b0[along], b1[along]))
                overlap = min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0])
                assert not (same and overlap > 0), (one, other, a0, a1, b0, b1)


def test_every_line_of_text_fits_its_box(drawing: Drawing) -> None:
    """Measured in a wide face."""
    for node in drawing.flow.nodes:
        _, _, w, h = drawing.measures.box(node.id)
        texts_ = drawing.measures.texts[node.id]
        assert sum(text.height for text in texts_) <= h - PAD
        for text in texts_:
            for line in text.lines:
                assert width(line, text.size, bold=text.bold) <= w - 2 * PAD, (node.id, line)


def test_every_phase_and_lane_title_fits(drawing: Drawing) -> None:
    """All text lies inside the drawing."""
    root = ElementTree.fromstring(drawing.svg("flow"))
    for text in root.iter(f"{SVG}text"):
        size, bold = float(text.attrib["font-size"]), "font-weight" in text.attrib
        assert float(text.attrib["x"]) + width(text.text or "", size, bold=bold) <= drawing.width + 1, (
            text.text
        )
        assert 0 < float(text.attrib["y"]) < drawing.height


# --- size, folding and numbers -------------------------------------------------------------------


def test_more_than_forty_boxes_are_folded_and_none_is_lost() -> None:
    """The fold names the numbers of the list that it stands for."""
    flow = folded(flow_of(crowd(90), "sv"), "sv")
    shown = [title for node in flow.nodes for title in (node.inside or (f"{node.number} {node.title}",))]

    assert len(flow.nodes) <= MOST_NODES
    assert len(flow_list(crowd(90), "sv")) == len(shown)


def test_a_fold_tells_the_states_inside_it() -> None:
    """S03: nothing unknown hides in a fold."""
    names = crowd(90)
    course = course_in(names, {"s3": "unknown", "s4": "unknown", "s5": "overdue"}, otherwise="done")
    flow = folded(flow_of(names, "sv", course=course), "sv")
    folds = [node for node in flow.nodes if node.kind == "folded"]

    assert any("Okänt: 2" in node.time or "Okänt: 1" in node.time for node in folds)
    assert any("Efter målet: 1" in node.time for node in folds)


def test_the_chosen_packing_is_the_one_shown_largest_on_a_landscape_page() -> None:
    """At forty boxes the drawing is close to the shape of an A4."""
    best = drawing_of(crowd(38), "sv")
    flow = folded(flow_of(crowd(38), "sv"), "sv")
    wide = Drawing(measure(flow, texts_of(flow, "sv"), most_rows=1, stacked=False), "sv")

    assert 0.9 <= best.width / best.height <= 2.0
    assert best.width < wide.width


# --- SVG and states ------------------------------------------------------------------------------


def test_the_drawing_is_an_image_with_title_and_description() -> None:
    """`role=img`, labelled by its own title and description."""
    root = ElementTree.fromstring(flowchart(example(), "sv", prefix="p1"))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "p1-title p1-desc"
    assert title is not None
    assert (title.attrib["id"], title.text) == ("p1-title", "Exempelförlopp: flödesschema")
    assert desc is not None
    assert (desc.text or "").startswith("5 åtgärder och 1 vägval i 2 vårdnivåer")


def test_the_drawing_is_always_the_same_and_carries_no_style_or_script() -> None:
    """Strict content policies show it as it is."""
    drawn = flowchart(example(), "sv")

    assert drawn == flowchart(example(), "sv")
    assert not re.search(r"<style|style=|<script|href|on\w+=", drawn)


def test_titles_with_special_signs_are_escaped() -> None:
    """`<`, `&` and quotes are text."""
    drawn = flowchart(chart(step("a", 'P < 5 & "Q"', "P")), "sv")

    assert 'P &lt; 5 &amp; "Q"' in drawn
    ElementTree.fromstring(drawn)


# --- the list ------------------------------------------------------------------------------------


def test_the_list_carries_every_box_with_lane_phase_order_condition_and_time() -> None:
    """Equal in rank: what the picture shows, the list says, with the same numbers."""
    lines = flow_list(example(), "sv")
    said = [line.text for line in lines]

    assert said[0] == "Ingång"
    assert said[1] == "NT-proBNP · primärvård · Utredning · från ingången · inom 3\u00a0dagar (mål)"
    assert any("om nedsatt pumpförmåga" in line and "Behandling" in line for line in said)
    assert any("Vägval" in line for line in said)
    assert [line.number for line in lines] == list(range(len(lines)))


def test_the_list_carries_what_each_way_asks() -> None:
    """The picture has no room for it: the conditions of a choice, and for whom a step is."""
    by_title = {
        line.text.split(" · ")[0]: [condition.text for condition in line.conditions]
        for line in flow_list(example(), "sv")
    }

    assert "”Nedsatt pumpförmåga” kan väljas." in by_title["Typ av hjärtsvikt"]
    assert "Gäller om valet ”Typ av hjärtsvikt” är ”Nedsatt pumpförmåga”." in by_title["Start av behandling"]


def test_an_answer_to_a_decision_is_the_label_of_the_way() -> None:
    """A denied way is said as "not"."""
    names = chart(
        step("op", "Beslut om operation", "Decision", done=evidence("{decided: op}")),
        step("ja", "Operation", "Surgery", when=criterion("{decided: op, is: ja}"), done=FactLeaf("kol")),
        step(
            "nej",
            "Träning",
            "Training",
            when=criterion("{none: [{decided: op, is: ja}]}"),
            done=FactLeaf("vikt"),
        ),
    )
    flow = flow_of(names, "sv")
    labels = {node.id: node.labels for node in flow.nodes}

    assert labels["ja"] == ("ja",)
    assert labels["nej"] == ("inte ja",)
    assert {("op", "ja"), ("op", "nej")} <= set(flow.edges)


def test_ways_in_and_out_stand_below() -> None:
    """They may happen at any time, so no arrow leads there."""
    flow = flow_of(example(), "sv")

    assert flow.entries == ("Symtom", "Känd sjukdom")
    assert flow.exits == ("Utesluten",)


def test_a_loop_of_steps_is_drawn_without_its_last_arrow() -> None:
    """Lint refuses loops; a drawing must still end."""
    names = chart(
        step("a", "A", "A", after=moment("{done: b}")), step("b", "B", "B", after=moment("{done: a}"))
    )

    assert len(flow_of(names, "sv").nodes) == 4
    assert flowchart(names, "sv").startswith("<svg")
