"""What a source would tell of one selector: whether its absence means absence, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vardforlopp.definitions.catalogue import Selector, coded
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.view import View, meta_of
from vardforlopp.kernel.civil import Moment


@dataclass(frozen=True, slots=True)
class Carried:
    """A selector as the catalogue has it, looked up once for all patients.

    `kind`: the kind of source that would carry its facts; None when absence never means anything
    (the catalogue says `open`, or does not know the selector). `coded`: a known code means it, so that
    any source of the kind would carry it. `no_data`: the plain answer.
    """

    selector: str
    kind: str | None
    coded: bool
    no_data: tuple[Missing, ...]

    def closed(self, view: View, day: int) -> bool:
        """True when absence on `day` means absence: every source that would carry it connected and fresh."""
        if self.kind is None or not view.connected(self.kind, day):
            return False
        return self.coded or view.sends_own_codes(self.kind)

    def truth(self, ctx: Ctx, t: Moment) -> int:
        """The truth of a presence test that found nothing: no where a source would tell, else unknown."""
        closed = self.closed(ctx.view, t.day) and not ctx.view.without_side(self.selector, _since(ctx))
        return 0 if closed else 1

    def gap(self, ctx: Ctx, day: int, since: int) -> tuple[Missing, ...]:
        """Why absence on a day is not known to be absence; facts without side count from `since` on."""
        view, selector = ctx.view, self.selector
        if view.without_side(selector, since):
            return (Missing("side", selector, "no-data"),)
        if self.kind is None:
            return (Missing("selector", selector, "open"),)
        if view.connected(self.kind, day):
            sent = self.coded or view.sends_own_codes(self.kind)
            return () if sent else (Missing("selector", selector, "no-code"),)
        silent = view.silent_since(self.kind, day)
        if silent is None:
            return (Missing("selector", selector, "not-connected"),)
        return (Missing("selector", selector, "silent", silent),)

    def absent(self, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
        """`gap` for a criterion: facts without side from before the stay are no gap in it."""
        return self.gap(ctx, t.day, _since(ctx))


def carried(selector: str, selectors: Mapping[str, Selector]) -> Carried:
    """What the catalogue says of who would carry a selector."""
    meta = meta_of(selector, selectors)
    kind = meta.kind if meta is not None and not meta.open else None
    return Carried(selector, kind, coded(selector, selectors), (Missing("selector", selector, "no-data"),))


def _since(ctx: Ctx) -> int:
    return ctx.entry.day if ctx.entry is not None else 1
