"""Cases as text: `pathways/<id>/<version>/cases/NN-slug.yaml`, with located errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from vardforlopp.definitions.case_lines import LINE_HEADS, SIDE, TIME, read_line
from vardforlopp.definitions.cases import (
    ABSENT,
    ActLine,
    Case,
    EnrolLine,
    Expectation,
    FactLine,
    SourceLine,
    StepExpectation,
)
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.kinds import COUNT, DATE, FLAG, IDS, TEXT, TEXTS, closed
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.overlay import apply
from vardforlopp.definitions.reading import (
    Failed,
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    list_of,
    need_mapping,
    need_scalar,
    read_keys,
    shaped,
)
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar, parse_tree
from vardforlopp.kernel.civil import Interval, Moment, as_of_day, civil, exact
from vardforlopp.kernel.errors import DefinitionError

STATES = (
    "done", "done-late", "attested", "skipped", "not-applicable", "ended", "waiting", "before-start",
    "unknown", "superseded", "missed", "upcoming", "due", "unseen", "overdue", ABSENT,
)  # fmt: skip
_CASE_FILE = re.compile(r"pathways/([^/]+)/([^/]+)/cases/([^/]+)\.yaml")
_OCCURRENCE = re.compile(r"[^@]+(@(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?|-))?")
_NONE = "none"


class LoadedCases(NamedTuple):
    """The cases of all pathways, by pathway id; and what is wrong with others."""

    cases: dict[str, tuple[Case, ...]]
    errors: list[DefinitionError]


@dataclass(frozen=True)
class Known:
    """What a case may speak of: the definitions, its pathway, its region's additions."""

    definitions: Definitions
    pathway: Pathway


def load_cases(texts: Table[str, str], definitions: Definitions, *, root: str = "content") -> LoadedCases:
    """All cases of a content folder, given its files' texts by relative path."""
    cases: dict[str, list[Case]] = {}
    errors: list[DefinitionError] = []
    for path in sorted(texts):
        match = _CASE_FILE.fullmatch(path)
        pathway = definitions.pathways.get(match[1]) if match else None
        if match is None or pathway is None or pathway.version != match[2]:
            continue
        case, wrong = parse_case(texts[path], f"{root}/{path}", definitions=definitions, pathway=pathway)
        errors.extend(wrong)
        if case is not None:
            cases.setdefault(pathway.id, []).append(case)
    return LoadedCases({name: tuple(found) for name, found in cases.items()}, errors)


def parse_case(
    text: str, file: str, *, definitions: Definitions, pathway: Pathway
) -> tuple[Case | None, list[DefinitionError]]:
    """One case, or None and every error in it."""
    reading = Reading(file, scope=pathway.id)
    try:
        node = parse_tree(text, file)
    except DefinitionError as error:
        return None, [error]
    case = reading.attempt(lambda reading, node: _case(reading, node, definitions, pathway), node)
    return (None if isinstance(case, Failed) or reading.errors else case), reading.errors


def _case(reading: Reading, node: Node, definitions: Definitions, pathway: Pathway) -> Case:
    values = read_keys(CASE_SHAPE, reading, node=node, first=("region",))
    region = values.get("region")
    if region is not None and region not in definitions.overlays:
        do = did_you_mean(region, definitions.overlays, otherwise="Write the id of an overlay.")
        raise reading.error("VF-DEF-085", node, f"there is no overlay '{region}'", do=do)
    whole = apply(pathway, definitions.overlays[region]) if region else pathway
    known = Known(definitions, whole)
    lines: tuple[FactLine | ActLine, ...] = tuple(
        line
        for item in values.get("record", ())
        if not isinstance(line := reading.attempt(_line_reader(known), item), Failed)
    )
    expect = tuple(
        found
        for item in values["expect"]
        if not isinstance(found := reading.attempt(_expectation_reader(known), item), Failed)
    )
    enrol: EnrolLine | None = values.get("enrol")
    if enrol is not None and enrol.entry is not None:
        _known(reading, node, enrol.entry, whole.entries, "entry")
    return Case(
        id=reading.file.rsplit("/", 1)[-1].removesuffix(".yaml"),
        pathway=pathway.id,
        version=pathway.version,
        title=values["title"],
        place=reading.place(node),
        record=lines,
        expect=expect,
        sheet=values.get("sheet"),
        differs=values.get("differs"),
        region=region,
        born=values.get("born"),
        sex=values.get("sex"),
        died=moment_of(values["died"]) if "died" in values else None,
        side=values.get("side"),
        sources=values.get("sources", ()),
        enrol=enrol,
    )


