"""What is derived step by step is what is derived anew: whatever is written, in whatever order, and when."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from made.databases import fresh
from made.derived import anew, following, in_force, rows
from made.serving import Client, served
from vardforlopp.fhir.names import ACT_SYSTEM, CATEGORY_SYSTEM, EXTENSION, INPUT_SYSTEM, canonical
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.civil import DAY, SECOND, parse_time
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

Json = dict[str, Any]
BEGIN = parse_time("2026-03-02T10:00:00+01:00").lo
ICD, SNOMED, LOINC = "http://hl7.org/fhir/sid/icd-10-se", "http://snomed.info/sct", "http://loinc.org"
ATC = "http://www.whocc.no/atc"
PEOPLE = ("anna", "bo")


@dataclass
class World:
    """A server whose clock stands still until it is told to go on."""

    client: Client
    database: Database
    now: int = BEGIN

    def do(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("wait", span):
                self.now += span
            case ("sweep",):
                sweep(SqlStore(self.database), in_force(), now=self.now, most=EVERYBODY)
            case ("delete", ref):
                self.ask("DELETE", ref)
            case ("put", make, who, what, days):
                resource = make(who, what, stamp_text(self.now + days * DAY))
                self.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)

    def ask(self, method: str, address: str, body: Json | None = None) -> None:
        reply = self.client.ask(method, address, body)
        assert reply.status < 300, reply.body


@contextmanager
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as database:
        made: list[World] = []
        client = served(database, store=following(database, lambda: made[0].now))
        made.append(World(client, database))
        object.__setattr__(client, "clock", iter(lambda: made[0].now, None))
        yield made[0]


# --- what is written ------------------------------------------------------------------------------


def a_patient(who: str, what: int, when: str) -> Json:
    dead = {"deceasedDateTime": when} if what == 2 else {}
    other = {"reference": f"Patient/{'bo' if who == 'anna' else 'anna'}"}
    linked = {"link": [{"other": other, "type": "replaces"}]} if what == 1 else {}
    return {
        "resourceType": "Patient",
        "id": who,
        "birthDate": f"19{50 + what}-02-03",
        "gender": "male",
        **dead,
        **linked,
    }


def a_condition(who: str, what: int, when: str) -> Json:
    code = [(ICD, "I50.9"), (SNOMED, "88805009"), (ICD, "J44.9")][what]
    active = coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active")
    return of("Condition", "hjarta", who, code=coded(*code), onsetDateTime=when[:10], recordedDate=when,
              clinicalStatus=active)  # fmt: skip


def an_observation(who: str, what: int, when: str) -> Json:
    code, value, unit = [("33762-6", 900, "ng/L"), ("8480-6", 150, "mm[Hg]"), ("2160-0", 80, "umol/L")][what]
    quantity = {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}
    return of("Observation", "prov", who, status="final", code=coded(LOINC, code), effectiveDateTime=when,
              valueQuantity=quantity)  # fmt: skip


def a_visit(who: str, what: int, when: str) -> Json:
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": ["AMB", "IMP", "AMB"][what]}
    diagnosis = [{"condition": {"reference": "Condition/hjarta"}}]
    return of("Encounter", "besok", who, status="finished", period={"start": when, "end": when},
              diagnosis=diagnosis) | {"class": act}  # fmt: skip


def a_prescription(who: str, what: int, when: str) -> Json:
    status = ["active", "stopped", "completed"][what]
    return of("MedicationRequest", "recept", who, status=status, intent="order", authoredOn=when,
              medicationReference={"reference": "Medication/tablett"})  # fmt: skip


def a_drug(who: str, what: int, when: str) -> Json:
    code = coded(ATC, ["C07AB02", "C09AA05", "C03DA01"][what])
    return {"resourceType": "Medication", "id": "tablett", "code": code}


def a_stay(who: str, what: int, when: str) -> Json:
    name = ["hjartsvikt", "kol", "hjartsvikt"][what]
    ended = {"period": {"start": when[:10], "end": when[:10]}, "status": "completed"} if what == 2 else {}
    return of("CarePlan", "forlopp", who, status="active", intent="plan",
              category=[coded(CATEGORY_SYSTEM, "enrolment")], created=when,
              instantiatesCanonical=[canonical(name, "1.0.0")], period={"start": when[:10]},
              extension=[{"url": f"{EXTENSION}followed-from", "valueDate": when[:10]}]) | ended  # fmt: skip


def an_act(who: str, what: int, when: str) -> Json:
    code = ["pause", "decline", "deviation"][what]
    given = [{"type": coded(INPUT_SYSTEM, "step"), "valueString": "*"}]
    return {
        "resourceType": "Task", "id": "beslut", "status": "completed", "intent": "order",
        "for": {"reference": f"Patient/{who}"}, "code": coded(ACT_SYSTEM, code), "authoredOn": when,
        "focus": {"reference": "CarePlan/forlopp"}, "executionPeriod": {"start": when}, "input": given,
        "restriction": {"period": {"end": when[:10]}},
        "requester": {"reference": "PractitionerRole/roll"},
    }  # fmt: skip


def who_did(who: str, what: int, when: str) -> Json:
    name = {"who": {"reference": ["Practitioner/eva", "PractitionerRole/roll", "Practitioner/ingen"][what]}}
    return {
        "resourceType": "Provenance", "id": "harkomst", "target": [{"reference": "Task/beslut"}],
        "recorded": when, "agent": [name],
    }  # fmt: skip


def a_role(who: str, what: int, when: str) -> Json:
    return {
        "resourceType": "PractitionerRole", "id": "roll", "practitioner": {"reference": "Practitioner/eva"},
        "active": what != 1,
    }  # fmt: skip


def a_team(who: str, what: int, when: str) -> Json:
    member = {"reference": ["PractitionerRole/roll", "Practitioner/eva", "PractitionerRole/roll"][what]}
    return of("CareTeam", "team", who, status="active", participant=[{"member": member}])


def a_doctor(who: str, what: int, when: str) -> Json:
    return {"resourceType": "Practitioner", "id": "eva", "name": [{"family": f"Berg {what}"}]}


def of(kind: str, id_: str, who: str, **elements: Any) -> Json:
    return {"resourceType": kind, "id": id_, "subject": {"reference": f"Patient/{who}"}, **elements}


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


MADE = (
    a_condition, an_observation, a_visit, a_prescription, a_drug, a_stay, an_act, who_did, a_role, a_doctor,
    a_team,
)  # fmt: skip
REFS = (
    "Condition/hjarta", "Observation/prov", "Encounter/besok", "MedicationRequest/recept",
    "Medication/tablett", "CarePlan/forlopp", "Task/beslut", "Provenance/harkomst", "Practitioner/eva",
    "CareTeam/team",
)  # fmt: skip
PUT = st.tuples(
    st.just("put"), st.sampled_from((a_patient, *MADE, *MADE, *MADE)),
    st.sampled_from(("anna", "anna", *PEOPLE)), st.integers(0, 2), st.integers(-40, 1),
)  # fmt: skip
STEPS = st.lists(
    st.one_of(
        PUT, PUT, PUT, PUT,
        st.tuples(st.just("delete"), st.sampled_from((*REFS, "Patient/bo"))),
        st.tuples(st.just("wait"), st.sampled_from((SECOND, DAY // 24, DAY, 30 * DAY))),
        st.just(("sweep",)),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=settings.default.max_examples // 2)
@given(steps=STEPS)
def test_what_was_followed_step_by_step_is_what_is_derived_anew(steps: list[tuple[Any, ...]]) -> None:
    with world() as here:
        for who in PEOPLE:
            here.do(("put", a_patient, who, 0, 0))
        for make in (a_doctor, a_condition, a_stay, an_act, a_role, a_team):
            here.do(("put", make, "anna", 0, -50))
        for step in steps:
            here.do(step)
        here.do(("wait", SECOND))  # a version may be stamped a moment after now
        here.do(("sweep",))
        followed = rows(here.database)
        assert [row for row in followed["record"] if row[-1] is not None] == []  # nothing failed
        anew(here.database, now=here.now)
        assert rows(here.database) == followed
