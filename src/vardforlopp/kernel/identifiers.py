"""Swedish identifiers as values: persons, care units and staff, organisations.

A value that exists is well formed, and its check digit fits where one is known. Nothing here
infers gender, asks a clock, or shows a number in a message or a `repr`: only `str` gives it.

The `personnummer` library is not used: it reads the clock for each number, repeats the number
in its errors, and takes digits of any script. The tests compare our checks with it instead.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from vardforlopp.kernel.errors import InputError

# The example persons that HL7 Sweden publishes, from Inera's test environment: formally correct
# and never given to anybody. Only these are known; no range of test numbers is assumed.
TEST_NUMBERS = frozenset({
    "196101182803", "195009072553", "189002029800", "200001252386", "199002222397", "200302022389",
    "196109732393", "98240301AA06",
})  # fmt: skip

_PERSON = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)((?!000)[0-9]{3}[0-9])")
_RESERVE = re.compile(r"([0-9]{2})([0-9]{6})-?([A-HJ-NPR-UXYZ]{2}[0-9A-Z][0-9])")
_HSA = re.compile(r"SE(?:16)?([0-9]{10})-[!-~]{1,64}")
_ORGANISATION = re.compile(r"(?:16)?([0-9]{6})-?([0-9]{4})")

_REREAD = "Read the number again at its source."
_WHOLE = "Write all twelve digits."

_CENTURIES = range(18, 22)
_COORDINATION_DAYS = 60


class IdentifierError(InputError):
    """A number that is not what it should be. The number itself is never in the message."""


def luhn_digit(digits: str) -> int:
    """The check digit that follows these digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 - place % 2)
        total += product - 9 if product > 9 else product
    return -total % 10


