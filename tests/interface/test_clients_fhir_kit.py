"""fhir-kit-client (npm) does its work with the server, as `tests/conformity/clients/scenario.mjs` says."""

from __future__ import annotations

import subprocess
from pathlib import Path

from made.processes import FROM_OUTSIDE

pytestmark = FROM_OUTSIDE

SCENARIO = Path(__file__).parents[1] / "conformity/clients/scenario.mjs"


def test_fhir_kit_client_goes_through_the_scenario(base: str) -> None:
    done = subprocess.run(["node", str(SCENARIO), base], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