def _line_reader(known: Known) -> Callable[[Reading, Node], FactLine | ActLine]:
    return lambda reading, node: read_line(
        reading, node, selectors=known.definitions.catalogue.selectors, pathway=known.pathway
    )


def _expectation_reader(known: Known) -> Callable[[Reading, Node], Expectation]:
    return lambda reading, node: _expectation(reading, node, known.pathway)


def moment_of(interval: Interval) -> Moment:
    """A written time as a moment: an instant, or a civil day."""
    return exact(interval.lo) if interval.lo == interval.hi else civil(interval.day)


def _expectation(reading: Reading, node: Node, pathway: Pathway) -> Expectation:
    values = read_keys(EXPECTATION_SHAPE, reading, node=node)
    assert isinstance(node, Mapping)
    entered, possible = values.get("entered", (None, None))
    for name in (entered, possible):
        if name not in (None, _NONE):
            _known(reading, node.entries["entered"], name, pathway.entries, "entry")
    if values.get("ended") not in (None, _NONE):
        _known(reading, node.entries["ended"], values["ended"], pathway.exits, "exit")
    return Expectation(
        as_of=as_of_moment(values["as_of"]),
        place=reading.place(node),
        known_at=as_of_moment(values["known_at"]) if "known_at" in values else None,
        entered=entered,
        possible=possible,
        started=values.get("started"),
        ended=values.get("ended"),
        choices=_choices(reading, node.entries.get("choices"), pathway),
        steps=_steps(reading, node.entries.get("steps"), pathway),
    )


def as_of_moment(interval: Interval) -> Moment:
    """The time asked about: an instant, or the end of a day."""
    return exact(interval.lo) if interval.lo == interval.hi else as_of_day(interval.last_day)


def _choices(reading: Reading, node: Node | None, pathway: Pathway) -> dict[str, str | None] | None:
    if node is None:
        return None
    mapping = need_mapping(reading, node, what="the expected choices")
    made: dict[str, str | None] = {}
    for name, child in mapping.entries.items():
        choice = pathway.choices[_known(reading, mapping.keys[name], name, pathway.choices, "choice")]
        way = need_scalar(reading, child, what="the way taken").text
        if way == _NONE:
            made[name] = None
            continue
        made[name] = _known(reading, child, way, choice.ways, "way")
    return made


def _steps(reading: Reading, node: Node | None, pathway: Pathway) -> tuple[StepExpectation, ...]:
    if node is None:
        return ()
    mapping = need_mapping(reading, node, what="the expected steps")
    made = [
        reading.attempt(_step_reader(mapping.keys[name], pathway), child)
        for name, child in mapping.entries.items()
    ]
    return tuple(found for found in made if not isinstance(found, Failed))


def _step_reader(key: Scalar, pathway: Pathway) -> Callable[[Reading, Node], StepExpectation]:
    def read(reading: Reading, node: Node) -> StepExpectation:
        if not _OCCURRENCE.fullmatch(key.text):
            raise reading.error(
                "VF-DEF-085", key, f"'{key.text}' is no occurrence", do="Write step@2026-03-02."
            )
        step, _, occurrence = key.text.partition("@")
        _known(reading, key, step, pathway.steps, "step")
        if isinstance(node, Scalar):
            return StepExpectation(step, reading.place(key), occurrence or None, STATE.read(reading, node))
        values = read_keys(STEP_SHAPE, reading, node=node)
        return StepExpectation(step, reading.place(key), occurrence or None, **values)

    return read


def _known(reading: Reading, node: Node, name: str, known: Any, what: str) -> str:
    if name in known:
        return name
    do = did_you_mean(name, known, otherwise=f"There are: {listed(known, 30)}.")
    raise reading.error("VF-DEF-085", node, f"the pathway has no {what} '{name}'", do=do)