@dataclass(frozen=True, slots=True, repr=False)
class _Identifier(ABC):
    """A number in its canonical form, checked when it is made."""

    number: str

    key: ClassVar[str]

    def __post_init__(self) -> None:
        if self._canonical(self.number) != self.number:
            raise self._malformed()

    def __str__(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The value that a text writes; `IdentifierError` when it is none."""
        return cls(cls._canonical(text.strip()))

    @classmethod
    @abstractmethod
    def _canonical(cls, text: str) -> str:
        """The canonical form of a well-formed text."""

    @classmethod
    def _error(cls, code: str, what: str, do: str) -> IdentifierError:
        return IdentifierError(code, cls.key, what, do)

    @classmethod
    def _malformed(cls) -> IdentifierError:
        return cls._error("VF-ID-001", "it is not written as one", "Copy the whole number from its source.")

    @classmethod
    def _check(cls, digits: str) -> None:
        if luhn_digit(digits[:-1]) != int(digits[-1]):
            raise cls._error("VF-ID-002", "the check digit does not fit", _REREAD)

    @classmethod
    def _date(cls, year: int, month: int, day: int) -> int:
        try:
            return date(year, month, day).toordinal()
        except ValueError:
            raise cls._error("VF-ID-003", "its date does not exist", _REREAD) from None


class _Person(_Identifier):
    """What all numbers of persons share."""

    __slots__ = ()

    @property
    def is_test_number(self) -> bool:
        """True for the published example persons that are known not to exist."""
        return self.number in TEST_NUMBERS


class _Registered(_Person):
    """A number of twelve digits that begins with a date and ends with a check digit."""

    __slots__ = ()

    _added_days: ClassVar[int] = 0
    _other: ClassVar[str]

    @classmethod
    def parse(cls, text: str, *, on: int | None = None) -> Self:
        """The number that a text writes, with or without separator.

        Ten digits need `on`, a day on which the number was written so: `-` then means born in
        the hundred years before, `+` in the hundred before those. No clock is asked.
        """
        found = cls(cls._canonical(cls._with_century(text.strip(), on)))
        if on is not None and found.born > on:
            raise cls._error("VF-ID-006", "its date is after the day it was written", _WHOLE)
        return found

    @property
    def born(self) -> int:
        """The day of birth that the number states."""
        number = self.number
        return self._date(int(number[:4]), int(number[4:6]), int(number[6:8]) - self._added_days)

    @classmethod
    def _with_century(cls, text: str, on: int | None) -> str:
        match = _PERSON.fullmatch(text)
        if match is None:
            raise cls._malformed()
        century, year, month, day, sign, last = match.groups()
        if century is None:
            if on is None:
                raise cls._error("VF-ID-004", "the century is missing", _WHOLE)
            written = date.fromordinal(on).year - (100 if sign == "+" else 0)
            century = f"{(written - (written - int(year)) % 100) // 100:02}"
        return f"{century}{year}{month}{day}{last}"

    @classmethod
    def _canonical(cls, text: str) -> str:
        match = _PERSON.fullmatch(text)
        if match is None or match[1] is None or int(match[1]) not in _CENTURIES:
            raise cls._malformed()
        century, year, month, day, _, last = match.groups()
        if (int(day) > _COORDINATION_DAYS) != (cls._added_days > 0):
            raise cls._error("VF-ID-005", f"it is a {cls._other}", "Send it under that system.")
        cls._date(int(century + year), int(month), int(day) - cls._added_days)
        cls._check(year + month + day + last)
        return f"{century}{year}{month}{day}{last}"


class Personnummer(_Registered):
    """A personnummer: twelve digits, `str` gives them without separator."""

    __slots__ = ()

    key = "personnummer"
    _other = "samordningsnummer"


class Samordningsnummer(_Registered):
    """A samordningsnummer: as a personnummer, with 60 added to the day."""

    __slots__ = ()

    key = "samordningsnummer"
    _added_days = _COORDINATION_DAYS
    _other = "personnummer"


class Reservnummer(_Person):
    """A national reserve number: `XXYYMMDDNNGC`, with letters at N and often at G.

    How its check character is counted is not known here, so only the form is checked.
    """

    __slots__ = ()

    key = "reservnummer"

    @property
    def born(self) -> int | None:
        """The day of birth, when the number states one.

        XX is the century plus a multiple of three, so 22 and 25 are both the 1900s.
        """
        return self._day_of_birth(self.number)

    @classmethod
    def _day_of_birth(cls, number: str) -> int | None:
        series = int(number[:2])
        if series == 0:
            return None
        century = 18 + series % 3
        return cls._date(100 * century + int(number[2:4]), int(number[4:6]), int(number[6:8]))

    @classmethod
    def _canonical(cls, text: str) -> str:
        match = _RESERVE.fullmatch(text.upper())
        # 01-17 are reserved, and 18-21 would look like a personnummer.
        if match is None or not (match[1] == "00" or 22 <= int(match[1]) <= 98):
            raise cls._malformed()
        number = "".join(match.groups())
        cls._day_of_birth(number)
        return number


class HsaId(_Identifier):
    """An HSA-id of a unit, a person at work or an assignment; upper case, so that equal ids are equal."""

    __slots__ = ()

    key = "hsa-id"

    @property
    def organisation(self) -> OrganisationNumber | None:
        """The organisation that gave the id, when its number is a valid one."""
        match = _HSA.fullmatch(self.number)
        try:
            return OrganisationNumber(match[1]) if match else None
        except IdentifierError:
            return None

    @classmethod
    def _canonical(cls, text: str) -> str:
        number = text.upper()
        if _HSA.fullmatch(number) is None:
            raise cls._malformed()
        return number


class OrganisationNumber(_Identifier):
    """An organisation number: ten digits, the last a check digit."""

    __slots__ = ()

    key = "organisationsnummer"

    @classmethod
    def _canonical(cls, text: str) -> str:
        match = _ORGANISATION.fullmatch(text)
        if match is None:
            raise cls._malformed()
        number = match[1] + match[2]
        cls._check(number)
        return number


PersonNumber = Personnummer | Samordningsnummer | Reservnummer


def parse_person_number(text: str, *, on: int | None = None) -> PersonNumber:
    """Whichever number of a person a text writes; see `Personnummer.parse` for `on`."""
    match = _PERSON.fullmatch(text.strip())
    if match is None:
        return Reservnummer.parse(text)
    if int(match[4]) > _COORDINATION_DAYS:
        return Samordningsnummer.parse(text, on=on)
    return Personnummer.parse(text, on=on)
