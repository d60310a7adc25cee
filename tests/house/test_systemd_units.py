"""The units of `deploy/systemd` are what systemd knows, run commands that exist, and may do little."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from shutil import which

import pytest
from repository import ROOT

from vardforlopp.app.settings import PREFIX, Settings
from vardforlopp.cli.commands import build

FOLDER = ROOT / "deploy/systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
UNITS = [*SERVICES, *sorted(FOLDER.glob("*.timer"))]
PROGRAM = "/opt/vardforlopp/bin/vardforlopp"
#: What systemd 252 (Debian 12) knows, of what we use.
KNOWN = {
    "Unit": "Description Wants After",
    "Install": "WantedBy",
    "Timer": "OnCalendar RandomizedDelaySec Persistent",
    "Service": """
        Type User Group StateDirectory StateDirectoryMode RuntimeDirectory RuntimeDirectoryMode LoadCredential
        Environment EnvironmentFile ExecStart KillMode TimeoutStopSec Restart RestartSec LimitNOFILE Nice
        IOSchedulingClass ReadWritePaths NoNewPrivileges ProtectSystem ProtectHome ProtectProc ProcSubset
        ProtectClock ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables
        ProtectControlGroups PrivateTmp PrivateDevices PrivateUsers RemoveIPC RestrictAddressFamilies
        RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality MemoryDenyWriteExecute
        SystemCallArchitectures SystemCallFilter SystemCallErrorNumber CapabilityBoundingSet
        AmbientCapabilities KeyringMode UMask
    """,
}
#: What every service of ours must give up.
GIVEN_UP = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "UMask": "0077",
    "MemoryDenyWriteExecute": "yes", "StateDirectoryMode": "0700", "User": "vardforlopp",
}  # fmt: skip
#: systemd's own measure of what a service may do to the machine: 10 is everything, 0 nothing.
EXPOSED = 15  # tenths


def options(unit: Path) -> dict[str, dict[str, list[str]]]:
    """The options of a unit by section, each with all its values."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            assert equals, f"{unit.name}: {line}"
            found[section][name].append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_knows_every_option(unit: Path) -> None:
    for section, found in options(unit).items():
        assert set(found) <= set(KNOWN[section].split())


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_runs_commands_that_there_are_with_settings_that_there_are(unit: Path) -> None:
    service = options(unit)["Service"]
    known = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}
    assert {each.partition("=")[0] for each in service["Environment"]} <= known
    for command in service["ExecStart"]:
        program, *arguments = shlex.split(command)
        assert program == PROGRAM
        build("0", arguments[0]).parse_args(arguments, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_gives_up_what_it_needs_not(unit: Path) -> None:
    service = options(unit)["Service"]
    assert {name: service[name][-1] for name in GIVEN_UP if name in service} == GIVEN_UP


@pytest.mark.skipif(
    which("systemd-analyze") is None, reason="there is no systemd here; the tests above read them"
)
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    copies = [tmp_path / unit.name for unit in UNITS]
    for unit, copy in zip(UNITS, copies, strict=True):
        copy.write_text(unit.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for copy in copies[: len(SERVICES)]:
        measured = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", copy],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert measured.returncode == 0, measured.stdout[-200:]
