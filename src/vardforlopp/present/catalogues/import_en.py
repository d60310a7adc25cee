"""English texts of the report on an imported plan, with the keys of the Swedish ones."""

_TEXTS = {
    "title": "{pathway}: what the draft does not carry",
    "made": "Draft {pathway} {version}: phases {phases}, steps {steps}, selectors {selectors}.",
    "elements": (
        "Elements read: {total}. Carried: {carried}. Not carried: {left}, listed as {entries}"
        " entries. Set aside: {aside}."
    ),
    "unread": "Resources that the plan does not refer to, and that were not read: {n}.",
    "more": "... and {n} more in {file}",
    "next": "Go through NOT-CARRIED.md; vardforlopp check {folder} tells what the draft still lacks.",
    "head.kind": "Kind",
    "head.count": "Entries",
    "aside": "Set aside",
    "aside.why": (
        "These elements say nothing about the care: who made the resource, when, how a screen"
        " shows it, or what is usual anyway. The number counts how often each stands."
    ),
    "kind.device": "Doses, and what is not to be done",
    "kind.condition": "Conditions",
    "kind.time": "Times",
    "kind.order": "Order",
    "kind.trigger": "Triggers",
    "kind.evidence": "Evidence",
    "kind.data": "Data and codes",
    "kind.activity": "Activities and performers",
    "kind.structure": "Structure",
    "kind.goal": "Goals",
    "kind.text": "Words for people",
    "kind.provenance": "Level and sources",
    "kind.head": "The plan as a whole",
    "kind.unknown": "Elements that the importer does not know",
}
#: Reason -> why it is not carried, what to do.
_REASONS = {
    "device": (
        "It gives or computes a dose: that would make the program a medical device.",
        "Let the physician decide; encode the visit or the decision, never the dose.",
    ),
    "not-to-do": (
        "The activity is something not to do; a step is something to do.",
        "Write the advice in a text, or an interaction.",
    ),
    "modifier": (
        "An extension that is not known may change what this means. A person answers for now.",
        "Ask the publisher what it means.",
    ),
    "choice-left": (
        "Another condition of the same choice cannot be read: people choose.",
        "Write criteria for all the ways, or leave the choice to people.",
    ),
    "cql": (
        "The condition is CQL, which is not read. A person answers it for now.",
        "Write the criterion by hand in place of the decision.",
    ),
    "fhirpath": (
        ("The condition asks something that the importer does not translate. A person answers it for now."),
        "Write the criterion by hand; the comment in the draft says where it stops.",
    ),
    "condition-language": (
        "The condition is in a language that is not read. A person answers it for now.",
        "Write the criterion by hand in place of the decision.",
    ),
    "condition-kind": (
        "A condition for starting or stopping has no keyword of its own.",
        "Write it as `after` or `until`.",
    ),
    "condition-empty": (
        "The condition has no expression. A person answers it for now.",
        "Ask the publisher what is meant.",
    ),
    "counts-from": (
        "The time counts from something that the export says only in words.",
        "Write `after`, `per` or `slots` first, then the time.",
    ),
    "in-words": (
        "The time depends on the person, and is said only in words.",
        "Write it as a table of durations.",
    ),
    "timing": (
        "The language cannot say this timing exactly.",
        "Choose `within`, `every` or `slots` with the people who know the care.",
    ),
    "timing-age": (
        "An age is read as: from that age on.",
        "Check that this is what the plan means.",
    ),
    "duration": (
        "The length has no unit or number that the language has.",
        "Write it as a number of minutes, hours, days, weeks, months or years.",
    ),
    "related-range": (
        "The far end of the range has no place among several relations.",
        "Write it as `within` or `opens`.",
    ),
    "related-offset": (
        "The other action waits for this one; the time between them is not carried.",
        "Write it on the action that waits, as `plus`.",
    ),
    "related-missing": (
        "The related action is not among the draft's steps.",
        "Correct the id, or write what is waited for.",
    ),
    "related-twice": (
        "Several actions have the id that is waited for.",
        "Write which of them is meant.",
    ),
    "related-inside": (
        "An action cannot wait for the group that it stands in.",
        "Write what is waited for.",
    ),
    "related-concurrent": (
        "Two steps at the same time have no keyword.",
        "Make them one step, or give both the same anchor.",
    ),
    "related-start": (
        "The record shows when a step was done, not when it began: it is read as done.",
        "Check that the order is still right.",
    ),
    "trigger": (
        "Only data that are added start anything here.",
        "Write an entry, or `per`, with the fact that starts it.",
    ),
    "event": (
        "The way in or out has no event that could be read.",
        "Write it with the fact that starts or ends the stay.",
    ),
    "evidence-none": (
        "Nothing says how the record shows that it was done: a recorded decision for now.",
        "Name the fact under `done`.",
    ),
    "evidence-code": (
        "The code of what is asked for is taken as evidence that it was done.",
        "Check that the record shows it with this code.",
    ),
    "evidence-many": (
        "The plan names several kinds of data, not how they go together: all, or a decision.",
        "Write all or any of them under `done`.",
    ),
    "evidence-one": (
        "The plan names the data, not how they show that it is done: they are taken as evidence.",
        "Check it: a value, a number of times or a decision may be meant.",
    ),
    "data": (
        "The data requirement asks for more than a type and codes.",
        "Make a selector, and name it.",
    ),
    "input": (
        "What an action needs to know is no keyword.",
        "Make an earlier step of it, or leave it.",
    ),
    "code": (
        "The code has no system, or ends in a star.",
        "Find the code, and write it in the selector.",
    ),
    "value-set-missing": (
        "The value set was not handed in: the selector has no codes.",
        "Hand in a Bundle, folder or package that holds it.",
    ),
    "value-set-part": (
        "This part of the value set is no list of codes.",
        "Expand the value set, or write the codes by hand.",
    ),
    "plan-missing": (
        "The plan that is taken in was not handed in: its actions are not in the draft.",
        "Hand in a Bundle, folder or package that holds it.",
    ),
    "definition-missing": (
        "The definition of what is done was not handed in, or is no resource.",
        "Hand it in, or complete the activity by hand.",
    ),
    "activity": (
        "An activity has no keyword for this.",
        "Write it in the text of the activity if the reader needs it.",
    ),
    "computed": (
        "A value would be computed for the request; the program makes no requests.",
        "Leave it, or write the words in the summary.",
    ),
    "participant": (
        "The performer is not among the catalogue's roles.",
        "Choose a role, and write it under `by`.",
    ),
    "action-type": (
        "A step is something to do; it does not change or remove an order.",
        "Write it as a decision.",
    ),
    "priority": (
        "The language has no priority: times say how urgent it is.",
        "Write `within`.",
    ),
    "reason": (
        "A coded reason has no keyword.",
        "Write it in the summary.",
    ),
    "behaviour": (
        "How many of a group are done, or whether one must, cannot be said so.",
        "Write a choice, or guards.",
    ),
    "group": (
        "A group within a phase is folded into its steps, with its conditions and times.",
        "Make it a phase if people should see it.",
    ),
    "on-a-group": (
        "It stands on a group; steps have this one by one.",
        "Write it on the steps that it concerns.",
    ),
    "id-twice": (
        "The id stands twice in the plan; the later one has a new id.",
        "Check what refers to it.",
    ),
    "goal-target": (
        "No data answer the target as it is written: the goal is kept in words.",
        "Write `met` with a selector and a limit.",
    ),
    "goal-part": (
        "An indicator has no keyword for this.",
        "Write it in the `note` if the reader needs it.",
    ),
    "goal-of-step": (
        "A step does not name its goal.",
        "Nothing, if the indicator says enough.",
    ),
    "text": (
        "The text may say more than was carried; it stands as a comment, or in the plan.",
        "Compare it with the draft.",
    ),
    "level": (
        "A level is not taken on trust.",
        "Read the source, then give it its level.",
    ),
    "adopted-by": (
        "An adoption belongs to a region.",
        "Let the region adopt it in its overlay.",
    ),
    "parameter": (
        "A parameter is exported in words; the draft holds its value where it is used.",
        "Write it under `parameters`.",
    ),
    "language-unsaid": (
        "The plan does not say its language: its texts are kept as English.",
        "Correct the language if it is another, and translate.",
    ),
    "language": (
        ("The texts are in a language that the program does not have; they are kept as English."),
        "Translate them.",
    ),
    "version": (
        "The version is not written as 1.2.3: the draft is 0.1.0.",
        "Nothing; the source keeps the plan's own version.",
    ),
    "plan-type": (
        "It says that it is something else than a pathway.",
        "Consider whether it should be one.",
    ),
    "population": (
        "For whom it is stands in codes or references.",
        "Write it under `population`.",
    ),
    "head-text": (
        "The head of a pathway has no keyword for this text.",
        "Read it, and write what the reader needs in the summary.",
    ),
    "artifact": (
        "The document is not named as a source.",
        "Write it under `sources`, and name it where it is used.",
    ),
    "library": (
        "Logic in libraries is not read.",
        "Nothing beyond the conditions above.",
    ),
    "nested-head": (
        "Of a plan within the plan only the actions are carried.",
        "Import it by itself if it should be a pathway of its own.",
    ),
    "contained": (
        "Nothing that was carried refers to this resource.",
        "Look at what uses it.",
    ),
    "unknown": (
        "The importer does not know the element here.",
        "Read it, and write by hand what it means.",
    ),
}

TEXTS: dict[str, str] = {
    **{f"plan_import.{key}": text for key, text in _TEXTS.items()},
    **{f"plan_import.why.{reason}": why for reason, (why, _) in _REASONS.items()},
    **{f"plan_import.do.{reason}": do for reason, (_, do) in _REASONS.items()},
}
