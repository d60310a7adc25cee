"""A pathway version: `pathway.yaml`, with `rows.yaml` and `omitted.yaml` beside it."""

from __future__ import annotations

from typing import Any

from vardforlopp.definitions.kinds import (
    DURATION,
    FLAG,
    IDENT,
    IDS,
    SAID,
    SELECTORS,
    TEXT,
    TEXTS,
    check_id,
    closed,
    reference,
)
from vardforlopp.definitions.model import Entry, Exit, Omitted, Phase, Population
from vardforlopp.definitions.read_criteria import CRITERION
from vardforlopp.definitions.read_parameters import PARAMETERS
from vardforlopp.definitions.read_person import MOTIVES, PERSON
from vardforlopp.definitions.read_provenance import PROVENANCE, SOURCE_LIST, provenance
from vardforlopp.definitions.read_steps import DISCLOSURE
from vardforlopp.definitions.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    list_of,
    named_items,
    read_keys,
    shaped,
)
from vardforlopp.definitions.tree import Mapping, Node, Scalar
from vardforlopp.kernel.durations import Duration

REASONS = ("device", "emergency", "regional", "no-data", "elsewhere", "text-only", "duplicate")
ROW_KINDS = ("action", "entry", "exit", "decision", "indicator", "patient")


def build_entry(reading: Reading, key: Scalar, values: Values) -> Entry:
    """An entry out of its keywords."""
    return Entry(
        id=check_id(reading, key),
        event=values["event"],
        title=values.get("title", {}),
        provenance=provenance(reading, values.get("source", {})),
        place=reading.place(key),
        plus=values.get("plus", Duration(0, "days")),
        when=values.get("when"),
        restart=values.get("restart", False),
        apart=values.get("apart"),
        opportunity=values.get("opportunity", False),
        known=values.get("known", False),
        disclosure=values.get("disclosure", "staff-only"),
        rows=values.get("row", ()),
    )


def build_exit(reading: Reading, key: Scalar, values: Values) -> Exit:
    """An exit out of its keywords."""
    return Exit(
        id=check_id(reading, key),
        event=values["event"],
        title=values.get("title", {}),
        provenance=provenance(reading, values.get("source", {})),
        place=reading.place(key),
        plus=values.get("plus", Duration(0, "days")),
        when=values.get("when"),
        rows=values.get("row", ()),
    )


def _phase(reading: Reading, node: Mapping, values: Values) -> Phase:
    return Phase(values["id"], values.get("title", {}), values.get("when"), values.get("no_promotion", {}))


def _phases(reading: Reading, node: Node) -> dict[str, Phase]:
    phases = _PHASE_LIST.read(reading, node)
    made = {phase.id: phase for phase in phases}
    if len(made) < len(phases):
        raise reading.error("VF-DEF-026", node, "two phases have the same id", do="Give each its own id.")
    return made


def _population(reading: Reading, node: Mapping, values: Values) -> Population:
    with reading.part("the population"):
        return Population(
            values.get("text", {}),
            values.get("when"),
            values.get("outside", {}),
            provenance(reading, values.get("source", {})),
        )


def _omitted(reading: Reading, node: Mapping, values: Values) -> Omitted:
    return Omitted(values["row"], values["reason"], values["why"])


def _fact_row(reading: Reading, node: Mapping, values: Values) -> tuple[str, str, str]:
    return values["id"], values["kind"], values["text"]


def read_rows(reading: Reading, node: Node) -> dict[str, str]:
    """The fact sheet's rows in its order, each id with its text; its test patients are cases, not rows."""
    rows = read_keys(ROWS_SHAPE, reading, node=node)["rows"]
    ids = tuple(name for name, _, _ in rows)
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise reading.error(
            "VF-DEF-026", node, f"row '{twice[0]}' stands twice", do="Prefix colliding ids with their kind."
        )
    return {name: text for name, kind, text in rows if kind != "patient"}


