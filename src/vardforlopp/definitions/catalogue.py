"""The catalogue that all pathways share, and everything that a content folder holds. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from vardforlopp.definitions.criteria import Criterion, Test
from vardforlopp.definitions.model import Disclosure, Level, MdrClass, Overlay, Pathway, Place, Texts


@dataclass(frozen=True, slots=True)
class CodeRule:
    """Which codings mean the selector. `prefix`: the code and all below it.

    `unverified`: no source was seen for the code; `values`: only when the answer is one of these
    codings (system, code).
    """

    system: str
    code: str
    prefix: bool = False
    unverified: bool = False
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """A named set of facts: what criteria and evidence look at."""

    id: str
    title: Texts
    kind: str  # kind of source: laboratory, medications ...
    resources: tuple[str, ...]
    codes: tuple[CodeRule, ...]
    place: Place
    unit: str | None = None
    molar_mass: Fraction | None = None
    state: bool = False
    gap_days: int = 0
    ends: Literal["supply", "recorded", "period"] = "period"
    ended_by: tuple[CodeRule, ...] = ()
    sided: bool = False
    open: bool = False
    status: Literal["performed", "ordered"] = "performed"
    words: dict[tuple[str, str], str] = field(default_factory=dict)  # answer coding -> word
    where: Test | None = None  # a fixed value cut
    includes: tuple[str, ...] = ()  # a union of other selectors
    setting: tuple[str, ...] = ()  # encounter class or service type codes
    date_value: str | None = None  # element whose date is the fact's value (booking)

    @property
    def coded(self) -> bool:
        """True when a code, or a class of contacts, means it: then any source of the kind would carry it."""
        return bool(self.codes or self.setting)


@dataclass(frozen=True, slots=True)
class Activity:
    """What is done, whatever pathway asks for it: the key on which steps are joined."""

    id: str
    title: Texts
    place: Place
    performers: tuple[str, ...] = ()
    minutes: int | None = None
    competence: str | None = None
    preparation: str | None = None
    sided: bool = False
    texts: Texts = field(default_factory=dict)  # what happens, as the person reads it
    prepare: Texts = field(default_factory=dict)
    own_part: Texts = field(default_factory=dict)
    promotes: bool = False  # promotes health (national criterion C4)
    mdr: MdrClass = "administrative"


@dataclass(frozen=True, slots=True)
class Interaction:
    """A known collision between pathways, drugs and conditions, with ways out."""

    id: str
    kind: Literal[
        "contradicting-advice", "drug-against-condition", "double-booking",
        "incompatible-timing", "two-owners", "preparation-clash",
    ]  # fmt: skip
    title: Texts
    severity: Literal["high", "moderate", "low"]
    ways_out: tuple[Texts, ...]
    decider: str
    level: Level
    sources: tuple[tuple[str, tuple[str, ...]], ...]  # by pathway: ids of its sources, `default` for ours
    place: Place
    pathways: tuple[str, ...] = ()  # all must be running
    activities: tuple[str, ...] = ()  # all must be planned
    when: Criterion | None = None
    medication_list: bool = False
    disclosure: Disclosure = "open"
    text: Texts = field(default_factory=dict)
    note: Texts = field(default_factory=dict)  # which part of it is ours

    @property
    def source(self) -> str:
        """The sources in one line that no language owns: `kol S25, S29; sepsis default`."""
        return "; ".join(f"{pathway} {', '.join(ids)}" for pathway, ids in self.sources)


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: Texts
    phrase: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that pathways share."""

    selectors: dict[str, Selector]
    activities: dict[str, Activity]
    interactions: dict[str, Interaction]
    roles: dict[str, Role]
    levels: dict[str, Texts]  # care levels
    kinds: dict[str, Texts]  # kinds of sources, worded


def leaves(selector: str, selectors: Mapping[str, Selector]) -> tuple[Selector, ...]:
    """The selectors whose own facts a selector's are: itself, and those that it includes, to the last.

    A union without a code of its own stands for its parts alone. Of an unknown name there are none.
    """
    queue, seen, found = [selector.removesuffix(".end")], set[str](), list[Selector]()
    while queue:
        one = selectors.get(queue.pop())
        if one is None or one.id in seen:
            continue
        seen.add(one.id)
        queue.extend(reversed(one.includes))
        if one.coded or not one.includes:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that was read from a content folder."""

    pathways: dict[str, Pathway]
    catalogue: Catalogue
    overlays: dict[str, Overlay]
