"""Steps and choices: the files `steps/<phase>.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from vardforlopp.definitions.criteria import Criterion, Param
from vardforlopp.definitions.kinds import (
    COUNT,
    DURATION,
    FLAG,
    IDENT,
    IDS,
    SELECTOR,
    TEXTS,
    check_id,
    closed,
    param_in,
    reference,
    string,
)
from vardforlopp.definitions.model import (
    Choice,
    Option,
    Owner,
    Per,
    Phase,
    Provenance,
    Slots,
    Step,
    Until,
)
from vardforlopp.definitions.read_criteria import CRITERION, DURATION_LIKE
from vardforlopp.definitions.read_criteria import HEADS as CRITERION_HEADS
from vardforlopp.definitions.read_evidence import EVIDENCE
from vardforlopp.definitions.read_moments import MOMENT, MOMENT_HEADS, STEP
from vardforlopp.definitions.read_provenance import PROVENANCE, provenance
from vardforlopp.definitions.reading import (
    Failed,
    Json,
    Key,
    Kind,
    Reading,
    Shape,
    Unreadable,
    Use,
    Values,
    list_of,
    need_mapping,
    need_scalar,
    one_or_list,
    read_keys,
    read_named,
)
from vardforlopp.definitions.suggest import listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar, Sequence
from vardforlopp.definitions.walk import parameters_in

_RECURRENCES = ("every", "slots", "per")


def read_phase(reading: Reading, node: Node, *, phase: Phase) -> tuple[dict[str, Step], dict[str, Choice]]:
    """The steps and choices of one file; what cannot be read is left out, its errors told."""
    steps: dict[str, Step] = {}
    choices: dict[str, Choice] = {}
    mapping = need_mapping(reading, node, what="the file of steps")
    for kind, wanted in (("choice", True), ("step", False)):
        reading.declare(kind, (name for name, child in mapping.entries.items() if is_choice(child) == wanted))
    for name, child in mapping.entries.items():
        key = mapping.keys[name]
        if is_choice(child):
            choice = read_named(
                reading, key, node=child, shape=CHOICE_SHAPE, build=_choice_builder(phase), what="choice"
            )
            if not isinstance(choice, Failed):
                choices[name] = choice
            continue
        step = read_named(reading, key, node=child, shape=STEP_SHAPE, build=step_builder(phase), what="step")
        if not isinstance(step, Failed):
            steps[name] = step
    return steps, choices


def step_builder(phase: Phase) -> Callable[[Reading, Scalar, Values], Step]:
    """Builds the steps of a phase out of their keywords."""

    def build(reading: Reading, key: Scalar, values: Values) -> Step:
        _fits_together(reading, key, values)
        written = {_FIELDS.get(name, name): value for name, value in values.items() if name not in _BUILT}
        return Step(
            id=check_id(reading, key),
            phase=phase.id,
            title=written.pop("title", {}),
            summary=written.pop("summary", {}),
            activity=written.pop("activity", ""),
            provenance=with_phase(provenance(reading, values.get("source", {})), reading, phase=phase),
            place=reading.place(key),
            owner=Owner(values.get("by", ()), values.get("level", "")),
            per=_per(values),
            **written,
        )

    return build


def with_phase(own: Provenance, reading: Reading, *, phase: Phase) -> Provenance:
    """The provenance of a step, with the levels of the parameters of its phase's guard."""
    levels = dict(own.levels)
    for name in parameters_in(phase.when) if phase.when is not None else ():
        if name in reading.parameters:
            levels[f"${name}"] = reading.parameters[name].level
    return Provenance(own.parts, levels)


def _choice_builder(phase: Phase) -> Callable[[Reading, Scalar, Values], Choice]:
    def build(reading: Reading, key: Scalar, values: Values) -> Choice:
        otherwise = values.get("else")
        for option in values["options"]:
            if option.id == otherwise and option.when is not None:
                raise reading.error(
                    "VF-DEF-022", key, f"'{otherwise}' is both an option with a criterion and the `else`",
                    do="Let it be one of the two.",
                )  # fmt: skip
        return Choice(
            id=check_id(reading, key),
            phase=phase.id,
            title=values.get("title", {}),
            options=values["options"],
            provenance=with_phase(provenance(reading, values.get("source", {})), reading, phase=phase),
            place=reading.place(key),
            otherwise=otherwise,
            after=values.get("after"),
            disclosure=values.get("disclosure", "open"),
            rows=values.get("row", ()),
        )

    return build


