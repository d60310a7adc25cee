"""What a source would tell of one selector: whether its absence means absence, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vardforlopp.definitions.catalogue import Selector, leaves
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.view import View, meta_of
from vardforlopp.kernel.civil import Moment


class Carrier(NamedTuple):
    """A kind of source that would carry facts: any of the kind, or only one that sends our own names."""

    kind: str
    coded: bool

    def tells(self, view: View, day: int) -> bool:
        """True when every source of the kind is connected and fresh, and has a name for the thing."""
        known = view.told.get((self, day))
        if known is None:
            known = view.connected(self.kind, day) and (self.coded or view.sends_own_codes(self.kind))
            view.told[self, day] = known
        return known


@dataclass(frozen=True, slots=True)
class Carried:
    """A selector as the catalogue has it, looked up once for all patients.

    `carriers`: who would carry its facts, of a union those of all its parts. A criterion that finds nothing
    asks only `known`, those of the parts that a known code means, if there are any; that a step is late is
    said only where all would tell. `open`: absence never means anything (the catalogue says so, or does not
    know the selector). `no_data`: the plain answer.
    """

    selector: str
    carriers: tuple[Carrier, ...]
    known: tuple[Carrier, ...]
    open: bool
    no_data: tuple[Missing, ...]

    def closed(self, view: View, day: int) -> bool:
        """True when absence on `day` means absence for a criterion."""
        known = view.closed.get((self.selector, day))
        if known is None:
            known = not self.open and all(carrier.tells(view, day) for carrier in self.known)
            view.closed[self.selector, day] = known
        return known

    def truth(self, ctx: Ctx, t: Moment) -> int:
        """The truth of a presence test that found nothing: no where a source would tell, else unknown."""
        view = ctx.view
        if not self.closed(view, t.day):
            return 1
        return 1 if view.side is not None and view.without_side(self.selector, _since(ctx)) else 0

    def unseen(self, ctx: Ctx, day: int, since: int) -> tuple[Missing, ...]:
        """Why evidence that is not there may yet have been; facts without side count from `since` on."""
        return self._gap(self.carriers, ctx.view, day, since)

    def absent(self, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
        """Why absence is unknown to a criterion; facts without side from before the stay are no gap in it."""
        return self._gap(self.known, ctx.view, t.day, _since(ctx))

    def _gap(self, carriers: tuple[Carrier, ...], view: View, day: int, since: int) -> tuple[Missing, ...]:
        selector = self.selector
        if view.without_side(selector, since):
            return (Missing("side", selector, "no-data"),)
        if self.open:
            return (Missing("selector", selector, "open"),)
        for carrier in carriers:
            if not carrier.tells(view, day):
                return (_untold(selector, carrier.kind, view, day),)
        return ()


def carried(selector: str, selectors: Mapping[str, Selector]) -> Carried:
    """What the catalogue says of who would carry a selector."""
    meta = meta_of(selector, selectors)
    parts = leaves(selector, selectors)
    carriers = tuple(dict.fromkeys(Carrier(part.kind, part.coded) for part in parts))
    known = tuple(carrier for carrier in carriers if carrier.coded) or carriers
    is_open = meta is None or meta.open or any(part.open for part in parts)
    return Carried(selector, carriers, known, is_open, (Missing("selector", selector, "no-data"),))


def _untold(selector: str, kind: str, view: View, day: int) -> Missing:
    if view.connected(kind, day):
        return Missing("selector", selector, "no-code")
    silent = view.silent_since(kind, day)
    return Missing("selector", selector, "not-connected" if silent is None else "silent", silent)


def _since(ctx: Ctx) -> int:
    return ctx.entry.day if ctx.entry is not None else 1
