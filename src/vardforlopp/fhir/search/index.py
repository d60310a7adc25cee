"""What is indexed of a resource: for each search parameter the values that a query is compared with.

Pure: a resource as parsed JSON in, rows out. One kind of row for each kind of parameter; a place that
holds nothing of use gives no row. http://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from vardforlopp.fhir.search.parameters import Parameter, Source, parameters_of
from vardforlopp.fhir.times import written
from vardforlopp.kernel.civil import Interval

Json = dict[str, Any]
#: Before all times and after them: what a period without a start or an end reaches to.
ALWAYS, FOREVER = -(1 << 62), 1 << 62


class TokenRow(NamedTuple):
    """A code of a system, an identifier, a contact's address, yes or no.

    `text` is for `:text`; `part` numbers the part of the resource in which a composite holds.
    """

    parameter: int
    system: str | None
    code: str | None
    text: str | None = None
    part: int | None = None


class ReferenceRow(NamedTuple):
    """A resource of ours by type and id, another's by `url`, or only an identifier of what is meant."""

    parameter: int
    type: str | None
    id: str | None
    url: str | None = None
    version: str | None = None
    system: str | None = None
    value: str | None = None


class DateRow(NamedTuple):
    """The first and the last microsecond that a time covers."""

    parameter: int
    lo: int
    hi: int


class StringRow(NamedTuple):
    """A text as it is, and folded for comparison without case and accents."""

    parameter: int
    folded: str
    exact: str


class QuantityRow(NamedTuple):
    """A number with its unit; a range without an end is open there."""

    parameter: int
    lo: float
    hi: float
    system: str | None
    code: str | None
    unit: str | None
    part: int | None = None


class UriRow(NamedTuple):
    """A URI as written."""

    parameter: int
    value: str


Row = TokenRow | ReferenceRow | DateRow | StringRow | QuantityRow | UriRow
#: Rows by their kind, as plain tuples of their fields: what is kept, and goes from one process to another.
Indexed = Mapping[str, Sequence[tuple[Any, ...]]]
_KIND_OF: dict[type, str] = {
    TokenRow: "token", ReferenceRow: "reference", DateRow: "date",
    StringRow: "string", QuantityRow: "quantity", UriRow: "uri",
}  # fmt: skip
_LOCAL = re.compile(
    r"(?:(?P<base>https?://\S+?)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?"
)


def rows_of(resource: Json, *, base: str) -> tuple[Row, ...]:
    """The rows of a resource, each once. `base` is the server's own address: what stands under it is ours."""
    looking = _looking(resource["resourceType"])
    found: dict[Row, None] = {}
    for name in ("", *resource):
        for parameter, source in looking.get(name, ()):
            make = _KINDS[parameter.kind]
            for value in values_at(resource, source):
                for row in make(parameter, source, value, base):
                    found[row] = None
    for parameter in parameters_of(resource["resourceType"]).values():
        if parameter.groups:
            found.update(dict.fromkeys(_together(resource, parameter, base)))
    return tuple(found)


def indexed(resource: Json, *, base: str) -> Indexed:
    """The rows of a resource, by their kind."""
    return by_kind(rows_of(resource, base=base))


def by_kind(rows: Iterable[Row]) -> Indexed:
    """Rows by their kind, in the order in which they come."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(_KIND_OF[type(row)], []).append(tuple(row))
    return found


@cache
def _looking(type_: str) -> dict[str, list[tuple[Parameter, Source]]]:
    """Where to look in a type, by the element of the resource that a path begins with; "" = always."""
    found: dict[str, list[tuple[Parameter, Source]]] = {}
    for parameter in parameters_of(type_).values():
        for source in parameter.sources if parameter.kind in _KINDS else ():
            begins = source.path[0].name if source.path else ""
            found.setdefault(begins, []).append((parameter, source))
    return found


def values_at(resource: Json, source: Source) -> list[Any]:
    """What stands at a path, lists opened; primitives as JSON has them."""
    found: list[Any] = [resource]
    for name, child, wanted in source.path:
        step: list[Any] = []
        for each in found:
            value = each.get(name) if isinstance(each, dict) else None
            if isinstance(value, list):
                step += [one for one in value if one is not None]  # null where only an extension stands
            elif value is not None:
                step.append(value)
        if child:
            step = [one for one in step if isinstance(one, dict) and one.get(child) == wanted]
        found = step
    return found


def fold(text: str) -> str:
    """Text without case, accents and doubled blanks: `Åsa  ÖSTBERG` is `asa ostberg`."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def reference(text: str, *, base: str) -> ReferenceRow | None:
    """A written reference without its parameter; None for one within the same resource."""
    if text.startswith("#"):
        return None
    match = _LOCAL.fullmatch(text)
    if match is not None and (match["base"] is None or match["base"] == base.rstrip("/")):
        return ReferenceRow(0, match["type"], match["id"], None, match["version"])
    url, _, version = text.partition("|")
    return ReferenceRow(0, None, None, url, version or None)


def span_of(data: str, value: Any) -> tuple[int, int] | None:
    """What a date, dateTime, instant, Period or Timing covers, in microseconds; None when it has no time."""
    if data == "Period":
        return _period(value)
    if data == "Timing":
        return _timing(value)
    found = written(value)
    return None if found is None else (found.lo, found.hi)


