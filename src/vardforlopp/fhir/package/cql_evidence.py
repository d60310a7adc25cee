"""Evidence trees as CQL: done, not done, or not known because no source would tell."""

from __future__ import annotations

from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    MomentExpr,
    Test,
    TimesLeaf,
)
from vardforlopp.definitions.model import Pathway
from vardforlopp.fhir.package.cql_facts import Facts
from vardforlopp.fhir.package.cql_times import Times
from vardforlopp.fhir.package.cql_words import name, text, texts


class Trees:
    """Writes the evidence of one step. `by_instant`: its times are in minutes or hours.

    `asides`: definitions that a tree needs beside it, named by `rule`.
    """

    def __init__(self, pathway: Pathway, facts: Facts, times: Times, *, rule: str, by_instant: bool) -> None:
        self._pathway = pathway
        self._facts = facts
        self._times = times
        self._rule = rule
        self._by_instant = str(by_instant).lower()
        self.asides: list[str] = []

    def write(self, tree: Evidence) -> str:
        """The expression of a proof, with S in scope (`begun`, `opening`, `finish`, `running`)."""
        match tree:
            case FactLeaf(selector, where, None):
                return self._leaf(selector, where)
            case FactLeaf(selector, where, after):
                assert after is not None
                return self._after(selector, where, after)
            case ActiveLeaf(selector):
                return self._leaf(selector, None, lasts=True)
            case TimesLeaf(n, selector):
                facts = self._facts.of(selector)
                return (
                    f"V.NthProof({facts}, {n}, S.begun, S.finish, {self._by_instant}, {self._gap(selector)})"
                )
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

    def _leaf(
        self,
        selector: str,
        where: Test | None,
        *,
        lasts: bool = False,
        begun: str = "S.begun",
        opening: str = "S.opening",
    ) -> str:
        """The proof by one fact: by an event, or by what lasts."""
        judged, ends = self._judged(selector, where), f"{self._by_instant}, {self._gap(selector)}"
        if lasts or self._facts.is_state(selector):
            return f"V.StateProof({judged}, {begun}, {opening}, S.finish, S.running, {ends})"
        return f"V.EventProof({judged}, {begun}, S.finish, {ends})"

    def _after(self, selector: str, where: Test | None, after: MomentExpr) -> str:
        """A proof that counts only from a moment of its own."""
        moment = name(f"{self._rule} after {len(self.asides) + 1}")
        head = f"define function {moment}(t MomentType, trig MomentType):"
        self.asides.append(f"{head}\n  {self._times.moment(after)}")
        later = self._leaf(
            selector, where, begun="V.Later(S.begun, After)", opening="V.Later(S.opening, After)"
        )
        return (
            f"First(({{ {moment}(V.Now, S.nominal) }}) After\n    return all case\n"
            f"      when After is null then V.Proof(V.NoMoment, {self._gap(selector)})\n"
            f"      when After.civil is null then V.Proof(V.NoMoment, true)\n      else {later} end)"
        )

    def _judged(self, selector: str, where: Test | None) -> str:
        passes = "true" if where is None else self._facts.test(where, selector, "F", at="V.Now")
        return f"({self._facts.of(selector)} F return all Tuple{{fact: F, sure: true, pass: {passes}}})"

    def _gap(self, selector: str) -> str:
        facts = self._facts.of(selector)
        untold = self._facts.untold(selector, since="S.begun.civil")
        return f"({untold} or V.MayCount({facts}, S.begun, {self._by_instant}))"
