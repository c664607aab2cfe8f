"""`slipway check`: what a change breaks, before anybody merges it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from slipway.attest import canonical
from slipway.checks.names import CheckName
from slipway.checks.report import Report
from slipway.checks.runner import CheckRunner
from slipway.cli import check_wiring, wiring
from slipway.cli.check_record import record_check
from slipway.cli.check_view import render_report
from slipway.cli.console import Console, Format, FormatOption, console_of
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode, UsageError
from slipway.ports.revisions import Revisions

_NAMED = 3  # uncommitted paths that a warning names


class PartlyRecorded(UsageError):  # noqa: N818 - it says what is the case
    """Evidence was asked for of a part of the checks."""


class EvidenceUnwritable(UsageError):  # noqa: N818 - it says what is the case
    """A file for the evidence that cannot be written."""


BaseOption = Annotated[
    str,
    typer.Option(
        "--base",
        metavar="REV",
        help="What the change is to be merged into, such as origin/main. HEAD is compared with where the "
        "two parted.",
    ),
]

OnlyOption = Annotated[
    list[CheckName] | None,
    typer.Option(
        "--only",
        metavar="CHECK",
        help="Run this check alone; may be given more than once. The others are reported as not judged, "
        "and no evidence is kept.",
        show_default=False,
    ),
]

CloneOption = Annotated[
    Environment,
    typer.Option(
        "--clone-from",
        metavar="ENV",
        help="Whose tables the build goes on from. It reads them, and writes to its own clone alone.",
    ),
]

EvidenceOption = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="FILE",
        help="Write the evidence, as canonical JSON, to this file.",
        show_default=False,
    ),
]

RecordOption = Annotated[
    bool,
    typer.Option(
        "--record",
        help="What a build server adds: keep the evidence in the audit account, tell the ledger, and set "
        "the commit's status on GitHub (GITHUB_TOKEN).",
    ),
]


def command(
    context: typer.Context,
    *,
    base: BaseOption,
    workspace: WorkspaceOption = None,
    only: OnlyOption = None,
    environment: CloneOption = Environment.DEV,
    evidence: EvidenceOption = None,
    record: RecordOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Check a change: lint, import, test and build it before anybody merges it.

    It finds the files that differ, the parts and tables that they can touch, and runs the checks that these
    need, each with a tool of a locked version:

    \b
      catalog-lint    the whole catalog, as `slipway catalog lint` does
      ruff            changed Python
      sqlfluff        changed SQL, by the workspace's .sqlfluff
      dag-import      the changed pipelines' DAGs in Airflow itself; all DAGs when code they share was changed
      dbt-parse       the project at both revisions; what is gone and still read
      dbt-unit-tests  unit tests of what changed and of all that rests on it
      dbt-build       the same models, built and data-tested on zero-copy clones that are dropped afterwards

    HEAD is checked, not the folder: what is not committed is named in a warning and does not count. A check
    that cannot be judged is no pass. docs/reference/checks.md tells each check's findings.

    \b
    Examples:
      slipway check --base origin/main                      what a pull request will say
      slipway check --base origin/main --only ruff          one check, in a second
      slipway check --base HEAD~1 --format markdown         the last commit, for a comment

    Exits with 1 on findings, 3 when a tool or the warehouse is missing and nothing else was found.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    console = console_of(context)
    root = workspace_root(workspace)
    if record and only:
        raise PartlyRecorded(
            "--record keeps evidence, and --only runs a part of what the change needs",
            remedy="leave out one of the two",
        )
    report = _checked(console, root, base, only or [], environment)
    typer.echo(render_report(root, report, style))
    if evidence is not None:
        _write(evidence, report, console)
    if record:
        record_check(wiring.build_desk(), report, console.reporter)
    raise typer.Exit(report.exit_code)


def _checked(
    console: Console, root: Path, base: str, only: list[CheckName], environment: Environment
) -> Report:
    revisions = wiring.build_revisions(root)
    _warn_of_uncommitted(revisions, console)
    with check_wiring.snowflake_access(environment) as snowflake, _ended_in_order():
        runner = CheckRunner(
            revisions=revisions,
            tools=check_wiring.build_tools(),
            snowflake=snowflake,
            clock=check_wiring.build_clock(),
            reporter=console.reporter,
        )
        return runner.run(base, only=frozenset(only))


def _warn_of_uncommitted(revisions: Revisions, console: Console) -> None:
    paths = revisions.uncommitted()
    if paths:
        more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
        named = ", ".join(paths[:_NAMED])
        console.reporter.warning(f"not committed, so not checked: {named}{more}")


def _write(file: Path, report: Report, console: Console) -> None:
    """Keep a whole run; a part of one would be taken for all of it."""
    if not report.is_whole:
        console.reporter.warning(f"{file} is not written: a run of some checks is no evidence")
        return
    try:
        file.write_bytes(canonical(report.run))
    except OSError as error:
        raise EvidenceUnwritable(
            f"{file} cannot be written: {error.strerror}", remedy="name a file in a folder that is there"
        ) from error


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM end tools and drop clones before this process ends."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted: tools are ended, the clone is dropped; nothing was kept", err=True)
        raise typer.Exit(ExitCode.PARTIAL) from None
    finally:
        signal.signal(signal.SIGTERM, before)
