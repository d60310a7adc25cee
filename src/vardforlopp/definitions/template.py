"""A new pathway's folder: every file of the national template, to be filled in until `check` is silent."""

from __future__ import annotations

from vardforlopp.definitions.lay import LAY_LANGUAGES

VERSION = "0.1.0"
#: The parts that most national pathways have.
PHASES = (
    ("misstanke", "Misstanke", "Suspicion"),
    ("utredning", "Utredning", "Work-up"),
    ("behandling", "Behandling", "Treatment"),
    ("uppfoljning", "Uppföljning", "Follow-up"),
)

_HEAD = """\
# The pathway's head. Every keyword, with examples: docs/reference/language.md
# Where {{}} stands, write instead of it; or take it away and the # of the lines below it.
id: {name}
version: {version}
title: {{}}  # {{sv: Knäledsartros, en: Knee osteoarthritis}}
summary: {{}}  # one sentence in each language
status: draft
population:
  text: {{}}  # for whom it is
  when: {{age: ">= 18 years"}}
  outside: {{}}  # what to do for those outside
  source: default
sources: {{}}
#  S1: {{title: The national text, level: national, date: 2026-01, checked: 2026-11}}
parameters: {{}}
#  besok_inom:
#    duration: 14 days
#    range: [7 days, 30 days]
#    source: default
#    title: {{sv: Tid till besök, en: Time to visit}}
entries: {{}}
#  IN1: {{event: [a-selector], title: {{sv: ..., en: ...}}, source: S1, row: IN1}}  # a name of valuesets/
exits: {{}}  # written as the entries
phases:
{phases}
#person:
#  tell:  # what the person is told; each part is a list
#    - {{sv: ..., en: ..., source: default}}
#  contact: []  # who is the fixed contact
#  own_part: []
#  relatives: []
#  social_services: []
#not_met:  # a national criterion that is not met, and why
#  C2: {{sv: ..., en: ...}}
"""

_STEPS = """\
# Steps and choices of the phase. A phase without steps is taken out of pathway.yaml, and this file removed.
#lakarbesok:
#  title: {sv: Läkarbesök, en: Physician's visit}
#  summary: {sv: En läkare undersöker dig., en: A physician examines you.}
#  row: A1
#  source: {step: S1, within: default}
#  activity: lakarbedomning
#  by: lakare
#  level: primarvard
#  within: $besok_inom
#  done: besok-primarvard
"""

_ROWS = """\
# Every row of the text that the pathway is made of, in its order: encoded, or in omitted.yaml.
# kind: action, entry, exit, decision, indicator or patient (a test patient, who becomes a case)
rows:
  - {id: IN1, kind: entry, text: The first way in}
  - {id: A1, kind: action, text: The first row of the table of actions}
"""

_OMITTED = """\
# Rows that are not encoded. reason: device, emergency, regional, no-data, elsewhere, text-only or duplicate
#- {row: A9, reason: device, why: Doses are the physician's decision.}
"""

_INDICATORS = """\
# What is followed up.
#I1:
#  title: {sv: Läkarbesök i tid, en: Physician's visit in time}
#  per: enrolment
#  index: entry
#  follow_up: 30 days
#  met: {done: lakarbesok}
#  source: S1
#  row: I1
"""

_LAY = """\
# What the person reads. Ordinary words, short sentences; `check` tells the reading level.
pathway:
  what: ""
  why: ""
  prepare: ""
  own_part: ""
  ask: ""
steps: {}
#  lakarbesok: {why: ...}
"""


def template(name: str) -> dict[str, str]:
    """The files of a new pathway by path below the content folder."""
    folder = f"pathways/{name}/{VERSION}"
    phases = "\n".join(f"  - {{id: {key}, title: {{sv: {sv}, en: {en}}}}}" for key, sv, en in PHASES)
    return {
        f"{folder}/pathway.yaml": _HEAD.format(name=name, version=VERSION, phases=phases),
        **{f"{folder}/steps/{key}.yaml": _STEPS for key, _, _ in PHASES},
        f"{folder}/indicators.yaml": _INDICATORS,
        f"{folder}/rows.yaml": _ROWS,
        f"{folder}/omitted.yaml": _OMITTED,
        **{f"{folder}/texts/{language}.yaml": _LAY for language in LAY_LANGUAGES},
    }
