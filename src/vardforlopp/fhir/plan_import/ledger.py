"""Where each element of a foreign plan went: nothing is lost in silence.

Every element is marked *carried*, *left* (with the reason) or *set aside* (it says nothing about the
care). A mark counts for all below it that has no mark of its own. What nobody marked is left, too:
so an element that the importer does not know is reported, never forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Fate = Literal["carried", "left", "aside"]
_SHOWN = 300


class Left(NamedTuple):
    """An element that the draft does not carry: where it stands, why (a reason's key), what it says."""

    path: str
    why: str
    shown: str = ""


class Account(NamedTuple):
    """All elements of what was read, by what became of them; the three make up the whole."""

    carried: tuple[str, ...]
    left: tuple[str, ...]
    aside: tuple[str, ...]
    entries: tuple[Left, ...]
    #: Why something was set aside, by the path of the element that was.
    asides: Mapping[str, str]

    @property
    def total(self) -> int:
        return len(self.carried) + len(self.left) + len(self.aside)


@dataclass
class Ledger:
    """The marks of one import. `notes` are entries without an element: what is missing, or was read so."""

    roots: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, tuple[Fate, str, str]] = field(default_factory=dict)
    notes: list[Left] = field(default_factory=list)
    #: The base of our own export's addresses, when the plan is one; else its extensions are unknown.
    own_base: str = ""

    def open(self, label: str, resource: Any) -> Element:
        """A resource that is read; all its elements are accounted for."""
        self.roots[label] = resource
        return Element(self, label, resource)

    def note(self, path: str, why: str, shown: str = "") -> None:
        """Something to tell that is no element of its own."""
        self.notes.append(Left(path, why, shown[:_SHOWN]))

    def account(self) -> Account:
        """What became of every element."""
        tally = _Tally(self.marks)
        for label, resource in self.roots.items():
            if tally.visit(resource, label, ""):
                tally.entries[label] = Left(label, "unknown", said(resource))
        asides = {path: why for path, (fate, why, _) in self.marks.items() if fate == "aside"}
        asides |= dict.fromkeys(tally.empty, "empty")
        return Account(
            tuple(tally.leaves["carried"]),
            tuple(tally.leaves["left"]),
            tuple(tally.leaves["aside"]),
            (*tally.entries.values(), *self.notes),
            asides,
        )


class _Tally:
    """Walks what was read; each leaf has the fate of the nearest mark above it."""

    def __init__(self, marks: Mapping[str, tuple[Fate, str, str]]) -> None:
        self._marks = marks
        self.leaves: dict[Fate, list[str]] = {"carried": [], "left": [], "aside": []}
        self.entries: dict[str, Left] = {}
        self.empty: list[str] = []

    def visit(self, value: Any, path: str, above: str) -> bool:
        """Count the leaves below; True when nothing here, above or below has a mark."""
        nearest = path if path in self._marks else above
        below = list(_below(value, path))
        if not below and value in (None, "", [], {}):
            self.leaves["aside"].append(path)
            self.empty.append(path)
            return False
        if not below:
            self._leaf(path, nearest)
            return not nearest
        bare = [(child, at) for child, at in below if self.visit(child, at, nearest)]
        if nearest or len(bare) == len(below):
            return not nearest
        for child, at in bare:
            self.entries[at] = Left(at, "unknown", said(child))
        return False

    def _leaf(self, path: str, nearest: str) -> None:
        fate, why, shown = self._marks.get(nearest, ("left", "", ""))
        self.leaves[fate].append(path)
        if fate == "left" and nearest and nearest not in self.entries:
            self.entries[nearest] = Left(nearest, why, shown)


def _below(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, dict):
        yield from ((child, f"{path}.{name}") for name, child in value.items())
    elif isinstance(value, list):
        yield from ((child, f"{path}[{number}]") for number, child in enumerate(value))


def said(value: Any) -> str:
    """What an element says, in one short line."""
    if isinstance(value, str):
        return " ".join(value.split())[:_SHOWN]
    if isinstance(value, dict):
        parts = [f"{name}: {said(child)}" for name, child in value.items() if not str(name).startswith("_")]
        return ", ".join(filter(None, parts))[:_SHOWN]
    if isinstance(value, list):
        return "; ".join(said(child) for child in value)[:_SHOWN]
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Element:
    """One element of a resource, with its path; asking for what is not there gives nothing."""

    __slots__ = ("ledger", "path", "value")

    def __init__(self, ledger: Ledger, path: str, value: Any) -> None:
        self.ledger = ledger
        self.path = path
        self.value = value

    def get(self, name: str) -> Element | None:
        """The child of that name, whatever it is."""
        if not isinstance(self.value, dict) or name not in self.value:
            return None
        return Element(self.ledger, f"{self.path}.{name}", self.value[name])

    def items(self, name: str) -> list[Element]:
        """The children of a list that are objects; what is no list gives none."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if not isinstance(value, list):
            return []
        at = f"{self.path}.{name}"
        return [
            Element(self.ledger, f"{at}[{number}]", each)
            for number, each in enumerate(value)
            if isinstance(each, dict)
        ]

    def text(self, name: str) -> str:
        """The text of that name, without space around it; empty when there is none."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        return value.strip() if isinstance(value, str) else ""

    def take(self, name: str) -> str:
        """The text of that name, which is then carried."""
        found = self.text(name)
        if found:
            self.carry(name)
        return found

    def own(self) -> str:
        """Of an extension: its name in our own export; empty for any other."""
        url, ours = self.text("url"), f"{self.ledger.own_base}/StructureDefinition/"
        return url.removeprefix(ours) if self.ledger.own_base and url.startswith(ours) else ""

    def carry(self, *names: str) -> None:
        """Mark this element, or some of its children, as carried with all below."""
        self._mark("carried", "", names)

    def leave(self, why: str, *names: str) -> None:
        """Mark this element, or some of its children, as not carried; `why` is a reason's key."""
        self._mark("left", why, names)

    def set_aside(self, why: str, *names: str) -> None:
        """Mark this element, or some of its children, as nothing that a pathway says."""
        self._mark("aside", why, names)

    def _mark(self, fate: Fate, why: str, names: tuple[str, ...]) -> None:
        there = [child for name in names if (child := self.get(name)) is not None] if names else [self]
        for each in there:
            shown = said(each.value) if fate == "left" else ""
            self.ledger.marks[each.path] = fate, why, shown
