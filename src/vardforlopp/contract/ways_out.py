"""Ways out of the conflicts that the merge itself finds. People choose; the program never does."""

from __future__ import annotations

from vardforlopp.definitions.model import Texts

DECIDER = "fast-vardkontakt"

IMPOSSIBLE_TIMING: tuple[Texts, ...] = (
    {
        "sv": "Bestäm ny tid tillsammans och skriv ned skälet till avvikelsen.",
        "en": "Agree on another time together and write down the reason for the deviation.",
    },
    {
        "sv": "Avstå från åtgärden den här gången och skriv ned skälet.",
        "en": "Leave the action out this time and write down the reason.",
    },
)

TWO_OWNERS: tuple[Texts, ...] = (
    {
        "sv": "Kom överens om vilken enhet som gör det, och låt den andra enheten ta del av svaret.",
        "en": "Agree on which unit does it, and let the other unit have the result.",
    },
    {
        "sv": "Gör det på båda ställena, om det finns skäl till det.",
        "en": "Do it at both places, if there is a reason to.",
    },
)

PREPARATION_CLASH: tuple[Texts, ...] = (
    {
        "sv": "Gör åtgärderna vid olika tillfällen, var och en med sina förberedelser.",
        "en": "Do the actions on different occasions, each with its own preparation.",
    },
    {
        "sv": "Gör dem vid ett tillfälle, om båda ansvariga godtar samma förberedelser.",
        "en": "Do them on one occasion, if both owners accept the same preparation.",
    },
)

DOUBLE_BOOKING: tuple[Texts, ...] = (
    {
        "sv": "Fråga personen vilken tid som passar bäst och boka om den andra.",
        "en": "Ask the person which appointment suits best and rebook the other.",
    },
    {
        "sv": "Fråga enheterna om besöken kan läggas efter varandra samma dag.",
        "en": "Ask the units whether the visits can follow each other on the same day.",
    },
)

DECLINED_ELSEWHERE: tuple[Texts, ...] = (
    {
        "sv": "Personen har tackat nej till samma sak i ett annat förlopp. Låt nejet gälla även här.",
        "en": "The person has declined the same thing in another pathway. Let the no hold here too.",
    },
    {
        "sv": "Fråga personen igen om skälet här är ett annat.",
        "en": "Ask the person again if the reason here is another.",
    },
)
