"""The definitions that a server follows, out of the content, a region's settings, and a file of its feeds."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import sources_of
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.kernel.errors import InputError
from vardforlopp.kernel.workdays import swedish
from vardforlopp.services.in_force import InForce


def read_in_force(*, region: str = "", feeds: str = "", program: str) -> InForce:
    """All that is compiled once a process. `program`: its version, which is a part of the stamp.

    Raises: `InputError` for a region or a file that is not there, `UnusableDefinitionsError`.
    """
    content = load_content()
    definitions = content.definitions
    overlay = definitions.overlays.get(region) if region else None
    if region and overlay is None:
        known = ", ".join(sorted(definitions.overlays)) or "none"
        raise InputError("VF-APP-020", "region", "there is no such region", f"Known: {known}.")
    calendar = swedish()
    return InForce(
        definitions=definitions,
        systems=content.systems,
        reader=content.reader(),
        compiled=tuple(
            compile_pathway(each, definitions.catalogue, overlay=overlay, calendar=calendar)
            for each in definitions.pathways.values()
        ),
        interactions=Interactions(definitions.catalogue, calendar),
        stamp=_stamp(region, program),
        feeds=sources_of(Path(feeds)) if feeds else None,
    )


def _stamp(region: str, program: str) -> str:
    """What a record was read with: another text of the content, region or program reads it anew."""
    digest = sha256(f"{program}\n{region}\n".encode())
    for name, text in sorted(content_texts(None, cases=False).items()):
        digest.update(f"{name}\n{text}\n".encode())
    return digest.hexdigest()[:16]
