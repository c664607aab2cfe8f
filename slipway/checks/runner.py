"""Runs the checks that a change needs, two lanes side by side, and collects what they found.

The lanes are files (lint and import, a few seconds of CPU each) and dbt (which mostly waits for the warehouse):
on two cores more of them only take turns. A check that breaks is a check that could not be judged; the others
go on.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from slipway.catalog import CatalogErrors, NoWorkspaceError, load_workspace
from slipway.checks import catalog_lint, dag_import, ruff, sqlfluff
from slipway.checks.change import Change
from slipway.checks.context import Check, CheckContext, Tell
from slipway.checks.dbt_build import build
from slipway.checks.dbt_parse import ParsedProject, parse
from slipway.checks.export import export
from slipway.checks.names import CheckName
from slipway.checks.outcomes import SKIPPED, unjudged, unjudged_by
from slipway.checks.progress import Progress
from slipway.checks.report import Report
from slipway.checks.select import checks_for, impact_of
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.lineage.impact import Impact
from slipway.model.errors import SlipwayError
from slipway.model.evidence import CheckOutcome, CheckRun
from slipway.model.workspace import Workspace
from slipway.ports.clock import Clock
from slipway.ports.reporter import Reporter
from slipway.ports.revisions import Revisions
from slipway.ports.tools import ToolRunner

_FILES: Final[dict[CheckName, Check]] = {
    CheckName.CATALOG_LINT: catalog_lint.check,
    CheckName.RUFF: ruff.check,
    CheckName.SQLFLUFF: sqlfluff.check,
    CheckName.DAG_IMPORT: dag_import.check,
}
_BUILDS: Final = (CheckName.DBT_UNIT_TESTS, CheckName.DBT_BUILD)
_DBT: Final = (CheckName.DBT_PARSE, *_BUILDS)

Outcomes = tuple[CheckOutcome, ...]


@dataclass(frozen=True, kw_only=True)
class CheckRunner:
    """Everything that checks need of the world.

    Attributes:
        revisions: the repository.
        tools: runs tools.
        snowflake: the way to Snowflake, or why there is none.
        clock: tells when the run began and ended.
        reporter: is told how far it is.
    """

    revisions: Revisions
    tools: ToolRunner
    snowflake: SnowflakeAccess | SlipwayError
    clock: Clock
    reporter: Reporter

    def run(self, base: str, *, head: str = "HEAD", only: frozenset[CheckName] = frozenset()) -> Report:
        """Check what head changes since it left base.

        Args:
            base: a revision; what is compared with is where head and it last were the same.
            head: the revision to check.
            only: checks to run; all that the change needs when empty.

        Raises:
            RevisionUnknown: base or head is no commit.
            RepositoryFailed: there is no repository.
        """
        began = self.clock.now()
        change = self._change(base, head)
        with TemporaryDirectory(prefix="slipway-check-") as folder:
            context = self._context(change, Path(folder).resolve())
            needed = checks_for(context)
            left_out = [name for name in needed if only and name not in _with_what_they_rest_on(only)]
            with self.reporter.task(f"checking {change.head.commit[:12]}") as task:
                lanes = _Lanes(self, context, Progress(self.reporter, task))
                outcomes, impact = lanes.run([name for name in needed if name not in left_out])
        skipped = [_left_out(name) for name in left_out]
        run = self._evidence(change, impact, [*outcomes, *skipped], began)
        unneeded = tuple(name for name in CheckName if name not in needed)
        workspace = context.workspace or context.before
        return Report(
            run=run,
            impact=impact,
            not_needed=unneeded,
            workspace=workspace.name if workspace is not None else None,
        )

    def _change(self, base: str, head: str) -> Change:
        to = self.revisions.resolve(head)
        since = self.revisions.merge_base(base, to.commit)
        return Change(
            base=since,
            head=to,
            before=self.revisions.files(since.commit),
            after=self.revisions.files(to.commit),
        )

    def _context(self, change: Change, folder: Path) -> CheckContext:
        head, base = folder / "head", folder / "base"
        export(self.revisions, change.after, head)
        export(self.revisions, change.before, base)
        return CheckContext(
            change=change,
            head=head,
            scratch=folder,
            workspace=_workspace(head),
            before=_workspace(base),
            tools=self.tools,
        )

    def _evidence(self, change: Change, impact: Impact, outcomes: Iterable[CheckOutcome], began: datetime) -> CheckRun:
        order = list(CheckName)
        return CheckRun(
            tree=change.head.tree,
            commit=change.head.commit,
            base=change.base.commit,
            impact=tuple(map(str, impact)),
            outcomes=tuple(sorted(outcomes, key=lambda outcome: order.index(CheckName(outcome.check)))),
            began=began,
            ended=self.clock.now(),
        )


class _Lanes:
    """Checks of one run."""

    def __init__(self, runner: CheckRunner, context: CheckContext, progress: Progress) -> None:
        self._runner = runner
        self._context = context
        self._progress = progress

    def run(self, names: list[CheckName]) -> tuple[list[CheckOutcome], Impact]:
        """Run checks; whatever ends this thread's wait ends the tools too, and then the lanes."""
        with self._pool() as pool:
            files: Future[list[CheckOutcome]] = pool.submit(self._files, [n for n in names if n in _FILES])
            dbt: Future[tuple[list[CheckOutcome], Impact]] = pool.submit(self._dbt, [n for n in names if n in _DBT])
            # This thread is the one that hears an interrupt, so it waits inside the block.
            outcomes, impact = dbt.result()
            return [*files.result(), *outcomes], impact

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="check") as pool:
            try:
                yield pool
            except BaseException:
                self._runner.tools.stop()
                raise

    def _files(self, names: list[CheckName]) -> list[CheckOutcome]:
        return [outcome for name in names for outcome in self._judged((name,), self._file_check(name))]

    def _file_check(self, name: CheckName) -> Callable[[Tell], Outcomes]:
        return lambda tell: (_FILES[name](self._context, tell),)

    def _dbt(self, names: list[CheckName]) -> tuple[list[CheckOutcome], Impact]:
        if not names:
            return [], impact_of(self._context, None)
        if self._context.workspace is None:
            return [self._after_lint(name) for name in names], impact_of(self._context, None)
        kept: list[ParsedProject] = []
        outcomes = [*self._judged((CheckName.DBT_PARSE,), lambda tell: self._parsed(tell, kept))]
        parsed = kept[0] if kept else None
        impact = impact_of(self._context, parsed)
        if set(names) & set(_BUILDS):
            outcomes += self._judged(_BUILDS, lambda tell: self._built(parsed, impact, tell))
        return outcomes, impact

    def _parsed(self, tell: Tell, kept: list[ParsedProject]) -> Outcomes:
        access = self._runner.snowflake
        usable = access if isinstance(access, SnowflakeAccess) else None
        outcome, parsed = parse(self._context, self._runner.revisions, usable, tell)
        kept.append(parsed)
        return (outcome,)

    def _built(self, parsed: ParsedProject | None, impact: Impact, tell: Tell) -> Outcomes:
        access = self._runner.snowflake
        if parsed is None or parsed.head is None:
            message, remedy = "dbt cannot read the project", f"mend what {CheckName.DBT_PARSE} found first"
            return tuple(unjudged(name, message=message, remedy=remedy) for name in _BUILDS)
        if isinstance(access, SlipwayError):
            return tuple(unjudged_by(name, access) for name in _BUILDS)
        return build(self._context, parsed, impact, access, tell)

    def _after_lint(self, name: CheckName) -> CheckOutcome:
        message, remedy = "the catalog is wrong", f"mend what {CheckName.CATALOG_LINT} found first"
        outcome = unjudged(name, message=message, remedy=remedy)
        self._progress.ended(outcome)
        return outcome

    def _judged(self, names: tuple[CheckName, ...], run: Callable[[Tell], Outcomes]) -> list[CheckOutcome]:
        """Run one check, or those that are one command; what breaks it is a finding of it."""
        began = time.monotonic()
        try:
            outcomes = run(self._progress.of(names[-1]))
        except SlipwayError as error:
            outcomes = tuple(unjudged_by(name, error) for name in names)
        except Exception as error:  # noqa: BLE001 - a fault of one check's own must not take the others along
            outcomes = tuple(_crashed(name, error) for name in names)
        seconds = round(time.monotonic() - began, 3)
        timed = [outcome.model_copy(update={"seconds": seconds}) for outcome in outcomes]
        for outcome in timed:
            self._progress.ended(outcome)
        return timed


def _with_what_they_rest_on(only: frozenset[CheckName]) -> frozenset[CheckName]:
    """A build goes on from a parse, and builds and unit tests are one command."""
    return only | set(_DBT) if only & set(_BUILDS) else only


def _workspace(folder: Path) -> Workspace | None:
    try:
        return load_workspace(folder)
    except (CatalogErrors, NoWorkspaceError):
        return None


def _left_out(name: CheckName) -> CheckOutcome:
    message = "this change needs it, and it was not asked for"
    return unjudged(name, message=message, remedy="run slipway check without --only", rule=SKIPPED)


def _crashed(name: CheckName, error: Exception) -> CheckOutcome:
    message = f"the check itself failed: {type(error).__name__}: {error}"
    return unjudged(name, message=message[:600], remedy="run slipway -v check and report what it prints")
