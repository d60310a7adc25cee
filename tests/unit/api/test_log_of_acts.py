"""The log of acts as AuditEvents, for who controls it: who did what, when, about whom, and how it went."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import Any, get_args

import pytest

from made.serving import NOW, STAFF, SYSTEM, Client, patient, refusal
from vardforlopp.access import Action, Actor
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.api.metadata import OF_ACTS
from vardforlopp.audit import SOMEBODY, Event, Outcome
from vardforlopp.fhir.audit_event import audit_event
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.civil import SECOND

Json = dict[str, Any]
CONTROL = Actor("kontroll", "control")
LINE = Event(NOW, "journal", "system", None, "read", "Patient", "anna", "anna", "done", "system", 1)


@pytest.fixture
def client(client: Client) -> Client:
    """Three clients have asked of two persons; then it is asked of the log, by a fourth."""
    client.ask("PUT", "Patient/anna", {"resourceType": "Patient", "id": "anna"})  # 1
    client.ask("PUT", "Patient/bo", {"resourceType": "Patient", "id": "bo"})  # 2
    pulse = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "puls"}}
    client.ask("PUT", "Observation/o", {**pulse, "subject": {"reference": "Patient/anna"}})  # 3
    staff = client.as_(STAFF)
    staff.get("Observation/o")  # 4
    staff.get("Observation?patient=Patient/anna&code:text=puls")  # 5
    staff.ask("GET", "Patient/never")
    client.as_(patient("anna")).ask("GET", "Patient/bo")
    client.ask("DELETE", "Observation/o")
    return client.as_(CONTROL)


def lines(client: Client, query: str = "") -> list[tuple[str, str, str]]:
    """Deed, what it was done to, and how it went, of all that a search of the log finds."""
    found = [entry["resource"] for entry in client.get(f"AuditEvent?{query}").get("entry", ())]
    return [told(each) for each in found]


def told(event: Json) -> tuple[str, str, str]:
    entity = event.get("entity", [{}])[0]
    to = entity.get("what", {}).get("reference") or entity.get("type", {}).get("code", "-")
    return event["subtype"][-1]["code"], to, event["outcomeDesc"]


ANNAS = [
    ("delete", "Observation/o/_history/2", "done"),
    ("search", "Observation", "done"),
    ("read", "Observation/o/_history/1", "done"),
    ("update", "Observation/o/_history/1", "done"),
    ("update", "Patient/anna/_history/1", "done"),
]
MISSED = [("read", "Patient/bo", "refused"), ("read", "Patient/never", "not-found")]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("patient=anna", ANNAS),
        ("patient=Patient/anna&_sort=date", ANNAS[::-1]),
        ("patient=Patient/anna&subtype=search", ANNAS[1:2]),
        ("patient=Patient/anna&subtype=http://hl7.org/fhir/restful-interaction|read", ANNAS[2:3]),
        ("patient=Patient/anna&action=U,D", [ANNAS[0], *ANNAS[3:]]),
        ("patient=anna&action:not=U", ANNAS[:3]),
        ("entity=Observation/o&action=D", ANNAS[:1]),
        ("entity=Patient/anna", ANNAS),
        ("entity=Device/anna", []),
        ("outcome=4&altid=SE2321000016-1", MISSED[1:]),
        ("outcome=4", MISSED),
        (
            "outcome=http://hl7.org/fhir/audit-event-outcome|4&action=http://hl7.org/fhir/audit-event-action|R",
            MISSED,
        ),
        ("outcome=http://elsewhere|4", []),
        ("altid=Patient/anna", MISSED[:1]),
        ("altid=http://x|", []),
        ("altid=http://x|journal", []),
        ("altid:not=http://x|&patient=anna", ANNAS),
        ("altid:not=journal,SE2321000016-1", MISSED[:1]),
        ("altid=journal&_count=1", ANNAS[:1]),
        (f"date={stamp_text(NOW)}", ANNAS[4:]),
        (f"date=lt{stamp_text(NOW + 3 * SECOND)}&patient=anna", ANNAS[3:]),
        (f"_lastUpdated=ge{stamp_text(NOW + 3 * SECOND)}&patient=anna", ANNAS[:3]),
        ("date=2026-03-03", []),
        ("_id=1", ANNAS[4:]),
        ("_id=1,no-number,99999999999999999999", ANNAS[4:]),
        ("_id=01", []),
    ],
)
def test_a_search_finds(client: Client, query: str, finds: list[tuple[str, str, str]]) -> None:
    assert lines(client, query) == finds


def test_the_pages_of_a_search_hold_each_line_once(client: Client) -> None:
    """Each page is a line more, which is not told: else those in order of time would have no end."""
    for query in ("_count=2", "_count=2&_sort=date", "_count=2&_sort=-_lastUpdated"):
        page, seen = client.get(f"AuditEvent?{query}"), []
        while True:
            seen += [entry["resource"]["id"] for entry in page["entry"]]
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            if not following:
                break
            page = client.get(following[0].partition("/fhir/")[2])
        assert len(seen) == len(set(seen)) >= 8
        assert seen == sorted(seen, key=int, reverse=query != "_count=2&_sort=date")


def test_it_is_counted_and_told_in_short(client: Client) -> None:
    """To ask is a line more, of the person whom it is about."""
    assert client.get("AuditEvent?patient=anna&_summary=count")["total"] == 5
    counted = client.get("AuditEvent?patient=anna&_total=accurate&_count=2")
    assert (counted["total"], len(counted["entry"])) == (6, 2)
    (short,) = client.get("AuditEvent?_id=1&_elements=outcome")["entry"]
    assert "entity" not in short["resource"]
    assert short["resource"]["outcome"] == "0"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("patient.name=anna", "patient.name"),
        ("patient:missing=true", "patient"),
        ("patient:identifier=urn:x|1", "patient"),
        ("entity=http://elsewhere/Patient/1", "entity"),
        ("altid:text=x", "altid"),
        ("_sort=altid", "_sort"),
        ("_sort=date,_id", "_sort"),
        ("agent-name=x", "agent-name"),
        ("_include=AuditEvent:patient", "_include"),
        ("date=igår", "date"),
    ],
)
def test_what_is_not_asked_of_it_is_refused(client: Client, query: str, why: str) -> None:
    assert refusal(client.ask("GET", f"AuditEvent?{query}", prefer="handling=strict"), 400).startswith(why)


def test_a_line_is_read_by_its_number(client: Client) -> None:
    event = client.get("AuditEvent/4")
    assert event == {
        "resourceType": "AuditEvent", "id": "4",
        "meta": {"versionId": "1", "lastUpdated": "2026-03-02T09:00:03Z"},
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": "read"},
            {"system": "urn:x-vardforlopp:deed", "code": "read"},
        ],
        "action": "R", "recorded": "2026-03-02T09:00:03Z", "outcome": "0", "outcomeDesc": "done",
        "agent": [{
            "role": [{"coding": [{"system": "urn:x-vardforlopp:role", "code": "staff"}]}],
            "altId": "SE2321000016-1", "who": {"identifier": {"value": "SE2321000016-1"}},
            "location": {"identifier": {"value": "SE2321000016-v1"}},
            "policy": ["urn:x-vardforlopp:rule:staff"], "requestor": True,
        }],
        "source": {
            "observer": {"display": "vardforlopp"},
            "type": [{
                "system": "http://terminology.hl7.org/CodeSystem/security-source-type", "code": "4",
                "display": "Application Server",
            }],
        },
        "entity": [
            {
                "what": {"reference": "Observation/o/_history/1"},
                "type": {"system": "http://hl7.org/fhir/resource-types", "code": "Observation"},
                "role": {
                    "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "4",
                    "display": "Domain Resource",
                },
            },
            {
                "what": {"reference": "Patient/anna"},
                "type": {
                    "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1",
                    "display": "Person",
                },
                "role": {
                    "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1",
                    "display": "Patient",
                },
            },
        ],
    }  # fmt: skip
    assert client.ask("GET", "AuditEvent/4", if_none_match='W/"1"').status == 304
    for name in ("999", "anna", "-1", "01", "9" * 30):
        assert client.ask("GET", f"AuditEvent/{name}").status == 404


def test_of_a_search_the_names_are_told_and_how_many_were_shown(client: Client) -> None:
    """Not what was searched for: that may be a person's."""
    (entry,) = client.get("AuditEvent?patient=anna&subtype=search")["entry"]
    search = entry["resource"]["entity"][0]
    assert b64decode(search["query"]) == b"code&patient"
    assert search["detail"] == [{"type": "shown", "valueString": "1"}]


