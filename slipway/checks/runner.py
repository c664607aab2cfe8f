"""Runs the checks that a change needs, or one shard of them, and collects what they found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.catalog import CatalogErrors, NoWorkspaceError, load_workspace
from slipway.checks.change import Change
from slipway.checks.context import CheckContext
from slipway.checks.dbt_shares import BUILDS
from slipway.checks.division import Division
from slipway.checks.export import export
from slipway.checks.lanes import DBT, Lanes
from slipway.checks.names import CheckName
from slipway.checks.outcomes import SKIPPED, unjudged
from slipway.checks.progress import Progress
from slipway.checks.report import Report
from slipway.checks.select import checks_for
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.lineage.impact import Impact
from slipway.model.errors import SlipwayError
from slipway.model.evidence import CheckOutcome, CheckRun, CheckShard
from slipway.model.shard import ALL, Shard
from slipway.model.workspace import Workspace
from slipway.ports.clock import Clock
from slipway.ports.reporter import Reporter
from slipway.ports.revisions import Revisions
from slipway.ports.tools import ToolRunner


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

    def run(
        self, base: str, *, head: str = "HEAD", only: frozenset[CheckName] = frozenset(), shard: Shard = ALL
    ) -> Report:
        """Check what head changes since it left base.

        Args:
            base: a revision; what is compared with is where head and it last were the same.
            head: the revision to check.
            only: checks to run; all that the change needs when empty.
            shard: whose part of the work is done.

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
                done = self._lanes(context, Progress(self.reporter, task), shard).run(
                    name for name in needed if name not in left_out
                )
        skipped = [_left_out(name) for name in left_out]
        run = self._evidence(change, done.impact, [*done.outcomes, *skipped], began)
        workspace = context.workspace or context.before
        return Report(
            run=run,
            impact=done.impact,
            not_needed=tuple(name for name in CheckName if name not in needed),
            workspace=workspace.name if workspace is not None else None,
            shard=None if shard.is_all else _shard(shard, done.division, run),
        )

    def _lanes(self, context: CheckContext, progress: Progress, shard: Shard) -> Lanes:
        return Lanes(
            context=context,
            revisions=self.revisions,
            snowflake=self.snowflake,
            progress=progress,
            shard=shard,
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

    def _evidence(
        self, change: Change, impact: Impact, outcomes: Iterable[CheckOutcome], began: datetime
    ) -> CheckRun:
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


def _shard(shard: Shard, division: Division, run: CheckRun) -> CheckShard:
    return CheckShard(shard=shard, selection=division.selection, work=division.told, run=run)


def _with_what_they_rest_on(only: frozenset[CheckName]) -> frozenset[CheckName]:
    """A build goes on from a parse, and builds and unit tests are one command."""
    return only | set(DBT) if only & set(BUILDS) else only


def _workspace(folder: Path) -> Workspace | None:
    try:
        return load_workspace(folder)
    except (CatalogErrors, NoWorkspaceError):
        return None


def _left_out(name: CheckName) -> CheckOutcome:
    message = "this change needs it, and it was not asked for"
    return unjudged(name, message=message, remedy="run slipway check without --only", rule=SKIPPED)
