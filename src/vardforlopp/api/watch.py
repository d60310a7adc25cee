"""Who watches the server at work: what is told of each request, never a word of what was sent or answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol

from vardforlopp.api.naming import Named


class Answered(NamedTuple):
    """A request that was answered. `took` is in microseconds; `actor` is `-` of a patient and of nobody."""

    request: str
    named: Named
    status: int
    took: int
    actor: str
    role: str


class Watch(Protocol):
    """Counts, lines and spans."""

    def request(self, named: Named, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """A request that is being answered; the headers may name the trace that it belongs to."""

    def span(self, name: str) -> AbstractContextManager[None]:
        """A part of that."""

    def answered(self, answered: Answered) -> None:
        """It was answered."""

    def failed(self, error: BaseException) -> str:
        """The program has a fault: the name under which it is written down."""


class Unwatched:
    """Nobody watches, so a fault goes on to whoever called."""

    def request(self, named: Named, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        return nullcontext()

    def span(self, name: str) -> AbstractContextManager[None]:
        return nullcontext()

    def answered(self, answered: Answered) -> None:
        pass

    def failed(self, error: BaseException) -> str:
        raise error
