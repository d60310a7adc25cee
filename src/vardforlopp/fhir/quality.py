"""The findings of the data-quality report: one code, one text in two languages, no data in it.

A finding never carries anything of the patient: its text is fixed by its code, its place is a
resource (`Type/id`) and an element path.
"""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.record.record import Finding


class Wording(NamedTuple):
    """What is wrong and what to do about it, in one language."""

    what: str
    do: str


_EN: dict[str, tuple[str, str]] = {
    "VF-QUA-001": (
        "the date does not exist or is not written as FHIR says",
        "Correct the date in the source.",
    ),
    "VF-QUA-002": ("the year is not plausible", "Correct the date in the source."),
    "VF-QUA-003": ("the time lies in the future", "Correct the date, or send a booking or an order instead."),
    "VF-QUA-004": ("dated after death", "Check the date and the date of death. It is not used as evidence."),
    "VF-QUA-005": ("dated before birth", "Check the date and the birth date. It is not used as evidence."),
    "VF-QUA-006": ("the end is before the start", "Correct the period. Only the start is used."),
    "VF-QUA-007": ("no usable date", "Add the date in the source. Without it nothing can rest on this."),
    "VF-QUA-008": ("it has ended, but not written when", "Add the end date. An early end is assumed."),
    "VF-QUA-010": (
        "several resources have this id and differ",
        "Give each resource its own id. All were read.",
    ),
    "VF-QUA-011": ("the same resource stands here more than once", "Send it once. It was read once."),
    "VF-QUA-012": (
        "points at a resource that is not here",
        "Send that resource too, or correct the reference.",
    ),
    "VF-QUA-013": ("the references form a circle", "Correct the references in the source."),
    "VF-QUA-014": ("about another person", "Send one person a file. It was not read."),
    "VF-QUA-015": ("does not say whom it is about", "Add the subject. It was not read."),
    "VF-QUA-016": ("has no status", "Add the status. Without it, it may be planned or cancelled: not used."),
    "VF-QUA-017": ("the status is not one that FHIR knows", "Correct the status. It was not used."),
    "VF-QUA-018": ("not a resource type of FHIR R4", "Send FHIR R4, or correct the type."),
    "VF-QUA-019": ("has no id", "Add an id. It is named here by its content."),
    "VF-QUA-020": ("a required element is missing", "Add the element in the source. It was not read."),
    "VF-QUA-021": ("not shaped as FHIR R4 says", "Correct the shape of the resource. It was not read."),
    "VF-QUA-022": ("an entry of the Bundle has no resource", "Nothing to do if it is an answer only."),
    "VF-QUA-030": ("the unit is unknown or cannot be converted", "Send a UCUM unit of the right kind."),
    "VF-QUA-031": ("the value has no unit", "Send the UCUM unit with the value."),
    "VF-QUA-032": ("a negative value where none is possible", "Correct the value in the source."),
    "VF-QUA-033": ("the value is not a number", "Send a number, or say why there is none."),
    "VF-QUA-034": ("the status says ongoing, but an end is given", "Correct one of them. The end is used."),
    "VF-QUA-035": ("left or right is not given", "Add the body side. It counts for no sided pathway."),
    "VF-QUA-040": ("the file begins with a byte-order mark", "Save the file as UTF-8 without the mark."),
    "VF-QUA-041": ("linked to another Patient, read as one person", "Check that the link is right."),
    "VF-QUA-042": ("the gender is not one that FHIR knows", "Use female, male, other or unknown."),
    "VF-QUA-043": ("the identifier is not well formed", "Check the number. It was not used."),
    "VF-QUA-044": ("dead, but not written when", "Add the date. The last day in the record is assumed."),
    "VF-QUA-045": ("no birth date", "Add it. Rules about age stay unknown."),
    "VF-QUA-050": ("a recorded act that cannot be understood", "Compare it with the table of acts."),
}

