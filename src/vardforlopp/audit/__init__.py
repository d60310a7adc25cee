"""What the log keeps of an act: the five elements that the law asks for, and how it went."""

from vardforlopp.audit.event import SOMEBODY, Event, Outcome

__all__ = ["SOMEBODY", "Event", "Outcome"]
