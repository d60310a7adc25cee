"""QuestionnaireResponse: that a form was answered, and its answers.

A form is known by its canonical URL, an item by a LOINC code as its linkId, by the definition
`urn:x-vardforlopp:fact#<selector>`, or, in a form of ours, by a selector as its linkId.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.measures import Read
from vardforlopp.fhir.occurrence import Spell, add, each, known_in_time, spell
from vardforlopp.fhir.reader import FACT_SYSTEM, Matches, Target
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.values import NO, answers_with, value_of

#: System under which a selector names a whole form by its canonical URL.
FORM_SYSTEM = "urn:x-vardforlopp:questionnaire"
_OURS = "urn:x-vardforlopp:"
_LOINC = "http://loinc.org"


def read(group: Group, reading: Reading) -> None:
    """Facts out of all answered forms of a record."""
    each("QuestionnaireResponse", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "QuestionnaireResponse"
    when = spell(resource, kind, ref, stem=None, reading=reading, instead=("authored",))
    if when is None or not known_in_time(resource, kind, ref, when, reading):
        return
    table = reading.reader.tables[kind]
    form = str(resource.get("questionnaire") or "").partition("|")[0]
    whole = table.matches(_form_codings(form)) if form else ()
    if whole:
        add(whole, when, kind, ref, resource=resource, reading=reading)
    for item in _items(resource):
        found = table.matches(_item_codings(item, form))
        if found:
            _answers(item, found, when, ref, resource=resource, reading=reading)


def _form_codings(form: str) -> Iterator[Json]:
    yield {"system": FORM_SYSTEM, "code": form}
    if form.startswith(f"{FACT_SYSTEM}:"):
        yield {"system": FACT_SYSTEM, "code": form.removeprefix(f"{FACT_SYSTEM}:")}
    if form.startswith(f"{_LOINC}/"):
        yield {"system": _LOINC, "code": form.rsplit("/", 1)[1]}


def _item_codings(item: Json, form: str) -> Iterator[Json]:
    definition, link = str(item.get("definition") or ""), str(item.get("linkId") or "")
    if definition.startswith(f"{FACT_SYSTEM}#"):
        yield {"system": FACT_SYSTEM, "code": definition.partition("#")[2]}
    if form.startswith(_OURS):
        yield {"system": FACT_SYSTEM, "code": link}
    yield {"system": _LOINC, "code": link.rsplit("/", 1)[-1]}


def _items(resource: Json) -> Iterator[Json]:
    """All items, in groups and under answers too; without recursion."""
    left = list(reversed(resource.get("item") or ()))
    while left:
        item = left.pop()
        yield item
        inner = [*(item.get("item") or ())]
        for answer in item.get("answer") or ():
            inner.extend(answer.get("item") or ())
        left.extend(reversed(inner))


def _answers(item: Json, found: Matches, when: Spell, ref: str, *, resource: Json, reading: Reading) -> None:
    for answer in item.get("answer") or ():
        for match in found:
            target = match.target
            if match.answers is not None and not answers_with(answer, match.answers, reading.reader):
                continue
            value = value_of(answer, target, reading.reader)
            if value.value is None and value.unusable is None:
                continue
            if value.value == NO and not target.keeps_no:
                continue
            asked = match._replace(answers=None)
            add(
                (asked,),
                when,
                "QuestionnaireResponse",
                ref,
                resource=resource,
                reading=reading,
                value=_given(value),
            )


def _given(value: Read) -> Callable[[Target], Read]:
    return lambda _: value