def is_choice(node: Node) -> bool:
    """True for a mapping with `options`."""
    return isinstance(node, Mapping) and "options" in node.entries


def _per(values: Values) -> Per | None:
    per: Per | None = values.get("per")
    if per is None:
        return None
    return Per(per.selector, per.step, per.what, values.get("apart"))


def _fits_together(reading: Reading, node: Scalar, values: Values) -> None:
    kinds = [name for name in _RECURRENCES if name in values]
    if len(kinds) > 1:
        raise reading.error("VF-DEF-022", node, f"it has {listed(kinds)}", do="Keep one kind of recurrence.")
    for key, needs in (("first", "every"), ("apart", "per")):
        if key in values and needs not in values:
            raise reading.error(
                "VF-DEF-022", node, f"'{key}' has no '{needs}'", do=f"Add `{needs}:` or remove it."
            )
    if "until" in values and not kinds:
        raise reading.error(
            "VF-DEF-022", node, "'until' stands on a step that does not recur", do="Add every, slots or per."
        )


def _read_slots(reading: Reading, node: Node) -> Slots:
    if isinstance(node, Sequence):
        return Slots(offsets=_OFFSETS.read(reading, node))
    values = read_keys(SLOTS_SHAPE, reading, node=node)
    if len(values) != 1:
        raise reading.error("VF-DEF-022", node, "slots have one of every and season", do="Keep one of them.")
    return Slots(every=values.get("every"), season=values.get("season"))


def _season(reading: Reading, node: Node) -> Param:
    name = need_scalar(reading, node, what="a season").text
    param = param_in(reading, node, text=name if name.startswith("$") else f"${name}", wants=("season",))
    assert param is not None
    return param


def _read_per(reading: Reading, node: Node) -> Per:
    if isinstance(node, Scalar):
        return Per(selector=SELECTOR.read(reading, node))
    values = read_keys(PER_SHAPE, reading, node=node)
    if len(values) != 1:
        raise reading.error("VF-DEF-022", node, "per has one of done and due", do="Keep one of them.")
    if "done" in values:
        return Per(step=values["done"], what="done")
    return Per(step=values["due"], what="due")


def _read_until(reading: Reading, node: Node) -> Until:
    if isinstance(node, Scalar):
        return Until(moment=MOMENT.read(reading, node))
    mapping = need_mapping(reading, node, what="'until'")
    if "times" in mapping.entries:
        return Until(times=read_keys(TIMES_SHAPE, reading, node=mapping)["times"])
    heads = [name for name in mapping.entries if name in MOMENT_HEADS]
    if heads and not ("done" in heads and "in" in mapping.entries):
        return Until(moment=MOMENT.read(reading, mapping))
    return Until(when=CRITERION.read(reading, mapping))


def _times(reading: Reading, node: Node) -> int | Param:
    text = need_scalar(reading, node, what="a number of times").text
    return param_in(reading, node, text=text, wants=("integer",)) or COUNT.read(reading, node)


def _read_options(reading: Reading, node: Node) -> tuple[Option, ...]:
    mapping = need_mapping(reading, node, what="the options")
    made = [reading.attempt(_option_reader(name), child) for name, child in mapping.entries.items()]
    for key in mapping.keys.values():
        check_id(reading, key)
    if any(isinstance(option, Failed) for option in made):
        raise Unreadable
    return cast(tuple[Option, ...], tuple(made))


def _option_reader(name: str) -> Callable[[Reading, Node], Option]:
    return lambda reading, node: _option(reading, name, node)


def _option(reading: Reading, name: str, node: Node) -> Option:
    if isinstance(node, Scalar) and node.empty:
        return Option(name, {}, None)
    mapping = need_mapping(reading, node, what=f"option '{name}'")
    if any(key in CRITERION_HEADS for key in mapping.entries):
        return Option(name, {}, CRITERION.read(reading, mapping))
    values = read_keys(OPTION_SHAPE, reading, node=mapping)
    when: Criterion | None = values.get("when")
    return Option(name, values.get("title", {}), when)


def _options_schema(use: Use) -> Json:
    return {
        "type": "object",
        "additionalProperties": {"anyOf": [use(CRITERION), OPTION_SHAPE.schema(use), {"type": "null"}]},
    }


