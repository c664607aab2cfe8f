"""`slipway check`: what a change breaks, before anybody merges it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from slipway.attest import canonical
from slipway.catalog import CatalogErrors, NoWorkspaceError, load_workspace
from slipway.checks.fan_in import fan_in as fan_in_of
from slipway.checks.names import CheckName
from slipway.checks.report import Report
from slipway.checks.runner import CheckRunner
from slipway.cli import check_wiring, wiring
from slipway.cli.check_junit import junit as junit_of
from slipway.cli.check_options import (
    BaseOption,
    CloneOption,
    EvidenceOption,
    FanInOption,
    JunitOption,
    OnlyOption,
    RecordOption,
    ShardEvidenceOption,
    ShardOption,
)
from slipway.cli.check_record import record_check
from slipway.cli.check_shards import Batch, brought_shards, recorded_shards
from slipway.cli.check_view import render_report
from slipway.cli.console import Console, Format, FormatOption, console_of
from slipway.cli.interruption import interruptible
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode, UsageError
from slipway.model.shard import ALL, Shard
from slipway.ports.revisions import Revisions

_NAMED = 3  # uncommitted paths that a warning names


class PartlyRecorded(UsageError):  # noqa: N818 - it says what is the case
    """Evidence was asked for of a part of the checks."""


class NothingToJoin(UsageError):  # noqa: N818 - it says what is the case
    """Options of a fan-in without one, or of a check with one."""


class EvidenceUnwritable(UsageError):  # noqa: N818 - it says what is the case
    """A file for the evidence that cannot be written."""


def command(
    context: typer.Context,
    *,
    base: BaseOption,
    workspace: WorkspaceOption = None,
    only: OnlyOption = None,
    environment: CloneOption = Environment.DEV,
    shard: ShardOption = None,
    fan_in: FanInOption = None,
    shard_evidence: ShardEvidenceOption = None,
    evidence: EvidenceOption = None,
    junit: JunitOption = None,
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
    that cannot be judged is no pass. docs/reference/checks.md tells each check's findings. With --record
    GitHub is asked who wrote the commits: an address that no account has keeps the change from being merged,
    for nobody could approve its release.

    \b
    Examples:
      slipway check --base origin/main                      what a pull request will say
      slipway check --base origin/main --only ruff          one check, in a second
      slipway check --base HEAD~1 --format markdown         the last commit, for a comment
      slipway check --base origin/main --shard 2/3          the second third of the work

    Exits with 1 on findings, where nobody knows who wrote of the change, or where --fan-in misses a shard, 3
    when a tool or the warehouse is missing and nothing else was found.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    console = console_of(context)
    root = workspace_root(workspace)
    part = Shard.parse(shard) if shard else ALL
    _refuse_together(only=bool(only), record=record, part=part)
    _refuse_half_joined(joins=fan_in is not None, named=bool(shard_evidence), checks=bool(shard or only))
    if fan_in is None:
        report = _checked(console, root, base, environment, only=frozenset(only or ()), part=part)
    else:
        report = _joined(root, base, shard_evidence, fan_in)
    typer.echo(render_report(root, report, style))
    if junit is not None:
        _put(junit, junit_of(report.run, part if report.shard else None))
    if evidence is not None:
        _write(evidence, report, console)
    code = record_check(wiring.build_desk(), report, console.reporter) if record else report.exit_code
    raise typer.Exit(code)


def _refuse_together(*, only: bool, record: bool, part: Shard) -> None:
    if only and record:
        raise PartlyRecorded(
            "--record keeps evidence, and --only runs a part of what the change needs",
            remedy="leave out one of the two",
        )
    if only and not part.is_all:
        raise PartlyRecorded(
            "--shard divides all that the change needs, and --only runs a part of it",
            remedy="leave out one of the two",
        )


def _refuse_half_joined(*, joins: bool, named: bool, checks: bool) -> None:
    if named and not joins:
        raise NothingToJoin(
            "--shard-evidence names shards, and nothing joins them",
            remedy="say how many they are: --fan-in N",
        )
    if joins and checks:
        raise NothingToJoin(
            "--fan-in checks nothing, and --shard and --only say what to check",
            remedy="leave out one of them",
        )


def _joined(root: Path, base: str, files: list[Path] | None, of: int) -> Report:
    """Join shards of HEAD; nothing is run."""
    revisions = wiring.build_revisions(root)
    head = revisions.resolve("HEAD")
    since = revisions.merge_base(base, head.commit)
    if files:
        shards = brought_shards(files, head, since)
    else:
        shards = recorded_shards(wiring.build_desk(), head.tree, since.commit).get(Batch(head.commit, of), ())
    return Report.joined(fan_in_of(shards, of), _name_of(root))


def _name_of(root: Path) -> str | None:
    try:
        return load_workspace(root).name
    except (CatalogErrors, NoWorkspaceError):
        return None


def _checked(
    console: Console,
    root: Path,
    base: str,
    environment: Environment,
    *,
    only: frozenset[CheckName],
    part: Shard,
) -> Report:
    revisions = wiring.build_revisions(root)
    _warn_of_uncommitted(revisions, console)
    with check_wiring.snowflake_access(environment, console.reporter) as snowflake, _ended_in_order():
        runner = CheckRunner(
            revisions=revisions,
            tools=check_wiring.build_tools(),
            snowflake=snowflake,
            clock=check_wiring.build_clock(),
            reporter=console.reporter,
        )
        return runner.run(base, only=only, shard=part)


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
    _put(file, canonical(report.evidence))


def _put(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise EvidenceUnwritable(
            f"{file} cannot be written: {error.strerror}", remedy="name a file in a folder that is there"
        ) from error


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM end tools and drop clones before this process ends."""
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        typer.echo("interrupted: tools are ended, the clone is dropped; nothing was kept", err=True)
        raise typer.Exit(ExitCode.PARTIAL) from None
