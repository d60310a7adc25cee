"""What goes wrong around a server: nothing answered is lost, nothing is doubled, and it goes on by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest
from sqlalchemy import func, select, text

from made.databases import KIND, Restarted, bare
from made.load import Writers, stored, writing
from made.processes import Served, ask, is_ready, serving, until
from made.serving import served
from vardforlopp.store import tables
from vardforlopp.store.database import Database

pytestmark = pytest.mark.slow

WORKERS = 1 if KIND == "sqlite" else 2
PERSON = {"resourceType": "Patient", "name": [{"family": "Testsson"}]}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database that a server fills."""
    with bare(tmp_path) as found:
        yield found


@contextmanager
def demo(url: str, folder: Path) -> Iterator[Served]:
    """A server on it, with several processes where the database lets several write."""
    data = url if KIND == "postgresql" else str(folder)
    with serving("--demo", "--data", data, folder=folder, workers=WORKERS) as server:
        yield server


def nothing_is_lost_or_doubled(writers: Writers, url: str) -> None:
    found = stored(url)
    assert set(writers.kept) <= set(found), "what was answered is lost"
    assert set(found) <= {*writers.kept, *writers.unsure}, "what was refused is kept"
    assert set(found.values()) <= {1}, "something is doubled"
    database = Database(url)
    with database.reading() as connection:
        lines = connection.execute(
            select(tables.audit.c.id).where(
                tables.audit.c.action == "update", tables.audit.c.outcome == "done"
            )
        ).scalars()
        assert sorted(lines) == sorted(found), "a version without its line, or a line without its version"
        bodies = connection.execute(select(func.count()).select_from(tables.body)).scalar_one()
        assert bodies == len(found)
    database.close()


def test_told_to_stop_it_answers_whom_it_has_heard(tmp_path: Path, url: str) -> None:
    """SIGTERM under load: what was done is answered, what was not answered was not done."""
    with demo(url, tmp_path) as server, writing(server.port) as writers:
        until(lambda: len(writers.kept) > 100)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        until(lambda: writers.silent > 10)  # new ones find nobody
    assert set(writers.statuses) == {201}
    assert sorted(stored(url)) == sorted(writers.kept), "done and not answered"
    nothing_is_lost_or_doubled(writers, url)


@pytest.mark.parametrize("times", [3])
def test_killed_and_started_again_it_has_all_that_it_answered(tmp_path: Path, url: str, times: int) -> None:
    """kill -9 of every process of the server at once."""
    all_kept: list[str] = []
    for _ in range(times):
        with demo(url, tmp_path) as server, writing(server.port) as writers:
            until(lambda: len(writers.kept) > 50)
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait(10)
        found = stored(url)
        assert set(writers.kept) <= set(found)
        all_kept += writers.kept
        versions = found[writers.kept[0]]
        assert all(found[id_] == versions for id_ in set(writers.kept[:10]))
    assert set(all_kept) <= set(stored(url))


def test_one_of_its_processes_killed_is_replaced(tmp_path: Path, url: str) -> None:
    with demo(url, tmp_path) as server, writing(server.port) as writers:
        until(lambda: len(writers.kept) > 50)
        before = server.pids()
        worker = before[-1]
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in server.pids() and len(server.pids()) == len(before))
        until(lambda: is_ready(server.port))
        done = len(writers.kept)
        until(lambda: len(writers.kept) > done + 50)
    nothing_is_lost_or_doubled(writers, url)


@pytest.mark.skipif(KIND != "sqlite", reason="PostgreSQL's files are another machine's; see the next test")
def test_on_a_full_disk_it_refuses_and_goes_on_when_there_is_room(tmp_path: Path, url: str) -> None:
    """The write is refused with 503, and so is a read, which could not be logged; nothing is half-written."""
    with serving("--demo", "--data", str(tmp_path), folder=tmp_path) as server:
        with writing(server.port, clients=3) as writers:
            until(lambda: len(writers.kept) > 20)
            largest = max(path.stat().st_size for path in tmp_path.glob("vardforlopp.db*"))
            server.limit_files(max(largest, server.log.stat().st_size) + 400_000)
            until(lambda: writers.statuses[503] > 20)
            assert ask(server.port, "GET", "/health")[0].status == 200
            until(lambda: ask(server.port, "GET", f"/fhir/Patient/{writers.kept[0]}")[0].status == 503)
            server.limit_files(1 << 40)
            before = len(writers.kept)
            until(lambda: len(writers.kept) > before + 50)
            assert server.process.poll() is None
        assert set(writers.statuses) == {201, 503}, server.lines("fault")
        assert writers.without_wait == []
        assert writers.silent == 0
        assert ask(server.port, "GET", f"/fhir/Patient/{writers.kept[0]}")[0].status == 200
    nothing_is_lost_or_doubled(writers, url)


