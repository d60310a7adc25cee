"""What things are called: titles by id, a parameter's value in a region, answers as words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vardforlopp.definitions.catalogue import Catalogue, Definitions, leaves
from vardforlopp.definitions.criteria import DecidedLeaf, Evidence, EvidenceNode
from vardforlopp.definitions.model import Overlay, Parameter, ParameterValue, Pathway, Texts
from vardforlopp.definitions.overlay import apply
from vardforlopp.definitions.phrasebook import Lang, Phrasebook


def _ignore(_kind: str, _id: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Names:
    """Titles of one pathway and the shared catalogue, in any language.

    Something without a title is called by its id, and `on_missing(kind, id)` is told. `pathway` is
    as the region of `overlay` runs it; `own` holds the pathway's own values of what it has set.
    """

    catalogue: Catalogue
    pathway: Pathway | None = None
    overlay: Overlay | None = None
    own: Mapping[str, ParameterValue] = field(default_factory=dict)
    on_missing: Callable[[str, str], None] = _ignore

    def selector(self, name: str, lang: Lang) -> str:
        """The title of a selector (without its `.end`)."""
        found = self.catalogue.selectors.get(name)
        return self._title(found.title if found else None, lang, "selector", name)

    def kind_of(self, selector: str) -> str:
        """The kind of source that carries a selector, or the empty text."""
        found = self.catalogue.selectors.get(selector.removesuffix(".end"))
        return found.kind if found else ""

    def uncoded(self, selector: str) -> tuple[str, ...]:
        """Of a selector and those that it includes, the ones that no known code means."""
        found = leaves(selector, self.catalogue.selectors)
        return tuple(one.id for one in found if not one.coded)

    def kind(self, name: str, lang: Lang) -> str:
        """A kind of source in words."""
        return self._title(self.catalogue.kinds.get(name), lang, "kind", name)

    def role(self, name: str, lang: Lang) -> str:
        """A role in words."""
        found = self.catalogue.roles.get(name)
        return self._title(found.title if found else None, lang, "role", name)

    def performer(self, name: str, lang: Lang) -> str:
        """A role as staff speak of it: the patient, not yourself."""
        found = self.catalogue.roles.get(name)
        return (found.phrase.get(lang) if found else None) or self.role(name, lang)

    def level(self, name: str, lang: Lang) -> str:
        """A care level in words."""
        return self._title(self.catalogue.levels.get(name), lang, "level", name)

    def step(self, name: str, lang: Lang) -> str:
        """The title of a step."""
        found = self.pathway.steps.get(name) if self.pathway else None
        return self._title(found.title if found else None, lang, "step", name)

    def phase(self, name: str, lang: Lang) -> str:
        """The title of a phase."""
        found = self.pathway.phases.get(name) if self.pathway else None
        return self._title(found.title if found else None, lang, "phase", name)

    def entry(self, name: str, lang: Lang) -> str:
        """The title of an entry."""
        found = self.pathway.entries.get(name) if self.pathway else None
        return self._title(found.title if found else None, lang, "entry", name)

    def exit(self, name: str, lang: Lang) -> str:
        """The title of an exit."""
        found = self.pathway.exits.get(name) if self.pathway else None
        return self._title(found.title if found else None, lang, "exit", name)

    def choice(self, name: str, lang: Lang) -> str:
        """The title of a choice."""
        found = self.pathway.choices.get(name) if self.pathway else None
        return self._title(found.title if found else None, lang, "choice", name)

    def option(self, choice: str, word: str, *, book: Phrasebook) -> str:
        """One way of a choice, by its title."""
        found = self.pathway.choices.get(choice) if self.pathway else None
        for option in found.options if found else ():
            if option.id == word and book.lang in option.title:
                return option.title[book.lang]
        return self.answer(word, book)

    def decision(self, name: str, lang: Lang) -> str:
        """What a decision is about: the step or choice of that id, or the step it completes."""
        if self.pathway is not None:
            if name in self.pathway.steps:
                return self.step(name, lang)
            if name in self.pathway.choices:
                return self.choice(name, lang)
        return self._title(self._decided(name), lang, "decision", name)

    def _decided(self, name: str) -> Texts | None:
        """Of a decision that several steps share: what the catalogue calls it, not one step's title."""
        steps = self.pathway.steps.values() if self.pathway else ()
        sharing = [step for step in steps if name in _decisions(step.done)]
        found = self.catalogue.selectors.get(name)
        if len(sharing) == 1 or not (sharing or found):
            return sharing[0].title if sharing else None
        if found is not None:
            return found.title
        activities = {step.activity for step in sharing}
        activity = self.catalogue.activities.get(activities.pop() or "") if len(activities) == 1 else None
        return activity.title if activity else sharing[0].title

    def anything(self, name: str, lang: Lang) -> str:
        """The title of a step, choice, entry, exit or selector: whatever bears the id."""
        if self.pathway is not None:
            for found in (self.pathway.steps, self.pathway.choices, self.pathway.entries, self.pathway.exits):
                if name in found:
                    return self._title(found[name].title, lang, "step", name)
        return self.selector(name, lang)

    def answer(self, word: str, book: Phrasebook) -> str:
        """A coded answer in words; figures and single letters (grade 2, group B) stand for themselves."""
        if word in book.answers:
            return book.answers[word]
        if word.isdigit() or len(word) == 1:
            return word.upper()
        self.on_missing("answer", word)
        return word

    def parameter(self, name: str) -> Parameter | None:
        """A parameter of the pathway."""
        return self.pathway.parameters.get(name) if self.pathway else None

    def value(self, name: str) -> ParameterValue | None:
        """The value that a parameter has here."""
        found = self.parameter(name)
        if found is None:
            self.on_missing("parameter", name)
            return None
        return found.value

    def parameter_title(self, name: str, lang: Lang) -> str:
        """The title of a parameter."""
        found = self.parameter(name)
        return self._title(found.title if found else None, lang, "parameter", name)

    def _title(self, texts: Texts | None, lang: Lang, kind: str, name: str) -> str:
        if texts and texts.get(lang):
            return texts[lang]
        self.on_missing(kind, name)
        return name


def names_for(
    definitions: Definitions,
    pathway: str | None = None,
    *,
    region: str | None = None,
    on_missing: Callable[[str, str], None] = _ignore,
) -> Names:
    """Names for one pathway as a region runs it: its settings, and the steps it has added."""
    found = definitions.pathways[pathway] if pathway else None
    overlay = definitions.overlays[region] if region else None
    if found is None or overlay is None:
        return Names(definitions.catalogue, found, overlay, on_missing=on_missing)
    changed = overlay.settings.get(found.id, {})
    own = {name: found.parameters[name].value for name in changed if name in found.parameters}
    return Names(definitions.catalogue, apply(found, overlay), overlay, own, on_missing)


def _decisions(evidence: Evidence) -> frozenset[str]:
    if isinstance(evidence, DecidedLeaf):
        return frozenset({evidence.decision})
    if isinstance(evidence, EvidenceNode):
        return frozenset().union(*map(_decisions, evidence.of))
    return frozenset()
