"""Svenska texter till rapporten om en inläst plan: varför något inte är med, och vad man gör åt det."""

_TEXTS = {
    "title": "{pathway}: det som utkastet inte bär med sig",
    "made": "Utkast {pathway} {version}: faser {phases}, åtgärder {steps}, urval {selectors}.",
    "elements": (
        "Lästa element: {total}. Med i utkastet: {carried}. Inte med: {left}, i {entries} "
        "poster. Lagda åt sidan: {aside}."
    ),
    "unread": "Resurser som planen inte hänvisar till och som inte lästes: {n}.",
    "more": "... och {n} till i {file}",
    "next": "Gå igenom NOT-CARRIED.md; vardforlopp check {folder} säger vad utkastet saknar.",
    "head.kind": "Slag",
    "head.count": "Poster",
    "aside": "Lagt åt sidan",
    "aside.why": (
        "De här elementen säger inget om vården: vem som gjort resursen, när, hur en skärm "
        "visar den, eller sådant som ändå är det vanliga. Talet är hur ofta elementet står "
        "där."
    ),
    "kind.device": "Doser, och det som inte ska göras",
    "kind.condition": "Villkor",
    "kind.time": "Tider",
    "kind.order": "Ordning",
    "kind.trigger": "Utlösare",
    "kind.evidence": "Belägg",
    "kind.data": "Uppgifter och koder",
    "kind.activity": "Aktiviteter och utförare",
    "kind.structure": "Uppbyggnad",
    "kind.goal": "Mål",
    "kind.text": "Ord till människor",
    "kind.provenance": "Nivå och källor",
    "kind.head": "Planen som helhet",
    "kind.unknown": "Element som inläsningen inte känner",
}
#: Reason -> varför det inte är med, vad man gör.
_REASONS = {
    "device": (
        "Det ger eller räknar ut en dos: då blir programmet en medicinteknisk produkt.",
        "Låt läkaren besluta; skriv in besöket eller ställningstagandet, aldrig dosen.",
    ),
    "not-to-do": (
        "Aktiviteten är något som inte ska göras; en åtgärd är något att göra.",
        "Skriv rådet i en text, eller som en krock.",
    ),
    "modifier": (
        "Ett okänt tillägg kan ändra vad det här betyder. Tills vidare svarar en människa.",
        "Fråga utgivaren vad det betyder.",
    ),
    "choice-left": (
        "Ett annat villkor i samma val går inte att läsa: människor väljer.",
        "Skriv kriterier för alla vägar, eller låt människor välja.",
    ),
    "cql": (
        "Villkoret är CQL, som inte läses. Tills vidare svarar en människa på det.",
        "Skriv kriteriet för hand i stället för ställningstagandet.",
    ),
    "fhirpath": (
        (
            "Villkoret frågar efter något som inläsningen inte översätter. Tills vidare svarar en"
            " människa på det."
        ),
        "Skriv kriteriet för hand; kommentaren i utkastet säger var det tar stopp.",
    ),
    "condition-language": (
        "Villkoret är på ett språk som inte läses. Tills vidare svarar en människa på det.",
        "Skriv kriteriet för hand i stället för ställningstagandet.",
    ),
    "condition-kind": (
        "Ett villkor för att börja eller sluta har inget eget nyckelord.",
        "Skriv det som `after` eller `until`.",
    ),
    "condition-empty": (
        "Villkoret saknar uttryck. Tills vidare svarar en människa på det.",
        "Fråga utgivaren vad som menas.",
    ),
    "counts-from": (
        "Tiden räknas från något som exporten bara säger i ord.",
        "Skriv först `after`, `per` eller `slots`, sedan tiden.",
    ),
    "in-words": (
        "Tiden beror på personen och står bara i ord.",
        "Skriv den som en tabell med tider.",
    ),
    "timing": (
        "Språket kan inte säga den här tiden precis.",
        "Välj `within`, `every` eller `slots` med dem som kan vården.",
    ),
    "timing-age": (
        "En ålder läses som: från den åldern.",
        "Kontrollera att planen menar det.",
    ),
    "duration": (
        "Tidslängden saknar en enhet eller ett tal som språket har.",
        "Skriv den som ett antal minuter, timmar, dagar, veckor, månader eller år.",
    ),
    "related-range": (
        "Den bortre gränsen får inte plats när åtgärden väntar på flera.",
        "Skriv den som `within` eller `opens`.",
    ),
    "related-offset": (
        "Den andra åtgärden väntar på den här; tiden mellan dem är inte med.",
        "Skriv den på åtgärden som väntar, som `plus`.",
    ),
    "related-missing": (
        "Åtgärden som det hänvisas till finns inte i utkastet.",
        "Rätta id:t, eller skriv vad som väntas in.",
    ),
    "related-twice": (
        "Flera åtgärder har det id som väntas in.",
        "Skriv vilken som menas.",
    ),
    "related-inside": (
        "En åtgärd kan inte vänta på gruppen den står i.",
        "Skriv vad som väntas in.",
    ),
    "related-concurrent": (
        "Två åtgärder på samma gång har inget nyckelord.",
        "Gör dem till en åtgärd, eller låt båda räknas från samma tidpunkt.",
    ),
    "related-start": (
        "Journalen visar när en åtgärd blev klar, inte när den började: den läses som klar.",
        "Kontrollera att ordningen fortfarande stämmer.",
    ),
    "trigger": (
        "Bara uppgifter som tillkommer startar något här.",
        "Skriv en ingång, eller `per`, med uppgiften som startar det.",
    ),
    "event": (
        "In- eller utgången har ingen händelse som gick att läsa.",
        "Skriv den med uppgiften som börjar eller slutar vistelsen i förloppet.",
    ),
    "evidence-none": (
        ("Inget säger hur journalen visar att det är gjort: tills vidare ett ställningstagande."),
        "Skriv uppgiften under `done`.",
    ),
    "evidence-code": (
        "Koden för det som begärs tas som belägg för att det är gjort.",
        "Kontrollera att journalen visar det med den koden.",
    ),
    "evidence-many": (
        "Planen nämner flera slags uppgifter, men inte hur de hör ihop: alla, eller ett ställningstagande.",
        "Skriv alla eller någon av dem under `done`.",
    ),
    "evidence-one": (
        "Planen nämner uppgiften, men inte hur den visar att det är gjort: den tas som belägg.",
        "Kontrollera det: ett värde, ett antal gånger eller ett ställningstagande kan vara menat.",
    ),
    "data": (
        "Uppgiften begärs med mer än en typ och koder.",
        "Gör ett urval och skriv dess namn.",
    ),
    "input": (
        "Vad en åtgärd behöver veta är inget nyckelord.",
        "Gör en tidigare åtgärd av det, eller låt det vara.",
    ),
    "code": (
        "Koden saknar kodsystem, eller slutar med en stjärna.",
        "Sök upp koden och skriv den i urvalet.",
    ),
    "value-set-missing": (
        "Kodurvalet följde inte med: urvalet har inga koder.",
        "Lämna in en Bundle, en mapp eller ett paket som har det.",
    ),
    "value-set-part": (
        "Den här delen av kodurvalet är ingen lista av koder.",
        "Expandera kodurvalet, eller skriv koderna för hand.",
    ),
    "plan-missing": (
        "Planen som tas in följde inte med: dess åtgärder finns inte i utkastet.",
        "Lämna in en Bundle, en mapp eller ett paket som har den.",
    ),
    "definition-missing": (
        "Definitionen av det som görs följde inte med, eller är ingen resurs.",
        "Lämna in den, eller fyll i aktiviteten för hand.",
    ),
    "activity": (
        "En aktivitet har inget nyckelord för detta.",
        "Skriv det i aktivitetens text om läsaren behöver det.",
    ),
    "computed": (
        "Ett värde skulle räknas ut till en beställning; programmet gör inga beställningar.",
        "Låt det vara, eller skriv orden i sammanfattningen.",
    ),
    "participant": (
        "Utföraren finns inte bland katalogens roller.",
        "Välj en roll och skriv den under `by`.",
    ),
    "action-type": (
        "En åtgärd är något att göra; den ändrar eller tar inte bort en ordination.",
        "Skriv det som ett ställningstagande.",
    ),
    "priority": (
        "Språket har ingen prioritet: tiderna säger hur bråttom det är.",
        "Skriv `within`.",
    ),
    "reason": (
        "En kodad orsak har inget nyckelord.",
        "Skriv den i sammanfattningen.",
    ),
    "behaviour": (
        "Hur många i en grupp som görs, eller om något måste göras, går inte att säga så.",
        "Skriv ett val, eller villkor.",
    ),
    "group": (
        "En grupp i en fas läggs in i sina åtgärder, med sina villkor och tider.",
        "Gör den till en fas om den ska synas.",
    ),
    "on-a-group": (
        "Det står på en grupp; åtgärder har det var och en.",
        "Skriv det på de åtgärder som det gäller.",
    ),
    "id-twice": (
        "Id:t står två gånger i planen; det andra har fått ett nytt.",
        "Kontrollera vad som hänvisar till det.",
    ),
    "goal-target": (
        "Inga uppgifter svarar på målet som det är skrivet: det står kvar i ord.",
        "Skriv `met` med ett urval och en gräns.",
    ),
    "goal-part": (
        "En indikator har inget nyckelord för detta.",
        "Skriv det i `note` om läsaren behöver det.",
    ),
    "goal-of-step": (
        "En åtgärd säger inte vilket mål den har.",
        "Inget, om indikatorn säger nog.",
    ),
    "text": (
        "Texten kan säga mer än det som är med; den står som kommentar, eller i planen.",
        "Jämför den med utkastet.",
    ),
    "level": (
        "En nivå tas inte på god tro.",
        "Läs källan och ge den sedan dess nivå.",
    ),
    "adopted-by": (
        "Ett antagande hör till en region.",
        "Låt regionen anta det i sitt tillägg.",
    ),
    "parameter": (
        "En parameter exporteras i ord; utkastet har dess värde där den används.",
        "Skriv den under `parameters`.",
    ),
    "language-unsaid": (
        "Planen säger inte vilket språk den har: texterna står som engelska.",
        "Rätta språket om det är ett annat, och översätt.",
    ),
    "language": (
        "Texterna är på ett språk som programmet inte har; de står som engelska.",
        "Översätt dem.",
    ),
    "version": (
        "Versionen är inte skriven som 1.2.3: utkastet är 0.1.0.",
        "Inget; källan har kvar planens egen version.",
    ),
    "plan-type": (
        "Den säger att den är något annat än ett förlopp.",
        "Tänk efter om den ska bli ett.",
    ),
    "population": (
        "För vem den är står i koder eller hänvisningar.",
        "Skriv det under `population`.",
    ),
    "head-text": (
        "Förloppets huvud har inget nyckelord för den här texten.",
        "Läs den, och skriv det som läsaren behöver i sammanfattningen.",
    ),
    "artifact": (
        "Dokumentet är inte namngivet som källa.",
        "Skriv det under `sources`, och nämn det där det används.",
    ),
    "library": (
        "Logik i bibliotek läses inte.",
        "Inget mer än villkoren ovan.",
    ),
    "nested-head": (
        "Av en plan i planen är bara åtgärderna med.",
        "Läs in den för sig om den ska vara ett eget förlopp.",
    ),
    "contained": (
        "Inget som är med hänvisar till den här resursen.",
        "Se efter vad som använder den.",
    ),
    "unknown": (
        "Inläsningen känner inte elementet på den här platsen.",
        "Läs det, och skriv för hand vad det betyder.",
    ),
}

TEXTS: dict[str, str] = {
    **{f"plan_import.{key}": text for key, text in _TEXTS.items()},
    **{f"plan_import.why.{reason}": why for reason, (why, _) in _REASONS.items()},
    **{f"plan_import.do.{reason}": do for reason, (_, do) in _REASONS.items()},
}
