"""Bad input: a clear located message or a line in the report, never a traceback, never personal data."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from made.fhir_bundles import Json, as_bytes, bundle, found, observation, patient, quantity, reader
from vardforlopp.adapters.record_files import read_records
from vardforlopp.fhir import read_record
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.record import Record

WHOLE = as_bytes(bundle(patient(), observation()))


def refusal(path: Path, **how: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        read_records(path, reader(), **how)
    return refused.value


def file(folder: Path, data: bytes, name: str = "person.json") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def ours(*resources: Json) -> Record:
    return read_record(as_bytes(bundle(*resources)), name="person.json", reader=reader())


@pytest.mark.parametrize(
    "data, code, where",
    [
        (b"", "VF-REC-001", ""),
        (b" \n\t ", "VF-REC-001", ""),
        (b"\xef\xbb\xbf", "VF-REC-001", ""),
        (WHOLE[:-9], "VF-REC-004", ":1"),
        (b'{"resourceType": "Bundle",\n "entry": [}', "VF-REC-003", ":2"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "VF-REC-003", ":1"),
        (b"Anna Andersson 191212121212", "VF-REC-003", ":1"),
        (WHOLE.decode().encode("utf-16"), "VF-REC-002", ""),
        (WHOLE.replace(b"female", "kvinna, född i Skåne".encode("latin-1")), "VF-REC-002", ""),
        (b'{"resourceType": "Observation",\n "valueInteger": NaN}', "VF-REC-006", ":2"),
        (b'{"resourceType": "Observation", "valueInteger": -Infinity}', "VF-REC-006", ":1"),
        (b'{"resourceType": "Observation",\n "valueDecimal": 1e999}', "VF-REC-019", ":2"),
        (b'{"resourceType": "Observation", "valueInteger": ' + b"9" * 5000 + b"}", "VF-REC-019", ":1"),
        (b'{"resourceType": "Observation", "valueString": "\\ud800"}', "VF-REC-020", ":1"),
        (
            b'{"resourceType": "Observation",\n"status": "final",\n"status": "entered-in-error"}',
            "VF-REC-007",
            ":3",
        ),
        (b'{"resourceType": "Patient", "n\\u0061me": [], "name": []}', "VF-REC-007", ":1"),
        (b"[" * 100_000 + b"]" * 100_000, "VF-REC-005", ""),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "VF-REC-005", ""),
        (b'{"a": 1}', "VF-REC-008", ""),
        (b"[1, 2]", "VF-REC-008", ""),
        (b'"text"', "VF-REC-008", ""),
        (b"null", "VF-REC-008", ""),
        (b'{"resourceType": 7}', "VF-REC-008", ""),
        (b'{"resourceType": "Bundle", "entry": {"resource": {}}}', "VF-REC-011", ""),
        (b'{"resourceType": "Bundle"}', "VF-REC-009", ""),
        (as_bytes(observation()), "VF-REC-009", ""),
        (as_bytes(bundle(patient(), patient(id="q"))), "VF-REC-010", ""),
        (as_bytes(bundle(patient(), patient(gender="male"))), "VF-REC-010", ""),
        (as_bytes(bundle(patient(name=[7]))), "VF-REC-018", ""),
        (as_bytes(patient()) + b"\n" + as_bytes(observation())[:-5], "VF-REC-004", ":2"),
        (as_bytes(patient()) + b"\nnot json\n", "VF-REC-003", ":2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, data: bytes, code: str, where: str):
    """Code, file, line where it is known, what is wrong and what to do."""
    path = file(tmp_path, data)
    error = refusal(path)

    assert error.code == code
    assert error.where.startswith(f"{path}{where}")
    assert error.what
    assert error.do.endswith(".")
    assert error.exit_code == 2


@pytest.mark.parametrize("secret", ["191212121212", "Andersson"])
def test_no_message_repeats_what_stands_in_the_file(tmp_path: Path, secret: str):
    """The file's own name is all that is told of it, and no cause chain carries the text along."""
    for data in (
        f'{{"resourceType": "Patient", "name": {secret}'.encode(),
        f'{{"resourceType": "Patient", "{secret}": 1, "{secret}": 2}}'.encode(),
        as_bytes(patient(name=[7], identifier=[{"value": secret}])),
    ):
        error = refusal(file(tmp_path, data))

        assert secret not in str(error)
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__


