"""Ten generated pathways of 35 steps, each step with selectors of its own, as YAML text.

They stand for the ten national pathways in size and in the mix of constructs; no clinical meaning.
"""

from __future__ import annotations

CATALOGUE = """\
roles: {lakare: {sv: läkare, en: physician}}
levels: {primarvard: {sv: primärvård, en: primary care}}
kinds:
  diagnoses: {sv: diagnoser, en: diagnoses}
  laboratory: {sv: laboratorium, en: laboratory}
  medications: {sv: läkemedel, en: medications}
  procedures: {sv: åtgärder, en: procedures}
  contacts: {sv: kontakter, en: contacts}
"""

_HEAD = """\
id: {id}
version: 1.0.0
title: {{sv: Förlopp {id}, en: Pathway {id}}}
summary: {{sv: Ett påhittat förlopp., en: An invented pathway.}}
status: draft
sources:
  S1: {{title: Påhittad källa, level: regional}}
parameters:
  tid: {{duration: 14 days, range: [7 days, 28 days], source: S1, title: {{sv: tid, en: time}}}}
  grans: {{quantity: 40 mmol/L, range: [10 mmol/L, 90 mmol/L], source: S1, title: {{sv: gräns, en: limit}}}}
entries:
  IN1: {{event: [{id}-diagnos], known: true, title: {{sv: känd, en: known}}, source: S1}}
  IN2:
    event: [{id}-v0, {id}-e0]
    when:
      all:
        - {{value: {id}-v0, in: {{last: 3 months}}, is: ">= $grans"}}
        - {{has: {id}-e0, in: {{last: 3 months}}}}
    title: {{sv: misstanke, en: suspicion}}
    source: S1
exits:
  UT1: {{event: [{id}-e34], title: {{sv: avslutad, en: ended}}, source: S1}}
phases:
  - {{id: fas-a, title: {{sv: utredning, en: work-up}}}}
  - {{id: fas-b, title: {{sv: uppföljning, en: follow-up}}}}
"""

_STEP = """\
{id}:
  title: {{sv: Åtgärd {id}, en: Action {id}}}
  summary: {{sv: En påhittad åtgärd., en: An invented action.}}
  source: S1
  activity: {activity}
  by: [lakare]
  level: primarvard
"""

_ACTIVITY = "{p}-a{n}: {{title: {{sv: Åtgärd {n}, en: Action {n}}}, performers: [lakare]}}\n"

_SHAPES = (
    """\
  within: $tid
  done: {p}-e{n}
""",
    """\
  when: {{value: {p}-v{n}, is: ">= $grans"}}
  within: 28 days
  done: {p}-e{n}
""",
    """\
  when: {{all: [{{active: {p}-d{n}}}, {{age: ">= 40 years"}}]}}
  every: 12 months
  within: 2 months
  done: {p}-e{n}
""",
    """\
  after: {{done: {before}}}
  within: [{{when: {{value: {p}-v{n}, is: "> 60 mmol/L"}}, is: 7 days}}, {{is: 42 days}}]
  done: {p}-e{n}
""",
    """\
  per: {p}-e{n}
  opens: 5 days
  within: 14 days
  done: {{all: [{p}-v{n}, {p}-v{m}]}}
""",
    """\
  after: {{first: {p}-diagnos}}
  slots: [3 months, 12 months]
  opens: -14 days
  within: 1 month
  done: {p}-e{n}
""",
    """\
  when: {{none: [{{has: {p}-e{n}, in: {{last: 4 weeks}}}}]}}
  within: 60 days
  done: {{any: [{p}-e{m}, {{active: {p}-d{n}}}]}}
""",
)


def texts(*, pathways: int = 10, steps: int = 35) -> dict[str, str]:
    """The files of a content folder, by relative path."""
    found = {"catalogue.yaml": CATALOGUE}
    for number in range(pathways):
        found |= _pathway(f"p{number}", steps)
    return found


def _pathway(name: str, steps: int) -> dict[str, str]:
    folder = f"pathways/{name}/1.0.0"
    half = steps // 2
    return {
        f"valuesets/{name}.yaml": _selectors(name, steps),
        f"activities/{name}.yaml": "".join(
            f"{name}-a{n}: {{title: {{sv: Åtgärd {n}, en: Action {n}}}, performers: [lakare]}}\n"
            for n in range(steps)
        ),
        f"{folder}/pathway.yaml": _HEAD.format(id=name),
        f"{folder}/steps/fas-a.yaml": "".join(_step(name, n, steps) for n in range(half)),
        f"{folder}/steps/fas-b.yaml": "".join(_step(name, n, steps) for n in range(half, steps)),
    }


def _step(name: str, n: int, steps: int) -> str:
    shape = _SHAPES[n % len(_SHAPES)]
    body = shape.format(p=name, n=n, m=(n + 1) % steps, before=f"s{n - 1 if n else 0}")
    return _STEP.format(id=f"s{n}", activity=f"{name}-a{n}") + body


_SELECTORS = """\
{p}-e{n}:
  title: {{sv: händelse {n}, en: event {n}}}
  kind: procedures
  resource: Procedure
  codes: [{{snomed: {e}}}]
{p}-v{n}:
  title: {{sv: värde {n}, en: value {n}}}
  kind: laboratory
  resource: Observation
  unit: mmol/L
  codes: [{{loinc: {v}}}]
{p}-d{n}:
  title: {{sv: läkemedel {n}, en: drug {n}}}
  kind: medications
  resource: MedicationRequest
  state: true
  gap: 30 days
  ends: supply
  codes: [{{atc: {d}}}]
"""
_DIAGNOSIS = """\
{p}-diagnos:
  title: {{sv: diagnos, en: diagnosis}}
  kind: diagnoses
  resource: Condition
  state: true
  ends: recorded
  codes: [{{snomed: {x}}}]
"""


def _selectors(name: str, steps: int) -> str:
    parts = [_DIAGNOSIS.format(p=name, x=code(name, "x", 0))]
    parts += [
        _SELECTORS.format(p=name, n=n, e=code(name, "e", n), v=code(name, "v", n), d=code(name, "d", n))
        for n in range(steps)
    ]
    return "".join(parts)


def code(pathway: str, kind: str, n: int) -> str:
    """An invented code, distinct for each selector."""
    return f"Z{pathway}{kind}{n:02d}".upper()
