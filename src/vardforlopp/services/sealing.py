"""Sealing the log of acts, and looking whether it is as it was sealed. Nobody's act: it shows nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from vardforlopp.audit.seal import Broken, Line, Seal, first_broken, sealed

#: Lines of one seal, at most.
BATCH = 5_000


class Acts(Protocol):
    """A view of the log of acts and its seals."""

    def last_seal(self) -> Seal | None:
        """The newest."""

    def seals(self) -> Iterator[Seal]:
        """All, in order."""

    def unsealed(self, count: int) -> list[Line]:
        """Lines that no seal holds and that nothing can come before any more, in their order."""

    def lines(self, after: int, upto: int) -> Iterator[Line]:
        """The lines numbered above and up to."""

    def last_line(self) -> int:
        """The highest number of a line."""


class Sealer(Acts, Protocol):
    """A transaction of whoever seals; there is one at a time."""

    def keep_seal(self, seal: Seal, lines: Sequence[Line]) -> None:
        """Keep a seal of what is unsealed."""

    def alone(self, name: str) -> None:
        """Wait until nobody else does what has this name; nobody begins it before the transaction ends."""


class SealedStore(Protocol):
    """A store with a log of acts that is sealed."""

    def reading(self) -> AbstractContextManager[Acts]: ...

    def writing(self) -> AbstractContextManager[Sealer]: ...


class Checked(NamedTuple):
    """What was found: the newest seal (to be noted elsewhere), and the first broken place, if any."""

    newest: Seal | None
    broken: Broken | None


def seal(store: SealedStore, now: int) -> int:
    """Seal what was written since; how many lines it was."""
    with store.reading() as view:
        if not view.unsealed(1):
            return 0
    with store.writing() as unit:
        unit.alone("seal")
        lines = unit.unsealed(BATCH)
        if lines:
            unit.keep_seal(sealed(lines, after=unit.last_seal(), at=now), lines)
    return len(lines)


def check_seals(store: SealedStore, *, known: tuple[int, bytes] | None = None) -> Checked:
    """Whether the log of acts is as it was sealed.

    `known`: number and digest of a seal that was noted elsewhere.
    """
    with store.reading() as view:
        newest = view.last_seal()
        broken = first_broken(_as_known(view.seals(), known), view.lines, last=view.last_line())
        if broken is None and known is not None and (newest is None or newest.number < known[0]):
            broken = Broken(known[0], None, "the seal is missing")
        return Checked(newest, broken)


def _as_known(seals: Iterator[Seal], known: tuple[int, bytes] | None) -> Iterator[Seal]:
    """The seals; one that was noted elsewhere with the digest that was noted."""
    for each in seals:
        yield each._replace(digest=known[1]) if known is not None and each.number == known[0] else each
