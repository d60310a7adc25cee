"""Who acts: a system, staff, a patient, who controls the log, somebody in a demonstration, nobody we know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "staff", "patient", "control", "demo", "nobody"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An identity that somebody vouched for: a client's certificate or secret, a sign-in, the demo's own.

    `id` is what the log keeps: a HSA-id, a client's name, a patient's id. `unit` is where staff act.
    `patient` is the record that is a patient's own. Of nobody whom we know, `id` is where they asked from.
    """

    id: str
    role: Role
    unit: str | None = None
    patient: str | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an actor has an id")
        if (self.role == "patient") != (self.patient is not None):
            raise ValueError("a patient, and nobody else, has a record of their own")