@pytest.mark.parametrize("deed", Action)
@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_whatever_was_done_is_a_sound_audit_event(deed: str, outcome: Outcome) -> None:
    shown = LINE._replace(action=deed, outcome=outcome)
    for event in (
        shown,
        shown._replace(id=None, patient=None, query="-", shown=0, version=None),
        shown._replace(type="*", id=None, rule="-", unit="u"),
        shown._replace(type="Observation", patient=SOMEBODY),
        shown._replace(role="nobody", actor="203.0.113.7", type="Bundle", id=None, version=None),
    ):
        assert [str(fault) for fault in r4_validator().faults(audit_event(7, event))] == []


def test_somebody_whom_we_do_not_know_has_no_address() -> None:
    entities = audit_event(1, LINE._replace(type="Observation", patient=SOMEBODY))["entity"]
    assert [each.get("what", {}).get("reference") for each in entities] == [
        "Observation/anna/_history/1", None,
    ]  # fmt: skip


def test_it_has_no_history(client: Client) -> None:
    """An empty one would say that nothing was done."""
    for address in ("AuditEvent/_history", "AuditEvent/1/_history", "AuditEvent/1/_history/1"):
        assert client.ask("GET", address).status == 404


def test_who_controls_the_log_sees_no_record(client: Client) -> None:
    for address in ("Patient/anna", "Patient", "_history", "Patient/anna/$everything", "Organization"):
        assert client.ask("GET", address).status == 403
    assert client.ask("PUT", "Patient/anna", {"resourceType": "Patient", "id": "anna"}).status == 403


