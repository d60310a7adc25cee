"""What the package says of itself, in Swedish and English. All other words come from the definitions."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.definitions.model import Texts
from vardforlopp.definitions.phrasebook import LANGS, Lang

TEXTS: dict[str, Texts] = {
    "entries": {"sv": "Ingångar", "en": "Entries"},
    "exits": {"sv": "Utgångar", "en": "Exits"},
    "decisions": {"sv": "Ställningstaganden: {title}", "en": "Decisions: {title}"},
    "patient": {"sv": "Patient", "en": "Patient"},
    "licence": {"sv": "Licens: CC BY 4.0 ({digest})", "en": "Licence: CC BY 4.0 ({digest})"},
    "codes-only": {
        "sv": "Endast koder; varje kodverk har sina egna villkor (NOTICE).",
        "en": "Codes only; each code system keeps its own terms (NOTICE).",
    },
    "read": {"sv": "läst {date}", "en": "read {date}"},
    "library.common": {"sv": "Uppgifter ur rå FHIR", "en": "Facts out of raw FHIR"},
    "library.common.about": {
        "sv": (
            "Gör en persons resurser till daterade uppgifter och prövar regler på dem. Tider är"
            " kalenderdagar i Sverige, från 1980 med sommartid. Läses inte: svar som ligger inne i en"
            " DiagnosticReport, värden som är kvoter eller klockslag, tal skrivna som text, åldrar som"
            " tider, doser, planerade besök, bokningar som varken säger när de gjordes eller när de"
            " skrevs, frågor djupare än tre grupper, och vem en resurs handlar om (motorn håller sig till"
            " en person). Enheterna är de i den bifogade tabellen. Utan `Sources` visar ett svar som bara"
            " ett annat vårdförlopps kod betyder sin kategoris slag."
        ),
        "en": (
            "Turns the resources of one person into dated facts and judges rules over them. Times are"
            " civil days in Sweden, from 1980 on with summer time. Not read: results contained in a"
            " DiagnosticReport, values that are ratios or times of day, numbers written as text, ages as"
            " times, doses, planned visits, bookings that say neither when they were made nor when they"
            " were written, questions more than three groups deep, and whom a resource is about (the"
            " engine keeps to one person). Units are those of the committed table. Without `Sources`, a"
            " result that only another pathway's code means shows its category's kind."
        ),
    },
    "library.about": {
        "sv": (
            "Vårdförloppets regler, prövade på rå FHIR R4: true, false, eller null där det inte är känt."
            " Vad läsningen av journalen lämnar därhän står i det gemensamma biblioteket."
        ),
        "en": (
            "The rules of the pathway, judged on raw FHIR R4: true, false, or null where it is not known."
            " What the reading of the record leaves out stands in the common library."
        ),
    },
    "library.whole": {"sv": "Alla regler finns med.", "en": "All rules are carried."},
    "library.lost": {
        "sv": "Finns inte med, och är alltid null: {listed}.",
        "en": "Not carried, and always null: {listed}.",
    },
    "lost.completion-again": {
        "sv": "att ett steg som återkommer är klart ({what})",
        "en": "the completion of a step that comes again ({what})",
    },
    "lost.completion": {
        "sv": "att ett annat steg är klart ({what})",
        "en": "the completion of another step ({what})",
    },
    "lost.count-between": {
        "sv": "ett antal uppgifter mellan två gränser",
        "en": "a number of facts between two limits",
    },
    "lost.choice": {
        "sv": "ett val som inte finns med ({what})",
        "en": "a choice that is not carried ({what})",
    },
    "lost.setting": {
        "sv": "en inställning som inte är ja eller nej",
        "en": "a setting that is not yes or no",
    },
    "lost.time-by-table": {
        "sv": "en tid som beror på personen (en tabell)",
        "en": "a time that depends on the person (a table)",
    },
    "lost.working-days": {"sv": "arbetsdagar", "en": "working days"},
    "lost.distance": {
        "sv": "ett avstånd mellan uppgifter i arbetsdagar, timmar eller minuter",
        "en": "a distance between facts in working days, hours or minutes",
    },
    "lost.step-time": {"sv": "tiden för ett annat steg ({what})", "en": "the time of another step ({what})"},
    "lost.trigger-date": {
        "sv": "det datum som är den utlösande uppgiftens värde",
        "en": "the date that is the value of the trigger",
    },
    "lost.limit": {"sv": "en gräns som inte är ett tal", "en": "a limit that is no number"},
    "lost.own-limit": {"sv": "en gräns som är patientens egen", "en": "a limit of the patient's own"},
    "lost.doses": {"sv": "doser ({what})", "en": "doses ({what})"},
    "lost.planned-visits": {"sv": "planerade besök ({what})", "en": "planned visits ({what})"},
}


def said(key: str, **values: str) -> Texts:
    """A text of the package in every language, its places filled with the same words."""
    return {lang: text.format(**values) for lang, text in TEXTS[key].items()}


def said_in(key: str, lang: Lang, **values: str) -> str:
    """A text of the package in one language."""
    return TEXTS[key][lang].format(**values)


def in_both(say: Callable[[Lang], str]) -> Texts:
    """What is said, in every language."""
    return {lang: say(lang) for lang in LANGS}
