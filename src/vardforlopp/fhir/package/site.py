"""Where the package's resources are said to live, and what all of them carry."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from vardforlopp.definitions.model import Texts

Json = dict[str, Any]
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
#: A name until an address is owned; one setting, `--base`.
BASE = "https://vardforlopp.example/fhir"
LICENCE = "CC-BY-4.0"
_NOT_ID = re.compile(r"[^A-Za-z0-9\-.]")
_WORD = re.compile(r"[A-Za-z0-9]+")


class Site(NamedTuple):
    """The base of all canonical URLs, the package's version, and its date (`2026-11-22`)."""

    base: str
    version: str
    date: str

    def url(self, kind: str, name: str) -> str:
        """The canonical URL of a resource, without its version."""
        return f"{self.base}/{kind}/{fhir_id(name)}"

    def pinned(self, kind: str, name: str, version: str | None = None) -> str:
        """A reference to just this version of a resource."""
        return f"{self.url(kind, name)}|{version or self.version}"

    def extension(self, name: str, **value: Any) -> Json:
        """An extension that the package itself documents."""
        return {"url": self.url("StructureDefinition", name), **value}

    def system(self, name: str) -> str:
        """The URI of a code system of ours."""
        return f"urn:x-vardforlopp:{name}"

    def head(self, kind: str, name: str, *, title: Texts, text: Texts | None = None, **more: Any) -> Json:
        """What every canonical resource begins with: who, what, which version, in which language."""
        made: Json = {
            "resourceType": kind,
            "id": fhir_id(name),
            "language": "sv",
            "url": self.url(kind, name),
            "version": self.version,
            "name": computable(f"{kind} {name}"),
            **worded("title", title),
            "status": "draft",
            "date": self.date,
            "publisher": "vardforlopp",
            **(worded("description", text) if text else {}),
        }
        return made | more


def fhir_id(name: str) -> str:
    """An id of ours as FHIR writes ids; ours are short and plain, so that no two become one."""
    return _NOT_ID.sub("-", name)


def computable(name: str) -> str:
    """A name that programs may use: letters and figures, beginning with a capital."""
    return "".join(part[0].upper() + part[1:] for part in _WORD.findall(name))


def worded(key: str, texts: Texts) -> Json:
    """A text in Swedish, with its translations beside it."""
    first = texts.get("sv") or next(iter(texts.values()), "")
    others = [
        {
            "url": TRANSLATION,
            "extension": [
                {"url": "lang", "valueCode": language},
                {"url": "content", "valueString": text},
            ],
        }
        for language, text in texts.items()
        if language != "sv" and text
    ]
    made: Json = {key: first} if first else {}
    return made | ({f"_{key}": {"extension": others}} if others and first else {})
