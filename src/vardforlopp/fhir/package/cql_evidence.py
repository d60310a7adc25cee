"""Evidence trees as CQL: done, not done, or not known because no source would tell."""

from __future__ import annotations

from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    Test,
    TimesLeaf,
)
from vardforlopp.definitions.model import Pathway
from vardforlopp.fhir.package.cql_facts import Facts
from vardforlopp.fhir.package.cql_words import NotCarriedError, text, texts


class Trees:
    """Writes the evidence of one step. `by_instant`: its times are in minutes or hours."""

    def __init__(self, pathway: Pathway, facts: Facts, *, by_instant: bool) -> None:
        self._pathway = pathway
        self._facts = facts
        self._by_instant = str(by_instant).lower()

    def write(self, tree: Evidence) -> str:
        """The expression of a proof, with S in scope (`begun`, `opening`, `finish`, `running`)."""
        match tree:
            case FactLeaf(selector, where, None) if self._facts.is_state(selector):
                return self._state(selector, where)
            case FactLeaf(selector, where, None):
                judged = self._judged(selector, where)
                return f"V.EventProof({judged}, S.begun, S.finish, {self._by_instant}, {self._gap(selector)})"
            case FactLeaf():
                raise NotCarriedError("evidence that counts only after a moment of its own")
            case ActiveLeaf(selector):
                return self._state(selector, None)
            case TimesLeaf(n):
                raise NotCarriedError(f"evidence of {n} facts")
            case DecidedLeaf(decision, words):
                assumed, declared = "not ('decisions' in \"Kinds\")", "V.Unfresh('decisions', V.Now.civil)"
                gap = f"(if V.Sources is null then {assumed} else {declared})"
                return (
                    f"V.DecidedProof({text(self._pathway.id)}, {text(decision)}, {texts(words)}, S.begun, "
                    f"S.finish, {self._by_instant}, {gap})"
                )
            case EvidenceNode(op, of, n):
                needed = len(of) if op == "all" else 1 if op == "any" else n
                return f"V.Proven({{ {', '.join(self.write(part) for part in of)} }}, {needed})"

    def _state(self, selector: str, where: Test | None) -> str:
        judged = self._judged(selector, where)
        return (
            f"V.StateProof({judged}, S.begun, S.opening, S.finish, S.running, {self._by_instant}, "
            f"{self._gap(selector)})"
        )

    def _judged(self, selector: str, where: Test | None) -> str:
        passes = "true" if where is None else self._facts.test(where, selector, "F")
        return f"({self._facts.of(selector)} F return all Tuple{{fact: F, sure: true, pass: {passes}}})"

    def _gap(self, selector: str) -> str:
        facts = self._facts.of(selector)
        return f"(not {self._facts.told(selector)} or V.MayCount({facts}, S.begun, {self._by_instant}))"
