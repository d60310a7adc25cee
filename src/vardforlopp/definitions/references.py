"""References: every name that a definition uses must be defined somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.model import Parameter
from vardforlopp.definitions.reading import Reading, Reference
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.kernel.errors import DefinitionError
from vardforlopp.record.states import END

CODES = {
    "selector": "VF-DEF-030", "activity": "VF-DEF-031", "role": "VF-DEF-032", "level": "VF-DEF-033",
    "kind of source": "VF-DEF-034", "parameter": "VF-DEF-035", "step": "VF-DEF-036",
    "choice": "VF-DEF-037", "option": "VF-DEF-038", "entry": "VF-DEF-039", "phase": "VF-DEF-040",
    "source": "VF-DEF-041", "pathway": "VF-DEF-042", "code system": "VF-DEF-062",
}  # fmt: skip
_HOMES = {
    "selector": "a file of valuesets/", "activity": "a file of activities/", "role": "catalogue.yaml",
    "level": "catalogue.yaml", "kind of source": "catalogue.yaml", "parameter": "`parameters:`",
    "step": "the steps", "choice": "the choices", "option": "the choice", "entry": "`entries:`",
    "phase": "`phases:`", "source": "`sources:`", "pathway": "the pathways", "code system": "systems.yaml",
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """All that may be referred to. `options`: of each choice, its ways."""

    selectors: Mapping[str, Selector]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_kind: Mapping[str, Iterable[str]] = field(default_factory=dict)


def resolve(reading: Reading, names: Mapping[str, Names]) -> list[DefinitionError]:
    """The errors of all references of one reading, in the order in which they stand.

    `names` says by scope (a pathway's id, or nothing) what may be referred to.
    """
    known = {scope: _known(found, reading) for scope, found in names.items()}
    faults = (_fault(found, names[found.scope], known[found.scope]) for found in reading.references)
    return [error for error in faults if error is not None]


def _known(names: Names, reading: Reading) -> dict[str, set[str]]:
    own = {**names.by_kind, "selector": names.selectors, "parameter": names.parameters}
    kinds = {*own, *reading.declared}
    extra = names.by_kind.get("selector", ())
    return {
        kind: {*own.get(kind, ()), *reading.declared.get(kind, ()), *(extra if kind == "selector" else ())}
        for kind in kinds
    }


def _fault(reference: Reference, names: Names, known: Mapping[str, set[str]]) -> DefinitionError | None:
    name = reference.name.removesuffix(END) if reference.kind == "selector" else reference.name
    if reference.kind == "option":
        return _option_fault(reference, names)
    if reference.kind in known and name not in known[reference.kind]:
        return _unknown(reference, name, known[reference.kind])
    if reference.kind == "selector" and name in names.selectors:
        return _selector_fault(reference, names.selectors[name])
    if reference.kind == "parameter" and name in names.parameters:
        return _parameter_fault(reference, names.parameters[name])
    return None


def _unknown(reference: Reference, name: str, known: Iterable[str]) -> DefinitionError:
    home = _HOMES[reference.kind]
    do = did_you_mean(name, known, otherwise=f"Define it in {home}, or correct the name.")
    if home.endswith("/") and "?" in do:
        do += f" If not, define it in {home}."  # a new pathway brings words of its own
    return _error(CODES[reference.kind], reference, f"there is no {reference.kind} '{name}'", do)


def _option_fault(reference: Reference, names: Names) -> DefinitionError | None:
    choice = reference.wants[0]
    ways = names.options.get(choice)
    if ways is None or reference.name in ways:
        return None
    do = did_you_mean(reference.name, ways, otherwise=f"It has {listed(ways)}.")
    return _error(CODES["option"], reference, f"choice '{choice}' has no way '{reference.name}'", do)


def _selector_fault(reference: Reference, selector: Selector) -> DefinitionError | None:
    lasting = "state" in reference.wants
    if (lasting or reference.name.endswith(END)) and not selector.state:
        what = f"'{selector.id}' is an event: it has no {'duration' if lasting else 'end'}"
        return _error("VF-DEF-043", reference, what, "Use has, or give the selector `state: true`.")
    return None


def _parameter_fault(reference: Reference, parameter: Parameter) -> DefinitionError | None:
    kinds = {parameter.kind, *_table_kinds(parameter)}
    if not reference.wants or kinds & set(reference.wants):
        return None
    what = f"'${parameter.id}' is a {parameter.kind}, but a {' or '.join(reference.wants)} is needed here"
    return _error("VF-DEF-025", reference, what, "Use another parameter, or change its kind.")


def _table_kinds(parameter: Parameter) -> set[str]:
    if not isinstance(parameter.value, tuple):
        return set()
    names = {"Quantity": "quantity", "Duration": "duration", "int": "integer", "str": "word"}
    return {names[type(row.value).__name__] for row in parameter.value}


def _error(code: str, reference: Reference, what: str, do: str) -> DefinitionError:
    told = f"{reference.subject}: {what}" if reference.subject else what
    return DefinitionError(code, str(reference.place), told, do)
