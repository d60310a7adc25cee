"""What these tests share: a server process for each file of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from made.processes import running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They need more than the fast suite has, and more time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "CLIENTS_MODULES" not in os.environ:
            item.add_marker(pytest.mark.skip(reason="run by `make test-interface`"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a server with an empty database."""
    with running(tmp_path_factory.mktemp("server")) as found:
        yield found
