"""One pathway as a CQL library: entries, exits, guards, evidence, choices, populations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.criteria import (
    All,
    Criterion,
    Named,
)
from vardforlopp.definitions.lengths import counts_instants
from vardforlopp.definitions.model import Choice, Entry, Exit, Indicator, Pathway, Step, Texts
from vardforlopp.fhir.package.cql_criteria import Criteria
from vardforlopp.fhir.package.cql_evidence import Trees
from vardforlopp.fhir.package.cql_facts import Facts
from vardforlopp.fhir.package.cql_times import Times
from vardforlopp.fhir.package.cql_words import NO_ENTRY, NotCarriedError, name, text
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.durations import Duration

_SELECTOR = "selector:"
_STEP = "step:"


class Written(NamedTuple):
    """A library's text after its head, and the rules that it does not carry, each with the reason."""

    text: str
    not_carried: dict[str, Texts]


class _Library:
    def __init__(self, pathway: Pathway, catalogue: Catalogue, systems: SystemTable) -> None:
        self.pathway = pathway
        self.facts = Facts(pathway, catalogue.selectors, systems)
        self.not_carried: dict[str, Texts] = {}
        self.lost: set[str] = set()  # choices that are not carried
        self.inside = Criteria(pathway, self.facts, entry="V.Entry", lost=self.lost)
        self.ever = Criteria(pathway, self.facts, entry=NO_ENTRY)
        self.after = Times(self.facts, entry="V.Entry", completed=self.completed)
        self.ever_after = Times(self.facts, entry=NO_ENTRY, completed=self.completed)
        self._completed: dict[str, None] = {}

    def rule(self, rule: str, lines: Iterator[str], *, kind: str = "Boolean") -> str:
        """The definitions of a rule; one that cannot be carried is null, and listed."""
        try:
            return "\n".join(lines)
        except NotCarriedError as reason:
            self.not_carried[rule] = reason.said
            return f"define {name(rule)}:\n  null as {kind}"

    def judged(self, rule: str, criterion: Criterion | None, criteria: Criteria) -> str:
        """A criterion as a function of the time asked about and of the trigger."""
        body = "true" if criterion is None else criteria.write(criterion)
        return f"define function {name(f'{rule} judged')}(t MomentType, trig MomentType):\n  {body}"

    # --- entries and exits ------------------------------------------------------------------------

    def entry(self, entry: Entry) -> Iterator[str]:
        population = self.pathway.population.when if self.pathway.population else None
        parts = tuple(part for part in (population, entry.when) if part is not None)
        guard = All(parts) if len(parts) > 1 else next(iter(parts), None)
        yield from self.event(f"entry {entry.id}", entry, guard, "")

    def exit(self, exit_: Exit) -> Iterator[str]:
        yield from self.event(f"exit {exit_.id}", exit_, exit_.when, " and V.AfterEntry(F)")

    def event(self, rule: str, event: Entry | Exit, guard: Criterion | None, more: str) -> Iterator[str]:
        yield self.judged(rule, guard, self.ever)
        at = "V.FactMoment(F)"
        if event.plus != Duration(0, "days"):
            at = self.ever.times.shifted(at, event.plus)
        lists = ", ".join(self.facts.of(selector) for selector in event.event)
        judged = name(f"{rule} judged")
        yield (
            f"define {name(rule)}:\n  V.Any((flatten {{ {lists} }}) F\n    let at: {at}\n"
            f"    where F.lo <= V.Now.at and V.Reached(at, V.Now){more}\n"
            f"    return all {judged}(V.EventTime(at), at))"
        )

    def phase(self, phase: str, when: Criterion) -> Iterator[str]:
        rule = f"phase {phase}"
        yield self.judged(rule, when, self.inside)
        yield f"define {name(rule)}:\n  {name(f'{rule} judged')}(V.Now, V.NoMoment)"

    # --- guards and evidence -----------------------------------------------------------------------

    def guard(self, step: Step) -> Iterator[str]:
        rule = f"{step.id} when"
        yield self.judged(rule, step.when, self.inside)
        at_now = (step.at or ("now" if step.kind in ("single", "rolling") else "nominal")) == "now"
        nominal = name(f"{step.id} nominal")
        at = (
            "V.Now"
            if at_now
            else f"V.GuardTime({nominal}, {str(counts_instants(self.pathway, step)).lower()})"
        )
        asked = f"{name(f'{rule} judged')}({at}, {nominal if step.kind == 'per' else 'V.NoMoment'})"
        if step.kind == "per" or not at_now:
            asked = f"if {nominal} is null or {nominal}.civil is null then null as Boolean else {asked}"
        yield f"define {name(rule)}:\n  {asked}"

    def nominal(self, step: Step) -> Iterator[str]:
        """When the occurrence asked about falls: as given, else as the record itself shows.

        One that comes again, ends by a rule, waits for another step, or is dated otherwise than its
        trigger must be given; a trigger's is the latest.
        """
        own, per = NO_ENTRY, step.per
        is_plain = step.after is None and step.until is None
        if is_plain and per is not None and per.selector is not None and per.apart is None:
            own = f"V.LastTrigger({self.facts.of(per.selector)}, V.Entry)"
        elif step.kind == "single":
            try:
                own = self.inside.times.moment(step.after or Named("entry"))
            except NotCarriedError:
                own = NO_ENTRY
        own_at_now = f"define function {name(f'{step.id} anchor')}(t MomentType):\n  {own}"
        yield own_at_now
        yield (
            f"define {name(f'{step.id} nominal')}:\n  V.Nominal(V.OccurrenceOf({text(step.id)}), "
            f"{name(f'{step.id} anchor')}(V.Now))"
        )

    def evidence(self, step: Step) -> Iterator[str]:
        by_instant = counts_instants(self.pathway, step)
        trees = self._trees(step)
        tree = trees.write(step.done)
        yield from trees.asides
        opening = "N"
        if step.kind != "rolling":
            written = step.opens or Duration(0, "minutes" if by_instant else "days")
            opening = self.inside.times.shifted("N", written)
        begun = (
            "opening" if step.fresh is None else self.inside.times.shifted("opening", step.fresh, minus=True)
        )
        nominal, given = name(f"{step.id} nominal"), f"V.OccurrenceOf({text(step.id)})"
        scope = name(f"{step.id} scope")
        yield (
            f"define {scope}:\n  First(({{ {nominal} }}) N\n    let given: {given}, opening: {opening}, "
            f"fresh: {begun}\n    return all Tuple{{nominal: N, begun: V.NotTaken(fresh, given), "
            f"opening: opening, finish: V.Closes(given), running: Coalesce(given.running, true)}})"
        )
        proof = name(f"{step.id} proof")
        yield (
            f"define {proof}:\n  if {nominal} is null or {nominal}.civil is null then null as ProofType\n"
            f"  else (({scope}) S return all {tree})"
        )
        yield f"define {name(f'{step.id} done')}:\n  V.Done({proof})"

    def _trees(self, step: Step) -> Trees:
        by_instant = counts_instants(self.pathway, step)
        return Trees(self.pathway, self.facts, self.after, rule=f"{step.id} done", by_instant=by_instant)

    def completed(self, step_id: str) -> str:
        """When a single step was completed, for what asks it of another step."""
        step = self.pathway.steps[step_id]
        if step.kind != "single":
            raise NotCarriedError("completion-again", step_id)
        self._trees(step).write(step.done)  # what its evidence does not carry, this does not
        self._completed[step_id] = None
        return name(f"{step_id} completed")

    def completions(self) -> Iterator[str]:
        """The completions that were asked for."""
        for step in self._completed:
            yield (
                f"define {name(f'{step} completed')}:\n  V.Completed({name(f'{step} proof')}, "
                f"{text(self.pathway.id)}, {text(step)}, {name(f'{step} nominal')})"
            )

    # --- choices ------------------------------------------------------------------------------------

    def choice(self, choice: Choice) -> Iterator[str]:
        """The way taken: the latest decision, else the first option that holds with all before it refused."""
        taken = "null as String"
        asked = [option for option in choice.options if option.when is not None]
        if asked:
            taken = text(choice.otherwise) if choice.otherwise else "null as String"
            for option in reversed(asked):
                assert option.when is not None
                held = self.inside.write(option.when)
                taken = (
                    f"(({{ {held} }}) H return all if H is null then null as String "
                    f"else if H then {text(option.id)} else {taken})[0]"
                )
            if choice.after is not None:
                anchor = self.after.moment(choice.after)
                taken = f"if V.Reached({anchor}, t) then {taken} else null as String"
        computed = name(f"choice {choice.id} computed")
        yield f"define function {computed}(t MomentType):\n  {taken}"
        decided = f"V.DecidedAs({text(self.pathway.id)}, {text(choice.id)}, V.Now)"
        yield f"define {name(f'choice {choice.id}')}:\n  Coalesce({decided}, {computed}(V.Now))"

    def ways(self, choice: Choice) -> Iterator[str]:
        taken = name(f"choice {choice.id}")
        for way in choice.ways:
            yield f"define {name(f'choice {choice.id} {way}')}:\n  {taken} = {text(way)}"

    # --- indicators ----------------------------------------------------------------------------------

    def units(self, indicator: Indicator) -> Iterator[str]:
        rule = f"indicator {indicator.id}"
        units = "V.Entry is not null" if indicator.per == "enrolment" else "true"
        if indicator.per.startswith(_STEP):
            units = f"{name(f'{indicator.per.removeprefix(_STEP)} nominal')}.civil is not null"
        if indicator.per.startswith(_SELECTOR):
            facts = self.facts.of(indicator.per.removeprefix(_SELECTOR))
            units = f"exists ({facts} F where F.lo <= V.Now.at)"
        yield f"define {name(f'{rule} units')}:\n  {units}"

    def index(self, indicator: Indicator) -> Iterator[str]:
        """When a unit is judged: as given, else of the latest that the record itself shows."""
        rule = f"indicator {indicator.id}"
        index = self.ever.times.moment(indicator.index)
        if indicator.per.startswith(_SELECTOR):
            facts = self.facts.of(indicator.per.removeprefix(_SELECTOR))
            index = f"V.LastTrigger({facts}, {NO_ENTRY})"
        yield f"define function {name(f'{rule} own index')}(t MomentType, trig MomentType):\n  {index}"
        yield (
            f"define {name(f'{rule} index')}:\n  V.Nominal(V.OccurrenceOf({text(rule)}), "
            f"{name(f'{rule} own index')}(V.Now, V.NoMoment))"
        )

    def population(self, indicator: Indicator, part: str, criterion: Criterion | None) -> Iterator[str]:
        rule = f"indicator {indicator.id}"
        index, asked = name(f"{rule} index"), f"V.AskedAt({name(f'{rule} index')})"
        passed = ""
        if part == "met" and indicator.follow_up is not None:
            later = self.ever.times.shifted(index, indicator.follow_up)
            passed, asked = f" or not V.Reached({later}, V.Now)", f"V.AskedAt({later})"
        yield self.judged(f"{rule} {part}", criterion, self.ever)
        yield (
            f"define {name(f'{rule} {part}')}:\n  if {index} is null or {index}.civil is null{passed} then "
            f"null as Boolean\n  else {name(f'{rule} {part} judged')}({asked}, {index})"
        )

    def days(self, indicator: Indicator) -> Iterator[str]:
        rule, days = f"indicator {indicator.id}", indicator.days
        assert days is not None
        for which, moment in (("start", days.start), ("end", days.end)):
            head = f"define function {name(f'{rule} {which}')}(t MomentType, trig MomentType):"
            yield f"{head}\n  {self.ever_after.moment(moment)}"
        index = name(f"{rule} index")
        ends = [f"{name(f'{rule} {which}')}(V.Now, {index}).civil" for which in ("start", "end")]
        yield f"define {name(f'{rule} days')}:\n  difference in days between {ends[0]} and {ends[1]}"


