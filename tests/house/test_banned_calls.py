"""No clock below `app`, no I/O below the adapters, no chance anywhere: read off the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from repository import PURE, files, listing, modules, tree

CLOCKS = {
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "datetime.date.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "time.time", "time.time_ns", "time.localtime",
    "time.gmtime", "time.monotonic", "time.perf_counter", "perf_counter",
}  # fmt: skip
IO_NAMES = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
IO_CALLS = {
    "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "iterdir", "glob", "rglob",
}  # fmt: skip
IO_ATTRIBUTES = {"sys.stdout", "sys.stderr", "sys.stdin", "sys.argv", "sys.exit", "os.environ"}
CHANCE = {"uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "random.random", "os.urandom"}

CLOCK = Path("src/vardforlopp/app/clock.py")
ODDS = Path("src/vardforlopp/app/chance.py")
DEADLINES = Path("src/vardforlopp/engine/deadlines.py")


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; the last parts only when it starts in a call."""
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def test_only_one_file_asks_the_clock():
    """Time is an argument: take `as_of` or `known_at`. Benchmarks and scripts may measure."""
    found = [
        f"{path}:{line} {name}"
        for path in modules()
        if path != CLOCK
        for line, name in calls(path)
        if name in CLOCKS
    ]

    assert not found, "take the time as an argument:" + listing(found)


def test_dates_are_added_in_one_place():
    """Only the kernel and `engine/deadlines.py` use timedelta: months clamp, working days are counted."""
    found = [
        f"{path}:{node.lineno}"
        for path in modules()
        if path.parts[2] != "kernel" and path != DEADLINES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id == "timedelta")
        or (isinstance(node, ast.Attribute) and node.attr == "timedelta")
    ]

    assert not found, "add with kernel.durations.add:" + listing(found)


def test_nothing_below_the_adapters_touches_the_world():
    """No file, stream, environment or argument below `adapters`: pass the bytes or the text in."""
    found = []
    for path in modules(*PURE):
        for line, name in calls(path):
            method = name.rpartition(".")[2]
            if name in IO_NAMES or method in IO_CALLS:
                found.append(f"{path}:{line} {name}()")
        found += [
            f"{path}:{node.lineno} {dotted(node)}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and dotted(node) in IO_ATTRIBUTES
        ]

    assert not found, "read and write in adapters/files.py, pass values down:" + listing(found)


def test_nothing_is_left_to_chance():
    """The same input gives the same output to the byte: only what a server makes anew has a random id."""
    found = [
        f"{path}:{line} {name}"
        for path in modules()
        if path != ODDS
        for line, name in calls(path)
        if name in CHANCE
    ]

    assert not found, "derive ids from what they name (uuid5, hashes):" + listing(found)


def test_the_finders_find():
    """The reading itself is tested: a clock, a stream and a chain that starts in a call are seen."""
    seen = [
        dotted(node.func)
        for node in ast.walk(ast.parse("date.today(); open('x'); Path('x').read_text(); a.b.c()"))
        if isinstance(node, ast.Call)
    ]

    assert {"date.today", "open", "read_text", "a.b.c"} <= set(seen)


def test_no_test_uses_a_mock():
    """Use values, or a fake that passes the port's own suite: a mock proves only itself."""
    found = [
        f"{path}:{node.lineno}"
        for path in files()
        if path.suffix == ".py" and path.parts[0] == "tests"
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("unittest.mock", "mock")))
        or (isinstance(node, ast.Import) and any("mock" in alias.name for alias in node.names))
        or (isinstance(node, ast.Attribute) and node.attr in {"MagicMock", "patch"})
    ]

    assert not found, "use a value or a fake:" + listing(found)
