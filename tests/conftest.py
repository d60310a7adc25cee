"""What every suite shares: the builders of `tests/made` on the path, and the two Hypothesis profiles."""

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from vardforlopp import definitions
from vardforlopp.definitions.load import Loaded

loading = import_module("vardforlopp.definitions.load")  # the package's own name is the function

settings.register_profile(
    "fast", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("fast"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def _remembering(load: Callable[..., Loaded]) -> Callable[..., Loaded]:
    """The same definitions are parsed once a process, as a server does: what they give is immutable."""
    kept: dict[object, Loaded] = {}

    def remembered(texts: Mapping[str, str], *, root: str = "content") -> Loaded:
        key = (root, frozenset(texts.items()))
        if key not in kept:
            kept[key] = load(texts, root=root)
        return kept[key]

    return remembered


definitions.load = loading.load = _remembering(loading.load)  # before anything takes it from there


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Any]:
    """An empty database of the newest schema."""
    from made.databases import fresh

    with fresh(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a server process with an empty database."""
    from made.processes import running

    with running(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def client(database: Any) -> Any:
    """A connected system, asking an empty server."""
    from made.serving import served

    return served(database)


@pytest.fixture
def clinic(database: Any) -> Any:
    """A server that follows pathways, on a day of its own."""
    from made.clinic import Clinic
    from made.derived import in_force

    return Clinic(database, in_force())
