"""What an imported plan did not give: by kind, with each element's path, why, and what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.fhir.plan_import.importing import Imported
from vardforlopp.fhir.plan_import.ledger import Account, Left
from vardforlopp.present import catalogues
from vardforlopp.present.visible import visible

#: The report's name in the draft's folder.
NOT_CARRIED = "NOT-CARRIED.md"
#: Reasons by kind, in the order in which somebody should look at them.
KINDS: Mapping[str, tuple[str, ...]] = {
    "device": ("device", "not-to-do"),
    "condition": ("modifier", "choice-left", "cql", "fhirpath", "condition-language", "condition-kind",
                  "condition-empty"),
    "time": ("counts-from", "in-words", "timing", "timing-age", "duration", "related-range",
             "related-offset"),
    "order": ("related-missing", "related-twice", "related-inside", "related-concurrent", "related-start"),
    "trigger": ("trigger", "event"),
    "evidence": ("evidence-none", "evidence-many", "evidence-code", "evidence-one"),
    "data": ("data", "input", "code", "value-set-missing", "value-set-part"),
    "activity": ("plan-missing", "definition-missing", "activity", "computed", "participant", "action-type",
                 "priority", "reason"),
    "structure": ("behaviour", "group", "on-a-group", "id-twice"),
    "goal": ("goal-target", "goal-part", "goal-of-step"),
    "text": ("text",),
    "provenance": ("level", "adopted-by", "parameter"),
    "head": ("language-unsaid", "language", "version", "plan-type", "population", "head-text", "artifact",
             "library", "nested-head", "contained"),
    "unknown": ("unknown",),
}  # fmt: skip
_FIRST = 2  # elements shown for a reason when all of them stand in the file
_NUMBERS = re.compile(r"\[\d+\]")


def report_text(found: Imported, lang: Lang, *, folder: str | None) -> str:
    """The report for a terminal: whole when nothing was written, else the first elements of each reason."""
    account, lines = found.account, _summary(found, lang)
    shown = _FIRST if folder is not None else None
    for kind, whys in _by_kind(account).items():
        lines += ["", f"{_say(lang, f'kind.{kind}')}: {sum(map(len, whys.values()))}"]
        for why, entries in whys.items():
            lines.append(f"  {_reason(lang, why)}")
            lines += [f"    {entry.path}{_said(entry)}" for entry in entries[:shown]]
            if shown is not None and len(entries) > shown:
                lines.append("    " + _say(lang, "more", n=len(entries) - shown, file=NOT_CARRIED))
    if folder is not None:
        lines += ["", _say(lang, "next", folder=folder)]
    return "\n".join(lines)


def report_page(found: Imported, lang: Lang) -> str:
    """The report as a page in Markdown, for the draft's folder."""
    account = found.account
    lines = [f"# {_say(lang, 'title', pathway=found.draft.id)}", "", *_summary(found, lang), ""]
    lines += [f"| {_say(lang, 'head.kind')} | {_say(lang, 'head.count')} |", "|---|---|"]
    by_kind = _by_kind(account)
    lines += [
        f"| {_say(lang, f'kind.{kind}')} | {sum(map(len, whys.values()))} |" for kind, whys in by_kind.items()
    ]
    for kind, whys in by_kind.items():
        lines += ["", f"## {_say(lang, f'kind.{kind}')}"]
        for why, entries in whys.items():
            lines += ["", _reason(lang, why), ""]
            lines += [f"- {_code(entry.path)}{_said(entry, code=True)}" for entry in entries]
    lines += ["", f"## {_say(lang, 'aside')}", "", _say(lang, "aside.why"), ""]
    lines += [f"- {_code(name)} ({n})" for name, n in _aside(account)]
    return "\n".join(lines) + "\n"


def _summary(found: Imported, lang: Lang) -> list[str]:
    account, draft = found.account, found.draft
    steps = sum("options" not in part.keys for phase in draft.phases for part in phase.items.values())
    lines = [
        _say(lang, "made", pathway=draft.id, version=draft.version, phases=len(draft.phases), steps=steps,
             selectors=len(draft.selectors)),
        _say(lang, "elements", total=account.total, carried=len(account.carried), left=len(account.left),
             aside=len(account.aside), entries=len(account.entries)),
    ]  # fmt: skip
    return lines + ([_say(lang, "unread", n=found.unread)] if found.unread else [])


def _by_kind(account: Account) -> dict[str, dict[str, list[Left]]]:
    made: dict[str, dict[str, list[Left]]] = {}
    for kind, whys in KINDS.items():
        entries = {why: [each for each in account.entries if each.why == why] for why in whys}
        there = {why: found for why, found in entries.items() if found}
        if there:
            made[kind] = there
    return made


def _aside(account: Account) -> Iterable[tuple[str, int]]:
    """What was set aside, by element without its numbers, with how often."""
    return sorted(Counter(_NUMBERS.sub("", path) for path in account.asides).items())


def _reason(lang: Lang, why: str) -> str:
    return f"{catalogues.say(lang, f'plan_import.why.{why}')} {catalogues.say(lang, f'plan_import.do.{why}')}"


def _said(entry: Left, *, code: bool = False) -> str:
    if not entry.shown:
        return ""
    return f": {_code(entry.shown) if code else entry.shown}"


def _code(text: str) -> str:
    return "`" + visible(text).replace("`", "'").replace("\n", " ") + "`"


def _say(lang: Lang, key: str, **values: object) -> str:
    return catalogues.say(lang, f"plan_import.{key}", **values)
