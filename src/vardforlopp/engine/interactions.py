"""Criteria that belong to no pathway: judged on a person's record alone."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.definitions.catalogue import Catalogue, Interaction
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import NO, Reason
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.deadlines import Deadlines
from vardforlopp.engine.judge import Judge, Toolbox, reason
from vardforlopp.engine.moments import Moments
from vardforlopp.engine.parameters import NO_PARAMETERS
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment
from vardforlopp.kernel.workdays import WorkCalendar

RULE = "interactions"


class Interactions:
    """The criteria of a catalogue's interactions, each compiled once."""

    def __init__(self, catalogue: Catalogue, calendar: WorkCalendar) -> None:
        deadlines = Deadlines(calendar, NO_PARAMETERS)
        self._box = Toolbox(
            NO_PARAMETERS,
            Moments(NO_PARAMETERS, deadlines, catalogue.selectors),
            deadlines,
            catalogue.selectors,
            RULE,
            {},
        )
        self._judges: dict[str, Judge] = {
            interaction.id: compile_criterion(interaction.when, self._box)
            for interaction in catalogue.interactions.values()
            if interaction.when is not None
        }

    def judging(self, seen: View, *, as_of: Moment) -> Callable[[Interaction], Reason]:
        """Whether the criterion of an interaction holds for this record, and why; a plain no has no parts."""
        ctx = Ctx(seen, as_of, entry=None, entry_id=None, acts=seen.acts("", None))

        def judge(interaction: Interaction) -> Reason:
            compiled = self._judges[interaction.id]
            if compiled.truth(ctx, as_of) == NO:
                return Reason(type(compiled.node).__name__, NO, RULE, compiled.node)
            return reason(compiled, ctx, as_of, RULE)

        return judge
