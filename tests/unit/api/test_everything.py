"""`$everything`: a whole record in pages, with what it leads to, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

import pytest

from made.serving import BASE, STAFF, Client, patient, refusal, told
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.services import everything

ANNA, ERIK = patient("anna"), patient("erik")
PLAN = "http://example.org/PlanDefinition/kol"


def put(client: Client, type_: str, id_: str, **said: Any) -> None:
    resource = {"resourceType": type_, "id": id_, **said}
    assert client.ask("PUT", f"{type_}/{id_}", resource).status == 201


def pulse(client: Client, id_: str, who: str, on: str = "2026-01-10", **said: Any) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    put(
        client, "Observation", id_, status="final", code=code, subject={"reference": f"Patient/{who}"},
        effectiveDateTime=on, **said,
    )  # fmt: skip


@pytest.fixture
def client(client: Client) -> Client:
    put(client, "Organization", "unit", name="Vårdcentralen")
    put(client, "Organization", "other", name="Någon annan")
    put(client, "Practitioner", "eva")
    put(
        client, "PractitionerRole", "role",
        practitioner={"reference": "Practitioner/eva"}, organization={"reference": "Organization/unit"},
    )  # fmt: skip
    for version in ("1", "2"):
        put(client, "PlanDefinition", f"kol{version}", status="active", url=PLAN, version=version)
    pulse(client, "early", "anna", "2025-06-01", performer=[{"reference": "PractitionerRole/role"}])
    put(client, "Patient", "anna", managingOrganization={"reference": "Organization/unit"})
    put(client, "Patient", "erik", link=[{"other": {"reference": "Patient/anna"}, "type": "seealso"}])
    pulse(client, "late", "anna", "2026-02-01", performer=[{"reference": "PractitionerRole/role"}])
    pulse(client, "his", "erik", performer=[{"reference": "Organization/other"}])
    pulse(client, "both", "anna", performer=[{"reference": "Patient/erik"}])
    pulse(client, "removed", "anna")
    client.ask("DELETE", "Observation/removed")
    put(
        client, "CarePlan", "plan", status="active", intent="plan", subject={"reference": "Patient/anna"},
        instantiatesCanonical=[f"{PLAN}|2"], period={"start": "2026-02-10"},
    )  # fmt: skip
    put(
        client, "Condition", "lasting", subject={"reference": "Patient/anna"}, onsetDateTime="2010-01-01"
    )  # fmt: skip
    put(
        client, "Flag", "flag", status="active", code={"text": "x"}, subject={"reference": "Patient/anna"}
    )  # fmt: skip
    return client


def pages(client: Client, address: str) -> list[list[str]]:
    """`Type/id` of the entries of each page, `+` before those that came along, following the links."""
    found = []
    while address:
        answer = client.get(address)
        found.append([
            ("+" if one["search"]["mode"] == "include" else "")
            + "{resourceType}/{id}".format(**one["resource"])
            for one in answer.get("entry", ())
        ])  # fmt: skip
        following = [one["url"] for one in answer["link"] if one["relation"] == "next"]
        address = following[0].removeprefix(f"{BASE}/") if following else ""
    return found


HERS = ["Patient/anna", "Observation/early", "Patient/erik", "Observation/late", "Observation/both",
        "CarePlan/plan", "Condition/lasting", "Flag/flag"]  # fmt: skip
ALONG = {"+Organization/unit", "+PractitionerRole/role", "+Practitioner/eva", "+PlanDefinition/kol2"}


def test_everything_is_what_is_about_the_patient_and_what_that_leads_to(client: Client) -> None:
    """The other version of the plan, the deleted value and what is Erik's alone are not in it."""
    (found,) = pages(client, "Patient/anna/$everything")
    assert found[:8] == HERS
    assert set(found[8:]) == ALONG
    assert len(found) == 12


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 50])
def test_pages_have_each_once_in_the_same_order(client: Client, count: int) -> None:
    found = pages(client, f"Patient/anna/$everything?_count={count}")
    matches = [[one for one in page if not one.startswith("+")] for page in found]
    assert [one for page in matches for one in page] == HERS
    assert all(len(page) == count for page in matches[:-1])
    along = [one for page in found for one in page if one.startswith("+")]
    assert sorted(along) == sorted(ALONG), "each comes with the first page that leads to it"


