"""The language as nodes: what each way of writing means."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.model import Per, Slots, Until
from vardforlopp.definitions.read_criteria import CRITERION, DURATION_LIKE
from vardforlopp.definitions.read_evidence import EVIDENCE
from vardforlopp.definitions.read_moments import MOMENT, WINDOW
from vardforlopp.definitions.read_steps import PER, SLOTS, UNTIL
from vardforlopp.definitions.read_tests import AGE, CHANGE, HOW_MANY, TEST
from vardforlopp.definitions.reading import Kind, Reading
from vardforlopp.definitions.tree import parse_tree
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.errors import DefinitionError


def read(kind: Kind[Any], text: str) -> Any:
    """What one value means, read without a pathway around it."""
    reading = Reading("x")
    made = kind.read(reading, parse_tree(text, "x"))
    assert not reading.errors
    return made


def q(value: str, unit: str = "1") -> c.Quantity:
    return c.Quantity(Fraction(value), unit)


def days(amount: int) -> Duration:
    return Duration(amount, "days")


NGL = q("400", "ng/L")
K = c.Has("k")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ('">= 400 ng/L"', c.Compare(">=", NGL)),
        ('"<0.5"', c.Compare("<", q("0.5"))),
        ('"> $p"', c.Compare(">", c.Param("p"))),
        ('"125..399 ng/L"', c.Between(q("125", "ng/L"), q("399", "ng/L"))),
        ('"$a..$b"', c.Between(c.Param("a"), c.Param("b"))),
        ('"> ref.high"', c.CompareRef(">", Fraction(1), "high")),
        ('"< 0.5 x ref.low"', c.CompareRef("<", Fraction(1, 2), "low")),
        ('"> own:mal-blodtryck"', c.CompareOwn(">", "mal-blodtryck")),
        ("ja", c.OneOf(("ja",))),
        ('"4"', c.OneOf(("4",))),
        ("[rod, orange]", c.OneOf(("rod", "orange"))),
    ],
)
def test_what_may_follow_is(text: str, node: c.Test):
    """Limits, ranges, reference limits, the patient's own goal, words."""
    assert read(TEST, text) == node


@pytest.mark.parametrize(
    ("text", "compare", "percent"),
    [
        ('">= 12 %"', c.Compare(">=", q("12", "%")), True),
        ('">= 10 %-points"', c.Compare(">=", q("10", "%")), False),
        ('"> 2 kg"', c.Compare(">", q("2", "kg")), False),
    ],
)
def test_a_change_is_in_per_cent_of_the_base_or_absolute(text: str, compare: c.Compare, percent: bool):
    """`%` is of the base; `%-points` and units are absolute."""
    assert read(CHANGE, text) == (compare, percent)


