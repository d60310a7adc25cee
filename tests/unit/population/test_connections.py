"""A connection of the population engine: what is asked together, and one call after another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vardforlopp import population
from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.kernel.civil import as_of_day, day_from_iso
from vardforlopp.kernel.errors import InternalError
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Showing
from vardforlopp.record.record import Patient, Record

NOW = as_of_day(day_from_iso("2026-03-04"))
NOBODY = Record(Patient("Patient/x", None, None, None, None), {})


def showing(catalogue: Catalogue) -> Showing:
    """A person of whom nothing is known, asked about one pathway."""
    pathway = load_content().definitions.pathways["kol"]
    compiled = compile_pathway(pathway, catalogue, calendar=swedish())
    return Showing(compiled, NOBODY, NOW, NOW.at)


def test_pathways_of_several_catalogues_are_refused() -> None:
    """A selector would mean two things in one table."""
    catalogue = load_content().definitions.catalogue
    fewer = dict(catalogue.selectors)
    del fewer["wifi"]
    asked = [showing(catalogue), showing(replace(catalogue, selectors=fewer))]

    with pytest.raises(InternalError, match="VF-INT-002"):
        population.instances(population.connect(swedish()), asked)


def test_a_cursor_is_a_connection_of_its_own() -> None:
    """What one has asked stands in no table of the other."""
    con = population.connect(swedish())
    asked = [showing(load_content().definitions.catalogue)]
    population.instances(con, asked)
    other = con.cursor()

    assert population.instances(other, []) == []
    assert con.execute("SELECT count(*) > 0 FROM stay").fetchone() == (True,)
    assert other.execute("SELECT count(*) > 0 FROM stay").fetchone() == (False,)