def test_a_page_is_steady_while_others_write(client: Client) -> None:
    first = client.get("Patient/anna/$everything?_count=2")
    pulse(client, "new", "anna")
    put_again = {**client.get("Observation/late"), "status": "amended"}
    client.ask("PUT", "Observation/late", put_again)
    address = first["link"][1]["url"].removeprefix(f"{BASE}/")
    rest = [one for page in pages(client, address) for one in page if not one.startswith("+")]
    assert rest == [*HERS[2:], "Observation/new"]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_record_is_looked_through_in_parts(
    client: Client, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(everything, "_AT_ONCE", at_once)
    monkeypatch.setattr(everything, "_LOOKED_THROUGH", 3)
    found = pages(client, "Patient/anna/$everything")
    assert [one for page in found for one in page if not one.startswith("+")] == HERS
    assert {one for page in found for one in page if one.startswith("+")} == ALONG


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("start=2026-01-01", "anna erik late both plan lasting flag"),
        ("end=2025-12-31", "anna early erik lasting flag"),
        ("start=2026-01-01&end=2026-01-31", "anna erik both lasting flag"),
        ("start=2026-03-01", "anna erik plan lasting flag"),
        ("_type=Observation", "early late both"),
        ("_type=Observation,CarePlan", "early late both plan"),
        ("_type=Observation&_type=CarePlan", "early late both plan"),
        ("_since=2026-03-02T09:00:14Z", "plan lasting flag"),
        ("_since=2026-03-02T09:00:14Z&_type=CarePlan", "plan"),
        ("_type=Claim", ""),
    ],
)
def test_a_part_of_it_can_be_asked_for(client: Client, asked: str, found: str) -> None:
    """What lasts, and what has no date of care, no stretch of time leaves out."""
    (page,) = pages(client, f"Patient/anna/$everything?{asked}")
    assert [one.rpartition("/")[2] for one in page if not one.startswith("+")] == found.split()


def test_it_is_a_sound_bundle(client: Client) -> None:
    assert r4_validator().faults(client.get("Patient/anna/$everything?nothing=x")) == []


def test_what_is_led_to_and_is_about_nobody_may_be_of_any_type(client: Client) -> None:
    put(client, "Device", "pump")
    put(client, "Device", "hers", patient={"reference": "Patient/erik"})
    pulse(client, "measured", "anna", device={"reference": "Device/pump"})
    pulse(client, "measured2", "anna", device={"reference": "Device/hers"})
    assert pages(client, "Patient/anna/$everything?_type=Device") == [["+Device/pump"]]


def test_of_a_type_that_is_only_led_to_all_are_told(client: Client) -> None:
    assert pages(client, "Patient/anna/$everything?_type=Practitioner,Organization&_count=1") == [
        ["+Organization/unit", "+Practitioner/eva"]
    ]
    assert pages(client, "Patient/anna/$everything?_type=Organization&start=2026-03-01") == [
        ["+Organization/unit"]
    ]


def test_it_can_be_asked_with_parameters(client: Client) -> None:
    listed = [{"name": "_type", "valueCode": "Observation"}, {"name": "_count", "valueInteger": 2}]
    body = {"resourceType": "Parameters", "parameter": listed}
    answer = told(client.ask("POST", "Patient/anna/$everything", body), 200)
    following = answer["link"][1]["url"].removeprefix(f"{BASE}/")
    assert pages(client, following) == [["Observation/both"]]
    assert client.ask("POST", "Patient/anna/$everything", b"{").status == 400
    assert client.ask("POST", "Patient/anna/$everything", {"resourceType": "Patient"}).status == 400


class TestAPatient:
    def test_gets_their_own_and_nothing_that_is_about_somebody_else_too(self, client: Client) -> None:
        (found,) = pages(client.as_(ANNA), "Patient/$everything")
        assert [one for one in found if not one.startswith("+")] == [
            one for one in HERS if one not in ("Patient/erik", "Observation/both")
        ]
        assert {one for one in found if one.startswith("+")} == ALONG
        assert pages(client.as_(ANNA), "Patient/anna/$everything") == [found]

    @pytest.mark.parametrize("address", ["Patient/erik/$everything", "Patient/nobody/$everything"])
    def test_gets_nobody_elses_and_learns_not_whether_it_is_there(self, client: Client, address: str) -> None:
        assert "only what is about them" in refusal(client.as_(ANNA).ask("GET", address), 403)


def test_nobody_else_has_one_record_of_all(client: Client) -> None:
    assert "Name the patient" in refusal(client.as_(STAFF).ask("GET", "Patient/$everything"), 400)


def test_of_nobody_there_is_nothing(client: Client) -> None:
    assert client.ask("GET", "Patient/nobody/$everything").status == 404
    client.ask("DELETE", "Patient/erik")
    assert client.ask("GET", "Patient/erik/$everything").status == 410


@pytest.mark.parametrize(
    "asked",
    [
        "start=x", "end=", "_since=2026-13-01", "_type=Nothing", "_count=0", "_count=x", "_page=x",
        "_page=WzEsImEiXQ",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(client: Client, asked: str) -> None:
    name = asked.partition("=")[0]
    assert refusal(client.ask("GET", f"Patient/anna/$everything?{asked}"), 400).startswith(f"{name}: ")
    assert client.audited(action="everything")[0]["outcome"] == "invalid"


def test_a_parameter_that_is_not_there_is_told_or_under_strict_handling_refused(client: Client) -> None:
    address = "Patient/anna/$everything?nothing=1"
    assert client.get(address)["entry"][-1]["search"]["mode"] == "outcome"
    assert refusal(client.ask("GET", address, prefer="handling=strict"), 400).startswith("nothing: ")


def test_the_log_of_acts_says_whose_data_were_shown(client: Client) -> None:
    client.as_(STAFF).get("Patient/anna/$everything?_count=5&start=2025-01-01")
    lines = client.audited(actor=STAFF.id)
    assert [(one["action"], one["type"], one["id"], one["query"]) for one in lines] == [
        ("everything", "Patient", "anna", "_count&start")
    ] * 2
    assert sorted((one["patient"], one["shown"]) for one in lines) == [("anna", 5), ("erik", 2)]
