"""The rules that definitions are held to: one table of codes, and what a finding looks like."""

from __future__ import annotations

from typing import Literal, NamedTuple

from vardforlopp.definitions.model import Place

Severity = Literal["error", "warning"]


class Rule(NamedTuple):
    """What a code means. Reading errors are always errors: nothing can be made of the text."""

    title: str
    severity: Severity = "error"


class DefinitionFinding(NamedTuple):
    """One finding of the lint: what, where, what to do."""

    code: str
    severity: Severity
    place: Place
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.code} {self.place}  {self.what}. {self.do}"


def finding(code: str, place: Place, what: str, *, do: str) -> DefinitionFinding:
    """A finding, with the severity of its rule."""
    return DefinitionFinding(code, RULES[code].severity, place, what, do)


RULES: dict[str, Rule] = {
    # What the text may look like.
    "VF-DEF-001": Rule("the text is not YAML"),
    "VF-DEF-002": Rule("an alias, anchor, tag, directive or second document is used"),
    "VF-DEF-003": Rule("a key stands twice"),
    "VF-DEF-004": Rule("there is a tab character"),
    "VF-DEF-005": Rule("a plain word looks like a yes, a no or an empty value"),
    "VF-DEF-006": Rule("values are nested too deep"),
    "VF-DEF-007": Rule("a file cannot be read as UTF-8 text"),
    "VF-DEF-008": Rule("a file is in the wrong place, or disagrees with its folder"),
    "VF-DEF-009": Rule("a file is missing"),
    # What the keywords may say.
    "VF-DEF-010": Rule("a value is of the wrong kind"),
    "VF-DEF-011": Rule("a keyword does not exist"),
    "VF-DEF-012": Rule("a keyword is missing"),
    "VF-DEF-013": Rule("a criterion, evidence or line has no head word, or several"),
    "VF-DEF-014": Rule("a duration is not written so"),
    "VF-DEF-015": Rule("a number or quantity is not written so"),
    "VF-DEF-016": Rule("a test on a value is not written so"),
    "VF-DEF-017": Rule("a moment is not written so"),
    "VF-DEF-018": Rule("a window has keywords that do not go together"),
    "VF-DEF-020": Rule("an id is not written so"),
    "VF-DEF-021": Rule("a word is not in its closed list"),
    "VF-DEF-022": Rule("keywords do not go together"),
    "VF-DEF-023": Rule("a date, time or season is not written so"),
    "VF-DEF-024": Rule("the last row of a table, and only that one, holds without `when`"),
    "VF-DEF-025": Rule("a parameter is not of the kind that is needed"),
    "VF-DEF-026": Rule("an id is defined twice"),
    # What names may refer to.
    "VF-DEF-030": Rule("a selector is not defined"),
    "VF-DEF-031": Rule("an activity is not defined"),
    "VF-DEF-032": Rule("a role is not defined"),
    "VF-DEF-033": Rule("a care level is not defined"),
    "VF-DEF-034": Rule("a kind of source is not defined"),
    "VF-DEF-035": Rule("a parameter is not defined"),
    "VF-DEF-036": Rule("a step is not defined"),
    "VF-DEF-037": Rule("a choice is not defined"),
    "VF-DEF-038": Rule("a choice has no such way"),
    "VF-DEF-039": Rule("an entry is not defined"),
    "VF-DEF-040": Rule("a phase is not defined"),
    "VF-DEF-041": Rule("a source is not listed"),
    "VF-DEF-042": Rule("a pathway is not defined"),
    "VF-DEF-043": Rule("a duration or an end is asked of an event"),
    "VF-DEF-044": Rule("a row is not in rows.yaml"),
    "VF-DEF-045": Rule("a row is both encoded and omitted, or omitted twice"),
    "VF-DEF-047": Rule("a phase has no steps", "warning"),
    "VF-DEF-048": Rule("a code is verified in one place and unverified in another"),
    "VF-DEF-049": Rule("a pathway has no way in"),
    # What a pathway may say.
    "VF-DEF-050": Rule("a step can never be reached"),
    "VF-DEF-051": Rule("steps wait for each other"),
    "VF-DEF-052": Rule("the order between steps stands in `when`"),
    "VF-DEF-053": Rule("a step has no owner"),
    "VF-DEF-054": Rule("a text is missing in Swedish or English"),
    "VF-DEF-055": Rule("a rule names no source"),
    "VF-DEF-056": Rule("a step has no activity"),
    "VF-DEF-057": Rule("times contradict each other"),
    "VF-DEF-058": Rule("`last` anchors a single step"),
    "VF-DEF-059": Rule("the guard of an entry or exit rests on more than facts"),
    "VF-DEF-060": Rule("`per` stands on a step that is itself `per`"),
    "VF-DEF-061": Rule("an indicator cannot be measured, and nothing says why"),
    "VF-DEF-062": Rule("a code system is not in systems.yaml"),
    "VF-DEF-063": Rule("one analyte is coded in two selectors"),
    "VF-DEF-064": Rule("a test does not suit its selector"),
    "VF-DEF-065": Rule("a unit is unknown, or cannot be converted"),
    "VF-DEF-066": Rule("a parameter is outside its own range"),
    "VF-DEF-067": Rule("a parameter is never used", "warning"),
    "VF-DEF-068": Rule("a change in per cent is ambiguous"),
    "VF-DEF-069": Rule("a way of a choice can never be taken"),
    "VF-DEF-070": Rule("a rule is of MDR class `device`"),
    "VF-DEF-071": Rule("a text promises what is only a goal"),
    "VF-DEF-072": Rule("a row of the fact sheet is not accounted for"),
    "VF-DEF-073": Rule("a step that is never live is watched, or one counted in minutes is live"),
    "VF-DEF-074": Rule("a selector has sides, the pathway has none", "warning"),
    "VF-DEF-075": Rule("a sensitive step is open to all"),
    "VF-DEF-076": Rule("an adoption names what does not exist"),
    "VF-DEF-077": Rule("a region's value is outside the range"),
    "VF-DEF-078": Rule("a region's value is laxer than the national one"),
    "VF-DEF-079": Rule("an overlay redefines a step"),
    "VF-DEF-080": Rule("an interaction never applies, or rests on one pathway's own parts"),
    "VF-DEF-081": Rule("a union of selectors contains itself or the end of a state"),
    "VF-DEF-082": Rule("the level of an interaction is not that of its sources"),
    "VF-DEF-085": Rule("a case speaks of what does not exist, or contradicts itself"),
    "VF-DEF-086": Rule("what the person is told, does and is helped with is missing"),
    "VF-DEF-087": Rule("a national criterion is not met, and nothing says why"),
    "VF-DEF-089": Rule("an indicator is counted before its time has passed"),
    # What the person reads.
    "VF-DEF-090": Rule("a text for the person is missing"),
    "VF-DEF-091": Rule("a text for the person is hard to read"),
    "VF-DEF-092": Rule("a text for the person uses a word of the trade"),
}
