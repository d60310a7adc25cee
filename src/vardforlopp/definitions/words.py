"""Criteria and evidence in sentences: one walker over the nodes, one phrasebook a language.

A negation is worded where it bites (`journalen visar inte kol`, `är under 400 ng/L`): in
three-valued logic "none of a, b" is "not a and not b", so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    Active,
    ActiveLeaf,
    Age,
    All,
    AnyOf,
    AtLeast,
    BranchIs,
    Change,
    Count,
    Criterion,
    Dead,
    Decided,
    DecidedLeaf,
    Done,
    Entered,
    Evidence,
    EvidenceNode,
    FactLeaf,
    Has,
    MomentExpr,
    NoneOf,
    Reached,
    Setting,
    SexIs,
    TimesLeaf,
    Value,
)
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang, Phrasebook
from vardforlopp.definitions.words_atoms import atom_words, family_of, has_words, ongoing_words, where_words
from vardforlopp.definitions.words_en import ENGLISH
from vardforlopp.definitions.words_sv import SWEDISH
from vardforlopp.definitions.words_time import Speech, moment_words

BOOKS: Mapping[Lang, Phrasebook] = {"sv": SWEDISH, "en": ENGLISH}


def speech_of(names: Names, lang: Lang) -> Speech:
    """A speaker of the language."""
    return Speech(names, BOOKS[lang])


def criterion_words(criterion: Criterion, names: Names, *, lang: Lang) -> str:
    """A criterion as one clause: `personen är minst 18 år, och journalen visar andnöd`."""
    return clause_of(speech_of(names, lang), criterion).text


def moment_in_words(moment: MomentExpr, names: Names, *, lang: Lang) -> str:
    """A moment as a noun phrase: `6 veckor efter den första uppgiften om symtomdebut`."""
    return moment_words(speech_of(names, lang), moment)


def evidence_words(evidence: Evidence, names: Names, *, lang: Lang) -> str:
    """What completes a step, as one clause."""
    return evidence_clause(speech_of(names, lang), evidence).text


@dataclass(frozen=True, slots=True)
class Clause:
    """A worded criterion. `loose`: it lists things itself; `whole`: it needs brackets in a list.

    `lead` and `of` are the same as an outline: what is asked of the parts, and the parts.
    """

    text: str
    loose: bool = False
    whole: bool = False
    lead: str = ""
    of: tuple[Clause, ...] = ()

    @property
    def nested(self) -> bool:
        """True when it is easier to read as an outline than as one line."""
        return any(part.of for part in self.of) or (len(self.of) > 1 and len(self.text) > 200)


# --- criteria ------------------------------------------------------------------------------------


def clause_of(speech: Speech, criterion: Criterion, *, denied: bool = False) -> Clause:
    """A criterion, or its denial, as a clause."""
    match criterion:
        case All(of):
            return _list(speech, of, "or" if denied else "and", denied=denied)
        case AnyOf(of):
            return _list(speech, of, "and" if denied else "or", denied=denied)
        case NoneOf(of):
            return _list(speech, of, "or" if denied else "and", denied=not denied)
        case AtLeast(n, of):
            return _at_least(speech, n, of, denied=denied)
        case (
            Has() | Active() | Value() | Change() | Count() | Age() | SexIs() | Dead() | Reached() | Done()
            | Decided() | BranchIs() | Entered() | Setting()
        ):  # fmt: skip
            return Clause(atom_words(speech, criterion, denied=denied))
    assert_never(criterion)


def _at_least(speech: Speech, n: int, of: Sequence[Criterion], *, denied: bool) -> Clause:
    key = "fewer_than" if denied else "at_least"
    questions = {_question(speech, part) for part in of}
    if len(questions) == 1 and None not in questions:
        things = ", ".join(speech.thing(part.selector) for part in of if isinstance(part, Has | Active))
        return Clause(_about_all(speech, of[0], speech.say(f"{key}.what", n=n, what=things)), loose=True)
    parts = tuple(clause_of(speech.standing_alone(), part) for part in of)
    lead = speech.say(key, n=n)
    listed = "; ".join(_bracketed(part) for part in parts)
    return Clause(f"{lead}: {listed}", whole=True, lead=lead, of=parts)


def _list(speech: Speech, of: Sequence[Criterion], word: str, *, denied: bool) -> Clause:
    parts = _merged(speech, of, word, denied=denied)
    if not parts:
        return Clause(speech.say("always" if word == "and" else "never"))
    return _conjoined(speech, parts, word)


def _conjoined(speech: Speech, parts: Sequence[Clause], word: str) -> Clause:
    lead = speech.say(f"lead.{word}")
    parts = [inner for part in parts for inner in (part.of if part.lead == lead else (part,))]
    if len(parts) == 1:
        return parts[0]
    shown = [_bracketed(part) for part in parts]
    said = speech.say(word)
    if not any(part.loose for part in parts):
        text = formats.joined(shown, said)
    elif len(parts) == 2:
        text = f"{shown[0]}, {said} {shown[1]}"
    else:
        text = "; ".join([*shown[:-1], f"{said} {shown[-1]}"])
    return Clause(text, whole=True, lead=lead, of=tuple(parts))


def _bracketed(part: Clause) -> str:
    return f"({part.text})" if part.whole else part.text


def _merged(speech: Speech, of: Sequence[Criterion], word: str, *, denied: bool) -> list[Clause]:
    """The parts as clauses, with equal questions about several things asked once."""
    groups: dict[object, list[Criterion]] = {}
    for position, part in enumerate(of):
        groups.setdefault(_question(speech, part) or position, []).append(part)
    joining = "or" if denied else word
    if denied and word == "or":  # "not a or not b" must not become "not a or b"
        return [clause_of(speech, part, denied=True) for part in of]
    clauses = []
    for group in groups.values():
        if len(group) == 1:
            clauses.append(clause_of(speech, group[0], denied=denied))
        else:
            clauses.append(_asked_once(speech, group, joining, denied=denied))
    return clauses


def _question(speech: Speech, criterion: Criterion) -> object:
    """Equal for criteria that may be worded together; None for those that stand alone."""
    match criterion:
        case Has(_, None, window):
            return "has", window
        case Active(selector, window, held):
            return "active", family_of(speech, selector), window, held
    return None


def _asked_once(speech: Speech, group: Sequence[Criterion], word: str, *, denied: bool) -> Clause:
    selectors = [part.selector for part in group if isinstance(part, Has | Active)]
    what = formats.joined([speech.thing(selector) for selector in selectors], speech.say(word))
    return Clause(_about_all(speech, group[0], what, denied=denied), loose=True)


def _about_all(speech: Speech, first: Criterion, what: str, *, denied: bool = False) -> str:
    if isinstance(first, Active):
        return ongoing_words(speech, first, what=what, denied=denied)
    assert isinstance(first, Has)
    return has_words(speech, first, what=what, denied=denied)


# --- evidence ------------------------------------------------------------------------------------


def evidence_clause(speech: Speech, evidence: Evidence) -> Clause:
    """What completes a step, as a clause."""
    match evidence:
        case FactLeaf(selector, where, after):
            what = speech.thing(selector) + where_words(speech, where)
            said = "" if after is None else speech.say("leaf.after", moment=moment_words(speech, after))
            return Clause(speech.say("leaf.fact", what=what, after=said))
        case ActiveLeaf(selector):
            return Clause(ongoing_words(speech, Active(selector), what=speech.thing(selector)))
        case TimesLeaf(n, selector):
            times = speech.say("times.one" if n == 1 else "times.many", n=n)
            return Clause(speech.say("leaf.times", what=speech.thing(selector), times=times))
        case DecidedLeaf():
            return Clause(_decided_leaf(speech, evidence))
        case EvidenceNode():
            return _evidence_node(speech, evidence)
    assert_never(evidence)


def _decided_leaf(speech: Speech, leaf: DecidedLeaf) -> str:
    title = speech.names.decision(leaf.decision, speech.book.lang)
    if not leaf.words:
        return speech.say("leaf.decided", what=title)
    answers = [speech.names.option(leaf.decision, word, book=speech.book) for word in leaf.words]
    return speech.say("decided", what=title, answer=formats.joined(answers, speech.say("or")))


def _evidence_node(speech: Speech, node: EvidenceNode) -> Clause:
    what = _things(speech, node)
    if what is not None:
        return Clause(speech.say("leaf.fact", what=what, after=""), loose=True)
    if node.op == "at_least":
        together = _running(speech, node)
        if together is not None:
            return together
        parts = tuple(evidence_clause(speech, part) for part in node.of)
        lead = speech.say("at_least", n=node.n)
        listed = "; ".join(_bracketed(part) for part in parts)
        return Clause(f"{lead}: {listed}", whole=True, lead=lead, of=parts)
    return _conjoined(speech, _gathered(speech, node), _WORDS[node.op])


_WORDS = {"all": "and", "any": "or"}


def _things(speech: Speech, evidence: Evidence) -> str | None:
    """Evidence that asks for plain facts only, as one noun phrase: `kalium och (a eller b)`."""
    if isinstance(evidence, FactLeaf):
        plain = evidence.where is None and evidence.after is None
        return speech.thing(evidence.selector) if plain else None
    if not isinstance(evidence, EvidenceNode):
        return None
    things = [(_things(speech, part), isinstance(part, EvidenceNode)) for part in evidence.of]
    shown = [f"({thing})" if whole else thing for thing, whole in things if thing is not None]
    if len(shown) < len(things):
        return None
    if evidence.op == "at_least":
        return speech.say("at_least.what", n=evidence.n, what=", ".join(shown))
    return formats.joined(shown, speech.say(_WORDS[evidence.op]))


def _gathered(speech: Speech, node: EvidenceNode) -> list[Clause]:
    """The parts as clauses; plain facts, and running states of one kind, are asked for together."""
    groups: dict[object, list[Evidence]] = {}
    for position, part in enumerate(node.of):
        key: object = position
        if isinstance(part, ActiveLeaf):
            key = family_of(speech, part.selector)
        elif _things(speech, part) is not None:
            key = "things"
        groups.setdefault(key, []).append(part)
    return [_gathered_clause(speech, node, group) for group in groups.values()]


def _gathered_clause(speech: Speech, node: EvidenceNode, group: Sequence[Evidence]) -> Clause:
    if len(group) == 1:
        return evidence_clause(speech, group[0])
    gathered = EvidenceNode(node.op, tuple(group))
    return _running(speech, gathered) or _evidence_node(speech, gathered)


def _running(speech: Speech, node: EvidenceNode) -> Clause | None:
    """Running states of one kind, asked for together: `behandling med a och b pågår`."""
    leaves = [part for part in node.of if isinstance(part, ActiveLeaf)]
    families = {family_of(speech, leaf.selector) for leaf in leaves}
    if len(leaves) < len(node.of) or len(families) != 1:
        return None
    titles = [speech.thing(leaf.selector) for leaf in leaves]
    if node.op == "at_least":
        what = speech.say("at_least.what", n=node.n, what=", ".join(titles))
    else:
        what = formats.joined(titles, speech.say(_WORDS[node.op]))
    return Clause(ongoing_words(speech, Active(leaves[0].selector), what=what), loose=True)
