"""`vardforlopp import-plan`: a FHIR PlanDefinition from elsewhere becomes a draft of a pathway."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.draft_folder import check_new, write_folder
from vardforlopp.adapters.plan_sources import plan_documents
from vardforlopp.cli.outside import FINDINGS, FINE, Outside
from vardforlopp.fhir.plan_import.draft import Vocabulary
from vardforlopp.fhir.plan_import.importing import import_plan as imported
from vardforlopp.fhir.plan_import.shelf import Shelf
from vardforlopp.fhir.plan_import.written import files
from vardforlopp.present.import_report import NOT_CARRIED, report_page, report_text


def import_plan(
    source: Path,
    /,
    *,
    out: Path | None = None,
    plan: str | None = None,
    lang: Literal["sv", "en"] = "sv",
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Read a FHIR R4 PlanDefinition from elsewhere into a draft, and say what it cannot carry.

    Without --out nothing is written: the report tells what would be carried, and what not.
    Exit code 1 when anything is not carried.

    Parameters
    ----------
    source
        A PlanDefinition or Bundle as JSON, a folder of JSON files, or a package (package.tgz).
    out
        A new folder for the draft: a content folder of its own, with NOT-CARRIED.md.
    plan
        Which plan, by id or URL, when the source holds several.
    lang
        Language of the report.
    content
        The content folder whose roles, care levels and code systems are used; the program's own if not given.
    """
    if out is not None:
        check_new(out)
    loaded = load_content(content)
    catalogue = loaded.definitions.catalogue
    found = imported(
        Shelf(plan_documents(source), name=str(source)),
        loaded.systems,
        vocabulary=Vocabulary(frozenset(catalogue.roles), frozenset(catalogue.levels)),
        wanted=plan,
    )
    if out is not None:
        texts = files(found.draft, content_texts(content))
        write_folder(out, {**texts, NOT_CARRIED: report_page(found, lang)})
        outside.say(str(out))
    outside.say(report_text(found, lang, folder=None if out is None else str(out)))
    return FINDINGS if found.account.entries else FINE
