"""No way in without a lock and a log: every act asks first, and every request leaves a line."""

from __future__ import annotations

import ast
import inspect
import textwrap
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType

import pytest

import vardforlopp.services as services
from made.serving import patient, served
from vardforlopp.api.dispatch import _at
from vardforlopp.api.operations import OPERATIONS, Operation
from vardforlopp.store.database import Database

#: What follows from what was written behind a door: it tells nobody anything, and is done for nobody.
FOLLOWS = frozenset(("assessing", "rereading", "sweeping"))
ACTS = [
    found
    for module in iter_modules(services.__path__, "vardforlopp.services.")
    if module.name.rpartition(".")[2] not in FOLLOWS
    for found in vars(import_module(module.name)).values()
    if isinstance(found, FunctionType)
    and found.__module__ == module.name
    and not found.__name__.startswith("_")
    and "unit" in inspect.signature(found).parameters
]


def address_of(operation: Operation) -> tuple[str, ...]:
    """Where an operation is asked for, of a patient if it can be."""
    type_ = "Patient" if "Patient" in operation.types else min(operation.types, default="")
    before = {"system": (), "type": (type_,), "instance": (type_, "a")}[operation.level]
    return (*before, f"${operation.name}")


ADDRESSES = [
    (), ("_history",), ("Patient",), ("Patient", "_history"), ("Patient", "_search"), ("Patient", "a"),
    ("Patient", "a", "_history"), ("Patient", "a", "_history", "1"),
    *map(address_of, OPERATIONS), ("$export", "a"), ("$export", "a", "Patient-1.ndjson"),
]  # fmt: skip


NAMES = {one.__name__ for one in ACTS}


def calls(what: object) -> set[str]:
    """The names of what a function or a class calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(what)))  # type: ignore[arg-type]
    calling = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {each.id for each in calling if isinstance(each, ast.Name)}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_every_act_takes_an_actor_and_a_time_and_has_a_door(act: FunctionType) -> None:
    """By itself, or by handing everything to an act that has."""
    named = inspect.signature(act).parameters
    assert {"actor", "at"} <= set(named)
    beside = vars(import_module(act.__module__))
    called = calls(act)
    of_its_own = {name for name in called if name.startswith("_") and "Door" in calls(beside[name])}
    handed_on = {name for name in called if name.startswith("_") and calls(beside[name]) & NAMES}
    assert "Door" in called or called & NAMES or of_its_own or handed_on


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path in ADDRESSES[1:] for method in (_at(path) or {})] + [((), "POST")],
    ids=str,
)
def test_every_request_leaves_a_line_whether_or_not_it_may_be(
    database: Database, path: tuple[str, ...], method: str
) -> None:
    client = served(database)
    for actor in (client.actor, patient("b")):
        before = len(client.audited())
        client.as_(actor).exactly(method, path, (), body=b'{"resourceType":"Patient","id":"a"}')
        lines = client.audited()[before:]
        assert lines, "it stands nowhere who asked"
        assert {line["actor"] for line in lines} == {actor.id}


def test_what_is_written_is_written_behind_a_door() -> None:
    """Only the services write; whatever reaches the store otherwise is named here, with its reason."""
    root = Path(services.__path__[0]).parent
    allowed = {"store"}  # the store itself
    writers = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*.py")
        if ".append(" in path.read_text("utf-8") and "unit.append(" in path.read_text("utf-8")
    }
    assert writers - allowed == {"services"}