_SV: dict[str, tuple[str, str]] = {
    "VF-QUA-001": ("datumet finns inte eller är inte skrivet enligt FHIR", "Rätta datumet i källan."),
    "VF-QUA-002": ("året är inte rimligt", "Rätta datumet i källan."),
    "VF-QUA-003": ("tiden ligger i framtiden", "Rätta datumet, eller skicka en bokning eller ordination."),
    "VF-QUA-004": ("daterat efter dödsfallet", "Kontrollera datumen. Uppgiften används inte som underlag."),
    "VF-QUA-005": ("daterat före födelsen", "Kontrollera datumen. Uppgiften används inte som underlag."),
    "VF-QUA-006": ("slutet ligger före början", "Rätta perioden. Bara början används."),
    "VF-QUA-007": (
        "inget användbart datum",
        "Lägg till datumet i källan. Utan det kan inget vila på uppgiften.",
    ),
    "VF-QUA-008": ("avslutat, men det står inte när", "Lägg till slutdatum. Ett tidigt slut antas."),
    "VF-QUA-010": (
        "flera resurser har detta id och skiljer sig åt",
        "Ge varje resurs ett eget id. Alla lästes.",
    ),
    "VF-QUA-011": ("samma resurs finns flera gånger", "Skicka den en gång. Den lästes en gång."),
    "VF-QUA-012": (
        "hänvisar till en resurs som inte finns här",
        "Skicka den också, eller rätta hänvisningen.",
    ),
    "VF-QUA-013": ("hänvisningarna går i cirkel", "Rätta hänvisningarna i källan."),
    "VF-QUA-014": ("gäller en annan person", "Skicka en person per fil. Uppgiften lästes inte."),
    "VF-QUA-015": ("det står inte vem den gäller", "Lägg till vem den gäller. Uppgiften lästes inte."),
    "VF-QUA-016": ("saknar status", "Lägg till status. Utan den kan uppgiften vara planerad eller inställd."),
    "VF-QUA-017": ("statusen finns inte i FHIR", "Rätta statusen. Uppgiften används inte."),
    "VF-QUA-018": ("inte en resurstyp i FHIR R4", "Skicka FHIR R4, eller rätta typen."),
    "VF-QUA-019": ("saknar id", "Lägg till id. Här namnges den efter sitt innehåll."),
    "VF-QUA-020": (
        "ett obligatoriskt element saknas",
        "Lägg till elementet i källan. Uppgiften lästes inte.",
    ),
    "VF-QUA-021": ("inte formad enligt FHIR R4", "Rätta resursens form. Den lästes inte."),
    "VF-QUA-022": ("en post i Bundle saknar resurs", "Inget behöver göras om den bara är ett svar."),
    "VF-QUA-030": ("enheten är okänd eller går inte att räkna om", "Skicka en UCUM-enhet av rätt slag."),
    "VF-QUA-031": ("värdet saknar enhet", "Skicka UCUM-enheten med värdet."),
    "VF-QUA-032": ("negativt värde där inget sådant kan finnas", "Rätta värdet i källan."),
    "VF-QUA-033": ("värdet är inte ett tal", "Skicka ett tal, eller ange varför det saknas."),
    "VF-QUA-034": ("statusen säger pågående, men ett slut är angivet", "Rätta ett av dem. Slutet används."),
    "VF-QUA-035": (
        "vänster eller höger är inte angivet",
        "Lägg till kroppssida. Räknas inte för någon sida.",
    ),
    "VF-QUA-040": ("filen börjar med ett byte order mark", "Spara filen som UTF-8 utan märket."),
    "VF-QUA-041": ("länkad till en annan Patient, läst som en person", "Kontrollera att länken stämmer."),
    "VF-QUA-042": ("könet är inte ett som FHIR känner", "Använd female, male, other eller unknown."),
    "VF-QUA-043": ("identiteten är inte rätt skriven", "Kontrollera numret. Det användes inte."),
    "VF-QUA-044": ("avliden, men det står inte när", "Lägg till datumet. Sista dagen i uppgifterna antas."),
    "VF-QUA-045": ("födelsedatum saknas", "Lägg till det. Regler om ålder förblir okända."),
    "VF-QUA-050": ("en registrerad handling som inte går att förstå", "Jämför med tabellen över handlingar."),
}

#: Every finding code, worded in each language.
WORDINGS: dict[str, dict[str, Wording]] = {
    code: {"en": Wording(*text), "sv": Wording(*_SV[code])} for code, text in _EN.items()
}


def finding(code: str, ref: str, path: str) -> Finding:
    """One line of the report, in English; `WORDINGS` has the other languages."""
    wording = WORDINGS[code]["en"]
    return Finding(code, ref, path, wording.what, wording.do)