@pytest.mark.skipif(KIND != "postgresql", reason="an error that PostgreSQL alone reports")
@pytest.mark.parametrize("code", ["53100", "25006", "57P03", "53300"])
def test_what_postgresql_cannot_do_now_is_told_as_such(tmp_path: Path, url: str, code: str) -> None:
    """A full disk, a standby that does not write, a server that starts, too many connections: all pass."""
    with serving("--demo", "--data", url, folder=tmp_path) as server:
        database = Database(url)
        with database.writing() as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"
                )
            )
            connection.execute(
                text("CREATE TRIGGER t BEFORE INSERT ON body FOR EACH ROW EXECUTE FUNCTION refuse()")
            )
        answer, _ = ask(server.port, "POST", "/fhir/Patient", PERSON)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        with database.writing() as connection:
            connection.execute(text("DROP FUNCTION refuse CASCADE"))
        database.close()
        assert ask(server.port, "POST", "/fhir/Patient", PERSON)[0].status == 201
    assert len(stored(url)) == 1


@pytest.mark.skipif(KIND != "postgresql", reason="SQLite is in the process")
def test_a_database_that_goes_and_comes_back(tmp_path: Path) -> None:
    """PostgreSQL stopped and started under load: 503 with Retry-After meanwhile, and then all is well."""
    postgres = Restarted()
    try:
        with serving("--demo", "--data", postgres.url, folder=tmp_path, workers=2) as server:
            with writing(server.port) as writers:
                for _ in range(2):
                    before, refused = len(writers.kept), writers.statuses[503]
                    until(lambda: len(writers.kept) > before + 50)  # noqa: B023
                    postgres.stop()
                    until(lambda: writers.statuses[503] > refused + 20)  # noqa: B023
                    assert ask(server.port, "GET", "/health")[0].status == 200
                    assert ask(server.port, "GET", "/ready")[0].status == 503
                    postgres.start()
                    until(lambda: is_ready(server.port))
                before = len(writers.kept)
                until(lambda: len(writers.kept) > before + 50)
            assert set(writers.statuses) == {201, 503}, server.lines("fault")
            assert writers.without_wait == []
            assert writers.silent == 0
            assert server.lines("fault") == []
        found = stored(postgres.url)
        assert set(writers.kept) <= set(found)
        assert set(found.values()) == {1}
    finally:
        postgres.end()


def test_who_finds_no_connection_free_is_sent_away_soon(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        from vardforlopp.store.migrations import migrate

        migrate(url)
        database = Database(url, connections=1, patience=0.2)
        client = served(database)
        held, done = Event(), Event()

        def hold() -> None:
            with database.reading():
                held.set()
                done.wait(10)

        holder = Thread(target=hold)
        holder.start()
        held.wait(10)
        refused = client.ask("GET", "Patient/a")
        done.set()
        holder.join()
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert client.ask("GET", "Patient/a").status == 404
        database.close()


def test_no_process_of_it_goes_on_when_the_first_is_killed(tmp_path: Path, url: str) -> None:
    with demo(url, tmp_path) as server:
        workers = server.pids()[1:]
        server.process.kill()
        server.process.wait(5)
        until(lambda: not any(map(lives, workers)))
        assert not is_ready(server.port)


def lives(pid: int) -> bool:
    """Whether a process is more than a number that nobody has asked about yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no folder in memory here")
def test_what_a_killed_server_has_left_in_memory_is_cleared_up(tmp_path: Path, url: str) -> None:
    def left(pid: int) -> list[Path]:
        return list(Path("/dev/shm").glob(f"vardforlopp-counts-{pid}-*"))

    with demo(url, tmp_path) as killed:
        os.killpg(killed.process.pid, signal.SIGKILL)
        killed.process.wait(10)
        assert left(killed.process.pid)
    with demo(url, tmp_path) as server:
        assert not left(killed.process.pid)
        assert left(server.process.pid)
    assert not left(server.process.pid)


def test_a_server_that_nobody_asks_stops_at_once(tmp_path: Path, url: str) -> None:
    with demo(url, tmp_path) as server:
        sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 0
