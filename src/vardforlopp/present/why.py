"""Reasons on the page: the outlined sentences of `reasons.py`, and one node's own sentence."""

from __future__ import annotations

from vardforlopp.engine.course import Reason
from vardforlopp.present.plan_model import Why
from vardforlopp.present.reasons import own_line, reason_lines
from vardforlopp.present.voice import Voice


def why_lines(reason: Reason, voice: Voice, *, pathway: str) -> tuple[Why, ...]:
    """A reason tree as lines with their depth and truth."""
    lines = reason_lines(reason, voice.names(pathway), lang=voice.lang)
    return tuple(Why(line.depth, line.truth, line.text) for line in lines)


def reason_line(reason: Reason, voice: Voice, *, pathway: str) -> str:
    """One node of a reason tree in words, without its parts; empty for one that only holds them."""
    return own_line(reason, voice.names(pathway), lang=voice.lang)
