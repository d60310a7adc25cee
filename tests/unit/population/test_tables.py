"""The tables of the population engine: none is read that nobody makes, and each row says its columns."""

from __future__ import annotations

import re
from pathlib import Path

import generate_dataflow

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / generate_dataflow.PACKAGE


def test_every_table_is_made_filled_and_read() -> None:
    """One that nobody reads is dead; one that is declared and never filled answers nothing."""
    found = generate_dataflow.flow(ROOT)
    declared = {
        table
        for file in PACKAGE.glob("*.py")
        for table in re.findall(r"CREATE OR REPLACE TEMP TABLE (\w+) \(", file.read_text("utf-8"))
    }

    assert len(found.made) > 100
    assert found.filled.keys() <= found.made.keys()
    assert found.made.keys() - found.read.keys() == set()
    assert declared - found.filled.keys() == set()


def test_every_insert_names_its_columns() -> None:
    """By place, a column that is put between two others moves all after it, and the types may still fit."""
    texts = [file.read_text("utf-8") for file in PACKAGE.glob("*.py") if file.stem != "tables"]
    inserts = [found for text in texts for found in re.findall(r"INSERT INTO \w+(?: \()?", text)]

    assert len(inserts) > 50
    assert [each for each in inserts if not each.endswith("(")] == []