def _tokens(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[TokenRow]:
    number = parameter.number
    match source.type:
        case "CodeableConcept":
            text = value.get("text")
            codings = value.get("coding", [])
            for one in codings:
                yield TokenRow(number, one.get("system"), one.get("code"), _text(text or one.get("display")))
            if text and not codings:
                yield TokenRow(number, None, None, _text(text))
            for display in {one.get("display"): None for one in codings} if text else ():
                if display and fold(display) != fold(text):  # found by both, though the row has one
                    yield TokenRow(number, None, None, fold(display))
        case "Coding":
            yield TokenRow(number, value.get("system"), value.get("code"), _text(value.get("display")))
        case "Identifier":
            text = value.get("type", {}).get("text")
            yield TokenRow(number, value.get("system"), value.get("value"), _text(text))
        case "ContactPoint":
            yield TokenRow(number, None, value.get("value"))
        case "boolean":
            yield TokenRow(number, None, "true" if value else "false")
        case "deceased":  # whether or not the record says anything of it
            dead = value.get("deceasedBoolean", "deceasedDateTime" in value)
            yield TokenRow(number, None, "true" if dead else "false")
        case _:
            yield TokenRow(number, source.system, str(value))


def _together(resource: Json, parameter: Parameter, base: str) -> Iterator[Row]:
    """What a composite asks for, numbered by the parts of the resource in which it stands."""
    number = 0
    for path, parts in parameter.groups:
        for group in values_at(resource, Source(path, "")):
            number += 1
            for part in parts:
                for source in part.sources:
                    for value in values_at(group, source):
                        for row in _KINDS[part.kind](part, source, value, base):
                            if isinstance(row, TokenRow | QuantityRow):
                                yield row._replace(part=number)


def _text(text: str | None) -> str | None:
    return fold(text) if text else None


def _references(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[ReferenceRow]:
    if source.type != "Reference":
        url, _, version = value.partition("|")
        found: ReferenceRow | None = ReferenceRow(0, None, None, url, version or None)
        local = reference(url, base=base)
        if local is not None and local.type is not None:
            found = local
    else:
        found = reference(value["reference"], base=base) if "reference" in value else None
        identifier = value.get("identifier", {})
        if identifier.get("value"):
            bare = found or ReferenceRow(0, value.get("type"), None)
            found = bare._replace(system=identifier.get("system"), value=identifier["value"])
    if found is None or (source.only is not None and found.type is not None and found.type != source.only):
        return
    if source.only is not None and found.type is None:
        return
    yield found._replace(parameter=parameter.number)


def _dates(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[DateRow]:
    span = span_of(source.type, value)
    if span is not None:
        yield DateRow(parameter.number, *span)


def _period(value: Json) -> tuple[int, int] | None:
    start, end = written(value.get("start")), written(value.get("end"))
    if start is None and end is None:
        return None
    return (ALWAYS if start is None else start.lo, FOREVER if end is None else end.hi)


def _timing(value: Json) -> tuple[int, int] | None:
    spans: list[Interval | tuple[int, int] | None] = [written(each) for each in value.get("event", ())]
    bounds = value.get("repeat", {}).get("boundsPeriod")
    found = [(one[0], one[1]) for one in (*spans, _period(bounds) if bounds else None) if one is not None]
    if not found:
        return None
    return min(lo for lo, _ in found), max(hi for _, hi in found)


_NAME = ("text", "family", "given", "prefix", "suffix")
_ADDRESS = ("text", "line", "city", "district", "state", "country", "postalCode")


def _strings(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[StringRow]:
    parts = {"HumanName": _NAME, "Address": _ADDRESS}.get(source.type)
    found = [value] if parts is None else [value[one] for one in parts if one in value]
    for each in found:
        for text in each if isinstance(each, list) else [each]:
            if isinstance(text, str):
                yield StringRow(parameter.number, fold(text), text)


def _quantities(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[QuantityRow]:
    if source.type == "Range":
        low, high = value.get("low", {}), value.get("high", {})
        unit = low or high
        lo, hi = low.get("value", float("-inf")), high.get("value", float("inf"))
    else:
        unit = value
        lo = hi = value.get("value")
    if lo is None or not unit:
        return
    lo, hi = _compared(value, lo, hi)
    code = unit.get("code", unit.get("currency"))
    system = unit.get("system", "urn:iso:std:iso:4217" if "currency" in unit else None)
    yield QuantityRow(parameter.number, lo, hi, system, code, unit.get("unit"))


def _compared(value: Json, lo: float, hi: float) -> tuple[float, float]:
    """A value measured as `<` or `>` something may be anything beyond it."""
    comparator = value.get("comparator", "")
    if comparator.startswith("<"):
        return float("-inf"), hi
    return (lo, float("inf")) if comparator.startswith(">") else (lo, hi)


def _uris(parameter: Parameter, source: Source, value: Any, base: str) -> Iterator[UriRow]:
    if isinstance(value, str):
        yield UriRow(parameter.number, value)


_KINDS: dict[str, Callable[[Parameter, Source, Any, str], Iterator[Row]]] = {
    "token": _tokens,
    "reference": _references,
    "date": _dates,
    "string": _strings,
    "quantity": _quantities,
    "uri": _uris,
}
