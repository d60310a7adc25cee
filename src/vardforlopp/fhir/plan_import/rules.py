"""Conditions of a plan as guards: FHIRPath that is understood, CQL by name, else a decision by people.

A condition that cannot be translated is never dropped, which would ask more people than the plan does:
it becomes a question that a person answers (S05), and the report gives its text.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from vardforlopp.fhir.plan_import.fhirpath_rules import Criterion, Finder, criterion
from vardforlopp.fhir.plan_import.ledger import Element, said
from vardforlopp.fhir.plan_import.shelf import Desk, Json

_PATH = frozenset(("text/fhirpath",))
#: Also as it was written before R4 settled it: `text/cql.identifier`, `text/cql.name`.
_CQL = "text/cql"
_DEFINED = re.compile(r'(?:function )?(?:"([^"]+)"|(\w+))')
_NAME = re.compile(r'"?([^"]+)"?')


class Guard:
    """What the conditions of an action ask: criteria, and the comments that explain those left to people."""

    def __init__(self) -> None:
        self.parts: list[Criterion] = []
        self.comments: list[str] = []

    def criterion(self) -> Criterion | None:
        """All parts as one; None when nothing is asked."""
        parts = [part for part in self.parts if part != {"all": []}]
        parts = [each for part in parts for each in (part["all"] if list(part) == ["all"] else [part])]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else {"all": parts}


class Rules:
    """Reads conditions, with the libraries that their names stand in."""

    def __init__(self, desk: Desk, finder: Finder) -> None:
        self._desk = desk
        self._finder = finder
        self._cql: dict[str, dict[str, str]] = {}

    def guard(
        self, action: Element, decision: str, *, libraries: tuple[str, ...], name: str = "condition"
    ) -> Guard:
        """The guard of an action's `applicability` conditions; start and stop are left."""
        made = Guard()
        for condition in action.items(name):
            if condition.text("kind") not in ("applicability", ""):
                condition.leave("condition-kind")
                continue
            condition.carry("kind")
            self._read(
                condition.get("expression"), condition, guard=made, decision=decision, libraries=libraries
            )
        return made

    def one(self, expression: Element, decision: str, *, libraries: tuple[str, ...]) -> Guard:
        """The guard of a single expression, as a trigger has it."""
        made = Guard()
        self._read(expression, expression, guard=made, decision=decision, libraries=libraries)
        return made

    def _read(
        self, expression: Element | None, condition: Element, *, guard: Guard, decision: str,
        libraries: tuple[str, ...],
    ) -> None:  # fmt: skip
        if expression is None or not expression.text("expression"):
            condition.ledger.note(condition.path, "condition-empty")
            self.ask(guard, decision, said(condition.value))
            return
        text, language = expression.text("expression"), expression.text("language")
        if language in _PATH and not self._unread(expression):
            try:
                guard.parts.append(criterion(text, self._finder))
                expression.carry()
                return
            except ValueError as error:
                expression.leave("fhirpath")
                self.ask(guard, decision, f"FHIRPath: {text} (stops at: {error})")
                return
        if language.startswith(_CQL):
            body = self._body(text, (expression.text("reference"), *libraries))
            if body == "true":
                expression.carry()
                return
            expression.leave("cql")
            self.ask(guard, decision, f"CQL: {text}" + (f" = {body}" if body else ""))
            return
        expression.leave("condition-language")
        self.ask(guard, decision, f"{language or '?'}: {text}")

    @staticmethod
    def _unread(expression: Element) -> bool:
        """A modifier extension may mean anything, even the opposite."""
        return expression.get("modifierExtension") is not None

    def ask(self, guard: Guard, decision: str, told: str) -> None:
        """Leave it to a person, once however much is asked, with a comment that says what."""
        asked: Criterion = {"decided": decision, "is": "ja"}
        if asked not in guard.parts:
            guard.parts.append(asked)
        guard.comments.append(told)

    def _body(self, name: str, libraries: tuple[str, ...]) -> str:
        """What a named expression says, where its library was handed in with its CQL.

        Our own export judges a condition at a time by a function beside it: that is what it says.
        """
        match = _NAME.fullmatch(name.rpartition(".")[2] or name)
        wanted = match[1] if match else name
        for canonical in filter(None, libraries):
            if canonical not in self._cql:
                found = self._desk.shelf.find("Library", canonical)
                self._cql[canonical] = _definitions(found) if found is not None else {}
            body = self._cql[canonical].get(f"{wanted} judged", self._cql[canonical].get(wanted))
            if body is not None:
                return body
        return ""


def _definitions(library: Json) -> dict[str, str]:
    """The expressions of a CQL text by name, each in one line."""
    made: dict[str, str] = {}
    contents: Any = library.get("content")
    for content in contents if isinstance(contents, list) else []:
        if not isinstance(content, dict) or content.get("contentType") != "text/cql":
            continue
        try:
            text = base64.b64decode(content.get("data") or "", validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, TypeError, ValueError):
            continue
        for block in re.split(r"^define ", text, flags=re.MULTILINE)[1:]:
            head, _, body = block.partition(":\n") if ":\n" in block else block.partition(":")
            named = _DEFINED.match(head)
            if named:
                made[named[1] or named[2]] = " ".join(body.split())
    return made
