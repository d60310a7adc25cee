"""What stands before every address: safe headers, a name for each request, and limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from vardforlopp.access import Actor
from vardforlopp.api.front import SAFE, Front
from vardforlopp.api.limits import Places, Rate
from vardforlopp.api.naming import Named, named
from vardforlopp.api.watch import Answered, Unwatched
from vardforlopp.kernel.civil import SECOND

UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


class Remembers(Unwatched):
    """A watch that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[Answered] = []

    def answered(self, answered: Answered) -> None:
        self.told.append(answered)


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(0)
    await PlainTextResponse("fine")(scope, receive, send)


def front(inside: Any = fine, **more: Any) -> Front:
    ticks = count(0, 1000)
    settings: dict[str, Any] = {
        "who": lambda header: Actor(header, "staff") if header else None,
        "clock": lambda: 0,
        "ticks": lambda: next(ticks),
        "new_id": lambda: "ours",
        "watch": Remembers(),
        "rate": Rate(100),
        "places": Places(100),
    }
    return Front(inside, **{**settings, **more})


async def got(application: Any, path: str = "/fhir/Patient/a", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": pairs, "client": ("10.0.0.1", 1)}
    await application(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def get(application: Any, path: str = "/fhir/Patient/a", **headers: str) -> tuple[int, dict[str, str]]:
    return asyncio.run(got(application, path, **headers))


@pytest.mark.parametrize("path", ["/fhir/Patient/a", "/health", "/nowhere"])
def test_every_answer_is_safe_by_its_headers(path: str) -> None:
    _, headers = get(front(), path)
    assert SAFE.items() <= headers.items()
    assert "strict-transport-security" not in headers
    assert "x-demo" not in headers


def test_a_server_behind_tls_says_that_clients_come_by_nothing_else() -> None:
    assert get(front(tls=True))[1]["strict-transport-security"] == "max-age=63072000"


def test_a_demonstration_says_so_whatever_it_answers() -> None:
    application = front(demo=True, rate=Rate(1))
    assert [get(application)[1]["x-demo"] for _ in range(2)] == ["true"] * 2


@pytest.mark.parametrize(
    ("theirs", "name", "back"),
    [
        (None, "ours", None),
        (UUID, UUID, None),
        ("anna-191212121212", "ours", "anna-191212121212"),
        ("a" * 200, "ours", None),
        ("å", "ours", None),
    ],
)
def test_a_request_has_a_name_that_says_nothing(theirs: str | None, name: str, back: str | None) -> None:
    application = front()
    _, headers = get(application, **({} if theirs is None else {"x_request_id": theirs}))
    assert headers["x-request-id"] == name
    assert headers.get("x-correlation-id") == back
    assert application.watch.told[0].request == name


def test_a_line_says_what_was_asked_by_whom_and_how_it_went() -> None:
    application = front()
    get(application, authorization="staff-1")
    assert application.watch.told == [
        Answered("ours", Named("read", "Patient"), 200, 1000, "staff-1", "staff")
    ]


def test_a_client_that_asks_too_much_waits_and_others_do_not() -> None:
    now = [30 * SECOND]
    application = front(rate=Rate(3), clock=lambda: now[0])
    assert [get(application, authorization="a")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    assert get(application, authorization="a")[1]["retry-after"] == "30"
    assert get(application, authorization="b")[0] == 200
    assert get(application, "/ready", authorization="a")[0] == 200
    now[0] = 60 * SECOND
    assert get(application, authorization="a")[0] == 200


def test_nobody_is_counted_by_address() -> None:
    application = front(rate=Rate(1))
    assert [get(application)[0] for _ in range(2)] == [200, 429]


def test_so_many_are_answered_at_once() -> None:
    async def all_at_once() -> list[tuple[int, dict[str, str]]]:
        application = front(places=Places(2))
        first = await asyncio.gather(*(got(application) for _ in range(5)))
        return [*first, *await asyncio.gather(*(got(application) for _ in range(2)))]

    found = asyncio.run(all_at_once())
    assert [status for status, _ in found] == [200, 200, 503, 503, 503, 200, 200]
    assert {headers.get("retry-after") for status, headers in found if status == 503} == {"1"}


def test_a_place_is_given_back_by_who_failed() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    application = front(fails, places=Places(1))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            get(application)
    assert [told.status for told in application.watch.told] == [500, 500]


@pytest.mark.parametrize(
    ("method", "path", "interaction", "type_"),
    [
        ("GET", "/fhir/Patient/a", "read", "Patient"),
        ("HEAD", "/fhir/Patient", "search", "Patient"),
        ("GET", "/fhir/Patient/a/$everything", "$everything", "Patient"),
        ("POST", "/fhir/$anna", "operation", "-"),
        ("POST", "/fhir", "bundle", "-"),
        ("GET", "/fhir", "other", "-"),
        ("GET", "/fhir/Anna", "search", "-"),
        ("ANNA", "/fhir/Patient/a", "other", "Patient"),
        ("GET", "/fhir/Patient/a/_history/2", "vread", "Patient"),
        ("GET", "/fhir/_history", "history", "-"),
        ("GET", "/ready", "ready", "-"),
        ("GET", "//anna//", "other", "-"),
    ],
)
def test_a_request_is_called_by_words_of_ours(method: str, path: str, interaction: str, type_: str) -> None:
    assert named(method, path) == (interaction, type_)


class TestBodies:
    """Read in pieces, and no further than they may be large or slow."""

    @staticmethod
    def sent(pieces: Any, *, largest: int = 10, patience: float = 0.05) -> Any:
        from starlette.requests import Request

        from vardforlopp.api.http import _body

        async def read() -> Any:
            stream = pieces()

            async def receive() -> Any:
                piece = await anext(stream, None)
                return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

            request = Request({"type": "http", "headers": [], "method": "POST", "path": "/"}, receive)
            found = await _body(request, largest, patience)
            await stream.aclose()
            return found

        return asyncio.run(read())

    def test_that_come_in_pieces_are_whole(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"abc"

        assert self.sent(pieces) == b"abcabcabc"

    def test_that_say_not_how_large_they_are_are_read_no_further_than_they_may_be(self) -> None:
        read = []

        async def pieces() -> AsyncIterator[bytes]:
            for number in range(1000):
                read.append(number)
                yield b"abc"

        assert self.sent(pieces).status == 413
        assert len(read) == 4

    def test_that_do_not_come_are_not_waited_for(self) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"abc"
            await asyncio.sleep(10)
            yield b"abc"

        assert self.sent(pieces).status == 408


def test_the_response_of_the_inside_may_say_more_than_ours() -> None:
    async def cached(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(headers={"cache-control": "max-age=60"})(scope, receive, send)

    assert get(front(cached))[1]["cache-control"] == "max-age=60"
