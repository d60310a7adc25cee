"""`vardforlopp new`: the folder of a new pathway, to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.adapters import content_files
from vardforlopp.adapters.whole_files import write_whole
from vardforlopp.cli.outside import FINE, Outside
from vardforlopp.definitions.kinds import is_id
from vardforlopp.definitions.template import VERSION, template
from vardforlopp.kernel.errors import InputError


def new(
    name: str,
    /,
    *,
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Make the folder of a new pathway: every file of the template, with what to write where.

    `vardforlopp check` then tells what is still missing, until nothing is.

    Parameters
    ----------
    name
        The new pathway's id, such as knaledsartros.
    content
        A content folder; the program's own if not given.
    """
    root = content_files.PACKAGED if content is None else content
    folder = root / "pathways" / name
    if not is_id(name):
        raise InputError(
            "VF-CLI-040",
            "new",
            f"'{name}' is not an id",
            "Use letters a-z, figures and hyphens, without å ä ö, spaces and dots.",
        )
    if folder.exists():
        raise InputError("VF-CLI-041", str(folder), "there is a pathway of that id", "Choose another id.")
    try:
        for path, text in template(name).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(root / path, text.encode("utf-8"))
    except OSError as error:
        what = f"the folder cannot be made: {error.strerror or 'unknown reason'}"
        raise InputError("VF-CLI-042", str(folder), what, "Name a content folder of yours.") from None
    outside.say(str(folder / VERSION))
    outside.tell("Fill in pathway.yaml first; vardforlopp check tells what is missing.")
    return FINE