def test_who_reads_the_log_stands_in_it(client: Client) -> None:
    """With whose data were shown, as with any other search."""
    client.get("AuditEvent?patient=anna")
    client.get("AuditEvent/1")
    mine = client.audited(actor=CONTROL.id)
    assert [(line["action"], line["id"], line["patient"], line["shown"]) for line in mine] == [
        ("search", None, "anna", 5), ("read", "1", "anna", None),
    ]  # fmt: skip


@pytest.mark.parametrize("who", [SYSTEM, STAFF, patient("anna"), replace(SYSTEM, id="x", role="nobody")])
def test_it_is_told_to_nobody_else(client: Client, who: Actor) -> None:
    """What is missing is not told from what is there."""
    for address in ("AuditEvent", "AuditEvent?patient=anna", "AuditEvent/1", "AuditEvent/999"):
        assert client.as_(who).ask("GET", address).status in (401, 403)
    assert {line["outcome"] for line in client.audited(actor=who.id, type="AuditEvent")} == {"refused"}


def test_it_is_told_what_it_can_be_asked(client: Client) -> None:
    (rest,) = client.get("metadata")["rest"]
    (ours,) = [one for one in rest["resource"] if one["type"] == "AuditEvent"]
    assert [one["code"] for one in ours["interaction"]] == list(OF_ACTS)
    for parameter in ours["searchParam"]:
        value = {"date": "2026", "reference": "Patient/anna", "token": "1"}[parameter["type"]]
        asked = f"AuditEvent?{parameter['name']}={value}"
        assert client.ask("GET", asked, prefer="handling=strict").status == 200, asked