def _entered(reading: Reading, node: Node) -> tuple[str | None, str | None]:
    if isinstance(node, Scalar):
        return need_scalar(reading, node, what="the entry").text, None
    return None, cast(str, read_keys(POSSIBLE_SHAPE, reading, node=node)["possible"])


def _enrol(reading: Reading, node: Mapping, values: Values) -> EnrolLine:
    on: Interval = values["on"]
    return EnrolLine(on, values.get("entry"), values.get("followed_from", on.day), values.get("side"))


def _source(reading: Reading, node: Mapping, values: Values) -> SourceLine:
    return SourceLine(**values)


def _node(reading: Reading, node: Node) -> Node:
    return node


STATE = closed("state", STATES)
_LINE: Kind[Node] = Kind(
    "record-line", _node, lambda use: {"anyOf": [shape.schema(use) for shape, _ in LINE_HEADS.values()]}
)
_LINES = list_of(_LINE, what="the record", empty=True)
POSSIBLE_SHAPE = Shape("'entered'", {"possible": Key(TEXT, required=True)})
STEP_SHAPE = Shape(
    "an expected step",
    {
        "state": Key(STATE),
        "opens": Key(TIME),
        "due": Key(TIME),
        "preferred": Key(TIME),
        "completed": Key(TIME),
        "missing": Key(IDS, "selectors that are named as missing"),
        "waits_for": Key(IDS),
        "proposal": Key(FLAG, "past due, but not adopted"),
        "lapsed": Key(FLAG, "due on the first day because it had lapsed"),
    },
)
_STEP: Kind[Node] = Kind(
    "step-expectation", _node, lambda use: {"anyOf": [use(STATE), STEP_SHAPE.schema(use)]}
)
_STEPS: Kind[Node] = Kind("steps", _node, lambda use: {"type": "object", "additionalProperties": use(_STEP)})
_CHOICES: Kind[Node] = Kind(
    "choices", _node, lambda use: {"type": "object", "additionalProperties": {"type": "string"}}
)
EXPECTATION_SHAPE = Shape(
    "an expectation",
    {
        "as_of": Key(TIME, "a date means the end of that day", required=True),
        "known_at": Key(TIME, "with what was known then; as_of when not said"),
        "entered": Key(
            Kind(
                "entered", _entered, lambda use: {"anyOf": [{"type": "string"}, POSSIBLE_SHAPE.schema(use)]}
            ),
            "the entry, `none`, or {possible: id}",
        ),
        "started": Key(TIME),
        "ended": Key(TEXT, "the exit, or `none`"),
        "choices": Key(_CHOICES, "the way of each choice, `none` = undetermined"),
        "steps": Key(_STEPS, "state, or more, by step or step@nominal-day"),
    },
)
_EXPECTATION: Kind[Node] = Kind("expectation", _node, EXPECTATION_SHAPE.schema)
ENROL_SHAPE = Shape(
    "the enrolment",
    {"on": Key(TIME, required=True), "entry": Key(TEXT), "followed_from": Key(DATE), "side": Key(SIDE)},
)
ENROLMENT: Kind[EnrolLine] = shaped("enrolment", ENROL_SHAPE, build=_enrol)
SOURCE_SHAPE = Shape(
    "a source",
    {
        "kind": Key(TEXT, required=True),
        "connected": Key(FLAG),
        "last_seen": Key(DATE),
        "limit_days": Key(COUNT),
        "since": Key(DATE),
        "own_codes": Key(FLAG, "it sends our own names for what no known code means; true if left out"),
    },
)
CASE_SHAPE = Shape(
    "the case",
    {
        "title": Key(TEXTS, required=True),
        "sheet": Key(COUNT, "number of the fact sheet's test patient"),
        "differs": Key(TEXT, "why it expects other than the fact sheet"),
        "region": Key(TEXT, "overlay"),
        "born": Key(TIME),
        "sex": Key(closed("sex", ("female", "male", "other", "unknown"))),
        "died": Key(TIME),
        "side": Key(SIDE),
        "sources": Key(
            list_of(shaped("source-line", SOURCE_SHAPE, build=_source), what="the list of sources")
        ),
        "enrol": Key(ENROLMENT),
        "record": Key(_LINES),
        "expect": Key(list_of(_EXPECTATION, what="the list of expectations"), required=True),
    },
)
