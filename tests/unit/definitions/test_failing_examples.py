"""Each rule on definitions has a failing example: one place of a faultless folder is spoilt."""

from __future__ import annotations

import pytest

from made.small_content import (
    ACTIVITIES,
    CASE,
    CATALOGUE,
    EASY,
    ENGLISH,
    HEAD,
    INDICATORS,
    INTERACTIONS,
    JARGON,
    OMITTED,
    OVERLAY,
    ROWS,
    STEPS,
    SWEDISH,
    TEXTS,
    VALUES,
    codes_in,
    spoilt,
)
from vardforlopp.definitions.findings import RULES

STEP = (
    "\n{name}:\n  title: {{sv: x, en: x}}\n  summary: {{sv: x, en: x}}\n  row: A1\n  source: S2\n"
    "  activity: provtagning\n  by: lakare\n  level: primarvard\n  done: kalium\n"
)


def step(name: str, *lines: str) -> str:
    """One more step, faultless but for `lines`."""
    return STEP.format(name=name) + "".join(f"  {line}\n" for line in lines)


def selector(name: str, **traits: str) -> str:
    """One more selector, faultless but for `traits`."""
    own = {"kind": "contacts", "resource": "Task", "codes": "[]"} | traits
    return f"\n{name}:\n  title: {{sv: x, en: x}}\n" + "".join(f"  {k}: {v}\n" for k, v in own.items())


