"""Imports go downward only, and nothing below the adapters can reach the world."""

from __future__ import annotations

import tomllib

import pytest
from importlinter.cli import lint_imports
from repository import LAYERS, PURE, ROOT, SRC


def _contracts() -> dict[str, dict[str, object]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}


def test_no_import_goes_upward_or_reaches_the_world(capsys: pytest.CaptureFixture[str]):
    """The contracts of pyproject.toml hold. A break means: move the code down, or pass the value in."""
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert not failed, capsys.readouterr().out


def test_every_package_stands_in_the_layers_contract():
    """A new package gets its place in `[[tool.importlinter.contracts]]` in the same change."""
    packages = {path.parent.name for path in SRC.glob("*/__init__.py")}

    assert packages <= set(LAYERS), f"give these packages a layer: {packages - set(LAYERS)}"
    layers = _contracts()["layers"]["layers"]
    assert isinstance(layers, list)
    assert [name for layer in reversed(layers) for name in layer.split(" | ")] == list(LAYERS)


def test_every_pure_package_is_forbidden_to_do_io():
    """All below the adapters stands in the `pure` contract: add the package to its source_modules."""
    named = set(_contracts()["pure"]["source_modules"])

    assert named == {f"vardforlopp.{layer}" for layer in PURE}
