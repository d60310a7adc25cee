"""Small invented worlds for laws: pathways, records and times, made by Hypothesis."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.definitions.model import (
    Choice,
    Entry,
    Exit,
    Option,
    Owner,
    Pathway,
    Per,
    Phase,
    Place,
    Provenance,
    Slots,
    Step,
    Until,
)
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.durations import Duration

PLACE = Place("world.yaml", 1)
SOURCED = Provenance({"step": ("S",)}, {"step": "regional"})
UNSOURCED = Provenance({"step": ()}, {"step": "default"})
TEXT = {"sv": "text", "en": "text"}
BASE = day_from_iso("2026-01-10")
KINDS = ("laboratory", "diagnoses", "procedures", "medications")

EVENTS = ("symtom", "undersokning", "remiss")
STATES = ("lakemedel", "sjukdom")
VALUES = ("prov", "vikt")
SELECTORS = {
    "symtom": ("diagnoses", False),
    "undersokning": ("procedures", False),
    "remiss": ("procedures", False),
    "lakemedel": ("medications", True),
    "sjukdom": ("diagnoses", True),
    "prov": ("laboratory", False),
    "vikt": ("laboratory", False),
    "bokning": ("procedures", False),
    "annat": ("laboratory", False),
}


def catalogue() -> Catalogue:
    """The selectors of these worlds; `annat` is in none of the definitions."""
    selectors = {
        name: Selector(name, TEXT, kind, ("Observation",), (), PLACE, unit="1", state=state)
        for name, (kind, state) in SELECTORS.items()
    }
    return Catalogue(selectors, {}, {}, {}, {}, {})


lengths = st.builds(
    Duration, st.integers(0, 40), st.sampled_from(("days", "weeks", "months", "working days"))
).map(lambda d: Duration(d.amount % 5, d.unit) if d.unit != "days" else d)
positive = lengths.map(lambda d: Duration(max(d.amount, 1), d.unit))
signed = st.one_of(lengths, lengths.map(lambda d: -d))
selectors = st.sampled_from((*EVENTS, *STATES, *VALUES))
limits = st.builds(
    c.Compare,
    st.sampled_from(("<", "<=", ">", ">=")),
    st.builds(c.Quantity, st.integers(0, 6).map(Fraction), st.just("1")),
)


@cache
def moments(steps: tuple[str, ...]) -> st.SearchStrategy[c.MomentExpr]:
    """Moments that name facts, the entry, and earlier steps."""
    plain: list[st.SearchStrategy[c.MomentExpr]] = [
        st.just(c.Named("entry")),
        st.builds(c.First, selectors),
        st.builds(c.DateIn, st.just("bokning")),
        st.builds(
            lambda a, b: c.Earliest((a, b)), st.builds(c.First, selectors), st.builds(c.First, selectors)
        ),
        st.builds(lambda a, b: c.Latest((a, b)), st.builds(c.First, selectors), st.just(c.Named("entry"))),
    ]
    if steps:
        plain.append(
            st.builds(c.StepTime, st.sampled_from(("done", "settled", "due")), st.sampled_from(steps))
        )
    base = st.one_of(*plain)
    return st.one_of(base, st.builds(c.Shifted, base, lengths, st.booleans()))


@cache
def windows(steps: tuple[str, ...]) -> st.SearchStrategy[c.Window]:
    """Trailing windows, and windows around moments."""
    return st.one_of(
        st.builds(lambda d: c.Window(last=d), lengths),
        st.builds(lambda m, d: c.Window(start=m, length=d), moments(steps), lengths),
        st.builds(lambda m, d: c.Window(end=m, length=d), moments(steps), lengths),
        st.builds(lambda m: c.Window(start=m), moments(steps)),
    )


@cache
def criteria(steps: tuple[str, ...], choices: tuple[str, ...] = ()) -> st.SearchStrategy[c.Criterion]:
    """Every head of the language."""
    window = st.one_of(st.none(), windows(steps))
    states, values = st.sampled_from(STATES), st.sampled_from(VALUES)
    picks = st.sampled_from(("latest", "first", "highest", "lowest", "any"))
    atoms: list[st.SearchStrategy[c.Criterion]] = [
        st.builds(c.Has, selectors, st.none(), window),
        st.builds(c.Active, states, st.one_of(st.none(), windows(steps)), st.none()),
        st.builds(c.Active, states, st.none(), positive),
        st.builds(c.Value, values, limits, picks, window, st.none()),
        st.builds(c.Value, values, limits, st.just("latest"), st.none(), positive),
        st.builds(
            c.Change,
            values,
            st.sampled_from(("rise", "fall")),
            limits,
            st.booleans(),
            st.builds(c.Base, st.none(), st.sampled_from(("first", "latest", "highest")), st.none()),
            st.just("latest"),
            window,
        ),
        st.builds(c.Count, selectors, limits, st.none(), window, st.one_of(st.none(), positive)),
        st.builds(
            lambda op, n: c.Age(c.Compare(op, c.Quantity(Fraction(n), "1"))),
            st.sampled_from(("<", ">=")),
            st.integers(48, 52),
        ),
        st.builds(c.SexIs, st.just(("female",))),
        st.builds(c.Reached, moments(steps)),
        st.builds(c.Decided, st.just("beslut"), st.just(("ja",))),
        st.builds(c.Entered, st.sampled_from((("IN",), ("ANNAN",)))),
    ]
    if steps:
        atoms.append(st.builds(c.Done, st.sampled_from(steps), window))
    if choices:
        atoms.append(st.builds(c.BranchIs, st.sampled_from(choices), st.just(("a",))))
    return st.recursive(
        st.one_of(*atoms),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda of: c.All(tuple(of))),
            st.lists(inner, max_size=3).map(lambda of: c.AnyOf(tuple(of))),
            st.lists(inner, max_size=2).map(lambda of: c.NoneOf(tuple(of))),
            st.builds(
                lambda n, of: c.AtLeast(n, tuple(of)),
                st.integers(1, 2),
                st.lists(inner, min_size=1, max_size=3),
            ),
        ),
        max_leaves=4,
    )


leaves: st.SearchStrategy[c.Evidence] = st.one_of(
    st.builds(c.FactLeaf, selectors),
    st.builds(c.ActiveLeaf, st.sampled_from(STATES)),
    st.builds(c.TimesLeaf, st.integers(1, 3), st.sampled_from(EVENTS)),
    st.just(c.DecidedLeaf("beslut")),
)
evidence: st.SearchStrategy[c.Evidence] = st.one_of(
    leaves,
    st.builds(
        lambda op, of: c.EvidenceNode(op, tuple(of), 1),
        st.sampled_from(("all", "any", "at_least")),
        st.lists(leaves, min_size=1, max_size=3),
    ),
)


@cache
def tables(steps: tuple[str, ...]) -> st.SearchStrategy[c.DurationLike]:
    """A duration, or one that depends on the patient."""
    return st.one_of(
        positive,
        st.builds(
            lambda w, a, b: c.Table((c.Row(w, a), c.Row(None, b))), criteria(steps), positive, positive
        ),
    )


@cache
def untils(steps: tuple[str, ...]) -> st.SearchStrategy[Until | None]:
    """No end, or any kind of it."""
    return st.one_of(
        st.none(),
        st.builds(lambda n: Until(times=n), st.integers(1, 3)),
        st.builds(lambda m: Until(moment=m), moments(steps)),
        st.builds(lambda w: Until(when=w), criteria(steps)),
    )


@st.composite
def a_step(draw: st.DrawFn, name: str, steps: tuple[str, ...], choices: tuple[str, ...]) -> Step:
    """A step of any kind that rests only on earlier ones."""
    kind = draw(st.sampled_from(("single", "single", "rolling", "slots", "per", "season")))
    maybe = st.booleans()
    until = draw(untils(steps)) if kind != "single" else None
    per = None
    if kind == "per":
        per = (
            Per(step=draw(st.sampled_from(steps)), what=draw(st.sampled_from(("done", "due"))))
            if steps and draw(maybe)
            else Per(
                selector=draw(st.sampled_from((*EVENTS, "sjukdom"))),
                apart=draw(st.one_of(st.none(), positive)),
            )
        )
    slots = None
    if kind == "slots":
        days = sorted(draw(st.lists(st.integers(1, 90), min_size=1, max_size=3, unique=True)))
        slots = Slots(offsets=tuple(Duration(d, "days") for d in days))
        if draw(maybe):
            slots = Slots(every=Duration(draw(st.integers(5, 60)), "days"))
    if kind == "season":
        slots = Slots(season=c.Param("sasong"))
    return Step(
        id=name,
        phase="fas",
        title=TEXT,
        summary=TEXT,
        provenance=draw(st.sampled_from((SOURCED, UNSOURCED))),
        place=PLACE,
        activity=name,
        owner=Owner(("lakare",), "primarvard"),
        done=draw(evidence),
        when=draw(criteria(steps, choices)) if draw(maybe) else None,
        after=draw(moments(steps)) if kind != "per" and draw(maybe) else None,
        opens=draw(st.one_of(st.none(), st.builds(Duration, st.integers(-10, 10), st.just("days")))),
        within=draw(tables(steps)) if draw(maybe) else None,
        before=draw(moments(steps)) if draw(maybe) and draw(maybe) else None,
        fresh=draw(st.one_of(st.none(), positive)) if kind in ("single", "slots") else None,
        every=draw(tables(steps)) if kind == "rolling" else None,
        first=draw(st.one_of(st.none(), lengths)) if kind == "rolling" else None,
        slots=slots,
        per=per,
        until=until,
        preventive=draw(maybe),
        maintenance=draw(maybe),
        mode=draw(st.sampled_from(("prospective", "prospective", "retrospective"))),
    )


@st.composite
def pathways(draw: st.DrawFn) -> Pathway:
    """A pathway of one to four steps and perhaps a branch."""
    from vardforlopp.definitions.model import Parameter

    choices: dict[str, Choice] = {}
    if draw(st.booleans()):
        options = (Option("a", TEXT, draw(criteria(()))), Option("b", TEXT, draw(criteria(()))))
        choices["val"] = Choice(
            "val", "fas", TEXT, options, SOURCED, PLACE, otherwise=draw(st.sampled_from((None, "c")))
        )
    steps: dict[str, Step] = {}
    for number in range(draw(st.integers(1, 4))):
        name = f"s{number}"
        steps[name] = draw(a_step(name, tuple(steps), tuple(choices)))
    season = Parameter("sasong", "season", "10-15..02-28", TEXT, "regional", ("S",), PLACE)
    exits = {
        "UT": Exit(
            "UT", ("remiss",), TEXT, SOURCED, PLACE, when=draw(criteria(())) if draw(st.booleans()) else None
        )
    }
    return Pathway(
        "varld",
        "1.0.0",
        TEXT,
        TEXT,
        "draft",
        PLACE,
        None,
        {},
        {"sasong": season},
        {
            "IN": Entry(
                "IN",
                ("symtom",),
                TEXT,
                SOURCED,
                PLACE,
                when=draw(criteria(())) if draw(st.booleans()) else None,
            )
        },
        exits if draw(st.booleans()) else {},
        {"fas": Phase("fas", TEXT)},
        choices,
        steps,
        {},
    )
