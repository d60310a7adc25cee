"""Import: many resources at once, each kept, known already, or refused with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Written
from vardforlopp.services.outcomes import Issue, Refused
from vardforlopp.services.ports import Entry, Head, Key, Stamp, Unit
from vardforlopp.services.preparing import Prepared


class Fault(NamedTuple):
    """Why a resource of a file was not kept: where it stands, and what was wrong with it."""

    where: str
    issues: tuple[Issue, ...]


class Imported(NamedTuple):
    """What became of some resources: new or changed, there already as they are, refused, and left as somebody
    else has changed or deleted them since. `aside`: those kept whose type is not searched.
    """

    kept: int = 0
    same: int = 0
    faults: tuple[Fault, ...] = ()
    left: int = 0
    aside: int = 0

    def and_(self, more: Imported) -> Imported:
        """What became of these, and of more."""
        return Imported(
            self.kept + more.kept,
            self.same + more.same,
            self.faults + more.faults,
            self.left + more.left,
            self.aside + more.aside,
        )


def import_(unit: Unit, sent: Sequence[Prepared], *, actor: Actor, at: int) -> Imported | Refused:
    """Keep what is new of some resources.

    What is there already, as it is, is left alone, so that a file can be imported again; so is what somebody
    else has changed or deleted since. Each that is kept or refused has its line in the log of acts.
    """
    door = Door(unit, actor, Action.IMPORT, at=at)
    if (no := door.enter(Subject("*"))) is not None:
        return no
    sound: dict[Key, tuple[str, Written]] = {}
    faults = []
    for each in sent:
        if isinstance(each.as_, Refused):
            faults.append(Fault(each.where, door.failed(Subject(each.type), each.as_).issues))
        else:
            sound[each.as_.key] = each.where, each.as_
    heads = unit.lock(sound)
    others = _of_others(unit, heads, actor)
    mine = [written for key, (_, written) in sound.items() if key not in others]
    entries = []
    for entry in _changed(unit, mine, heads, at=at):
        refused_ = _let_in(door, entry, heads.get(entry.key))
        if refused_ is None:
            entries.append(entry)
        else:
            faults.append(Fault(sound[entry.key][0], refused_.issues))
    unit.append(entries, heads, actor=actor.id)
    if not entries and not faults:
        door.shown(Subject("*"), ())
    same = len(sent) - len(faults) - len(entries) - len(others)
    aside = sum(entry.key.type not in SERVED for entry in entries)
    return Imported(len(entries), same, tuple(faults), len(others), aside)


def _let_in(door: Door, entry: Entry, head: Head | None) -> Refused | None:
    """None when a version may be kept, which is then written down; else why not."""
    after = Subject(*entry.key, entry.patients)
    before = after if head is None else subject_of(entry.key, head)
    for subject in dict.fromkeys((before, after)):
        if (no := door.enter(subject)) is not None:
            return no
    both = tuple(sorted({*before.patients, *after.patients}))
    door.done(after._replace(patients=both), version=entry.stamp.version)
    return None


def _of_others(unit: Unit, heads: Mapping[Key, Head], actor: Actor) -> set[Key]:
    """What somebody else has written last: an import takes nothing back."""
    found = set()
    for key in heads:
        version = unit.read(key)
        if version is not None and version.actor != actor.id:
            found.add(key)
    return found


def _changed(unit: Unit, sound: Sequence[Written], heads: Mapping[Key, Head], *, at: int) -> list[Entry]:
    """The versions that are not there yet."""
    standing = unit.bodies([head.seq for head in heads.values() if not head.deleted])
    entries = []
    for written in sound:
        head = heads.get(written.key)
        if head is not None:
            again = written.entry(Stamp(head.version, head.at))
            if standing.get(head.seq) == again.body:
                continue
        entries.append(written.entry(Stamp.after(head, at)))
    return entries
