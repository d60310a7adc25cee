"""A page a pathway, for those who review it: in words, with its flowchart, cases and what is not verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path

import generate_case_pages
from generate_case_pages import cases_of, definitions, link
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.catalogue import Selector, leaves
from vardforlopp.definitions.currency import currency
from vardforlopp.definitions.explain import explained_with
from vardforlopp.definitions.explained import Explained, Sentence, brief_support_words, support_words
from vardforlopp.definitions.formats import JOINER
from vardforlopp.definitions.model import LEVELS, Pathway, SourceText
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.definitions.walk import selectors_in
from vardforlopp.definitions.words import BOOKS
from vardforlopp.kernel.civil import iso
from vardforlopp.present.catalogues import say
from vardforlopp.present.explanations import person_lines
from vardforlopp.present.lanes import flow_list, flowchart
from vardforlopp.present.national_lines import national_lines

FOLDER = "docs/pathways"
LANG = "sv"


def _names(pathway: str) -> Names:
    return names_for(definitions(), pathway)


def drawing(pathway: str, root: Path) -> str:
    """`docs/pathways/<id>.svg`."""
    return flowchart(_names(pathway), LANG) + "\n"


def page(pathway: str, root: Path) -> str:
    """`docs/pathways/<id>.md`."""
    names = _names(pathway)
    found = names.pathway
    assert found is not None
    told = explained_with(names, LANG)
    lines = [
        f"# {told.title}",
        "",
        f"Version {told.version}, {say(LANG, f'definitions.status.{found.status}')}.",
        "Sidan skrivs ur definitionerna av `make docs`; ändra där.",
        "Alla tider är mål. Det som är märkt *vårt förslag* har ingen källa; det gäller när en region har",
        "antagit det.",
        "",
        told.summary,
        "",
        *_said(told.population),
        "",
        f"![Flödet i banor efter vårdnivå; samma sak som lista längst ned]({pathway}.svg)",
        *_section("Vad förloppet vilar på", _ground(found)),
        *_section("Ingångar", _all(told.entries)),
    ]
    for phase in told.phases:
        guard = [*_said(phase.sentences)]
        body = _all((*phase.choices, *phase.steps))
        lines += _section(phase.title, [*guard, *([""] if guard and body else []), *body])
    lines += _section("Utgångar", _all(told.exits))
    lines += _section("Personen", [line.strip() for line in person_lines(told.person, LANG)])
    lines += _section("Värden som kan skilja", _parameters(told.parameters))
    lines += _section("Indikatorer", _all(told.indicators))
    lines += _section("De sex nationella kriterierna", list(national_lines(told.national, LANG)))
    lines += _section("Utelämnat ur faktabladet", _list(told.omitted))
    lines += _section("Koder som ingen källa visar", _doubtful(found, names))
    lines += _section("Fall", _cases(cases_of(pathway)))
    lines += _section("Källor som reglerna bygger på", _sources(found, told.sources.cited))
    lines += _section("Lästa, men ingen regel bygger på dem", _sources(found, told.sources.only_read))
    lines += _section("Flödet som lista", _flow(names))
    return "\n".join(line.replace(JOINER, "").rstrip() for line in lines) + "\n"


def _section(title: str, body: Iterable[str]) -> list[str]:
    lines = list(body)
    return ["", f"## {title}", "", *lines] if lines else []


def _list(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts]


def _said(sentences: Iterable[Sentence], *, grounds: bool = True) -> Iterator[str]:
    """Sentences as a list, what one leads to beneath it."""
    for each in sentences:
        rests = f" ({brief_support_words(each.support, LANG)})" if grounds and each.support else ""
        yield f"- {each.text}{rests}"
        for item in each.items:
            yield f"{'  ' * (item.depth + 1)}- {item.text}"


def _all(explained: Iterable[Explained]) -> list[str]:
    lines: list[str] = []
    for one in explained:
        rows = f" · rad {', '.join(one.rows)}" if one.rows else ""
        lines += [f"### {one.title}", "", f"`{one.id}`{rows} · {support_words(one.support, LANG)}", ""]
        if one.summary:
            lines += [one.summary, ""]
        lines += [*_said(one.sentences, grounds=False), *_list(one.notes), ""]
    return lines[:-1]


def _parameters(parameters: Iterable[Explained]) -> list[str]:
    return _list(
        f"{' '.join(each.text for each in one.sentences)} ({brief_support_words(one.support, LANG)})"
        for one in parameters
    )


def _ground(pathway: Pathway) -> list[str]:
    """How many rules rest on what level, the weakest part of each deciding."""
    rules = [
        *pathway.entries.values(), *pathway.exits.values(), *pathway.choices.values(),
        *pathway.steps.values(), *pathway.indicators.values(),
    ]  # fmt: skip
    counts = Counter(rule.provenance.level for rule in rules)
    lines = ["| Svagaste delens nivå | Regler |", "|---|---|"]
    lines += [
        f"| {BOOKS[LANG].say(f'level.{level}')} | {counts[level]} |" for level in LEVELS if counts[level]
    ]
    return lines


def _doubtful(pathway: Pathway, names: Names) -> list[str]:
    """Selectors of the pathway with codes that no source shows, and those without any code."""
    rules = [
        *pathway.entries.values(), *pathway.exits.values(), *pathway.phases.values(),
        *pathway.choices.values(), *pathway.steps.values(), *pathway.indicators.values(),
    ]  # fmt: skip
    events = [name for each in (*pathway.entries.values(), *pathway.exits.values()) for name in each.event]
    used = dict.fromkeys(name.removesuffix(".end") for name in (*events, *selectors_in(*rules)))
    parts = {each.id: each for name in used for each in leaves(name, names.catalogue.selectors)}
    return _list(filter(None, (_doubt(each) for each in sorted(parts.values(), key=lambda one: one.id))))


def _doubt(selector: Selector) -> str:
    if not selector.coded:
        return f"{selector.title[LANG]} (`{selector.id}`): ingen känd kod; bara vår egen"
    codes = [
        f"{each.system} {each.code}{'*' if each.prefix else ''}" for each in selector.codes if each.unverified
    ]
    return f"{selector.title[LANG]} (`{selector.id}`): {', '.join(codes)}" if codes else ""


def _cases(cases: Iterable[Case]) -> list[str]:
    lines = ["| Fall | Testpatient i faktabladet | Dagar som prövas |", "|---|---|---|"]
    for case in cases:
        days = ", ".join(dict.fromkeys(iso(each.as_of.day) for each in case.expect))
        sheet = f"{case.sheet}" if case.sheet else ""
        lines.append(f"| {link(case)} | {sheet} | {days} |")
    return lines if len(lines) > 2 else []


def _flow(names: Names) -> list[str]:
    lines = []
    for line in flow_list(names, LANG):
        said = _said(line.conditions, grounds=False)
        lines += [f"{line.number}. {line.text}", *(f"   {condition}" for condition in said)]
    return lines


def _sources(pathway: Pathway, among: Collection[SourceText]) -> list[str]:
    if not among:
        return []
    lines = ["| | Källa | Nivå | Daterad | Läst | Läses om |", "|---|---|---|---|---|---|"]
    for each in currency(pathway):
        one = each.source
        if one not in among:
            continue
        title = f"[{one.title}]({one.url})" if one.url else one.title
        again = iso(each.review_by) if each.review_by is not None else ""
        level = BOOKS[LANG].say(f"level.{one.level}")
        lines.append(
            f"| {one.id} | {title} | {level} | {one.date or 'odaterad'} | {one.checked or ''} | {again} |"
        )
    return lines


def _index(root: Path) -> str:
    """`docs/pathways/README.md`."""
    lines = ["# Förloppen", "", "| Förlopp | Åtgärder | Fall | |", "|---|---|---|---|"]
    for name, pathway in definitions().pathways.items():
        after = f"fortsätter [{pathway.follows}]({pathway.follows}.md)" if pathway.follows else ""
        found = f"[{len(cases_of(name))}]({name}-fall.md)"
        lines.append(f"| [{pathway.title[LANG]}]({name}.md) | {len(pathway.steps)} | {found} | {after} |")
    lines += ["", "[Där källorna skiljer sig åt](skillnader.md)"]
    lines += ["", "[Personer i flera förlopp samtidigt](personer.md)"]
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[Path], str]] = {
    f"{FOLDER}/README.md": _index,
    **{f"{FOLDER}/{name}.md": partial(page, name) for name in definitions().pathways},
    **{
        f"{FOLDER}/{name}-fall.md": partial(generate_case_pages.page, name) for name in definitions().pathways
    },
    **{f"{FOLDER}/{name}.svg": partial(drawing, name) for name in definitions().pathways},
}
