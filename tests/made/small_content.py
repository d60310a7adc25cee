"""A small content folder without a fault, to be spoilt in one place at a time."""

from __future__ import annotations

from collections.abc import Mapping

from vardforlopp.definitions import load
from vardforlopp.definitions.findings import DefinitionFinding
from vardforlopp.definitions.linting import lint, lint_people
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.kernel.errors import DefinitionError

HEAD = "pathways/exempel/1.0.0/pathway.yaml"
STEPS = "pathways/exempel/1.0.0/steps/fas-a.yaml"
INDICATORS = "pathways/exempel/1.0.0/indicators.yaml"
ROWS = "pathways/exempel/1.0.0/rows.yaml"
OMITTED = "pathways/exempel/1.0.0/omitted.yaml"
CASE = "pathways/exempel/1.0.0/cases/01-exempel.yaml"
VALUES = "valuesets/prov.yaml"
ACTIVITIES = "activities/besok.yaml"
INTERACTIONS = "interactions/krockar.yaml"
OVERLAY = "overlays/region.yaml"
CATALOGUE = "catalogue.yaml"
SWEDISH = "pathways/exempel/1.0.0/texts/sv.yaml"
EASY = "pathways/exempel/1.0.0/texts/sv-x-lattlast.yaml"
ENGLISH = "pathways/exempel/1.0.0/texts/en.yaml"
JARGON = "jargon.yaml"

_LAY = """\
pathway:
  what: Vi tar ett prov.
  why: Vi vill veta hur du mår.
  prepare: Du behöver inte göra något.
  own_part: Du kommer hit.
  ask: Ring oss.
steps:
  prov: {what: Vi tar ett prov., why: Vi vill veta., prepare: Ät som du brukar., own_part: Kom hit.}
  omprov: {why: Vi vill se om det är bra nu.}
"""