def _until_schema(use: Use) -> Json:
    return {"anyOf": [use(MOMENT), TIMES_SHAPE.schema(use), use(CRITERION)]}


ROLE = reference("role")
ROLES = one_or_list(ROLE, what="the list of roles")
CARE_LEVEL = reference("level")
DISCLOSURE = closed("disclosure", ("open", "after-informed", "staff-only"))
_OFFSETS = list_of(DURATION, what="the list of slots")
_SEASON = Kind("season-id", _season, lambda use: string())
SLOTS_SHAPE = Shape("slots", {"every": Key(DURATION), "season": Key(_SEASON, "a season parameter")})
SLOTS: Kind[Slots] = Kind(
    "slots", _read_slots, lambda use: {"anyOf": [use(_OFFSETS), SLOTS_SHAPE.schema(use)]}
)
PER_SHAPE = Shape("per", {"done": Key(STEP), "due": Key(STEP)})
PER: Kind[Per] = Kind("per", _read_per, lambda use: {"anyOf": [use(SELECTOR), PER_SHAPE.schema(use)]})
TIMES = Kind("times", _times, lambda use: {"anyOf": [use(COUNT), string(r"\$.+")]})
TIMES_SHAPE = Shape("'until: times'", {"times": Key(TIMES, required=True)})
UNTIL: Kind[Until] = Kind("until", _read_until, _until_schema)
OPTION_SHAPE = Shape("an option", {"title": Key(TEXTS), "when": Key(CRITERION)})
OPTIONS: Kind[tuple[Option, ...]] = Kind("options", _read_options, _options_schema)

STEP_SHAPE = Shape(
    "a step",
    {
        "title": Key(TEXTS, "what it is called"),
        "summary": Key(TEXTS, "one plain sentence"),
        "row": Key(IDS, "the rows of the fact sheet it encodes"),
        "source": Key(PROVENANCE, "source ids, `default`, or sources by part"),
        "activity": Key(reference("activity"), "the shared activity; equal activities are joined"),
        "by": Key(ROLES, "roles that may do it, the responsible one first"),
        "level": Key(CARE_LEVEL, "care level"),
        "watch": Key(closed("watch", ("core", "quiet")), "core reaches worklists"),
        "mode": Key(closed("mode", ("prospective", "retrospective")), "retrospective is never live"),
        "disclosure": Key(DISCLOSURE, "who may see it"),
        "preventive": Key(FLAG, "refrained when the care focus is palliative or frailty"),
        "maintenance": Key(FLAG, "survives exit, pause and migration"),
        "purpose": Key(IDENT, "part of the join key"),
        "preparation": Key(IDENT, "part of the join key"),
        "competence": Key(IDENT, "part of the join key"),
        "mdr": Key(closed("MDR class", ("administrative", "informative", "device")), "device is refused"),
        "patient_part": Key(TEXTS, "what the patient does"),
        "when": Key(CRITERION, "guard: for whom"),
        "at": Key(closed("guard time", ("now", "nominal")), "when the guard is judged"),
        "after": Key(MOMENT, "anchor; entry when not said"),
        "opens": Key(DURATION_LIKE, "opens this long after the nominal date"),
        "within": Key(DURATION_LIKE, "due this long after the nominal date"),
        "before": Key(MOMENT, "due no later than this"),
        "preferred": Key(DURATION_LIKE, "goal that is shown and measured, never late"),
        "done": Key(EVIDENCE, "evidence that it is done", required=True),
        "every": Key(DURATION_LIKE, "again this long after the last time"),
        "first": Key(DURATION_LIKE, "first time, when other than `every`"),
        "slots": Key(SLOTS, "fixed times from the anchor, or a season"),
        "per": Key(PER, "once for each trigger"),
        "apart": Key(DURATION, "triggers this close are one"),
        "until": Key(UNTIL, "no new occurrence after"),
        "fresh": Key(DURATION, "evidence this old counts"),
    },
)
CHOICE_SHAPE = Shape(
    "a choice",
    {
        "title": Key(TEXTS),
        "options": Key(OPTIONS, "the ways, in order", required=True),
        "else": Key(IDENT, "the way when no option holds"),
        "after": Key(MOMENT, "not before this"),
        "source": Key(PROVENANCE),
        "row": Key(IDS),
        "disclosure": Key(DISCLOSURE),
    },
)
_FIELDS = {"row": "rows"}
_BUILT = frozenset(("source", "by", "level", "per", "apart"))
