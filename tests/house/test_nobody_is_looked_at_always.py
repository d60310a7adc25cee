"""What time changes is looked at when it changes: no pathway of ours asks to be looked at all the time."""

from __future__ import annotations

import pytest

from made.derived import in_force
from vardforlopp.definitions.criteria import Window
from vardforlopp.engine.changes import _has_now, _is_now, _nodes
from vardforlopp.engine.compile import Compiled


@pytest.mark.parametrize("compiled", in_force().compiled, ids=lambda each: each.pathway.id)
def test_no_window_moves_with_the_clock(compiled: Compiled) -> None:
    """One that ends now is filled by what happens; another's edge moves all the time."""
    windows = [node for node in _nodes(compiled) if isinstance(node, Window) and _has_now(node)]
    assert all(_is_now(each.end) and each.length is None and not _has_now(each.start) for each in windows)
