"""What the README shows is what the program prints."""

from __future__ import annotations

import re

from repository import ROOT

from made.calls import call

MILAN = ROOT / "examples" / "records" / "milan-hjartsvikt-och-kol.json"
LARGEST = 200_000


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def test_the_sample_is_printed_by_the_demo():
    """Each passage between the cuts stands in the plan, line for line and in this order."""
    (sample,) = re.findall(r"^```text\n(.*?)^```$", readme(), re.MULTILINE | re.DOTALL)
    printed = call("plan", MILAN, "--as-of", "2026-03-04", "--region", "region-exempel").out
    printed = "\n" + printed.replace("\u00a0", " ")
    place = 0
    for passage in re.split(r"^\[\.\.\.\]\n", sample, flags=re.MULTILINE):
        found = printed.find(f"\n{passage}", place)
        assert found >= 0, f"the plan does not print, after the passage before:\n{passage}"
        place = found + len(passage)


def test_the_picture_is_there_and_light():
    """A picture that everybody can load."""
    (name,) = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+)\)", readme())

    assert 0 < (ROOT / name).stat().st_size <= LARGEST
