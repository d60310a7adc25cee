"""`vardforlopp plan`: from records to plans, one coherent plan a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.adapters.plan_files import PlanFolder
from vardforlopp.adapters.record_files import plain_stem, read_records
from vardforlopp.cli.arguments import day_argument, enrol_arguments, pathway_arguments, region_argument
from vardforlopp.cli.outside import FINE, Outside, Progress
from vardforlopp.contract.enrolments import Wanted
from vardforlopp.contract.person import PersonPlan, already_followed, plan_person
from vardforlopp.definitions.formats import NBSP
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.civil import Moment, as_of_day
from vardforlopp.kernel.errors import InputError
from vardforlopp.kernel.workdays import swedish
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Record

if TYPE_CHECKING:
    from vardforlopp.present.plan_model import PlanView

Format = Literal["text", "json", "html", "fhir", "flow"]
_ENDINGS: dict[Format, str] = {
    "text": "txt", "json": "json", "html": "html", "fhir": "fhir.json", "flow": "flow.html",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """All that is the same for every record of a call."""

    outside: Outside
    content: Content
    compiled: tuple[Compiled, ...]
    interactions: Interactions
    reader: Reader
    voice: Voice
    as_of: Moment
    enrol: tuple[Wanted, ...]

    def plan(self, record: Record) -> PersonPlan:
        """The plan of one record, as it was known at the time asked about."""
        return plan_person(
            record,
            self.compiled,
            catalogue=self.content.definitions.catalogue,
            interactions=self.interactions,
            as_of=self.as_of,
            known_at=self.as_of.at,
            enrol=self.enrol,
        )

    def render(self, person: PersonPlan, form: Format) -> bytes:
        """The plan in one form."""
        return _RENDERERS[form](self, person)


def plan(
    *files: Path,
    as_of: str | None = None,
    enrol: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    pathway: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    region: str | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    out: Path | None = None,
    lang: Literal["sv", "en"] = "sv",
    content: Path | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """Read records, and write one coherent plan for each.

    Prints text when neither --format nor --out is given. With --out alone the text is printed
    and an HTML page is written for each record; with both, only the files are written.

    Parameters
    ----------
    files
        Records: FHIR R4 as Bundle, single resource or NDJSON, plain or gzip; one person a file.
    as_of
        The day asked about, as YYYY-MM-DD; today if not given.
    enrol
        Follow a pathway by decision: PATHWAY or PATHWAY=DATE, from which lateness is judged. May be repeated.
    pathway
        Only this pathway. May be repeated.
    region
        A region's overlay: its settings, adoptions and units.
    form
        Form of the plan; `flow` is a page with the flowchart of each pathway and the person's place in it.
    out
        Folder that gets one file a record.
    lang
        Language of the plan.
    content
        A content folder; the program's own if not given.
    """
    _check(files, form, out)
    day = outside.today() if as_of is None else day_argument(as_of, "--as-of")
    known = load_content(content)
    job = _job(outside, day, content=known, pathway=pathway, region=region, enrol=enrol, lang=lang)
    folder = None if out is None else PlanFolder(out, files)
    progress = Progress(outside, len(files), printing=folder is None or form is None)
    return _Run(replace(job, outside=progress.outside), form, folder).over(files, progress)


def _check(files: Sequence[Path], form: Format | None, out: Path | None) -> None:
    if not files:
        raise InputError("VF-CLI-001", "vardforlopp plan", "no record is named", "Name one or more files.")
    if form in ("html", "flow") and out is None and len(files) > 1:
        what = "several pages cannot be printed as one"
        raise InputError("VF-CLI-009", "--format", what, "Write them to a folder with --out.")


def _job(
    outside: Outside,
    day: int,
    *,
    content: Content,
    pathway: Sequence[str],
    region: str | None,
    enrol: Sequence[str],
    lang: Literal["sv", "en"],
) -> Job:
    definitions = content.definitions
    chosen = pathway_arguments(pathway, definitions, option="--pathway")
    overlay = region_argument(region, definitions)
    calendar = swedish()
    return Job(
        outside=outside,
        content=content,
        compiled=tuple(
            compile_pathway(each, definitions.catalogue, overlay=overlay, calendar=calendar)
            for each in chosen
        ),
        interactions=Interactions(definitions.catalogue, calendar),
        reader=content.reader(),
        voice=Voice(definitions, lang, region),
        as_of=as_of_day(day),
        enrol=tuple(enrol_arguments(enrol, chosen, known=definitions.pathways, today=day)),
    )


class _Run:
    """One call over its files: a failure is told and the next file is read."""

    def __init__(self, job: Job, form: Format | None, folder: PlanFolder | None) -> None:
        self._job = job
        self._folder = folder
        self._printed: Format | None = form or "text" if folder is None or form is None else None
        self._written: Format = form or "html"
        self._plans = 0
        self._failed = 0

    def over(self, files: Sequence[Path], progress: Progress) -> int:
        """All files; the exit code is the worst of theirs."""
        outside, worst = self._job.outside, FINE
        for number, name in progress.over([path.name for path in files]):
            code = outside.attempt(_bound(self._one, files[number]), where=name)
            self._failed += code != FINE
            worst = max(worst, code)
        if len(files) > 1:
            voice = self._job.voice
            plans, failed = voice.count("run.plans", self._plans), voice.count("run.failed", self._failed)
            outside.tell(voice.count("run.summary", len(files), plans=plans, failed=failed))
        return worst

    def _one(self, path: Path) -> int:
        read_at = max(self._job.outside.now(), self._job.as_of.at)
        for record in read_records(path, self._job.reader, now=read_at):
            self._record(path, record)
        return FINE

    def _record(self, path: Path, record: Record) -> None:
        job, outside = self._job, self._job.outside
        person = job.plan(record)
        for stay in already_followed(person, job.enrol):
            day = job.voice.day(stay.followed_from)
            said = job.voice.say("run.already_followed", pathway=stay.pathway, day=day, ref=stay.id)
            outside.tell(f"{path.name}: {said}".replace(NBSP, " "))
        if self._printed is not None:
            self._print(job.render(person, self._printed).decode())
        self._plans += 1
        if self._folder is not None:
            data = job.render(person, self._written)
            written = self._folder.write(plain_stem(path), _ENDINGS[self._written], data=data)
            outside.say(job.voice.say("run.wrote", path=written))

    def _print(self, plan: str) -> None:
        outside = self._job.outside
        if self._printed != "text":
            outside.hand(plan)
            return
        if self._plans:
            outside.say("\n\n")
        outside.say(plan)


def _bound(action: Callable[[Path], int], path: Path) -> Callable[[], int]:
    return lambda: action(path)


def _text(job: Job, person: PersonPlan) -> bytes:
    from vardforlopp.present.plan_text import plan_text

    return plan_text(_view(job, person), job.voice).encode()


def _html(job: Job, person: PersonPlan) -> bytes:
    from vardforlopp.adapters.plan_files import page_templates
    from vardforlopp.present.plan_html import plan_html

    return plan_html(_view(job, person), job.voice, templates=page_templates()).encode()


def _flow(job: Job, person: PersonPlan) -> bytes:
    from vardforlopp.adapters.plan_files import page_templates
    from vardforlopp.present.flow_html import flow_html

    return flow_html(person, job.voice, templates=page_templates()).encode()


def _json(job: Job, person: PersonPlan) -> bytes:
    import orjson

    from vardforlopp.present.plan_json import plan_json

    pathways = [each.pathway for each in job.compiled]
    value = plan_json(person, job.voice, pathways=pathways, version=job.outside.version)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _fhir(job: Job, person: PersonPlan) -> bytes:
    import orjson

    from vardforlopp.fhir.plan_bundle import plan_bundle

    value = plan_bundle(person, job.content.definitions, job.content.systems)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _view(job: Job, person: PersonPlan) -> PlanView:
    from vardforlopp.present.plan_view import plan_view

    pathways = [each.pathway for each in job.compiled]
    return plan_view(person, job.voice, pathways=pathways, version=job.outside.version)


_RENDERERS: dict[Format, Callable[[Job, PersonPlan], bytes]] = {
    "text": _text,
    "json": _json,
    "html": _html,
    "fhir": _fhir,
    "flow": _flow,
}
