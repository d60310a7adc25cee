"""Arguments that commands share, checked with a message that says what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vardforlopp.contract.enrolments import Wanted
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.model import Overlay, Pathway
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.errors import InputError


def day_argument(text: str, option: str) -> int:
    """A day written as `2026-03-02`."""
    try:
        return day_from_iso(text)
    except ValueError:
        raise InputError(
            "VF-CLI-002", option, f"'{text}' is not a date", "Write a day that exists as YYYY-MM-DD."
        ) from None


def _guess(word: str, known: Collection[str]) -> str:
    return did_you_mean(word, known, otherwise=f"There are: {listed(sorted(known))}.")


def _unknown_pathway(word: str, known: Collection[str], option: str) -> InputError:
    return InputError("VF-CLI-003", option, f"there is no pathway '{word}'", _guess(word, known))


def pathway_arguments(names: Sequence[str], definitions: Definitions, *, option: str) -> list[Pathway]:
    """The pathways of some ids; all when none is named."""
    for name in names:
        if name not in definitions.pathways:
            raise _unknown_pathway(name, definitions.pathways, option)
    chosen = set(names) or set(definitions.pathways)
    return [definitions.pathways[name] for name in sorted(chosen)]


def region_argument(name: str | None, definitions: Definitions) -> Overlay | None:
    """The region's overlay, if one is named."""
    if name is None:
        return None
    if name not in definitions.overlays:
        do = _guess(name, definitions.overlays)
        raise InputError("VF-CLI-004", "--region", f"there is no region '{name}'", do)
    return definitions.overlays[name]


def enrol_arguments(
    texts: Sequence[str], chosen: Sequence[Pathway], *, known: Collection[str], today: int
) -> list[Wanted]:
    """`hjartsvikt` or `hjartsvikt=2026-03-02`, each chosen pathway once and not in the future."""
    names = {pathway.id for pathway in chosen}
    wanted: dict[str, Wanted] = {}
    for text in texts:
        name, _, day = text.partition("=")
        if name not in known:
            raise _unknown_pathway(name, known, "--enrol")
        if name not in names:
            what = f"'{name}' is not among those chosen by --pathway"
            raise InputError("VF-CLI-013", "--enrol", what, f"Add --pathway {name}, or leave --pathway out.")
        if name in wanted:
            raise InputError("VF-CLI-005", "--enrol", f"'{name}' stands twice", "Name each pathway once.")
        since = day_argument(day, "--enrol") if day else None
        if since is not None and since > today:
            raise InputError(
                "VF-CLI-006",
                "--enrol",
                f"{day} lies after the day asked about",
                "Name a day that has come, or move --as-of.",
            )
        wanted[name] = Wanted(name, since)
    return list(wanted.values())
