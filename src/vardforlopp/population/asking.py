"""Asking: what stands in `question` and `asked` is answered in `told`, `moment`, `truth` and `gap`."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.criteria import answer_criteria
from vardforlopp.population.gaps import name_gaps
from vardforlopp.population.moments import answer_moments
from vardforlopp.population.questions import begin


def ask(con: DuckDBPyConnection) -> None:
    """Answers all that is asked; what was answered before, of other questions, stays."""
    depths = begin(con)
    answer_moments(con, depths)
    answer_criteria(con, depths)
    if depths:
        name_gaps(con)
