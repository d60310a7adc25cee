"""A person with something in every part of the page: joined, late, unknown, unseen, in conflict."""

from __future__ import annotations

from made.courses import (
    TODAY,
    activity,
    answer,
    catalogue,
    definitions,
    followed,
    interaction,
    pathway,
    person,
    record,
    state,
    step,
)
from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.catalogue import Catalogue, Definitions, Interaction, Selector
from vardforlopp.definitions.criteria import Active
from vardforlopp.engine.course import UNKNOWN, YES, Missing, Reason, Suggestion
from vardforlopp.kernel.civil import civil, day_from_iso
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Finding, Mention, NotRead, Quality, Source

SECRET = "Hemligt samtal"
WORDS = "Jag vill <b>gå</b> till sjön & bada."
LVEF = Missing("selector", "lvef", "not-connected")

HF = pathway(
    "hjartsvikt",
    step("remiss", activity="remiss"),
    step("eko", activity="eko"),
    step("vaccin", activity="vaccin", patient_part={"sv": "Säg ja eller nej.", "en": "Say yes or no."}),
    step("genomgang", activity="genomgang"),
    step("nyha", activity="nyha"),
    step("kontakt", activity="kontakt"),
    step("samtal", activity="samtal", disclosure="staff-only", title={"sv": SECRET, "en": SECRET}),
    step("utbildning", activity="utbildning"),
)
KOL = pathway(
    "kol",
    step("vaccin", activity="vaccin"),
    step("rokstopp", activity="rokstopp"),
    step("aterbesok", activity="aterbesok"),
)

_COURSES = (
    followed(
        HF,
        state("remiss", "done", completed=civil(TODAY - 5)),
        state("eko", opens="2026-03-03", due="2026-03-16"),
        state("vaccin", "upcoming", opens="2026-10-15", due="2027-02-28"),
        state("genomgang", "overdue", opens="2026-02-02", due="2026-03-02"),
        state("nyha", "unknown", missing=(LVEF,), opens="2026-03-02"),
        state("kontakt", "unseen", opens="2026-02-01", due="2026-03-01", missing=(LVEF,)),
        state("samtal", opens="2026-03-01", due="2026-03-05", level="default", proposal=True),
        state("utbildning", "waiting", waits_for=("step:eko",)),
    ),
    followed(
        KOL,
        state("vaccin", "upcoming", opens="2026-11-01", due="2027-01-31"),
        state(
            "rokstopp",
            "skipped",
            act=Act("decline", TODAY, 0, 0, "Task/nej", until_day=TODAY + 300),
        ),
        state("aterbesok", "unknown", missing=(LVEF, Missing("sex", "", "no-data"))),
        explicit=False,
    ),
)


def known() -> Catalogue:
    """The catalogue of this person."""
    nsaid = interaction(pathways=("hjartsvikt",), when=Active("nsaid"), text={"sv": "NSAID kan försämra."})
    other = interaction(
        "betablockerare-vid-kol",
        kind="contradicting-advice",
        pathways=("hjartsvikt", "kol"),
        when=Active("lvef"),
        title={"sv": "Betablockerare vid KOL", "en": "Beta-blocker in COPD"},
    )
    made = catalogue(nsaid, other, activities=(activity("vaccin"), activity("kontakt")))
    place = made.activities["eko"].place
    lvef = Selector("lvef", {"sv": "EF", "en": "EF"}, "measurements", ("Observation",), (), place)
    made.selectors["lvef"] = lvef
    made.kinds["measurements"] = {"sv": "mätningar", "en": "measurements"}
    made.kinds["medications"] = {"sv": "läkemedel", "en": "medications"}
    return made


def everything() -> tuple[PersonPlan, Definitions]:
    """The person, and the definitions that the pages speak of."""
    catalogue_ = known()
    mentions = (
        Mention("matters", WORDS, "Goal/1", day=TODAY),
        Mention("contact", "Maria Exempel", "CareTeam/1", phone="010-000 00 01"),
        Mention("appointment", "Ultraljud", "Appointment/1", day=day_from_iso("2026-03-12")),
    )
    quality = Quality(
        120,
        112,
        (NotRead("Claim", "type not used", tuple(f"Claim/{n}" for n in range(8))),),
        3,
        (Finding("VF-QUA-031", "Observation/3", "valueQuantity.unit", "the value has no unit", "Send it."),),
    )
    sources = (
        Source("medications", "Läkemedelslistan", True, TODAY, 30),
        Source("measurements", "", False, None, None, assumed=True),
    )

    def judge(rule: Interaction) -> Reason:
        return (
            answer(YES) if rule.when == Active("nsaid") else Reason("Active", UNKNOWN, "r", missing=(LVEF,))
        )

    suggestion = Suggestion(
        "kol", "1.0.0", "IN2", "entry", civil(TODAY - 30), None, "staff-only", YES,
        explain=lambda: Reason("Step", YES, "made"),
    )  # fmt: skip
    made = person(
        *_COURSES,
        known=catalogue_,
        record=record(mentions=mentions, quality=quality, sources=sources),
        judge=judge,
        suggestions=(suggestion,),
    )
    return made, definitions(catalogue_, HF, KOL)
