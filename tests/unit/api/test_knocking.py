"""Who is not known stands in the log of acts, and cannot fill it."""

from __future__ import annotations

from made.serving import NOW, Client
from vardforlopp.api.knocking import MOST_SOURCES, OTHERS, Counter, Knocking, Knocks
from vardforlopp.kernel.civil import MINUTE, SECOND


def test_the_first_knock_of_a_minute_is_told_at_once_and_the_rest_when_it_is_over() -> None:
    counter = Counter()
    assert counter.knock("a", NOW) == [Knocks("a", NOW, 1)]
    assert counter.knock("a", NOW + SECOND) == []
    assert counter.knock("b", NOW + SECOND) == [Knocks("b", NOW + SECOND, 1)]
    assert counter.knock("a", NOW + 2 * SECOND) == []
    assert counter.over(NOW + 2 * SECOND) == []
    later = NOW + MINUTE
    assert counter.knock("a", later) == [Knocks("a", NOW, 2), Knocks("a", later, 1)]
    assert counter.over(later + MINUTE) == []


def test_what_is_counted_when_all_ends_is_told() -> None:
    counter = Counter()
    counter.knock("a", NOW)
    counter.knock("a", NOW)
    assert counter.over() == [Knocks("a", NOW, 1)]
    assert counter.over() == []


def test_however_many_sources_there_are_a_minute_has_few_lines() -> None:
    counter = Counter()
    told = [one for number in range(10_000) for one in counter.knock(str(number), NOW)]
    told += counter.over()
    assert len(told) == MOST_SOURCES + 2
    assert sum(one.times for one in told) == 10_000
    assert told[-1] == Knocks(OTHERS, NOW, 10_000 - MOST_SOURCES - 1)


def test_a_line_says_from_where_and_how_often(client: Client) -> None:
    knocking = Knocking(client.server.store)
    for _ in range(3):
        knocking.knock("192.0.2.7", NOW)
    knocking.rest()
    lines = client.audited(role="nobody")
    assert [(line["actor"], line["outcome"], line["shown"]) for line in lines] == [
        ("192.0.2.7", "refused", 1), ("192.0.2.7", "refused", 2),
    ]  # fmt: skip
