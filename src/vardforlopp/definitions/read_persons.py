"""Reads invented persons, `persons/NN-slug.yaml`, against the definitions, with located errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as Table
from functools import partial

from vardforlopp.definitions.case_lines import TIME, read_line
from vardforlopp.definitions.cases import ActLine, Case, EnrolLine, FactLine
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.kinds import COUNT, FLAG, INTEGER, TEXT, TEXTS, closed
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.overlay import apply
from vardforlopp.definitions.persons import (
    STATUSES,
    Apart,
    ExpectedBurden,
    ExpectedConflict,
    LoadedPersons,
    PersonCase,
    PersonExpectation,
    Status,
    StepName,
)
from vardforlopp.definitions.read_cases import CASE_SHAPE, ENROLMENT, STATES, as_of_moment, moment_of
from vardforlopp.definitions.read_catalogue import INTERACTION_KINDS
from vardforlopp.definitions.read_steps import DISCLOSURE
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
    need_sequence,
    one_or_list,
    read_keys,
    shaped,
)
from vardforlopp.definitions.suggest import did_you_mean
from vardforlopp.definitions.tree import Node, Scalar, parse_tree
from vardforlopp.kernel.errors import DefinitionError

_FILE = re.compile(r"persons/([^/]+)\.yaml")
_STEP = re.compile(r"([a-z0-9-]+)(?::(left|right))?\.([A-Za-z0-9_-]+)")
MONTH = 30  # days


def load_persons(texts: Table[str, str], definitions: Definitions, *, root: str = "content") -> LoadedPersons:
    """All persons of a content folder, given its files' texts by relative path."""
    found: list[PersonCase] = []
    errors: list[DefinitionError] = []
    for path in sorted(texts):
        if _FILE.fullmatch(path):
            reading = Reading(f"{root}/{path}")
            try:
                node = parse_tree(texts[path], reading.file)
            except DefinitionError as error:
                errors.append(error)
                continue
            person = reading.attempt(
                lambda reading, node: person_of(reading, node, definitions=definitions), node
            )
            if not isinstance(person, Failed) and not reading.errors:
                found.append(person)
            errors += reading.errors
    return LoadedPersons(tuple(found), errors)


def person_of(reading: Reading, node: Node, *, definitions: Definitions) -> PersonCase:
    """One person, read against the definitions."""
    return _Reader(definitions).read(reading, node)


