"""Code systems and codes: one short key for each system, whatever a sender calls it.

The names stand in one table, `content/systems.yaml`; no system's URI or OID is written in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vardforlopp.kernel.errors import DefinitionError

TABLE = "content/systems.yaml"

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_TEXTS = ("title", "uri", "oid", "version", "note")
_KEYS = (*_TEXTS, "aliases", "receivers", "unverified")

_UPPER = frozenset({"icd-10-se", "icd-10", "icd-10-cm", "kva", "atc", "npu"})
_WITHOUT_DOT = frozenset({"icd-10-se", "icd-10", "icd-10-cm"})


@dataclass(frozen=True, slots=True)
class System:
    """One system: what we call it, what we emit, what else it is called."""

    key: str
    title: str
    uri: str
    oid: str | None = None
    version: str | None = None
    note: str | None = None
    aliases: tuple[str, ...] = ()
    receivers: Mapping[str, str] = field(default_factory=dict)
    unverified: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that means this system; each OID bare and as `urn:oid:`."""
        written = (self.key, self.uri, self.oid, *self.aliases, *self.receivers.values())
        return tuple(dict.fromkeys(form for name in written if name for form in _forms(name)))


class SystemTable:
    """The table of systems, made from the parsed `content/systems.yaml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.systems = {key: _system(key, entry) for key, entry in table.items()}
        self._key_of: dict[str, str] = {}
        for key, system in self.systems.items():
            for name in system.names:
                other = self._key_of.setdefault(name, key)
                if other != key:
                    what = f"'{name}' also means '{other}'"
                    raise _error("VF-SYS-002", key, what, "Let one of the two have the name.")

    def canonical(self, system: str) -> str:
        """Our short key of a system, however it is written; an unknown one unchanged."""
        return self._key_of.get(system, system)

    def uri(self, key: str, *, receiver: str | None = None) -> str:
        """What to emit for a key (or any name), to the `receiver` if it wants another name.

        An unknown OID becomes `urn:oid:`; any other unknown name stays.
        """
        system = self.systems.get(self.canonical(key))
        if system is None:
            return f"urn:oid:{key}" if _OID.fullmatch(key) else key
        return system.receivers.get(receiver, system.uri) if receiver else system.uri

    def oid(self, key: str) -> str | None:
        """The bare OID to emit for a key (or any name), where one is known."""
        system = self.systems.get(self.canonical(key))
        if system is not None:
            return system.oid
        bare = key.removeprefix("urn:oid:")
        return bare if _OID.fullmatch(bare) else None

    def aliases(self, key: str) -> tuple[str, ...]:
        """All names that are read as this key, the key itself first."""
        system = self.systems.get(key)
        return system.names if system else ()


def normalise_code(key: str, code: str) -> str:
    """A code written in one way: ICD without its dot; ICD, KVÅ, ATC and NPU in upper case."""
    if key not in _UPPER:
        return code
    code = code.strip().upper()
    return code.replace(".", "") if key in _WITHOUT_DOT else code


def _forms(name: str) -> tuple[str, ...]:
    bare = name.removeprefix("urn:oid:")
    return (bare, f"urn:oid:{bare}") if _OID.fullmatch(bare) else (name,)


def _error(code: str, key: str, what: str, do: str) -> DefinitionError:
    return DefinitionError(code, f"{TABLE} {key}", what, do)


def _system(key: str, entry: Any) -> System:
    if not isinstance(entry, Mapping) or not {"title", "uri"} <= set(entry):
        raise _error("VF-SYS-001", key, "a system needs a title and a uri", "Write both.")
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        do = f"Write any of {', '.join(_KEYS)}."
        raise _error("VF-SYS-001", key, f"'{unknown[0]}' is no part of a system", do)
    texts: dict[str, str] = {part: entry[part] for part in _TEXTS if part in entry}
    aliases, unverified = (tuple(entry.get(part, ())) for part in ("aliases", "unverified"))
    receivers = dict(entry.get("receivers", {}))
    written = (*texts.values(), *aliases, *unverified, *receivers.values())
    if not all(isinstance(text, str) for text in written):
        raise _error("VF-SYS-001", key, "every name is a text", "Put it in quotes.")
    if "oid" in texts and not _OID.fullmatch(texts["oid"]):
        raise _error("VF-SYS-001", key, "the oid is no OID", "Write digits and dots, without urn:oid.")
    return System(key=key, aliases=aliases, receivers=receivers, unverified=unverified, **texts)
