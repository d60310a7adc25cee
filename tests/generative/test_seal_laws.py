"""Whatever is done to a sealed log is found, at the first place where it was done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vardforlopp.audit import Event
from vardforlopp.audit.seal import Line, Seal, first_broken, sealed

TEXTS = st.text(max_size=4)
EVENTS = st.builds(
    Event,
    at=st.integers(0, 9),
    actor=TEXTS,
    role=st.sampled_from(["system", "staff"]),
    unit=st.none() | TEXTS,
    action=st.just("read"),
    type=st.just("Patient"),
    id=st.none() | TEXTS,
    patient=st.none() | TEXTS,
    outcome=st.sampled_from(["done", "refused"]),
    rule=TEXTS,
    version=st.none() | st.integers(0, 3),
    query=st.none() | TEXTS,
    shown=st.none() | st.integers(0, 3),
)


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Line], list[Seal]]:
    """Lines numbered with gaps, sealed in batches of any size, each batch in any order."""
    events = draw(st.lists(EVENTS, min_size=1, max_size=12))
    seqs = sorted(draw(st.sets(st.integers(1, 50), min_size=len(events), max_size=len(events))))
    lines = [Line(seq, event) for seq, event in zip(seqs, events, strict=True)]
    waiting = draw(st.permutations(lines)) if draw(st.booleans()) else lines
    seals: list[Seal] = []
    while waiting:
        size = draw(st.integers(1, len(waiting)))
        batch, waiting = waiting[:size], waiting[size:]
        seals.append(sealed(batch, after=seals[-1] if seals else None, at=0))
    return lines, seals


def found(lines: list[Line], seals: list[Seal]) -> tuple[int | None, int | None] | None:
    broken = first_broken(
        seals, lambda a, b: (line for line in lines if a < line.seq <= b), last=max(x.seq for x in lines)
    )
    return None if broken is None else (broken.seal, broken.seq)


def place(seq: int, seals: list[Seal]) -> tuple[int, int]:
    return next((seal.number, seq) for seal in seals if seq in seal.seqs)


@given(logs())
def test_an_untouched_log_is_whole(log: tuple[list[Line], list[Seal]]) -> None:
    assert found(*log) is None


@given(logs(), st.data())
def test_a_changed_line_is_found(log: tuple[list[Line], list[Seal]], data: st.DataObject) -> None:
    lines, seals = log
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(EVENTS.filter(lambda event: event != lines[at].event))
    lines[at] = lines[at]._replace(event=other)
    assert found(lines, seals) == place(lines[at].seq, seals)


@given(logs(), st.data())
def test_a_missing_line_is_found(log: tuple[list[Line], list[Seal]], data: st.DataObject) -> None:
    lines, seals = log
    gone = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    assert found([*lines, Line(99, gone.event, due=False)], seals) == place(gone.seq, seals)


@given(logs(), EVENTS, st.data())
def test_an_added_line_is_found(
    log: tuple[list[Line], list[Seal]], event: Event, data: st.DataObject
) -> None:
    lines, seals = log
    seq = data.draw(st.integers(1, 60).filter(lambda seq: all(line.seq != seq for line in lines)))
    assert found(sorted([*lines, Line(seq, event)]), seals) == (None, seq)


@given(logs(), st.data())
def test_two_lines_that_changed_places_are_found(
    log: tuple[list[Line], list[Seal]], data: st.DataObject
) -> None:
    lines, seals = log
    one, two = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    a, b = lines[one], lines[two]
    lines[one], lines[two] = a._replace(event=b.event), b._replace(event=a.event)
    assert (found(lines, seals) is None) == (a.event == b.event)


@given(logs(), st.data())
def test_a_seal_taken_out_is_found(log: tuple[list[Line], list[Seal]], data: st.DataObject) -> None:
    lines, seals = log
    gone = seals.pop(data.draw(st.integers(0, len(seals) - 1)))
    broken = found(lines, seals)
    assert broken is not None
    assert broken[0] in (gone.number, None), "told as missing, or by its lines if it was the last"
