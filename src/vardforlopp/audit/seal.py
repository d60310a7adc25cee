"""Seals of the log of acts: a chain of digests that shows what was changed, taken out or put in afterwards.

Lines are sealed in batches after they are kept. A batch's digest is over the digest of the seal before it
and those of its lines, each over the line's canonical text: a JSON array of its values in the order of
`Event`, behind its number. Pure.

What it does not show: that the newest seals were taken away together with their lines, or that somebody who
may write everything has made the whole chain anew. Note the newest seal elsewhere, and compare with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from vardforlopp.audit.event import Event

#: What the first seal stands on.
BEGINNING = bytes(32)
#: Below the number of every line.
BEFORE_ALL = -(1 << 62)
#: Of a line in `Seal.members`: its number in 8 bytes, then the first 8 of its digest, to tell which changed.
_NUMBER, _MEMBER = 8, 16


class Line(NamedTuple):
    """A line of the log of acts. `due`: it is old enough that a seal must hold it."""

    seq: int
    event: Event
    due: bool = True


class Seal(NamedTuple):
    """A batch of lines, sealed."""

    number: int
    at: int
    members: bytes
    previous: bytes
    digest: bytes

    @property
    def seqs(self) -> list[int]:
        """The numbers of its lines."""
        return [seq for seq, _ in _marks(self.members)]


class Broken(NamedTuple):
    """Where the log of acts is not as it was sealed: in which seal, at which line, what is wrong."""

    seal: int | None
    seq: int | None
    what: str


def digest_of(line: Line) -> bytes:
    """The digest of a line's canonical text."""
    return sha256(orjson.dumps([line.seq, *line.event])).digest()


def sealed(lines: Sequence[Line], *, after: Seal | None, at: int) -> Seal:
    """The seal of the lines that come after another's."""
    digests = [digest_of(line) for line in lines]
    members = b"".join(
        line.seq.to_bytes(_NUMBER, "big") + digest[:_NUMBER]
        for line, digest in zip(lines, digests, strict=True)
    )
    previous = BEGINNING if after is None else after.digest
    return Seal(1 if after is None else after.number + 1, at, members, previous, _chained(previous, digests))


def first_broken(
    seals: Iterable[Seal], lines: Callable[[int, int], Iterable[Line]], *, last: int
) -> Broken | None:
    """The first place where the log is not as sealed; None when it is whole.

    `lines(a, b)` gives those numbered above a and up to b; `last` is the highest number of all.
    """
    waiting: dict[int, tuple[bytes, bool]] = {}  # lines read, and not yet found in a seal
    come, number, previous = BEFORE_ALL, 1, BEGINNING

    def read_to(seq: int) -> None:
        nonlocal come
        if seq > come:
            waiting.update((line.seq, (digest_of(line), line.due)) for line in lines(come, seq))
            come = seq

    for seal in seals:
        if seal.number != number:
            return Broken(number, None, "the seal is missing")
        read_to(max(seal.seqs, default=BEFORE_ALL))
        wrong = _wrong(seal, previous, waiting)
        if wrong is not None:
            return wrong
        number, previous = number + 1, seal.digest
    read_to(last)
    added = sorted(seq for seq, (_, due) in waiting.items() if due)
    return Broken(None, added[0], "the line was put in afterwards") if added else None


def _wrong(seal: Seal, previous: bytes, waiting: dict[int, tuple[bytes, bool]]) -> Broken | None:
    """What is wrong with one seal, whose lines wait no longer."""
    digests = []
    for seq, mark in _marks(seal.members):
        found = waiting.pop(seq, None)
        if found is None:
            return Broken(seal.number, seq, "the line is missing")
        if found[0][:_NUMBER] != mark:
            return Broken(seal.number, seq, "the line was changed")
        digests.append(found[0])
    if seal.previous != previous or seal.digest != _chained(previous, digests):
        return Broken(seal.number, None, "the seal itself was changed")
    return None


def _chained(previous: bytes, digests: Iterable[bytes]) -> bytes:
    return sha256(b"".join((previous, *digests))).digest()


def _marks(members: bytes) -> list[tuple[int, bytes]]:
    return [
        (int.from_bytes(members[at : at + _NUMBER], "big"), members[at + _NUMBER : at + _MEMBER])
        for at in range(0, len(members), _MEMBER)
    ]
