"""A FHIR R4 Bundle as a record: one patient, laboratory values and referrals so far."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import orjson

from vardforlopp.definitions.model import Selector
from vardforlopp.kernel.civil import parse_time
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import NotRead, Patient, Quality, Record, index

_PERFORMED = {"final", "amended", "corrected"}
_ORDERED = {"active", "completed"}


def read_bundle(data: bytes, *, name: str, selectors: Mapping[str, Selector]) -> Record:
    """The record that a bundle holds; every resource is read or accounted for."""
    try:
        bundle = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError("VF-INP-001", name, "the file is not JSON", "Export the record again.") from error
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise InputError("VF-INP-002", name, "the file is not a FHIR Bundle", "Give a Bundle of one patient.")
    resources = [entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry]
    patients = [found for found in resources if found.get("resourceType") == "Patient"]
    if len(patients) != 1:
        raise InputError(
            "VF-INP-003", name, f"{len(patients)} patients in one record", "Give one patient a file."
        )
    others = [found for found in resources if found.get("resourceType") != "Patient"]
    facts = [(found, _fact(found, selectors)) for found in others]
    unread = tuple(
        NotRead(found["resourceType"], "no selector of the catalogue", (_ref(found),))
        for found, fact in facts
        if fact is None
    )
    quality = Quality(len(resources), len(resources) - len(unread), unread)
    return Record(_patient(patients[0]), index([fact for _, fact in facts if fact]), quality=quality)


def _ref(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '-')}"


def _patient(resource: Mapping[str, Any]) -> Patient:
    born = parse_time(resource["birthDate"]) if "birthDate" in resource else None
    names, identifiers = resource.get("name", [{}]), resource.get("identifier", [{}])
    return Patient(
        _ref(resource), born and born.day, born and born.last_day, resource.get("gender"), None,
        names[0].get("text"), identifiers[0].get("value"),
    )  # fmt: skip


def _fact(resource: Mapping[str, Any], selectors: Mapping[str, Selector]) -> Fact | None:
    codings = {
        (coding.get("system"), coding.get("code")) for coding in resource.get("code", {}).get("coding", ())
    }
    selector = next((each for each in selectors.values() if _means(each, resource, codings)), None)
    written = resource.get("effectiveDateTime") or resource.get("authoredOn")
    if selector is None or written is None:
        return None
    time, quantity = parse_time(written), resource.get("valueQuantity")
    known = parse_time(resource["issued"]).lo if "issued" in resource else time.lo
    value = None
    if quantity is not None and quantity.get("code") == selector.unit:
        value = Fraction(str(quantity["value"]))
    return Fact(
        selector.id, time.lo, time.hi, time.day, time.last_day, known, _ref(resource),
        value=value, unit=selector.unit,
    )  # fmt: skip


def _means(selector: Selector, resource: Mapping[str, Any], codings: set[tuple[Any, Any]]) -> bool:
    statuses = _ORDERED if selector.status == "ordered" else _PERFORMED
    return (
        resource.get("resourceType") in selector.resources
        and resource.get("status") in statuses
        and any((rule.system, rule.code) in codings for rule in selector.codes)
    )
