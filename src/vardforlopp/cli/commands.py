"""The commands by name; each is imported only when it is run."""

from __future__ import annotations

from collections.abc import Sequence

from cyclopts import App, CycloptsError

from vardforlopp.cli.outside import BAD_INPUT, FINE, Outside, answering
from vardforlopp.kernel.errors import InputError

#: Command -> where it is, and what `--help` says of it.
COMMANDS = {
    "plan": ("vardforlopp.cli.plan:plan", "Read records, and write one coherent plan for each."),
    "explain": ("vardforlopp.cli.explain:explain", "Explain a pathway or a step in words, with sources."),
    "check": ("vardforlopp.cli.check:check", "Check the definitions: where, what, what to do."),
    "cases": ("vardforlopp.cli.cases:cases", "Run the clinicians' cases: expected, actual, why."),
    "new": ("vardforlopp.cli.new:new", "Make the folder of a new pathway."),
    "import-plan": (
        "vardforlopp.cli.import_plan:import_plan",
        "Read a FHIR PlanDefinition from elsewhere into a draft.",
    ),
    "serve": ("vardforlopp.app.serve:serve", "Answer FHIR over HTTP."),
    "worker": (
        "vardforlopp.app.worker:worker",
        "Do what is done by time, and what follows what was written.",
    ),
    "import": (
        "vardforlopp.app.import_files:import_files",
        "Import files of FHIR into the server's database.",
    ),
    "migrate": ("vardforlopp.app.serve:migrate", "Bring the database to this program's schema."),
    "backup": ("vardforlopp.app.backup:backup", "Write all that is kept to one file."),
    "doctor": ("vardforlopp.app.doctor:doctor", "Look whether all that a server stands on is well."),
    "restore": ("vardforlopp.app.backup:restore", "Put a backup into an empty database."),
    "rebuild": ("vardforlopp.app.rebuild:rebuild", "Make what is derived of the log again."),
    "export": ("vardforlopp.cli.export:export", "Write the definitions in a standard form."),
}
_HELP = """From a person's record to one coherent plan, with its reasons.

Exit codes: 0 fine, 1 findings, 2 bad input, 3 internal fault.
"""


def build(version: str, chosen: str | None = None) -> App:
    """The command line. The `chosen` command speaks for itself; the others need not be imported."""
    app = App(name="vardforlopp", help=_HELP, version=version, help_format="plaintext")
    for place, (name, (path, help_text)) in enumerate(COMMANDS.items()):
        app.command(path, name=name, help=None if name == chosen else help_text, sort_key=place)
    return app


def run(arguments: Sequence[str], outside: Outside) -> int:
    """Run a command line; the exit code says how it went."""
    return outside.attempt(lambda: _run(arguments, outside))


def _run(arguments: Sequence[str], outside: Outside) -> int:
    app = build(outside.version, arguments[0] if arguments else None)
    try:
        command, bound, injected = app.parse_args(list(arguments), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        outside.tell(str(_usage(error)))
        return BAD_INPUT
    if not injected:  # help and version, which print by themselves
        with answering():
            return command(*bound.args, **bound.kwargs) or FINE
    for name in injected:
        bound.arguments[name] = outside
    return command(*bound.args, **bound.kwargs) or FINE


def _usage(error: CycloptsError) -> InputError:
    what, asks, guess = " ".join(str(error).split()).partition(". Did you mean ")
    do = "See vardforlopp --help."
    if asks:
        do = f"Did you mean {guess}{'' if guess.endswith(('.', '?')) else '.'} {do}"
    return InputError("VF-CLI-001", "vardforlopp", what[:1].lower() + what[1:].rstrip("."), do)
