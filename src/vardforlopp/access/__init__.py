"""Who may do what with whose data, and why: pure. Every door of the services asks here first."""

from vardforlopp.access.actors import Actor, Role
from vardforlopp.access.may import NOBODYS, Action, Decision, Subject, may

__all__ = ["NOBODYS", "Action", "Actor", "Decision", "Role", "Subject", "may"]