GUARD = 'when: {value: kalium, is: "> $gransvarde"}'
SAME = "[{loinc: 2823-3}]"
HARD = "why: Provtagningen kompletterar sjukdomsbedömningen och behandlingseffekten."
ENTRIES = TEXTS[HEAD][TEXTS[HEAD].index("entries:") : TEXTS[HEAD].index("exits:")]
PERSON = TEXTS[HEAD][TEXTS[HEAD].index("person:") : TEXTS[HEAD].index("not_met:")]
#: Code, file, what stands there, what stands there instead ("" = added at the end).
EXAMPLES: list[tuple[str, str, str, str]] = [
    ("001", HEAD, "status: draft", "status: [draft"),
    ("001", STEPS, "within: 14 days", "within: 14 days\x07"),
    ("002", HEAD, "status: draft", "status: &a draft"),
    ("002", STEPS, "within: 14 days", "within: !!str 14 days"),
    ("002", HEAD, "id: exempel", "id: exempel\n---\nid: exempel"),
    ("003", STEPS, "  within: 14 days", "  within: 14 days\n  within: 15 days"),
    ("004", STEPS, "  within: 14 days", "  within:\t14 days"),
    ("005", VALUES, "state: true", "state: yes"),
    ("005", VALUES, "state: true", "state: True"),
    ("006", STEPS, "done: kalium", "done: " + "[" * 70 + "]" * 70),
    ("008", "pathways/exempel/1.0.0/steps/fas-q.yaml", "", "a: {done: kalium}"),
    ("008", "valuesets/under/mapp.yaml", "", "a: {}"),
    ("008", HEAD, "version: 1.0.0", "version: 1.0.1"),
    ("009", "pathways/annat/1.0.0/rows.yaml", "", "rows: []"),
    ("010", STEPS, "after: {done: prov}", "after: {first: []}"),
    ("010", VALUES, "state: true", "state: ja"),
    ("011", STEPS, "within: 14 days", "whitin: 14 days"),
    ("011", HEAD, "{value: kalium, is:", "{valeu: kalium, is:"),
    ("012", STEPS, "  done: kalium\n", ""),
    ("012", VALUES, "  unit: mmol/L\n  codes: [{loinc: 2823-3}]", "  unit: mmol/L"),
    ("012", VALUES, "  unit: mmol/L", "  unit: mmol/L\n  molar_mass: 39.1"),
    ("012", ACTIVITIES, "  performers: [lakare]", "  minutes: 20"),
    ("013", STEPS, "when: {branch: vag, is: snabb}", "when: {branch: vag, is: snabb, has: kalium}"),
    ("013", STEPS, "done: kalium", "done: {has: kalium, active: tablett}"),
    ("013", CASE, "fact: remiss}", "fact: remiss, decision: vag}"),
    ("014", STEPS, "within: 14 days", "within: 14 dagar"),
    ("014", STEPS, "within: 14 days", "within: 1.5 days"),
    ("015", HEAD, "quantity: 5 mmol/L", 'quantity: "5,5 mmol/L"'),
    ("016", HEAD, '"> $gransvarde"', '"= 5 mmol/L"'),
    ("016", HEAD, "when: {value: kalium, is:", "when: {age: many, is:"),
    ("017", STEPS, "after: {done: prov}", "after: {finished: prov}"),
    ("017", STEPS, "after: {done: prov}", "after: entri"),
    ("018", INDICATORS, "{from: index, for: 30 days}", "{from: index, last: 30 days}"),
    ("020", STEPS, "prov:\n", "prov.ett:\n"),
    ("021", HEAD, "status: draft", "status: drafts"),
    ("022", STEPS, "within: 2 weeks", "every: 2 weeks\n  per: kalium"),
    ("022", STEPS, "within: 2 weeks", "first: 2 weeks"),
    ("022", HEAD, "is: \"> $gransvarde\"", "rise: \"> 5 %\", is: ja"),
    ("022", VALUES, "  state: true\n", ""),
    ("023", OVERLAY, "on: 2026-01-15", "on: 2026-02-30"),
    ("023", CASE, "on: 2026-03-02, fact", "on: 2026-02-30, fact"),
    ("024", STEPS, "within: 14 days", "within: [{is: 1 week}, {is: 2 weeks}]"),
    ("024", STEPS, "within: 14 days", "within: [{when: {sex: male}, is: 2 weeks}]"),
    ("025", STEPS, "within: 14 days", "within: $gransvarde"),
    ("026", VALUES, "", selector("prov")),
    ("026", ROWS, "{id: A2,", "{id: A1,"),
    ("030", STEPS, "done: kalium", "done: kaliumm"),
    ("031", STEPS, "activity: provtagning", "activity: provtagningen"),
    ("032", STEPS, "by: lakare", "by: [lakare, lakaren]"),
    ("033", STEPS, "level: primarvard", "level: primarvarden"),
    ("034", VALUES, "kind: laboratory", "kind: labratory"),
    ("035", HEAD, '"> $gransvarde"', '"> $gransvardet"'),
    ("036", STEPS, "after: {done: prov}", "after: {done: prover}"),
    ("037", STEPS, "{branch: vag,", "{branch: vagen,"),
    ("038", STEPS, "is: snabb}", "is: snabbt}"),
    ("039", HEAD, "en: Start}}", "en: Start}, when: {entered: [IN9]}}"),
    ("040", OVERLAY, "phase: fas-a", "phase: fas-b"),
    ("041", STEPS, "source: S2", "source: S22"),
    ("042", INTERACTIONS, "pathways: [exempel]", "pathways: [exemplar]"),
    ("043", STEPS, "done: kalium", "done: {active: kalium}"),
    ("043", STEPS, "done: kalium", "done: kalium.end"),
    ("044", STEPS, "row: A1", "row: A9"),
    ("045", OMITTED, "row: A3", "row: A1"),
    ("047", HEAD, "en: Start}}", "en: Start}}\n  - {id: fas-b, title: {sv: Sen, en: Then}}"),
    ("048", VALUES, "", selector("annat", codes="[{loinc: 2823-3, unverified: true}]")),
    ("050", HEAD, "en: Start}}", "en: Start}, when: {entered: [IN1]}}"),
    ("050", STEPS, "", step("aldrig", "when: {all: [{has: kalium}, {none: [{has: kalium}]}]}")),
    ("050", STEPS, "", step("aldrig", "when: {branch: vag, is: lugn}", "after: {done: omprov}")),
    ("051", STEPS, "within: 14 days", "after: {done: omprov}\n  within: 14 days"),
    ("051", STEPS, "  else: lugn", "  else: lugn\n  after: {settled: omprov}"),
    ("052", STEPS, "when: {branch: vag, is: snabb}", "when: {done: prov}"),
    ("053", STEPS, "  by: lakare\n", ""),
    ("054", STEPS, "title: {sv: Prov, en: Sample}", "title: {sv: Prov}"),
    ("055", STEPS, "  source: S2\n", ""),
    ("055", STEPS, "source: {step: S1, within: default}", "source: {step: S1, every: default}"),
    ("056", STEPS, "  activity: provtagning\n", ""),
    ("057", STEPS, "opens: 1 week", "opens: 3 weeks"),
    ("057", STEPS, "within: 14 days", "preferred: 21 days\n  within: 14 days"),
    ("057", STEPS, "within: 14 days", "before: {at: entry, plus: 30 days}\n  within: 14 days"),
    ("057", STEPS, "", step("igen", "every: 1 week", "first: 2 weeks")),
    ("057", STEPS, "", step("igen", "slots: [4 weeks, 2 weeks]")),
    ("057", STEPS, "", step("igen", "slots: [2 weeks, 4 weeks]", "within: 3 weeks")),
    ("057", STEPS, "", step("igen", "when: {has: kalium, in: {from: {at: entry, plus: 9 days}, to: entry}}")),
    ("058", STEPS, "", step("sist", "after: {last: kalium}")),
    ("059", HEAD, GUARD, "when: {any: [{done: prov}, {has: kalium}]}"),
    ("059", HEAD, GUARD, "when: {has: kalium, in: {from: entry}}"),
    ("060", STEPS, "", step("var", "per: kalium") + step("for-var", "per: {done: var}")),
    ("061", INDICATORS, "  met: {has: kalium, in: {from: index, for: 30 days}}\n", ""),
    ("061", INDICATORS, "  source: S1", "  measurable: false\n  source: S1"),
    ("062", VALUES, "{loinc: 2823-3}", "{loink: 2823-3}"),
    ("063", VALUES, "", selector("k", kind="laboratory", unit="mmol/L", codes=SAME)),
    ("064", STEPS, "is: \">= 5 mmol/L\"", "is: ja"),
    ("064", HEAD, GUARD, "when: {value: svar, is: \">= 5\"}"),
    ("065", STEPS, "is: \">= 5 mmol/L\"", "is: \">= 5 mm\""),
    ("065", INTERACTIONS, "{active: tablett}", '{value: kalium, is: ">= 5 mm"}'),
    ("064", INTERACTIONS, "{active: tablett}", '{value: kalium, is: ja}'),
    ("065", VALUES, "unit: mmol/L", "unit: mmoll/L"),
    ("065", CASE, "value: 5.2 mmol/L", "value: 5.2 m"),
    ("066", HEAD, "quantity: 5 mmol/L", "quantity: 7 mmol/L"),
    ("067", HEAD, "\"> $gransvarde\"", "\"> 5 mmol/L\""),
    ("068", STEPS, "{value: kalium, is: \">= 5 mmol/L\"}", "{value: kalium, rise: \">= 5 %-points\"}"),
    ("069", STEPS, "  else: lugn", "    stopp: {title: {sv: Stopp, en: Stop}}\n  else: lugn"),
    ("070", STEPS, "within: 14 days", "within: 14 days\n  mdr: device"),
    ("071", STEPS, "sv: Ett prov tas.", "sv: Ett prov tas senast i dag."),
    ("071", ACTIVITIES, "en: Sampling", "en: Guaranteed sampling"),
    ("072", OMITTED, "- {row: A3, reason: device, why: Doser räknas inte ut.}", "[]"),
    ("073", STEPS, "within: 14 days", "within: 30 minutes"),
    ("073", STEPS, "within: 14 days", "within: 14 days\n  mode: retrospective\n  watch: core"),
    ("074", VALUES, "unit: mmol/L", "unit: mmol/L\n  sided: true"),
    ("075", STEPS, "sv: Ett prov tas.", "sv: Ett palliativt samtal."),
    ("076", OVERLAY, "what: [prov, IN1]", "what: [proov]"),
    ("076", OVERLAY, "what: [prov, IN1]", "what: [krok]"),
    ("076", OVERLAY, "version: 1.0.0", "version: 2.0.0"),
    ("077", OVERLAY, "gransvarde: 4.5 mmol/L", "gransvarde: 3 mmol/L"),
    ("078", OVERLAY, "gransvarde: 4.5 mmol/L", "gransvarde: 5.5 mmol/L"),
    ("079", OVERLAY, "    extra:", "    prov:"),
    ("080", INTERACTIONS, "  pathways: [exempel]\n  when: {active: tablett}\n", ""),
    ("080", INTERACTIONS, "when: {active: tablett}", "when: {all: [{active: tablett}, {done: prov}]}"),
    ("082", INTERACTIONS, "level: regional", "level: national"),
    ("041", INTERACTIONS, "source: {exempel: S2}", "source: {exempel: S9}"),
    ("081", VALUES, "  gap: 30 days", "  gap: 30 days\n  includes: [tablett]"),
    ("081", VALUES, "", selector("slut", includes="[tablett.end]")),
    ("085", CASE, "choices: {vag: lugn}", "choices: {vag: lugnt}"),
    ("085", CASE, "prov: {state: done", "proov: {state: done"),
    ("085", CASE, "fact: tablett, until: null", "fact: remiss, until: 2026-04-01"),
    ("085", CASE, "region: region", "region: regionen"),
    ("049", HEAD, ENTRIES, "entries: {}\n"),
    ("086", HEAD, PERSON, ""),
    ("087", HEAD, "  C3: {sv: Ett påhittat förlopp., en: An invented pathway.}\n", ""),
    ("087", HEAD, "level: national, checked: 2026-11}", "level: national}"),
    ("087", ACTIVITIES, "  promotes: true\n", ""),
    ("087", VALUES, "codes: [{loinc: 2823-3}]", "codes: []"),
    ("089", INDICATORS, "follow_up: 30 days", "follow_up: 29 days"),
    ("010", JARGON, "sv: {provtagning: prov}\n", ""),
    ("010", JARGON, "{provtagning: prov}", "[provtagning]"),
    ("001", JARGON, "sv: {", "sv: {{"),
    ("036", SWEDISH, "  omprov: {", "  omprovet: {"),
    ("071", SWEDISH, "why: Vi vill veta.", "why: Du har rätt till provet."),
    ("075", SWEDISH, "why: Vi vill veta.", "why: Vi letar efter demens."),
    ("090", SWEDISH, "why: Vi vill veta., ", ""),
    ("090", ENGLISH, "  ask: Ring oss.\n", ""),
    ("091", EASY, "why: Vi vill veta.", HARD),
    ("092", SWEDISH, "why: Vi vill veta.", "why: Det är en provtagning."),
]  # fmt: skip


