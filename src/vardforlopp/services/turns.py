"""An act in a transaction of its own, done again when somebody else's came before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from vardforlopp.services.ports import MovedOn, Store, Unit

#: How often an act is tried at most.
TRIES = 3

_Result = TypeVar("_Result")


def in_turn(store: Store, act: Callable[[Unit], _Result]) -> _Result:
    """What an act gives, kept. Raises: MovedOn, when others came before each time; Unavailable."""
    for _ in range(TRIES - 1):
        with suppress(MovedOn), store.writing() as unit:
            return act(unit)
    with store.writing() as unit:
        return act(unit)
