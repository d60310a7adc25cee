"""`vardforlopp explain`: a pathway or one of its steps in words, and its flowchart as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.adapters.whole_files import write_whole
from vardforlopp.cli.arguments import pathway_arguments, region_argument
from vardforlopp.cli.outside import FINE, Outside
from vardforlopp.contract.disclosure import of_step
from vardforlopp.definitions.explain import explained_with, step_words
from vardforlopp.definitions.lay import Lay, lay_of
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.kernel.errors import InputError
from vardforlopp.present.explanations import pathway_text, step_text
from vardforlopp.present.lanes import flowchart as draw


def explain(
    pathway: str,
    step: str | None = None,
    /,
    *,
    lang: Lang = "sv",
    region: str | None = None,
    flowchart: Path | None = None,
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Say in words what a pathway or one of its steps means, and what each part rests on.

    Parameters
    ----------
    pathway
        The id of a pathway.
    step
        The id of a step or a choice; without it, the whole pathway.
    lang
        The language of the answer.
    region
        The id of an overlay: its values, added steps and adoptions.
    flowchart
        A file to write the pathway's flowchart to, as SVG.
    content
        A content folder; the program's own if not given.
    """
    definitions = load_definitions(content)
    pathway_arguments([pathway], definitions, option="explain")
    region_argument(region, definitions)
    names = names_for(definitions, pathway, region=region)
    found = names.pathway
    assert found is not None, "the pathway is known"
    if step is not None:
        _check(step, found)
    if flowchart is not None:
        _write(flowchart, draw(names, lang))
        outside.tell(str(flowchart))
    if step is None:
        outside.say(pathway_text(explained_with(names, lang), lang))
    else:
        outside.say(_step(step, names, lang, content=content))
    return FINE


def _step(step: str, names: Names, lang: Lang, *, content: Path | None) -> str:
    """A step or choice in words, with what the person reads, unless only staff may see it (S09)."""
    pathway = names.pathway
    assert pathway is not None, "the pathway is known"
    lay: dict[str, Lay] = {}
    found = pathway.steps.get(step)
    if found is not None and of_step(pathway, found) != "staff-only":
        lay = lay_of(found, pathway, catalogue=names.catalogue, texts=content_texts(content))
    read = {language: text for language, text in lay.items() if language.startswith(lang)}
    return step_text(step_words(step, names, lang=lang), pathway.sources.values(), lang=lang, lay=read)


def _check(step: str, pathway: Pathway) -> None:
    known = [*pathway.steps, *pathway.choices]
    if step not in known:
        do = did_you_mean(step, known, otherwise=f"There are: {listed(sorted(known))}.")
        raise InputError("VF-CLI-020", "explain", f"there is no step or choice '{step}' in {pathway.id}", do)


def _write(file: Path, drawing: str) -> None:
    try:
        if file.suffix.lower() != ".svg":
            raise OSError(None, "the name does not end in .svg")
        write_whole(file, drawing.encode("utf-8"))
    except OSError as error:
        what = f"the flowchart is not written: {error.strerror or 'unknown reason'}"
        do = "Name a file that ends in .svg and can be written."
        raise InputError("VF-CLI-021", str(file), what, do) from None