def test_the_small_content_is_faultless() -> None:
    """What is spoilt below is sound to begin with."""
    assert codes_in(TEXTS) == set()


@pytest.mark.parametrize(
    ("code", "path", "old", "new"), EXAMPLES, ids=[f"{e[0]}-{i}" for i, e in enumerate(EXAMPLES)]
)
def test_a_rule_is_kept(code: str, path: str, old: str, new: str) -> None:
    """The spoilt place is found, under the code of its rule."""
    texts = spoilt(path, old, new)
    if code == "050" and path == HEAD:
        texts = {
            **texts,
            STEPS: TEXTS[STEPS].replace("when: {branch: vag, is: snabb}", "when: {entered: [IN2]}"),
        }
    if code == "026" and path == VALUES:
        texts = {**TEXTS, "valuesets/andra.yaml": TEXTS[VALUES]}

    found = codes_in(texts)

    assert f"VF-DEF-{code}" in {one for one, _ in found}, found


@pytest.mark.parametrize(("path", "old", "new", "line"), [
    (STEPS, "within: 14 days", "whitin: 14 days", 9),
    (STEPS, "when: {branch: vag, is: snabb}", "when: {branch: vagen, is: snabb}", 19),
    (HEAD, "status: draft", "status: drafts", 5),
    (VALUES, "kind: laboratory", "kind: labratory", 3),
    (CATALOGUE, "en: physician}", "en: physician, de: Arzt}", 2),
])  # fmt: skip
def test_an_error_names_file_and_line(path: str, old: str, new: str, line: int) -> None:
    """Whoever reads it can go there at once."""
    assert {where for _, where in codes_in(spoilt(path, old, new))} == {f"content/{path}:{line}"}


@pytest.mark.parametrize("months", [4, 8, 16])
def test_a_window_as_long_as_the_follow_up_is_faultless(months: int) -> None:
    """Months are a third of a day more than a number of days: that must not be lost in rounding."""
    texts = {
        **TEXTS,
        INDICATORS: TEXTS[INDICATORS].replace("30 days", f"{months} months"),
    }

    assert codes_in(texts) == set()


def test_every_rule_has_a_failing_example() -> None:
    """A rule without one may never fire. (007 is tried with the reading of files.)"""
    tried = {f"VF-DEF-{code}" for code, *_ in EXAMPLES}

    assert set(RULES) - tried == {"VF-DEF-007"}