TEXTS: dict[str, str] = {
    CATALOGUE: """\
roles:
  lakare: {sv: läkare, en: physician}
levels:
  primarvard: {sv: primärvård, en: primary care}
kinds:
  laboratory: {sv: prover, en: laboratory results}
  medications: {sv: läkemedel, en: medications}
  contacts: {sv: vårdkontakter, en: contacts}
""",
    "systems.yaml": "loinc: {title: LOINC, uri: http://loinc.org}\nnpu: {title: NPU, uri: urn:oid:1.2}\n",
    VALUES: """\
kalium:
  title: {sv: Kalium, en: Potassium}
  kind: laboratory
  resource: Observation
  unit: mmol/L
  codes: [{loinc: 2823-3}]
remiss:
  title: {sv: Remiss, en: Referral}
  kind: contacts
  resource: ServiceRequest
  status: ordered
  codes: []
svar:
  title: {sv: Svar, en: Answer}
  kind: contacts
  resource: Observation
  codes: []
  words: [{loinc: LA33-6, word: ja}]
tablett:
  title: {sv: Tablett, en: Tablet}
  kind: medications
  resource: MedicationRequest
  state: true
  gap: 30 days
  codes: []
""",
    ACTIVITIES: """\
provtagning:
  title: {sv: Provtagning, en: Sampling}
  performers: [lakare]
  text: {sv: Vi tar ett prov., sv-x-lattlast: Vi tar ett prov., en: We take a sample.}
  prepare: {sv: Ät som du brukar., sv-x-lattlast: Ät som du brukar., en: Eat as usual.}
  own_part: {sv: Kom hit., sv-x-lattlast: Kom hit., en: Come here.}
  promotes: true
""",
    INTERACTIONS: """\
krock:
  kind: drug-against-condition
  title: {sv: Krock, en: Clash}
  pathways: [exempel]
  when: {active: tablett}
  severity: low
  ways_out: [{sv: Ta ställning., en: Decide.}]
  decider: lakare
  source: {exempel: S2}
  level: regional
""",
    HEAD: """\
id: exempel
version: 1.0.0
title: {sv: Exempel, en: Example}
summary: {sv: Ett påhittat förlopp., en: An invented pathway.}
status: draft
sources:
  S1: {title: Nationell text, level: national, checked: 2026-11}
  S2: {title: Regional text, level: regional, checked: 2026-11}
parameters:
  gransvarde:
    quantity: 5 mmol/L
    range: [4 mmol/L, 6 mmol/L]
    stricter: lower
    source: S1
    title: {sv: Gräns, en: Limit}
entries:
  IN1:
    event: [remiss]
    when: {value: kalium, is: "> $gransvarde"}
    title: {sv: Ingång, en: Entry}
    source: S1
    row: IN1
  IN2: {event: [svar], title: {sv: Annan ingång, en: Other entry}, source: S2, row: IN1}
exits:
  UT1: {event: [svar], title: {sv: Utgång, en: Exit}, source: default, row: UT1}
phases:
  - {id: fas-a, title: {sv: Början, en: Start}}
person:
  tell: [{sv: Vad provet visar., en: What the sample shows., source: S1}]
  contact: [{sv: Läkaren., en: The physician., source: default}]
  own_part: [{sv: Kommer till provet., en: Comes to the sample., source: default}]
  relatives: [{sv: Följer med., en: Come along., source: default}]
  social_services: [{sv: Behövs inte., en: Not needed., source: default}]
not_met:
  C1: {sv: Ett påhittat förlopp., en: An invented pathway.}
  C2: {sv: Ett påhittat förlopp., en: An invented pathway.}
  C3: {sv: Ett påhittat förlopp., en: An invented pathway.}
""",
    STEPS: """\
prov:
  title: {sv: Prov, en: Sample}
  summary: {sv: Ett prov tas., en: A sample is taken.}
  row: A1
  source: {step: S1, within: default}
  activity: provtagning
  by: lakare
  level: primarvard
  within: 14 days
  done: kalium
omprov:
  title: {sv: Nytt prov, en: New sample}
  summary: {sv: Ett nytt prov tas., en: A new sample is taken.}
  row: A2
  source: S2
  activity: provtagning
  by: lakare
  level: primarvard
  when: {branch: vag, is: snabb}
  after: {done: prov}
  opens: 1 week
  within: 2 weeks
  done: kalium
vag:
  title: {sv: Väg, en: Way}
  row: DP1
  source: default
  options:
    snabb: {title: {sv: Snabb, en: Quick}, when: {value: kalium, is: ">= 5 mmol/L"}}
    lugn: {title: {sv: Lugn, en: Calm}}
  else: lugn
""",
    INDICATORS: """\
I1:
  title: {sv: Andel med prov, en: Share with sample}
  per: enrolment
  index: entry
  follow_up: 30 days
  met: {has: kalium, in: {from: index, for: 30 days}}
  source: S1
  row: I1
""",
    ROWS: """\
rows:
  - {id: IN1, kind: entry, text: Ingång}
  - {id: UT1, kind: exit, text: Utgång}
  - {id: A1, kind: action, text: Prov}
  - {id: A2, kind: action, text: Nytt prov}
  - {id: A3, kind: action, text: Dosering}
  - {id: DP1, kind: decision, text: Väg}
  - {id: I1, kind: indicator, text: Andel}
  - {id: P1, kind: patient, text: Kvinna 74 år}
""",
    OMITTED: "- {row: A3, reason: device, why: Doser räknas inte ut.}\n",
    OVERLAY: """\
id: region
title: {sv: Region Exempel (påhittad), en: Region Example (invented)}
invented: true
set: {exempel: {gransvarde: 4.5 mmol/L}}
adopts:
  - {pathway: exempel, version: 1.0.0, what: [prov, IN1], by: Rådet (påhittat), on: 2026-01-15}
units: [{level: primarvard, name: Vårdcentralen (påhittad), phone: 010-000 00 01, roles: [lakare]}]
steps:
  exempel:
    extra:
      phase: fas-a
      title: {sv: Extra prov, en: Extra sample}
      summary: {sv: Ett prov till tas., en: One more sample.}
      source: default
      activity: provtagning
      by: lakare
      level: primarvard
      after: {done: prov}
      within: 4 weeks
      done: kalium
""",
    SWEDISH: _LAY,
    EASY: _LAY,
    ENGLISH: _LAY,
    JARGON: "sv: {provtagning: prov}\n",
    CASE: """\
title: {sv: Högt kalium, en: High potassium}
sheet: 1
region: region
born: 1952-03
sex: female
enrol: {on: 2026-03-02, entry: IN1}
record:
  - {on: 2026-03-02, fact: remiss}
  - {on: 2026-03-02T10:15, fact: kalium, value: 5.2 mmol/L, ref_high: 4.6 mmol/L, known: 2026-03-03}
  - {on: 2026-02, fact: tablett, until: null}
  - {on: 2026-03-05, decision: vag, is: lugn, by: lakare}
expect:
  - as_of: 2026-03-05
    entered: IN1
    started: 2026-03-02
    ended: none
    choices: {vag: lugn}
    steps:
      prov: {state: done, due: 2026-03-16}
      "omprov@2026-03-02": not-applicable
""",
}


def codes_in(texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Every error and finding of the folder, as (code, where)."""
    loaded = load(texts)
    found = {(error.code, error.where) for error in loaded.errors}
    if loaded.definitions is not None:
        found |= {(one.code, str(one.place)) for one in lint(loaded.definitions)}
        found |= {(one.code, _where(one)) for one in lint_people(texts, loaded.definitions)}
        found |= {(error.code, error.where) for error in load_cases(texts, loaded.definitions).errors}
    return found


def _where(told: DefinitionError | DefinitionFinding) -> str:
    return told.where if isinstance(told, DefinitionError) else str(told.place)


def spoilt(path: str, old: str, new: str) -> dict[str, str]:
    """The folder with one text changed once. An empty `old` adds to the end."""
    text = TEXTS.get(path, "")
    if not old:
        return {**TEXTS, path: text + new}
    assert text.count(old) >= 1, f"{path} does not hold {old!r}"
    return {**TEXTS, path: text.replace(old, new, 1)}