def write_pathway(pathway: Pathway, catalogue: Catalogue, systems: SystemTable) -> Written:
    """All rules of a pathway, each a definition by the name that the package's resources use."""
    made = _Library(pathway, catalogue, systems)
    rules = list(_rules(made))  # what they ask for is known only when all are written
    rules += made.completions()
    return Written("\n\n".join([*made.facts.definitions(), *rules]) + "\n", made.not_carried)


def _rules(made: _Library) -> Iterator[str]:
    pathway = made.pathway
    for choice in pathway.choices.values():
        yield made.rule(f"choice {choice.id}", made.choice(choice), kind="String")
        if f"choice {choice.id}" in made.not_carried:
            made.lost.add(choice.id)
        yield from made.ways(choice)
    for entry in pathway.entries.values():
        yield made.rule(f"entry {entry.id}", made.entry(entry))
    for exit_ in pathway.exits.values():
        yield made.rule(f"exit {exit_.id}", made.exit(exit_))
    for phase in pathway.phases.values():
        if phase.when is not None:
            yield made.rule(f"phase {phase.id}", made.phase(phase.id, phase.when))
    for step in pathway.steps.values():
        yield made.rule(f"{step.id} nominal", made.nominal(step), kind="MomentType")
        yield made.rule(f"{step.id} when", made.guard(step))
        yield made.rule(f"{step.id} done", made.evidence(step))
    for indicator in pathway.indicators.values():
        yield from _populations(made, indicator)


def _populations(made: _Library, indicator: Indicator) -> Iterator[str]:
    rule = f"indicator {indicator.id}"
    yield made.rule(f"{rule} units", made.units(indicator))
    yield made.rule(f"{rule} index", made.index(indicator), kind="MomentType")
    for part, criterion in (("of", indicator.of), ("except", indicator.exclude), ("met", indicator.met)):
        if criterion is not None or part == "of":
            yield made.rule(f"{rule} {part}", made.population(indicator, part, criterion))
    if indicator.days is not None:
        yield made.rule(f"{rule} days", made.days(indicator), kind="Integer")
