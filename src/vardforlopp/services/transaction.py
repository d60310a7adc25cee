"""A transaction: many acts, of which all are done or none. http://hl7.org/fhir/R4/http.html#trules

1. What is deleted goes first, then what is created, then what is changed; what is read is read after it all.
2. No two parts write the same resource, whether they name it or find it by a condition.
3. What refers to another part by its address leads to where that one's resource is found.
4. A condition means what met it when the deleted ones were gone. If a part creates another that meets it,
   nobody can say which was meant.
5. A reference by a condition is decided last, so it may lead to what the transaction writes.

Each condition is decided once, and the decision handed on. All that is written is held at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.search.query import Query
from vardforlopp.services import keeping
from vardforlopp.services.conditions import Condition, Held, entered
from vardforlopp.services.doors import Door
from vardforlopp.services.drafts import Draft, Rules, read_draft
from vardforlopp.services.links import linked, placeholders
from vardforlopp.services.outcomes import Kept, Refused, Removed, refused
from vardforlopp.services.ports import Head, Key, Undone, Unit
from vardforlopp.services.removing import remove


class Delete(NamedTuple):
    """A resource is deleted; `if_match`: that version of it."""

    key: Key
    if_match: int | None = None


class Create(NamedTuple):
    """A resource is kept under `new_id`, unless there is one that meets the condition."""

    type: str
    text: bytes
    new_id: str
    unless: Query | None = None


class Update(NamedTuple):
    """The resource of an id, or the one that meets a condition, gets a new version, or its first."""

    type: str
    text: bytes
    new_id: str
    where: str | Query
    if_match: int | None = None


class Patch(NamedTuple):
    """Some of a resource is changed (RFC 6902)."""

    key: Key
    text: bytes
    if_match: int | None = None


Act = Delete | Create | Update | Patch
#: In which order they are done (rule 1).
_ORDER: tuple[type, ...] = (Delete, Create, Update, Patch)
_ACTIONS = {Delete: Action.DELETE, Create: Action.CREATE, Update: Action.UPDATE, Patch: Action.UPDATE}


class Part(NamedTuple):
    """An act of a transaction: where it stands, the address that others refer to it by, and what each
    reference by a condition in it asks for, as it is written there.
    """

    number: int
    act: Act
    url: str | None = None
    refers: Mapping[str, Query] = {}


class Broken(Undone):
    """Nothing of a transaction is kept: because of which part, why, and where in it."""

    def __init__(self, number: int, why: Refused, *, where: str = "") -> None:
        super().__init__("nothing was kept")
        self.number, self.why, self.where = number, why, where


def transact(
    unit: Unit, parts: Sequence[Part], *, actor: Actor, at: int, rules: Rules
) -> dict[int, Kept | Removed]:
    """What came of each part, by its number. Raises: Broken, MovedOn."""
    whole = _Transaction(unit, parts, actor=actor, at=at, rules=rules)
    whole.let_in()
    whole.hold()
    whole.delete()
    whole.decide()
    whole.refuse_twice()
    whole.write()
    whole.stand_by_decisions()
    return whole.done


class _Transaction:
    """The parts of a transaction, and what is decided of them, step by step."""

    def __init__(self, unit: Unit, parts: Sequence[Part], *, actor: Actor, at: int, rules: Rules) -> None:
        self._unit, self._actor, self._at, self._rules = unit, actor, at, rules
        self._parts = sorted(parts, key=lambda part: _ORDER.index(type(part.act)))
        self._drafts: dict[int, Draft] = {}
        self._conditions: dict[int, Condition] = {}  # that decide on a part
        self._references: dict[str, Condition] = {}  # by what they ask
        self._held = Held(frozenset())
        self._met: dict[int, Head | None] = {}
        self._keys: dict[int, Key] = {}
        self._led: dict[str, Key] = {}  # by what a reference asks
        self.done: dict[int, Kept | Removed] = {}

    def let_in(self) -> None:
        """Nothing is looked for before it is clear that all may be done, and all that is sent is sound."""
        for part in self._parts:
            door = Door(self._unit, self._actor, _ACTIONS[type(part.act)], at=self._at)
            subject = _subject(part.act)
            if (no := door.enter(subject)) is not None:
                raise Broken(part.number, no)
            if isinstance(part.act, Create | Update):
                draft = read_draft(part.act.text, rules=self._rules, type_=part.act.type)
                if isinstance(draft, Refused):
                    raise Broken(part.number, door.failed(subject, draft), where=".resource")
                self._drafts[part.number] = draft
            if (query := _condition(part.act)) is not None:
                self._conditions[part.number] = self._entered(part, query, ".request")
            for query in part.refers.values():
                self._references[query.asked] = self._entered(part, query, ".resource")
        self._refuse_unnamed()

    def _refuse_unnamed(self) -> None:
        """A name that no entry bears leads nowhere, now and later."""
        named = {part.url for part in self._parts}
        for part in self._parts:
            if not isinstance(part.act, Delete) and not placeholders(part.act.text) <= named:
                what = "a reference names an entry that is not there"
                why = refused("invalid", "not-found", what, "Send it along, or refer by type and id.")
                raise self._failed(part, why, where=".resource")

    def _entered(self, part: Part, query: Query, where: str) -> Condition:
        condition = entered(self._unit, query, actor=self._actor, at=self._at)
        if isinstance(condition, Refused):
            raise Broken(part.number, condition, where=where)
        return condition

    def hold(self) -> None:
        """All that will be written, as far as it can be known by now."""
        keys = [self._key(part, None) for part in self._parts if not isinstance(part.act, Create)]
        gone = sum(isinstance(part.act, Delete) for part in self._parts)
        conditions = self._conditions.values()
        self._held = Held.at_once(self._unit, keys, conditions=conditions, most=gone + 2)

    def delete(self) -> None:
        """Rule 1: first of all."""
        for part in self._parts:
            if isinstance(part.act, Delete):
                self._do(part, {})

    def decide(self) -> None:
        """Rule 4: of which resource each part is, now that the deleted ones are gone."""
        for part in self._parts:
            condition = self._conditions.get(part.number)
            met = condition.the_one() if condition is not None else None
            if isinstance(met, Refused):
                raise Broken(part.number, met, where=".request")
            self._met[part.number] = met
            self._keys[part.number] = self._key(part, met)
            if not isinstance(part.act, Create):
                self._held.must_have(self._keys[part.number])

    def _key(self, part: Part, met: Head | None) -> Key:
        """The resource that a part is about, if this is what meets its condition."""
        match part.act:
            case Delete(key) | Patch(key):
                return key
            case Update(type_, where=str() as id_):
                return Key(type_, id_)
            case Update(type_, new_id=new_id):
                return Key(type_, self._drafts[part.number].id or new_id) if met is None else met.key
            case Create(type_, new_id=new_id):
                return Key(type_, new_id) if met is None else met.key

    def refuse_twice(self) -> None:
        """Rule 2: by what they write, by how they ask for it, and by how others refer to it."""
        seen: set[Key | str] = set()
        for part in self._parts:
            is_told = isinstance(part.act, Create) and self._met[part.number] is not None
            said: set[Key | str] = set() if is_told else {self._keys[part.number]}
            if part.number in self._conditions:
                said.add(self._conditions[part.number].query.asked)
            if part.url is not None:
                said.add(part.url)
            if said & seen:
                raise self._ambiguous(part, "two entries write the same resource", "Send one of them.")
            seen |= said

    def write(self) -> None:
        """Rules 1, 3 and 5: what refers by a condition waits until the rest is there."""
        names = {part.url: "/".join(self._keys[part.number]) for part in self._parts if part.url is not None}
        writes = [part for part in self._parts if not isinstance(part.act, Delete)]
        for part in sorted(writes, key=lambda part: bool(part.refers)):
            self._do(part, {words: self._leads_to(part, words) for words in part.refers} | names)

    def _leads_to(self, part: Part, words: str) -> str:
        """Where a reference by a condition leads."""
        asked = part.refers[words].asked
        if asked not in self._led:
            found = self._referred(part, asked)
            self._references[asked].told(found)
            self._led[asked] = found.key
        return "/".join(self._led[asked])

    def _referred(self, part: Part, asked: str) -> Head:
        found = self._references[asked].the_one()
        if isinstance(found, Refused):
            raise Broken(part.number, found, where=".resource")
        if found is None:
            what, do = "a conditional reference leads to none", "Refer to what exactly one has."
            raise self._failed(part, refused("precondition", "not-found", what, do), where=".resource")
        return found

    def _do(self, part: Part, names: Mapping[str, str]) -> None:
        found = self._tried(part, names)
        if isinstance(found, Refused):
            raise Broken(part.number, found)
        self.done[part.number] = found

    def _tried(self, part: Part, names: Mapping[str, str]) -> Kept | Removed | Refused:
        unit, actor, at, rules = self._unit, self._actor, self._at, self._rules
        match part.act:
            case Delete(key, if_match):
                return remove(unit, key, actor=actor, at=at, if_match=if_match)
            case Patch(key, text, if_match):
                changes = linked(text, url=part.url, names=names)
                return keeping.patch(
                    unit, key, changes=changes, actor=actor, at=at, rules=rules, if_match=if_match
                )
            case Create() if (met := self._met[part.number]) is not None:
                return keeping.keep_what_is(unit, met, actor=actor, at=at)
            case Create(new_id=new_id):
                draft = self._drafts[part.number].linked(part.url, names)
                return keeping.create(unit, draft, new_id=new_id, actor=actor, at=at, rules=rules)
            case Update(if_match=if_match):
                key, draft = self._keys[part.number], self._drafts[part.number].linked(part.url, names)
                if draft.id is None and isinstance(part.act.where, Query):
                    draft = draft.named(key.id)
                return keeping.update(
                    unit, draft, key=key, actor=actor, at=at, rules=rules, if_match=if_match
                )

    def stand_by_decisions(self) -> None:
        """Rules 4 and 5: what is there now leaves no doubt of what was meant."""
        results = self.done.values()
        created = {one.version.key for one in results if isinstance(one, Kept) and one.created}
        asked = {query.asked: part for part in self._parts for query in part.refers.values()}
        for words, part in asked.items():
            if self._referred(part, words).key != self._led[words]:
                what = "its conditional reference leads elsewhere when all is written"
                raise self._ambiguous(part, what, "Refer to the entry by its address.")
        for part in self._parts:
            condition = self._conditions.get(part.number)
            others = created - {self._keys[part.number]}
            if condition is not None and others:
                now = {head.key for head in condition.those(len(self._parts) + 2)}
                if now & others:
                    what = "another entry creates what meets its condition"
                    raise self._ambiguous(part, what, "Refer to that entry, or send it later.")

    def _ambiguous(self, part: Part, what: str, do: str) -> Broken:
        return self._failed(part, refused("invalid", "duplicate", what, do))

    def _failed(self, part: Part, why: Refused, *, where: str = "") -> Broken:
        """What is wrong with the whole, because of a part."""
        door = Door(self._unit, self._actor, Action.BUNDLE, at=self._at)
        return Broken(part.number, door.failed(Subject("Bundle"), why), where=where)


def _subject(act: Act) -> Subject:
    """What an act is about, as far as it says."""
    match act:
        case Delete(key) | Patch(key):
            return Subject(*key)
        case Update(type_, where=str() as id_):
            return Subject(type_, id_)
        case Create(type_) | Update(type_):
            return Subject(type_)


def _condition(act: Act) -> Query | None:
    """What decides on an act, if it names no resource."""
    match act:
        case Create(unless=query):
            return query
        case Update(where=Query() as query):
            return query
    return None
