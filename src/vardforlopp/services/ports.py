"""What the services need of a store: values, and the transaction in which an act is kept whole or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from enum import IntEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from vardforlopp.audit import Event
from vardforlopp.audit.seal import Line
from vardforlopp.fhir.search.index import Indexed
from vardforlopp.fhir.search.query import Include, Query


class Method(IntEnum):
    """What was done to a resource."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3


class Key(NamedTuple):
    """Which resource."""

    type: str
    id: str


class Head(NamedTuple):
    """The current version of a resource; `rid` is its number in the store, `seq` its version's in the log."""

    rid: int
    type: str
    id: str
    seq: int
    version: int
    at: int
    deleted: bool
    patients: tuple[str, ...]

    @property
    def key(self) -> Key:
        return Key(self.type, self.id)


class Stamp(NamedTuple):
    """A version's number and its instant."""

    version: int
    at: int

    @classmethod
    def after(cls, head: Head | None, at: int) -> Stamp:
        """The next one, written at an instant, of what is held: always later than the one before it.

        Who asked first may have waited for another, whose version is then the earlier.
        """
        return cls(1, at) if head is None else cls(head.version + 1, max(at, head.at + 1))


class Entry(NamedTuple):
    """A version to append. `body` None = deleted. `rows` are what is searched of it.

    `patients`: the ids of those it is about, in order; of a deletion those that it was about.
    `unheard_of`: its id was made just now, so nothing that is kept refers to it.
    """

    key: Key
    stamp: Stamp
    body: bytes | None
    rows: Indexed = MappingProxyType({})
    patients: tuple[str, ...] = ()
    unheard_of: bool = False


class Version(NamedTuple):
    """A version as it was written; `body` None of a deletion, or of what was destroyed since."""

    seq: int
    type: str
    id: str
    version: int
    at: int
    actor: str
    method: Method
    patients: tuple[str, ...]
    body: bytes | None

    @property
    def key(self) -> Key:
        return Key(self.type, self.id)


#: What the last resource of a page sorts by, and its number: the next page begins after it.
Place = tuple[Any, ...]


class Unavailable(Exception):
    """The store does not answer. Nothing of what was being done is kept."""


class TooCostly(Exception):
    """What was asked takes longer than it may. Nothing of what was being done is kept."""


class Unfit(Exception):
    """A value that the store cannot hold or compare with. Nothing of what was being done is kept."""


class Scope(NamedTuple):
    """Of what a search sees: `within` one patient's record and what is about nobody (None = all).

    `now` is the instant that `ap` is counted from: that of the first page.
    """

    now: int
    within: str | None = None


class Included(NamedTuple):
    """What came along with a page. `cut`: there was more than is told."""

    heads: tuple[Head, ...]
    cut: bool = False


class Page(NamedTuple):
    """The resources of a page in order, and where the next one begins; None = this was the last."""

    heads: tuple[Head, ...]
    after: Place | None


class Bookmark(NamedTuple):
    """Where a search goes on, under a name that tells nothing: whose it is, until when, and what it asks."""

    id: str
    actor: str
    until: int
    asked: bytes


class About(NamedTuple):
    """What is about one patient; `alone`: and about nobody else. `lo`, `hi`: care within (None = open)."""

    patient: str
    alone: bool
    lo: int | None = None
    hi: int | None = None


class MovedOn(Exception):
    """Somebody else wrote the same meanwhile; nothing of the transaction may be kept. Try again."""


class Undone(Exception):
    """A transaction that shall not be kept. What it wrote in the log of acts stands there as undone."""


class Reading(Protocol):
    """A view of the store at one moment."""

    def heads(self, keys: Iterable[Key]) -> dict[Key, Head]:
        """The current versions of those that exist or existed."""

    def read(self, key: Key, *, version: int | None = None) -> Version | None:
        """A version, the current one unless another is asked for; None when there is none."""

    def bodies(self, seqs: Sequence[int]) -> dict[int, bytes]:
        """The bytes of versions, by their place in the log."""

    def history(
        self, key: Key | None, *, type_: str | None, since: int | None, before: int | None, count: int
    ) -> list[Version]:
        """Versions of a resource, of a type, or of all; the newest first."""

    def page(self, query: Query, *, count: int, scope: Scope, after: Place | None = None) -> Page:
        """One page of a search."""

    def total(self, query: Query, *, scope: Scope) -> int:
        """How many resources meet a query."""

    def included(self, heads: Sequence[Head], includes: Sequence[Include], *, scope: Scope) -> Included:
        """What the resources of a page refer to, or what refers to them."""

    def bookmark(self, id_: str) -> Bookmark | None:
        """A bookmark that was left; None when there is none."""

    def leave(self, bookmark: Bookmark) -> None:
        """Leave a bookmark, together with the lines of the log of acts."""

    def about(self, which: About, *, after: int, count: int) -> list[Head]:
        """Resources about a patient, by their numbers, which come after another's."""

    def led_to(
        self, which: About, *, keys: Iterable[Key], addresses: Iterable[str], upto: int
    ) -> set[Key | str]:
        """Of resources and canonical addresses those that one about a patient, up to a number, leads to."""

    def defined(self, addresses: Iterable[str]) -> list[Head]:
        """Definitions by their canonical addresses."""

    def acts(self, query: Query, *, count: int, now: int, after: Place | None = None) -> list[Line]:
        """Lines of the log of acts that meet a query, by their time."""

    def count_acts(self, query: Query, *, now: int) -> int:
        """How many lines of the log of acts meet a query."""

    def act(self, seq: int) -> Line | None:
        """A line of the log of acts by its number; None when there is none."""

    def record(self, events: Sequence[Event]) -> None:
        """Write to the log of acts: with the transaction, or before a view's answer is given."""


class Unit(Reading, Protocol):
    """A transaction: what is written in it is kept as a whole, with its audit."""

    def lock(self, keys: Iterable[Key], *, conditions: Iterable[str] = ()) -> dict[Key, Head]:
        """The current versions, held until the transaction ends, whether or not the resources are there.

        `conditions` are held likewise: who asks for the same under the same words waits. All that one
        transaction holds is asked for at once, in one order, so that two never wait for each other.
        """

    def append(self, entries: Sequence[Entry], known: dict[Key, Head], *, actor: str) -> list[int]:
        """Append versions and make them current; their places in the log. Raises: MovedOn."""

    def follow(self) -> None:
        """Do what follows from what was written so far, as is done at the end at the latest."""


class Store(Protocol):
    """Where everything is kept."""

    def reading(self, *, once: bool = False) -> AbstractContextManager[Reading]:
        """A view of one moment; `once`: of one moment for each question, for whoever has one.

        What is recorded in it is kept when the block ends, before it returns.
        """

    def writing(self) -> AbstractContextManager[Unit]:
        """A transaction that ends with the block: kept, or undone by an exception. Raises: MovedOn."""
