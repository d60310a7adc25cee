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
    when: {{all: [{{value: {id}-v0, in: {{last: 3 months}}, is: ">= $grans"}}, {{has: {id}-e0, in: {{last: 3 months}}}}]}}
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

_SHAPES = (
    "  within: $tid\n  done: {p}-e{n}\n",
    '  when: {{value: {p}-v{n}, is: ">= $grans"}}\n  within: 28 days\n  done: {p}-e{n}\n',
    '  when: {{all: [{{active: {p}-d{n}}}, {{age: ">= 40 years"}}]}}\n  every: 12 months\n  within: 2 months\n  done: {p}-e{n}\n',
    '  after: {{done: {before}}}\n  within: [{{when: {{value: {p}-v{n}, is: "> 60 mmol/L"}}, is: 7 days}}, {{is: 42 days}}]\n  done: {p}-e{n}\n',
    "  per: {p}-e{n}\n  opens: 5 days\n  within: 14 days\n  done: {{all: [{p}-v{n}, {p}-v{m}]}}\n",
    "  after: {{first: {p}-diagnos}}\n  slots: [3 months, 12 months]\n  opens: -14 days\n  within: 1 month\n  done: {p}-e{n}\n",
    "  when: {{none: [{{has: {p}-e{n}, in: {{last: 4 weeks}}}}]}}\n  within: 60 days\n  done: {{any: [{p}-e{m}, {{active: {p}-d{n}}}]}}\n",
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


def _selectors(name: str, steps: int) -> str:
    lines = [
        f"{name}-diagnos: {{title: {{sv: diagnos, en: diagnosis}}, kind: diagnoses, resource: Condition, "
        f"state: true, ends: recorded, codes: [{{snomed: {code(name, 'x', 0)}}}]}}"
    ]
    for n in range(steps):
        lines += [
            f"{name}-e{n}: {{title: {{sv: händelse {n}, en: event {n}}}, kind: procedures, resource: Procedure, "
            f"codes: [{{snomed: {code(name, 'e', n)}}}]}}",
            f"{name}-v{n}: {{title: {{sv: värde {n}, en: value {n}}}, kind: laboratory, resource: Observation, "
            f"unit: mmol/L, codes: [{{loinc: {code(name, 'v', n)}}}]}}",
            f"{name}-d{n}: {{title: {{sv: läkemedel {n}, en: drug {n}}}, kind: medications, "
            f"resource: MedicationRequest, state: true, gap: 30 days, ends: supply, codes: [{{atc: {code(name, 'd', n)}}}]}}",
        ]
    return "\n".join(lines) + "\n"


def code(pathway: str, kind: str, n: int) -> str:
    """An invented code, distinct for each selector."""
    return f"Z{pathway}{kind}{n:02d}".upper()
