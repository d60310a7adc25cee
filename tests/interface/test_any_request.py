"""Whatever schemathesis makes of our OpenAPI document: no fault, and no answer that it does not tell of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from made.databases import KIND
from made.processes import FROM_OUTSIDE
from vardforlopp.fhir.search.served import SERVED

pytestmark = FROM_OUTSIDE

EXAMPLES = Path(os.environ.get("HL7_PACKAGES", "/nowhere")) / "hl7.fhir.r4.examples-4.0.1.tgz"
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "unsupported_method",
    "response_headers_conformance", "response_schema_conformance", "allow_header_conformance",
)  # fmt: skip
#: Made-up requests of each operation; on SQLite those that its schema alone gives come to that.
EACH = os.environ.get("REQUESTS_EACH", "3")
#: Examples of each type, the first under the id that is asked for most.
OF_A_TYPE = 3


def fill(base: str) -> None:
    """Some of HL7's examples of each type, so that there is something to find."""
    place = urlsplit(base)
    connection = HTTPConnection(place.netloc, timeout=10)
    seen: Counter[str] = Counter()
    with tarfile.open(EXAMPLES) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            type_ = Path(member.name).name.partition("-")[0]
            if type_ not in SERVED or seen[type_] == OF_A_TYPE:
                continue
            found = archive.extractfile(member)
            assert found is not None
            resource = json.loads(found.read())
            if not seen[type_]:
                resource["id"] = "0"
            connection.request(
                "PUT", f"{place.path}/{type_}/{resource['id']}", json.dumps(resource),
                {"content-type": "application/fhir+json"},
            )  # fmt: skip
            reply = connection.getresponse()
            reply.read()
            seen[type_] += reply.status == 201
    connection.close()
    assert set(seen) >= set(SERVED)


def test_every_answer_is_as_the_document_says(base: str, tmp_path: Path) -> None:
    fill(base)
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{base}/openapi.json",
        "--phases", "coverage,fuzzing" if KIND == "sqlite" else "fuzzing", "--checks", ",".join(CHECKS),
        "--max-examples", EACH,
        "--seed", "1", "--no-shrink", "--continue-on-failure", "--warnings", "off",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
