r"""The values of a search, read as their kind of parameter takes them: prefixes, modifiers, precision.

`\,` `\|` `\$` and `\\` stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from vardforlopp.fhir.search.index import fold
from vardforlopp.fhir.search.parameters import Parameter
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.fhir.times import written

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)


#: What may stand after a parameter's name, by its kind; a reference takes the types that it leads to, too.
MODIFIERS: dict[str, tuple[str, ...]] = {
    "token": ("missing", "not", "text"),
    "reference": ("missing", "identifier"),
    "string": ("missing", "contains", "exact"),
    "date": ("missing",),
    "quantity": ("missing",),
    "uri": ("missing", "above", "below"),
    "composite": (),
}


class Wrong(Exception):
    """A value or name that no search of ours takes: what is wrong, what to do, and FHIR's word for it.

    What is `not-supported` may be left out, if the client does not mind; what is written wrongly may not.
    """

    def __init__(self, what: str, do: str, *, code: str = "value") -> None:
        super().__init__(what)
        self.what, self.do, self.code = what, do, code


class TokenTest(NamedTuple):
    """`system` None = any, "" = none; `code` None = any of the system; `text` for `:text`."""

    system: str | None
    code: str | None
    text: str | None = None


class ReferenceTest(NamedTuple):
    """A resource of ours, another's by `url`, or by its identifier (`:identifier`)."""

    type: str | None
    id: str | None
    url: str | None = None
    version: str | None = None
    identifier: TokenTest | None = None


class DateTest(NamedTuple):
    """A comparison with the microseconds that a written time covers."""

    prefix: Prefix
    lo: int
    hi: int


class StringTest(NamedTuple):
    """How a text must be: `starts` and `contains` folded, `exact` as written."""

    how: Literal["starts", "contains", "exact"]
    text: str


class QuantityTest(NamedTuple):
    """A comparison with a number as precise as it is written; unit None = any."""

    prefix: Prefix
    value: float
    lo: float
    hi: float
    system: str | None = None
    code: str | None = None


class UriTest(NamedTuple):
    """A URI as it is, or what lies `below` it, or `above`."""

    how: Literal["is", "below", "above"]
    value: str


Value = TokenTest | ReferenceTest | DateTest | StringTest | QuantityTest | UriTest


def split(text: str, mark: str) -> list[str]:
    """The parts between unescaped marks, still escaped."""
    parts, current, escaped = [], "", False
    for char in text:
        if char == mark and not escaped:
            parts.append(current)
            current = ""
            continue
        escaped = char == "\\" and not escaped
        current += char
    return [*parts, current]


def bare(text: str) -> str:
    """A part without its escapes."""
    return re.sub(r"\\([\\,$|])", r"\1", text)


def read_value(parameter: Parameter, modifier: str, text: str, *, base: str) -> Value:
    """One value of a parameter, by its kind and modifier. `base`: our own address. Raises: Wrong."""
    if text == "":
        raise Wrong("it has no value", "Write a value, or leave the parameter out.")
    if parameter.kind == "reference":
        text = text.removeprefix(f"{base}/")
    return _KINDS[parameter.kind](parameter, modifier, text)


def _token(parameter: Parameter, modifier: str, text: str) -> TokenTest:
    if modifier == "text":
        return TokenTest(None, None, _folded(bare(text)))
    if modifier not in ("", "not"):
        raise _no_modifier(modifier, parameter.kind)
    parts = split(text, "|")
    if len(parts) > 2:
        raise Wrong("a token has one `|`", "Write `system|code`.")
    if len(parts) == 1:
        return TokenTest(None, bare(parts[0]))
    system, code = map(bare, parts)
    if not system and not code:
        raise Wrong("neither system nor code is given", "Write `system|code`.")
    return TokenTest(system, code or None)


def _reference(parameter: Parameter, modifier: str, text: str) -> ReferenceTest:
    if modifier == "identifier":
        return ReferenceTest(None, None, identifier=_token(parameter, "", text))
    whole = bare(text)
    if modifier:
        if modifier not in (parameter.targets or SERVED):
            raise _no_modifier(modifier, parameter.kind)
        whole = whole if "/" in whole else f"{modifier}/{whole}"
    match = re.fullmatch(r"(?:([A-Z]\w+)/)?([A-Za-z0-9\-.]{1,64})(?:/_history/([\w.-]{1,64}))?", whole)
    if match is not None:
        only = parameter.targets[0] if len(parameter.targets) == 1 else None
        return ReferenceTest(match[1] or only, match[2], None, match[3])
    url, _, version = whole.partition("|")
    return ReferenceTest(None, None, url, version or None)


def _date(parameter: Parameter, modifier: str, text: str) -> DateTest:
    if modifier:
        raise _no_modifier(modifier, parameter.kind)
    prefix, rest = _prefixed(bare(text))
    span = written(rest.replace(" ", "+"))
    if span is None:
        raise Wrong("it is no time", "Write it as 2026-03-02 or 2026-03-02T10:00:00+01:00.")
    return DateTest(prefix, span.lo, span.hi)


def _string(parameter: Parameter, modifier: str, text: str) -> StringTest:
    whole = bare(text)
    match modifier:
        case "":
            return StringTest("starts", _folded(whole))
        case "contains":
            return StringTest("contains", _folded(whole))
        case "exact":
            return StringTest("exact", whole)
    raise _no_modifier(modifier, parameter.kind)


def _folded(text: str) -> str:
    """A text as it is compared. One that has nothing to compare (blanks, lone accents) would meet all."""
    found = fold(text)
    if not found:
        raise Wrong("it has no letter or sign to look for", "Write what the text begins with.")
    return found


def _quantity(parameter: Parameter, modifier: str, text: str) -> QuantityTest:
    if modifier:
        raise _no_modifier(modifier, parameter.kind)
    number, *unit = map(bare, split(text, "|"))
    if len(unit) not in (0, 2):
        raise Wrong("a quantity has a number, or a number, system and unit", "Write `5.4|system|mg`.")
    prefix, rest = _prefixed(number)
    system, code = unit or (None, None)
    try:
        value = Decimal(rest)
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int):
            raise InvalidOperation
        # A number is as precise as it is written: 5.40 is from 5.395 to 5.405.
        half = Decimal(5).scaleb(exponent - 1)
        low, high = float(value - half), float(value + half)
    except ArithmeticError:  # also of what is too large or too small
        raise Wrong("it is no number that can be compared", "Write for example `gt5.4`.") from None
    return QuantityTest(prefix, float(value), low, high, system or None, code or None)


def _uri(parameter: Parameter, modifier: str, text: str) -> UriTest:
    match modifier:
        case "":
            return UriTest("is", bare(text))
        case "below":
            return UriTest("below", bare(text))
        case "above":
            return UriTest("above", bare(text))
    raise _no_modifier(modifier, parameter.kind)


def _prefixed(text: str) -> tuple[Prefix, str]:
    match = _PREFIXED.fullmatch(text)
    assert match is not None
    prefix: Prefix = match[1] or "eq"  # type: ignore[assignment] # the pattern names them
    return prefix, match[2]


def _no_modifier(modifier: str, kind: str) -> Wrong:
    known = ", ".join(f":{each}" for each in MODIFIERS[kind])
    also = " and the types that it leads to" if kind == "reference" else ""
    return Wrong(f"`:{modifier}` is not understood here", f"Leave it out; known are {known}{also}.")


_KINDS: dict[str, Callable[[Parameter, str, str], Value]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "string": _string,
    "quantity": _quantity,
    "uri": _uri,
}
