"""How much one client, and all of them at once, may ask: counted by each process for itself."""

from __future__ import annotations

from vardforlopp.kernel.civil import SECOND

_MINUTE = 60 * SECOND


class Rate:
    """At most so many requests of one client in each minute of the clock."""

    def __init__(self, a_minute: int) -> None:
        self._limit = a_minute
        self._minute = 0
        self._asked: dict[str, int] = {}

    def wait(self, who: str, at: int) -> int:
        """Seconds until one more may be asked; 0 = now, and then it counts."""
        minute = at // _MINUTE
        if minute != self._minute:  # whoever asked before is forgotten, so this stays small
            self._minute, self._asked = minute, {}
        asked = self._asked.get(who, 0)
        if asked >= self._limit:
            return max(1, -((at - (minute + 1) * _MINUTE) // SECOND))
        self._asked[who] = asked + 1
        return 0


class Places:
    """So many requests are answered at once; who comes then is sent away, so that no queue grows."""

    def __init__(self, most: int) -> None:
        self._free = most

    def take(self) -> bool:
        """True when there was a place, which is to be given back."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Somebody was answered."""
        self._free += 1
