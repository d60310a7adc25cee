"""How an occurrence may move as time passes over a record that does not change.

The committed table; `tests/generative/test_engine_laws.py` holds the engine to it. What is done,
and what death or the next occurrence has closed, stays so: only evidence or a person's word
moves a closed occurrence to done, attested or skipped.
"""

from __future__ import annotations

from vardforlopp.engine.course import STATES, State

_EVERY: frozenset[State] = frozenset(STATES)
_PROVED: frozenset[State] = frozenset(("done", "done-late"))
_SETTLED: frozenset[State] = _PROVED | {"attested", "skipped"}

ALLOWED: dict[State, frozenset[State]] = {
    "done": frozenset(("done",)),
    "done-late": frozenset(("done-late",)),
    "attested": _PROVED | {"attested"},
    "skipped": _EVERY,  # a decline may be re-offered
    "not-applicable": _EVERY,  # guards follow the record
    "ended": _SETTLED | {"ended", "not-applicable"},
    "waiting": _EVERY,
    "before-start": _EVERY,  # a due date that rests on a later moment may move
    "unknown": _EVERY,
    "superseded": _EVERY - {"upcoming", "waiting"},
    "missed": _EVERY - {"upcoming", "waiting"},
    "upcoming": _EVERY,
    "due": _EVERY - {"waiting"},
    "unseen": _EVERY - {"waiting"},
    "overdue": _EVERY - {"waiting"},
}