def read_head(reading: Reading, node: Node) -> dict[str, Any]:
    """The keywords of `pathway.yaml`; sources and parameters first, since the others use them."""
    return read_keys(PATHWAY_SHAPE, reading, node=node, first=("sources", "parameters"))


_EVENT = {
    "event": Key(SELECTORS, "facts that may open or close", required=True),
    "plus": Key(DURATION, "judged this long after the fact"),
    "when": Key(CRITERION, "guard, judged at the event; facts and decisions only"),
    "title": Key(TEXTS),
    "source": Key(PROVENANCE),
    "row": Key(IDS),
}
ENTRY_SHAPE = Shape(
    "an entry",
    _EVENT
    | {
        "restart": Key(FLAG, "starts anew even while an instance runs"),
        "apart": Key(DURATION, "events this close are one"),
        "opportunity": Key(FLAG, "only suggests, inside a visit"),
        "known": Key(FLAG, "known disease, not a new suspicion"),
        "disclosure": Key(DISCLOSURE),
    },
)
EXIT_SHAPE = Shape("an exit", _EVENT)
PHASE_SHAPE = Shape(
    "a phase",
    {
        "id": Key(IDENT, required=True),
        "title": Key(TEXTS),
        "when": Key(CRITERION, "guard for all its steps"),
        "no_promotion": Key(TEXTS, "why nothing in it promotes health (national criterion C4)"),
    },
)
PHASE: Kind[Phase] = shaped("phase", PHASE_SHAPE, build=_phase)
_PHASE_LIST = list_of(PHASE, what="the list of phases")
POPULATION_SHAPE = Shape(
    "the population",
    {
        "text": Key(TEXTS, required=True),
        "when": Key(CRITERION),
        "outside": Key(TEXTS, "what to do for those outside"),
        "source": Key(PROVENANCE),
    },
)
ENTRIES: Kind[dict[str, Entry]] = named_items(ENTRY_SHAPE, build_entry, what="entry")
EXITS: Kind[dict[str, Exit]] = named_items(EXIT_SHAPE, build_exit, what="exit")
PATHWAY_SHAPE = Shape(
    "the pathway",
    {
        "id": Key(IDENT, required=True),
        "version": Key(TEXT, "major.minor.patch", required=True),
        "title": Key(TEXTS, required=True),
        "summary": Key(TEXTS),
        "status": Key(closed("status", ("draft", "published")), required=True),
        "population": Key(shaped("population", POPULATION_SHAPE, build=_population)),
        "sources": Key(SOURCE_LIST, "the fact sheet's sources", required=True),
        "parameters": Key(PARAMETERS),
        "entries": Key(ENTRIES, required=True),
        "exits": Key(EXITS),
        "phases": Key(Kind("phases", _phases, _PHASE_LIST.schema), required=True),
        "disclosure": Key(DISCLOSURE),
        "sided": Key(FLAG, "an instance belongs to one side of the body"),
        "follows": Key(reference("pathway"), "the pathway whose second document this is"),
        "person": Key(PERSON, "what the person is told, does and is helped with"),
        "not_met": Key(MOTIVES, "national criteria that are not met, with the motive"),
    },
)
FACT_ROW_SHAPE = Shape(
    "a row of the fact sheet",
    {
        "id": Key(IDENT, required=True),
        "kind": Key(closed("kind of row", ROW_KINDS), required=True),
        "text": Key(TEXT, required=True),
    },
)
ROWS_SHAPE = Shape(
    "the list of rows",
    {
        "rows": Key(
            list_of(shaped("fact-row", FACT_ROW_SHAPE, build=_fact_row), what="the list of rows"),
            required=True,
        )
    },
)
OMITTED_SHAPE = Shape(
    "an omitted row",
    {
        "row": Key(IDENT, required=True),
        "reason": Key(closed("reason", REASONS), required=True),
        "why": Key(SAID, "why, by language", required=True),
    },
)
OMITTED = list_of(
    shaped("omitted", OMITTED_SHAPE, build=_omitted), what="the list of omitted rows", empty=True
)