@pytest.mark.parametrize(
    ("kind", "text", "node"),
    [
        (AGE, '">= 50 years"', (c.Compare(">=", q("50")), "years")),
        (AGE, '"< 18 months"', (c.Compare("<", q("18")), "months")),
        (AGE, '"50..75 years"', (c.Between(q("50"), q("75")), "years")),
        (AGE, '"< $sc_alder"', (c.Compare("<", c.Param("sc_alder")), "years")),
        (HOW_MANY, '">= 2"', c.Compare(">=", q("2"))),
        (HOW_MANY, "2", c.Between(q("2"), q("2"))),
        (DURATION_LIKE, "6 weeks", Duration(6, "weeks")),
        (DURATION_LIKE, "-3 days", days(-3)),
        (DURATION_LIKE, "$p", c.Param("p")),
        (
            DURATION_LIKE,
            "[{when: {has: k}, is: 14 days}, {is: $p}]",
            c.Table((c.Row(K, days(14)), c.Row(None, c.Param("p")))),
        ),
    ],
)
def test_ages_numbers_of_times_and_durations(kind: Kind[Any], text: str, node: object):
    """Each in its one way of writing."""
    assert read(kind, text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("entry", c.Named("entry")),
        ("{first: k}", c.First("k")),
        ("{last: k.end, in: {last: 30 days}}", c.Last("k.end", c.Window(last=days(30)))),
        ("{settled: steg}", c.StepTime("settled", "steg")),
        ("{due: steg, minus: 4 days}", c.Shifted(c.StepTime("due", "steg"), days(-4))),
        ("{date_in: trigger}", c.DateIn(None)),
        ("{date_in: bokning}", c.DateIn("bokning")),
        ("{at: index, plus: 6 months}", c.Shifted(c.Named("index"), Duration(6, "months"))),
        ("{earliest: [{first: a}, {done: b}]}", c.Earliest((c.First("a"), c.StepTime("done", "b")))),
        (
            "{latest: [entry, {first: a}], plus: $p}",
            c.Shifted(c.Latest((c.Named("entry"), c.First("a"))), c.Param("p")),
        ),
    ],
)
def test_moments(text: str, node: c.MomentExpr):
    """Named, from facts, from steps, of several, and shifted."""
    assert read(MOMENT, text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("{last: 3 months}", c.Window(last=Duration(3, "months"))),
        ("{from: entry}", c.Window(start=c.Named("entry"))),
        ("{to: now}", c.Window(end=c.Named("now"))),
        ("{from: entry, for: 5 days}", c.Window(start=c.Named("entry"), length=days(5))),
        ("{to: index, for: 5 days}", c.Window(end=c.Named("index"), length=days(5))),
        ("{from: entry, to: now}", c.Window(start=c.Named("entry"), end=c.Named("now"))),
    ],
)
def test_windows(text: str, node: c.Window):
    """The six of them, and no others."""
    assert read(WINDOW, text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("{all: []}", c.All(())),
        ("{any: [{has: k}]}", c.AnyOf((K,))),
        ("{none: [{has: k}]}", c.NoneOf((K,))),
        ("{at_least: 2, of: [{has: k}, {has: k}]}", c.AtLeast(2, (K, K))),
        (
            '{has: k, where: ">= 400 ng/L", in: {last: 5 days}}',
            c.Has("k", c.Compare(">=", NGL), c.Window(last=days(5))),
        ),
        ("{active: k, held: 5 days}", c.Active("k", None, days(5))),
        (
            "{value: k, pick: first, is: ja, held: $p}",
            c.Value("k", c.OneOf(("ja",)), "first", None, c.Param("p")),
        ),
        (
            '{value: k, fall: ">= 5 %", against: {value: m, pick: lowest, in: {last: 5 days}}}',
            c.Change(
                "k", "fall", c.Compare(">=", q("5", "%")), True, c.Base("m", "lowest", c.Window(last=days(5)))
            ),
        ),
        (
            '{value: k, rise: "> 2 kg", against: first}',
            c.Change("k", "rise", c.Compare(">", q("2", "kg")), False, c.Base(pick="first")),
        ),
        ('{count: k, apart: 5 days, is: ">= 2"}', c.Count("k", c.Compare(">=", q("2")), None, None, days(5))),
        ('{age: "> 40 years"}', c.Age(c.Compare(">", q("40")))),
        ("{sex: [female, male]}", c.SexIs(("female", "male"))),
        ("{dead: true}", c.Dead(True)),
        ("{reached: {first: k}}", c.Reached(c.First("k"))),
        ("{done: steg, in: {last: 5 days}}", c.Done("steg", c.Window(last=days(5)))),
        ("{decided: x, is: [ja, nej]}", c.Decided("x", ("ja", "nej"))),
        ("{branch: vag, is: a}", c.BranchIs("vag", ("a",))),
        ("{entered: [IN1]}", c.Entered(("IN1",))),
        ("{setting: $flagga}", c.Setting(c.Param("flagga"))),
    ],
)
def test_criteria(text: str, node: c.Criterion):
    """One head word each, with its modifiers."""
    assert read(CRITERION, text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("k", c.FactLeaf("k")),
        ("{has: k, where: ja, after: entry}", c.FactLeaf("k", c.OneOf(("ja",)), c.Named("entry"))),
        ("{active: k}", c.ActiveLeaf("k")),
        ("{times: 12, of: k}", c.TimesLeaf(12, "k")),
        ("{decided: x}", c.DecidedLeaf("x")),
        ("{decided: x, is: ja}", c.DecidedLeaf("x", ("ja",))),
        (
            "{all: [a, {any: [b, {at_least: 1, of: [d]}]}]}",
            c.EvidenceNode(
                "all",
                (
                    c.FactLeaf("a"),
                    c.EvidenceNode(
                        "any", (c.FactLeaf("b"), c.EvidenceNode("at_least", (c.FactLeaf("d"),), 1))
                    ),
                ),
            ),
        ),
    ],
)
def test_evidence(text: str, node: c.Evidence):
    """Leaves and nodes, nested freely."""
    assert read(EVIDENCE, text) == node


