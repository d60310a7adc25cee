"""Whose a resource is was read under one address: the database keeps it, and another is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from made.databases import bare
from vardforlopp.app.serve import prepare
from vardforlopp.app.settings import Settings, settings
from vardforlopp.kernel.errors import InputError

OURS, OTHER = "https://vard.example", "https://other.example"


def started(url: str, **said: object) -> Settings:
    """A server, or an import, that begins."""
    return prepare(settings({"data": url, **said}, {}))


def test_the_first_address_is_kept_and_another_refused(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        assert started(url, address=OURS).base == f"{OURS}/fhir"
        assert started(url, address=OURS).base == f"{OURS}/fhir"
        with pytest.raises(InputError, match="VF-APP-008") as refused:
            started(url, address=OTHER)
        assert refused.value.do.startswith(f"Set address to {OURS}, ")
        with pytest.raises(InputError, match="VF-APP-008"):
            started(url, host="0.0.0.0")


def test_who_says_no_address_has_the_databases(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        started(url, address=OURS)
        assert started(url).base == f"{OURS}/fhir"


def test_what_was_imported_under_no_address_is_not_served_under_one(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        started(url)
        with pytest.raises(InputError, match="VF-APP-008"):
            started(url, address=OURS)


def test_a_port_of_this_machine_may_be_another_each_time(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        assert started(url, port=8080).base == "http://127.0.0.1:8080/fhir"
        assert started(url, port=9090).base == "http://127.0.0.1:9090/fhir"
