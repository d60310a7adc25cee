"""A small pathway with titles in both languages, and expressions read as clinicians write them."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

from vardforlopp.definitions.catalogue import Catalogue, CodeRule, Role, Selector
from vardforlopp.definitions.criteria import (
    Criterion,
    DecidedLeaf,
    DurationLike,
    Evidence,
    FactLeaf,
    MomentExpr,
    Quantity,
)
from vardforlopp.definitions.formats import JOINER, NBSP
from vardforlopp.definitions.model import (
    Choice,
    Entry,
    Option,
    Owner,
    Parameter,
    ParameterRow,
    ParameterValue,
    Pathway,
    Phase,
    Place,
    Provenance,
    SourceText,
    Step,
    Texts,
)
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.read_criteria import CRITERION, DURATION_LIKE
from vardforlopp.definitions.read_evidence import EVIDENCE
from vardforlopp.definitions.read_moments import MOMENT
from vardforlopp.definitions.reading import Failed, Kind, Reading
from vardforlopp.definitions.tree import parse_tree
from vardforlopp.kernel.durations import Duration

PLACE = Place("made.yaml", 1)
REGIONAL = Provenance({"step": ("S1",)}, {"step": "regional"})
OWN = Provenance({"step": ()}, {"step": "default"})

_SELECTORS = {
    "andnod": ("symptoms", "Andnöd", "Breathlessness"),
    "bensvullnad": ("symptoms", "Bensvullnad", "Leg swelling"),
    "blododling": ("laboratory", "Blododling", "Blood culture"),
    "das28": ("measurements", "DAS28", "DAS28"),
    "ekokardiografi": ("procedures", "Ekokardiografi", "Echocardiography"),
    "fev1-post": ("measurements", "FEV1 efter luftrörsvidgande", "FEV1 after bronchodilation"),
    "fev1-pre": ("measurements", "FEV1 före luftrörsvidgande", "FEV1 before bronchodilation"),
    "fotsar": ("diagnoses", "Fotsår", "Foot ulcer"),
    "hjartsvikt-diagnos": ("diagnoses", "Hjärtsviktsdiagnos", "Heart failure diagnosis"),
    "kalium": ("laboratory", "P-Kalium", "P-Potassium"),
    "klozapin": ("medications", "Klozapin", "Clozapine"),
    "kol": ("diagnoses", "KOL", "COPD"),
    "kol-exacerbation": ("diagnoses", "KOL-försämring", "COPD exacerbation"),
    "kreatinin": ("laboratory", "Kreatinin", "Creatinine"),
    "lvef": ("measurements", "Vänsterkammarens ejektionsfraktion", "Left ventricular ejection fraction"),
    "mal-blodtryck": ("plans", "Målblodtryck", "Goal blood pressure"),
    "metotrexat": ("medications", "Metotrexat", "Methotrexate"),
    "midjematt": ("measurements", "Midjemått", "Waist circumference"),
    "ntprobnp": ("laboratory", "NT-proBNP", "NT-proBNP"),
    "retts": ("measurements", "RETTS-färg", "RETTS colour"),
    "rokning": ("lifestyle", "Rökning", "Smoking"),
    "sbt": ("measurements", "Systoliskt blodtryck", "Systolic blood pressure"),
    "slutenvard": ("contacts", "Slutenvård", "Hospital stay"),
    "symtomdebut": ("diagnoses", "Symtomdebut", "Symptom onset"),
    "tia": ("diagnoses", "TIA", "TIA"),
    "utskrivning-planerad": ("bookings", "Planerad utskrivning", "Planned discharge"),
    "vikt": ("measurements", "Vikt", "Weight"),
}
_KINDS = {
    "laboratory": ("laboratorium", "laboratory"), "measurements": ("mätningar", "measurements"),
    "diagnoses": ("diagnoser", "diagnoses"), "medications": ("läkemedel", "medications"),
    "procedures": ("åtgärder", "procedures"), "contacts": ("vårdkontakter", "care contacts"),
    "lifestyle": ("levnadsvanor", "living habits"), "bookings": ("bokade tider", "booked times"),
    "symptoms": ("symtom", "symptoms"), "plans": ("planer", "plans"),
}  # fmt: skip


def texts(sv: str, en: str) -> Texts:
    return {"sv": sv, "en": en}


def _selector(name: str) -> Selector:
    kind, sv, en = _SELECTORS[name]
    return Selector(name, texts(sv, en), kind, ("Observation",), (CodeRule("snomed", name),), PLACE)


CATALOGUE = Catalogue(
    selectors={name: _selector(name) for name in _SELECTORS},
    activities={},
    interactions={},
    roles={
        "lakare": Role("lakare", texts("läkare", "physician")),
        "sjukskoterska": Role("sjukskoterska", texts("sjuksköterska", "nurse")),
    },
    levels={
        "primarvard": texts("primärvård", "primary care"),
        "specialiserad": texts("specialiserad vård", "specialised care"),
    },
    kinds={name: texts(*words) for name, words in _KINDS.items()},
)


def step(name: str, sv: str, en: str, *, done: Evidence | None = None, **given: object) -> Step:
    """A step with everything ordinary but what the test is about."""
    made: dict[str, object] = {
        "phase": "fas-a",
        "summary": texts(f"{sv} görs.", f"{en} is done."),
        "provenance": REGIONAL,
        "owner": Owner(("lakare",), "primarvard"),
    }
    return Step(
        id=name, title=texts(sv, en), place=PLACE, activity=name, done=done or FactLeaf("ekokardiografi"),
        **(made | given),  # type: ignore[arg-type]
    )  # fmt: skip


def parameter(name: str, value: ParameterValue, sv: str, en: str, **given: object) -> Parameter:
    kind = type(value).__name__.lower()
    return Parameter(
        name, kind, value, texts(sv, en),  # type: ignore[arg-type]
        **({"level": "default", "sources": (), "place": PLACE} | given),  # type: ignore[arg-type]
    )  # fmt: skip


def quantity(number: int, unit: str) -> Quantity:
    return Quantity(Fraction(number), unit)


T = TypeVar("T")


def read(kind: Kind[T], text: str) -> T:
    """An expression of the definitions, as its nodes."""
    reading = Reading("made.yaml")
    reading.parameters = PATHWAY.parameters
    node = reading.attempt(kind.read, parse_tree(text, "made.yaml"))
    assert not isinstance(node, Failed), (text, reading.errors)
    return node


def criterion(text: str) -> Criterion:
    return read(CRITERION, text)


def moment(text: str) -> MomentExpr:
    return read(MOMENT, text)


def evidence(text: str) -> Evidence:
    return read(EVIDENCE, text)


def duration_like(text: str) -> DurationLike:
    return read(DURATION_LIKE, text)


def pathway(*steps: Step, **given: object) -> Pathway:
    """A pathway of these steps, with two phases, sources, parameters, entries and a choice."""
    made: dict[str, object] = {
        "population": None,
        "sources": {
            "S1": SourceText("S1", "Regional vårdrutin", "regional"),
            "S2": SourceText("S2", "Nationellt vårdförlopp", "national"),
        },
        "parameters": {
            "ingang": parameter("ingang", quantity(400, "ng/L"), "Gräns för ingång", "Entry limit"),
            "eko-tid": parameter("eko-tid", Duration(14, "days"), "Tid till eko", "Time to echo"),
            "hemuppfoljning": parameter("hemuppfoljning", True, "Uppföljning hemma", "Follow-up at home"),
            "influensa": parameter("influensa", "10-15..02-28", "Influensasäsong", "Influenza season"),
            "midja": parameter(
                "midja",
                (
                    ParameterRow(quantity(88, "cm"), sex="female"),
                    ParameterRow(quantity(102, "cm"), sex="male"),
                ),
                "Gräns för midjemått",
                "Waist limit",
            ),
        },
        "entries": {
            "IN1": Entry("IN1", ("andnod",), texts("Symtom", "Symptoms"), REGIONAL, PLACE),
            "IN6": Entry("IN6", ("kol",), texts("Känd sjukdom", "Known disease"), REGIONAL, PLACE),
        },
        "exits": {},
        "phases": {
            "fas-a": Phase("fas-a", texts("Utredning", "Work-up")),
            "fas-b": Phase("fas-b", texts("Behandling", "Treatment")),
        },
        "choices": {
            "ef-klass": Choice(
                "ef-klass", "fas-a", texts("Typ av hjärtsvikt", "Type of heart failure"),
                (
                    Option("hfref", texts("Nedsatt pumpförmåga", "Reduced ejection fraction"), None),
                    Option("hfpef", texts("Bevarad pumpförmåga", "Preserved ejection fraction"), None),
                ),
                REGIONAL, PLACE,
            )
        },
        "indicators": {},
    }  # fmt: skip
    return Pathway(
        id="exempel", version="1.0.0", title=texts("Exempelförlopp", "Example pathway"),
        summary=texts("Ett påhittat förlopp.", "An invented pathway."), status="draft", place=PLACE,
        steps={found.id: found for found in steps}, **(made | given),  # type: ignore[arg-type]
    )  # fmt: skip


PATHWAY = pathway(
    step("eko", "Ekokardiografi", "Echocardiography"),
    step("operation", "Beslut om operation", "Decision on surgery", done=DecidedLeaf("operation")),
)
NAMES = Names(CATALOGUE, PATHWAY)


def plain(text: str) -> str:
    """A worded text with ordinary spaces and no joiners, to be read in a test."""
    return text.replace(NBSP, " ").replace(JOINER, "")