@pytest.mark.parametrize(
    ("kind", "text", "node"),
    [
        (SLOTS, "[3 months, $p]", Slots(offsets=(Duration(3, "months"), c.Param("p")))),
        (SLOTS, "{every: 1 year}", Slots(every=Duration(1, "years"))),
        (SLOTS, "{season: influensa}", Slots(season=c.Param("influensa"))),
        (PER, "k.end", Per(selector="k.end")),
        (PER, "{due: steg}", Per(step="steg", what="due")),
        (UNTIL, "{times: 5}", Until(times=5)),
        (UNTIL, "{first: k, plus: 5 days}", Until(moment=c.Shifted(c.First("k"), days(5)))),
        (UNTIL, "{done: steg}", Until(moment=c.StepTime("done", "steg"))),
        (UNTIL, "{has: k}", Until(when=K)),
    ],
)
def test_recurrences(kind: Kind[Any], text: str, node: object):
    """Slots, per and until."""
    assert read(kind, text) == node


@pytest.mark.parametrize(
    ("kind", "text", "do"),
    [
        (CRITERION, "{hass: k}", "Did you mean 'has'?"),
        (CRITERION, "{value: k, pick: frist, is: ja}", "Did you mean 'first'?"),
        (MOMENT, "{fist: k}", "Did you mean 'first'?"),
        (MOMENT, "trigg", "Did you mean 'trigger'?"),
        (DURATION_LIKE, "3 mounths", "Did you mean 'months'?"),
        (EVIDENCE, "{actve: k}", "Did you mean 'active'?"),
    ],
)
def test_a_slip_is_answered_with_the_word_that_was_meant(kind: Kind[Any], text: str, do: str):
    """From the same tables that the reader reads by."""
    reading = Reading("x")
    reading.attempt(kind.read, parse_tree(text, "x"))

    assert [error.do for error in reading.errors] == [do]


def test_all_errors_of_one_criterion_are_told():
    """Reading goes on after the first."""
    reading = Reading("x")
    text = '{all: [{hass: k}, {value: k, is: "= 3"}, {none: [{age: old}]}]}'
    reading.attempt(CRITERION.read, parse_tree(text, "x"))

    assert [error.code for error in reading.errors] == ["VF-DEF-011", "VF-DEF-016", "VF-DEF-016"]


def test_an_error_carries_its_part_and_what_to_do():
    """Where, what, what to do."""
    reading = Reading("content/x.yaml")
    with reading.part("step 'kol.eko'"), pytest.raises(DefinitionError) as caught:
        DURATION_LIKE.read(reading, parse_tree("\n\nsoon", "content/x.yaml"))

    assert str(caught.value).startswith(
        "VF-DEF-014 content/x.yaml:3  step 'kol.eko': 'soon' is not a duration."
    )
