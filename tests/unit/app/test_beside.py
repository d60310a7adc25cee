"""What another process makes comes as if it were made here; and it ends with whoever asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from made import streams
from vardforlopp.app.beside import beside
from vardforlopp.app.import_parts import Part, Unread, parts_ahead, parts_as_chosen
from vardforlopp.app.settings import settings
from vardforlopp.kernel.errors import InputError, InternalError

pytestmark = pytest.mark.slow  # each starts a process
RECORD = Path(__file__).parents[3] / "examples" / "records"


def test_it_comes_in_its_order_and_whole() -> None:
    assert list(beside(streams.numbers, 30, name="numbers")) == list(streams.numbers(30))


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (streams.refused, InputError, "VF-REC-013 fil.json  there is no such file. Check the name."),
        (streams.faulty, InternalError, "VF-INT-003 the program failed (ValueError)."),
    ],
)
def test_what_came_before_an_error_comes_and_then_the_error(
    make: Callable[..., object], error: type[Exception], told: str
) -> None:
    """A fault of the program tells no more than its kind: what it was about may be a person's."""
    made = beside(make, 2, name="a test")
    assert [next(made), next(made)] == [0, 1]
    with pytest.raises(error) as raised:
        next(made)
    assert str(raised.value).startswith(told)
    assert "19121212" not in str(raised.value)


def test_what_comes_of_a_process_that_the_system_ended_is_never_taken_for_all() -> None:
    made = beside(streams.stopped, 2, name="a test")
    with pytest.raises(InputError, match="VF-APP-012 a test  the process that reads ahead was stopped"):
        list(made)


def gone(number: int) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_who_asks_for_no_more_ends_it(tmp_path: Path) -> None:
    mark = tmp_path / "number"
    made = beside(streams.named, mark, name="a test")
    next(made)
    made.close()
    assert gone(int(mark.read_text("utf-8")))


def test_it_ends_when_who_asked_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "number"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from made import streams\n"
        "from vardforlopp.app.beside import beside\n"
        "if __name__ == '__main__':\n"
        "    next(beside(streams.named, Path(sys.argv[1]), name='a test'))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    script = tmp_path / "asks.py"
    script.write_text(code, "utf-8")
    paths = os.pathsep.join(one for one in sys.path if one)
    subprocess.run(
        [sys.executable, str(script), str(mark)],
        env={**os.environ, "PYTHONPATH": paths},
        timeout=60,
        check=False,
    )
    assert gone(int(mark.read_text("utf-8")))


def test_files_are_read_alike_here_and_beside(tmp_path: Path) -> None:
    """Whole records, refused resources, broken lines and files that are none, whatever their order."""
    broken = tmp_path / "broken.ndjson"
    broken.write_bytes(
        b'{"resourceType":"Patient","id":"a"}\n{"resourceType":\n{"resourceType":"Patient","id":3}\n'
    )
    none = tmp_path / "none.json"
    none.write_bytes(b"nothing")
    large = tmp_path / "large.ndjson"
    person = {"resourceType": "Patient", "name": [{"text": "Å" * 1000}]}
    large.write_bytes(b"\n".join(orjson.dumps({**person, "id": f"p{number}"}) for number in range(1200)))
    files = [broken, none, tmp_path / "nowhere.json", large, *sorted(RECORD.glob("*.json.gz"))]
    chosen = replace(settings({}), data=str(tmp_path))
    here = list(parts_as_chosen(files, chosen))
    ahead = list(parts_ahead(files, chosen))
    assert list(map(told, ahead)) == list(map(told, here))
    assert {(part.number, part.of) for part in ahead if isinstance(part, Part) and part.path == large} == {
        (0, 3), (1, 3), (2, 3),
    }  # fmt: skip


def told(part: Part | Unread) -> object:
    return (part.path, str(part.error)) if isinstance(part, Unread) else part