def test_a_gzip_bomb_is_refused_before_it_has_grown(tmp_path: Path):
    """The limit counts what comes out: 100 MB of zeros in 100 kB never stand in memory."""
    bomb = file(tmp_path, gzip.compress(b"0" * 100_000_000), "bomb.json.gz")

    assert refusal(bomb, largest=1_000_000).code == "VF-REC-017"
    assert bomb.stat().st_size < 1_000_000


def test_a_file_over_the_limit_is_refused(tmp_path: Path):
    """Packed or not."""
    assert refusal(file(tmp_path, WHOLE), largest=100).code == "VF-REC-017"


@pytest.mark.parametrize(
    "data",
    [gzip.compress(WHOLE)[:-12], gzip.compress(WHOLE)[:20] + b"damaged", b"\x1f\x8b"],
    ids=["truncated", "damaged", "only the mark"],
)
def test_a_damaged_gzip_file_is_refused(tmp_path: Path, data: bytes):
    """Cut off, or changed on its way."""
    assert refusal(file(tmp_path, data, "person.json.gz")).code == "VF-REC-012"


def test_what_is_no_file_is_refused(tmp_path: Path):
    """Nothing there, a folder, a pipe, a file that may not be read."""
    locked = file(tmp_path, WHOLE, "locked.json")
    locked.chmod(0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert refusal(tmp_path / "none.json").code == "VF-REC-013"
    assert refusal(tmp_path).code == "VF-REC-014"
    assert refusal(pipe).code == "VF-REC-015"
    if os.geteuid() != 0:  # to root nothing is locked
        assert refusal(locked).code == "VF-REC-015"


def test_a_byte_order_mark_is_read_past_and_told():
    """It is harmless, and it is said."""
    record = read_record(b"\xef\xbb\xbf" + WHOLE, name="person.json", reader=reader())

    assert "vikt" in record.facts
    assert found(record) == {"VF-QUA-040"}


def test_a_record_of_fifty_megabytes_is_read(tmp_path: Path):
    """Large is no fault."""
    note = {"resourceType": "Binary", "contentType": "text/plain", "data": "QUJD" * 250_000}
    path = file(
        tmp_path, as_bytes(bundle(patient(), observation(), *({**note, "id": f"b{n}"} for n in range(50))))
    )
    (record,) = read_records(path, reader())

    assert path.stat().st_size > 50_000_000
    assert record.quality.resources == 52


def test_gzip_ndjson_and_single_resources_are_read(tmp_path: Path):
    """As JSON, one resource a line, gzipped in one or several members."""
    lines = as_bytes(patient()) + b"\n\n" + as_bytes(observation()) + b"\r\n"
    members = gzip.compress(lines[:100]) + gzip.compress(lines[100:])
    files = {"a.json": WHOLE, "b.json.gz": gzip.compress(WHOLE), "c.ndjson": lines, "d.ndjson.gz": members}
    records = [read_records(file(tmp_path, data, name), reader())[0] for name, data in files.items()]

    assert all("vikt" in record.facts for record in records)
    assert read_records(file(tmp_path, as_bytes(patient())), reader())[0].quality.resources == 1


def test_a_quotation_mark_written_as_an_escape_hides_no_key():
    """`\\u0022` in a text is a text; the check for doubled keys knows the difference."""
    told = WHOLE.replace(b'"female"', rb'"female", "language": "s\u0022v", "text": {"div": "\\u0022 \""}')

    assert read_record(told, name="person.json", reader=reader()).quality.resources == 2


@pytest.mark.parametrize(
    "more, code",
    [
        ({"effectiveDateTime": "2026-02-30"}, "VF-QUA-001"),
        ({"effectiveDateTime": 20260302}, "VF-QUA-001"),
        ({"effectiveDateTime": "0001-01-01"}, "VF-QUA-002"),
        ({"effectiveDateTime": "9999-12-31T12:00:00Z"}, "VF-QUA-002"),
        (
            {"effectiveDateTime": None, "effectivePeriod": {"start": "2026-03-02", "end": "2026-03-01"}},
            "VF-QUA-006",
        ),
        ({"valueQuantity": quantity(-70.0, "kg")}, "VF-QUA-032"),
        ({"valueQuantity": quantity(70.0, "xyz")}, "VF-QUA-030"),
        ({"valueQuantity": {"value": "70 kg"}}, "VF-QUA-033"),
        ({"effectiveDateTime": []}, "VF-QUA-021"),
        ({"code": ["vikt"]}, "VF-QUA-021"),
        ({"code": {"coding": "vikt"}}, "VF-QUA-021"),
        ({"subject": "Patient/p"}, "VF-QUA-021"),
        ({"subject": {"reference": "Patient/borta"}}, "VF-QUA-014"),
        ({"status": "färdig"}, "VF-QUA-017"),
        ({"status": ["final"]}, "VF-QUA-021"),
        ({"component": {"code": 1}}, "VF-QUA-021"),
        ({"valueQuantity": [70]}, "VF-QUA-021"),
        ({"hasMember": "Observation/x"}, "VF-QUA-021"),
        ({"meta": 7}, "VF-QUA-021"),
    ],
)
def test_what_is_wrong_in_one_resource_is_a_line_of_the_report(more: Json, code: str):
    """The rest of the record is read all the same."""
    bad = {key: value for key, value in observation(own="bad").items() if key not in more}
    bad |= {key: value for key, value in more.items() if value is not None}
    record = ours(patient(), bad, observation("sbt", "good"))

    assert found(record) == {code}
    assert [finding.ref for finding in record.quality.findings] == ["Observation/bad"]
    assert "sbt" in record.facts


@pytest.mark.parametrize("odd", [7, None, "text", [], {}, {"resourceType": ["Observation"]}, {"id": "x"}])
def test_what_is_no_resource_is_counted_and_told(odd: object):
    """An entry may hold anything; it is accounted for."""
    data = as_bytes(bundle(patient(), observation()))
    whole = orjson.loads(data)
    whole["entry"].append({"resource": odd})
    record = read_record(as_bytes(whole), name="person.json", reader=reader())

    assert record.quality.resources == 3
    assert found(record) == {"VF-QUA-021"}


@pytest.mark.parametrize("entry", [7, None, {}, {"response": {"status": "201"}}, []])
def test_an_entry_without_resource_is_told(entry: object):
    """An answer to a transaction has such entries; they are no resources."""
    whole = orjson.loads(WHOLE)
    whole["entry"].append(entry)
    record = read_record(as_bytes(whole), name="person.json", reader=reader())

    assert record.quality.resources == 2
    assert found(record) == {"VF-QUA-022"}


@pytest.mark.parametrize(
    "more, code",
    [
        ({"birthDate": "1950-02-30"}, "VF-QUA-001"),
        ({"birthDate": "0001-01-01"}, "VF-QUA-002"),
        ({"birthDate": None}, "VF-QUA-045"),
        ({"gender": "kvinna"}, "VF-QUA-042"),
        ({"deceasedDateTime": "1940-01-01"}, "VF-QUA-006"),
        ({"identifier": [{"system": "1.2.752.129.2.1.3.1", "value": "198912311234"}]}, "VF-QUA-043"),
    ],
)
def test_what_is_wrong_with_the_patient_is_a_line_of_the_report(more: Json, code: str):
    """Age, sex or number are then unknown; the record is read."""
    person = {key: value for key, value in patient(**more).items() if value is not None}

    assert code in found(ours(person, observation()))


def test_a_very_long_chain_of_references_is_no_trouble():
    """20,000 resources that each point at the next: no recursion, no waiting."""
    chain = [
        observation("okand", f"o{n}", hasMember=[{"reference": f"Observation/o{(n + 1) % 20_000}"}])
        for n in range(20_000)
    ]

    assert "VF-QUA-013" not in found(ours(patient(), *chain[:-1]), "VF-QUA-012")


def test_findings_hold_nothing_of_the_patient():
    """Codes, places and fixed words only."""
    record = ours(
        patient(name=[{"text": "Hemliga Hanna"}]),
        observation(effectiveDateTime="Hemliga Hanna"),
        observation(own="o2", valueQuantity={"value": 7, "unit": "Hemliga Hanna"}),
        observation(own="o3", status="Hemliga Hanna"),
        observation(own="o4", valueQuantity=quantity(1, "kg", comparator="Hemliga Hanna")),
    )

    assert len(record.quality.findings) == 4
    assert "Hanna" not in repr(record.quality)
