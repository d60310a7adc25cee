"""Evidence: what makes a step done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    TimesLeaf,
)
from vardforlopp.definitions.kinds import COUNT, IDENT, SELECTOR, STATE
from vardforlopp.definitions.read_moments import MOMENT
from vardforlopp.definitions.read_tests import TEST, WORDS_TEST
from vardforlopp.definitions.reading import (
    Json,
    Key,
    Kind,
    Reading,
    Shape,
    Unreadable,
    Use,
    list_of,
    need_mapping,
    read_keys,
    unknown_key,
)
from vardforlopp.definitions.suggest import listed
from vardforlopp.definitions.tree import Node, Scalar


def _read(reading: Reading, node: Node) -> Evidence:
    if isinstance(node, Scalar):
        return FactLeaf(SELECTOR.read(reading, node))
    mapping = need_mapping(reading, node, what="evidence")
    heads = [name for name in mapping.entries if name in HEADS]
    if len(heads) == 1:
        shape, build = HEADS[heads[0]]
        return build(read_keys(shape, reading, node=mapping))
    if heads or not mapping.entries:
        what = f"evidence has {'several heads: ' + listed(heads) if heads else 'no head'}"
        raise reading.error("VF-DEF-013", node, what, do="Write one head word; join with all or any.")
    unknown_key(reading, mapping, name=next(iter(mapping.entries)), known=HEADS, of="evidence")
    raise Unreadable


def _at_least(values: dict[str, Any]) -> Evidence:
    return EvidenceNode("at_least", values["of"], values["at_least"])


def _schema(use: Use) -> Json:
    return {"anyOf": [use(SELECTOR), *(shape.schema(use) for shape, _ in HEADS.values())]}


EVIDENCE: Kind[Evidence] = Kind("evidence", _read, _schema)
_PARTS = list_of(EVIDENCE, what="the list of evidence")
Build = Callable[[dict[str, Any]], Evidence]
HEADS: dict[str, tuple[Shape, Build]] = {
    "all": (
        Shape("evidence 'all'", {"all": Key(_PARTS, required=True)}),
        lambda v: EvidenceNode("all", v["all"]),
    ),
    "any": (
        Shape("evidence 'any'", {"any": Key(_PARTS, required=True)}),
        lambda v: EvidenceNode("any", v["any"]),
    ),
    "at_least": (
        Shape(
            "evidence 'at_least'", {"at_least": Key(COUNT, required=True), "of": Key(_PARTS, required=True)}
        ),
        _at_least,
    ),
    "has": (
        Shape(
            "evidence 'has'",
            {
                "has": Key(SELECTOR, required=True),
                "where": Key(TEST, "only facts whose own value passes"),
                "after": Key(MOMENT, "only facts after this moment"),
            },
        ),
        lambda v: FactLeaf(v["has"], v.get("where"), v.get("after")),
    ),
    "active": (
        Shape("evidence 'active'", {"active": Key(STATE, required=True)}),
        lambda v: ActiveLeaf(v["active"]),
    ),
    "times": (
        Shape("evidence 'times'", {"times": Key(COUNT, required=True), "of": Key(SELECTOR, required=True)}),
        lambda v: TimesLeaf(v["times"], v["of"]),
    ),
    "decided": (
        Shape("evidence 'decided'", {"decided": Key(IDENT, required=True), "is": Key(WORDS_TEST)}),
        lambda v: DecidedLeaf(v["decided"], v.get("is", ())),
    ),
}