class _Reader:
    """One person being read, against the definitions as the person's region has them."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._pathways = definitions.pathways

    def read(self, reading: Reading, node: Node) -> PersonCase:
        values = read_keys(PERSON_CASE_SHAPE, reading, node=node, first=("region",))
        region = values.get("region")
        if region is not None:
            overlays = self._definitions.overlays
            overlay = overlays[_known(reading, node, region, overlays, what="overlay")]
            self._pathways = {name: apply(own, overlay) for name, own in self._pathways.items()}
        facts = Case(
            id=reading.file.rsplit("/", 1)[-1].removesuffix(".yaml"),
            pathway="",
            version="",
            title=values["title"],
            place=reading.place(node),
            record=tuple(self._facts(reading, values.get("record", ()))),
            expect=(),
            born=values.get("born"),
            sex=values.get("sex"),
            died=moment_of(values["died"]) if "died" in values else None,
            sources=values.get("sources", ()),
        )
        return PersonCase(
            facts,
            region,
            dict(self._enrolments(reading, values["enrol"])),
            dict(self._acts(reading, values.get("acts"))),
            tuple(self._expected(reading, values["expect"])),
        )

    def _facts(self, reading: Reading, lines: Iterable[Node]) -> Iterator[FactLine]:
        for line in self._lines(reading, lines, pathway=None):
            if isinstance(line, FactLine):
                yield line

    def _lines(
        self, reading: Reading, lines: Iterable[Node], *, pathway: Pathway | None
    ) -> Iterator[FactLine | ActLine]:
        selectors = self._definitions.catalogue.selectors
        for node in lines:
            line = reading.attempt(partial(read_line, selectors=selectors, pathway=pathway), node)
            if not isinstance(line, Failed):
                yield line

    def _enrolments(self, reading: Reading, node: Node) -> Iterator[tuple[str, tuple[EnrolLine, ...]]]:
        mapping = need_mapping(reading, node, what="the enrolments")
        for name, child in mapping.entries.items():
            pathway = self._pathway(reading, mapping.keys[name], name)
            lines = _ENROLMENTS.read(reading, child)
            for line in lines:
                if line.entry is not None:
                    _known(reading, child, line.entry, pathway.entries, what="entry")
            yield name, lines

    def _acts(self, reading: Reading, node: Node | None) -> Iterator[tuple[str, tuple[ActLine, ...]]]:
        mapping = None if node is None else need_mapping(reading, node, what="the acts")
        for name, child in mapping.entries.items() if mapping is not None else ():
            pathway = self._pathway(reading, mapping.keys[name], name)  # type: ignore[union-attr]
            items = need_sequence(reading, child, what="the acts of a pathway").items
            lines = self._lines(reading, items, pathway=pathway)
            yield name, tuple(line for line in lines if isinstance(line, ActLine))

    def _expected(self, reading: Reading, nodes: Iterable[Node]) -> Iterator[PersonExpectation]:
        for node in nodes:
            found = reading.attempt(self._expectation, node)
            if not isinstance(found, Failed):
                yield found

    def _expectation(self, reading: Reading, node: Node) -> PersonExpectation:
        values = read_keys(PERSON_EXPECTATION_SHAPE, reading, node=node)
        follows, joined, conflicts = (values.get(key) for key in ("follows", "joined", "conflicts"))
        return PersonExpectation(
            as_of=as_of_moment(values["as_of"]),
            place=reading.place(node),
            follows=None if follows is None else self._ids(reading, follows),
            ended=tuple(self._ended(reading, values.get("ended"))),
            suggested=self._ids(reading, values.get("suggested", ())),
            activities=values.get("activities"),
            joined=None if joined is None else tuple(self._group(reading, names) for names in joined),
            apart=tuple(
                Apart(self._group(reading, each["steps"]), each["why"]) for each in values.get("apart", ())
            ),
            steps=tuple(self._states(reading, values.get("steps"))),
            conflicts=None if conflicts is None else tuple(self._conflicts(reading, conflicts)),
            medication_list=values.get("medication_list"),
            burden=values.get("burden"),
        )

    def _ended(self, reading: Reading, node: Node | None) -> Iterator[tuple[str, str]]:
        mapping = None if node is None else need_mapping(reading, node, what="the ended pathways")
        for name, child in mapping.entries.items() if mapping is not None else ():
            exits = self._pathway(reading, child, name).exits
            yield name, _known(reading, child, TEXT.read(reading, child), exits, what="exit")

    def _states(self, reading: Reading, node: Node | None) -> Iterator[tuple[StepName, str]]:
        mapping = None if node is None else need_mapping(reading, node, what="the expected steps")
        for name, child in mapping.entries.items() if mapping is not None else ():
            yield self._step(reading, child, name), _STATE.read(reading, child)

    def _ids(self, reading: Reading, names: Iterable[Scalar]) -> tuple[str, ...]:
        return tuple(self._pathway(reading, name, name.text).id for name in names)

    def _group(self, reading: Reading, names: Iterable[Scalar]) -> tuple[StepName, ...]:
        return tuple(self._step(reading, name, name.text) for name in names)

    def _step(self, reading: Reading, node: Node, text: str) -> StepName:
        match = _STEP.fullmatch(text)
        if match is None:
            do = "Write pathway.step, or pathway:left.step."
            raise reading.error("VF-DEF-085", node, f"'{text}' is no step of a pathway", do=do)
        pathway = self._pathway(reading, node, match[1])
        return StepName(match[1], match[2], _known(reading, node, match[3], pathway.steps, what="step"))

    def _conflicts(self, reading: Reading, node: Node) -> Iterator[ExpectedConflict]:
        known = {*self._definitions.catalogue.interactions, *INTERACTION_KINDS}
        for name, child in need_mapping(reading, node, what="the expected conflicts").entries.items():
            _known(reading, child, name, known, what="interaction")
            if isinstance(child, Scalar):
                yield ExpectedConflict(name, _STATUS.read(reading, child))
            else:
                yield ExpectedConflict(name, **read_keys(EXPECTED_CONFLICT_SHAPE, reading, node=child))

    def _pathway(self, reading: Reading, node: Node, name: str) -> Pathway:
        return self._pathways[_known(reading, node, name, self._pathways, what="pathway")]


def _known(reading: Reading, node: Node, name: str, known: Collection[str], *, what: str) -> str:
    if name in known:
        return name
    do = did_you_mean(name, known, otherwise="Correct the id.")
    raise reading.error("VF-DEF-085", node, f"there is no {what} '{name}'", do=do)


def _node(reading: Reading, node: Node) -> Node:
    return node


def _scalar(reading: Reading, node: Node) -> Scalar:
    return need_scalar(reading, node, what="a name")


def _by_name(name: str) -> Kind[Node]:
    return Kind(name, _node, lambda use: {"type": "object"})


def _burden(reading: Reading, node: Node, values: Values) -> ExpectedBurden:
    return ExpectedBurden(values.get("days", MONTH), values.get("contacts"), values.get("own"))


_STATUS: Kind[Status] = closed("conflict's status", STATUSES)  # type: ignore[assignment]
_STATE = closed("step's state", STATES)
_ENROLMENTS = one_or_list(ENROLMENT, what="the enrolments of a pathway")
_GROUP = list_of(Kind("step-name", _scalar, lambda use: {"type": "string"}), what="a group of steps")
_NAMES = list_of(Kind("pathway-name", _scalar, lambda use: {"type": "string"}), what="a list", empty=True)
EXPECTED_CONFLICT_SHAPE = Shape(
    "an expected conflict",
    {
        "status": Key(_STATUS, "`none`: there is no such conflict", required=True),
        "ways_out": Key(COUNT, "how many ways out are proposed"),
        "number": Key(COUNT, "how many there are of the kind; one if not said"),
        "proposal": Key(FLAG, "it rests on a rule of ours that the region has not adopted"),
        "disclosure": Key(DISCLOSURE, "who may see it"),
    },
)
APART_SHAPE = Shape(
    "what must not be joined",
    {
        "steps": Key(_GROUP, "steps of which no two are one activity", required=True),
        "why": Key(TEXTS, "why they are not the same thing", required=True),
    },
)
BURDEN_SHAPE = Shape(
    "the burden",
    {
        "days": Key(COUNT, "how many days from `as_of`; 30 if not said"),
        "contacts": Key(INTEGER, "activities of the plan with care in those days"),
        "own": Key(INTEGER, "activities of the plan that the person does in those days"),
    },
)
PERSON_EXPECTATION_SHAPE = Shape(
    "a person's expectation",
    {
        "as_of": Key(TIME, "a date means the end of that day", required=True),
        "follows": Key(_NAMES, "the pathways in which the person is, all of them"),
        "ended": Key(_by_name("ended-pathways"), "the exit, by pathway"),
        "suggested": Key(_NAMES, "pathways that are suggested, among others"),
        "activities": Key(INTEGER, "how many activities the plan holds; 0 when nothing is left"),
        "joined": Key(
            list_of(_GROUP, what="the list of groups", empty=True),
            "all groups of steps that are one activity",
        ),
        "apart": Key(
            list_of(
                shaped("apart", APART_SHAPE, build=lambda reading, node, values: values),
                what="the list of groups that are apart",
            )
        ),
        "steps": Key(_by_name("states-by-step"), "step to state"),
        "conflicts": Key(_by_name("expected-conflicts"), "all of them, by interaction or by kind"),
        "medication_list": Key(closed("medication list's state", ("fresh", "stale", "missing"))),
        "burden": Key(shaped("burden", BURDEN_SHAPE, build=_burden)),
    },
)
_OF_A_CASE = ("title", "region", "born", "sex", "died", "sources", "record")
PERSON_CASE_SHAPE = Shape(
    "the person",
    {name: CASE_SHAPE.keys[name] for name in _OF_A_CASE}
    | {
        "enrol": Key(_by_name("enrolments-by-pathway"), "one or several by pathway", required=True),
        "acts": Key(_by_name("acts-by-pathway"), "what people did in each pathway"),
        "expect": Key(
            list_of(_by_name("person-expectation"), what="the list of expectations"), required=True
        ),
    },
)
