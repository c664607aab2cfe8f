"""`slipway rollback`: take one pipeline of an environment back to what ran before its newest release."""

from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy import WaitOption
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import EnvironmentOption
from slipway.cli.rollout_desk import PATIENCE_MINUTES, RolloutDesk
from slipway.model.digest import short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import ExitCode, UsageError
from slipway.model.events import DeploymentId
from slipway.model.naming import ROLLBACK
from slipway.model.pipeline import PipelineName
from slipway.ports.journal import Deployment
from slipway.ports.reporter import Reporter
from slipway.rollout.deployments import Deployments, Plan, Purpose, plan_of
from slipway.rollout.facts import Facts
from slipway.rollout.plan import build_rollback
from slipway.rollout.running import bringer_of, under_way_with
from slipway.rollout.table import rollout_handlers
from slipway.rollout.way_back import NothingToTakeBack, facts_of_way_back, takes_all_back
from slipway.stages import Completed, Outcome, Parked, Undone, explain


class LaterRelease(UsageError):  # noqa: N818 - it says what is the case
    """A release that is to go back as a whole, and of which something was replaced since."""


class GenerationGone(UsageError):  # noqa: N818 - same
    """A way back whose tables have been dropped since."""


def command(
    context: typer.Context,
    pipeline: Annotated[str, typer.Argument(help="The pipeline's name.")],
    *,
    environment: EnvironmentOption,
    explain_only: Annotated[
        bool, typer.Option("--explain", help="Print the stages, and touch nothing.")
    ] = False,
    wait: WaitOption = PATIENCE_MINUTES,
    style: FormatOption = Format.TEXT,
) -> None:
    """Roll one pipeline of an environment back to what ran before.

    Its schedule is paused, its runs are ended, its kept generation is swapped back. The approval of the
    release that is left covers the way back: no gate is asked, no freeze and no expiry blocks it. A
    deployment that is under way is taken back where it is. Other pipelines stay as they are. Killed
    anywhere, the same command continues. `platform` takes back a release of what all dbt models stand on,
    with every pipeline that it has rebuilt. Exits with 2 when there is nothing to take back, with 1 when
    the way back failed and what runs stayed, with 4 when it waits or was interrupted: run it again.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with wiring.rollout_desk(desk, environment, reporter, workload=ROLLBACK) as at:
        act = _Rollback(at=at, made=at.deployments(reporter), reporter=reporter, style=style)
        name = PipelineName(pipeline)
        if explain_only:
            act.explain(name)
        else:
            act.roll_back(name, wait)


class _Rollback:
    """One run of the command."""

    def __init__(self, *, at: RolloutDesk, made: Deployments, reporter: Reporter, style: Format) -> None:
        self._at = at
        self._made = made
        self._reporter = reporter
        self._style = style

    def explain(self, pipeline: PipelineName) -> None:
        """Print what would be done."""
        under_way = self._under_way(pipeline)
        plan = self._plan(pipeline) if under_way is None else plan_of(under_way)
        if under_way is not None:
            self._reporter.step(_what_happens_to(under_way))
        explained = explain(plan.stages, rollout_handlers(self._at.engines))
        for number, line in enumerate(explained.stages, start=1):
            typer.echo(f"{number:>2}. {line.stage.kind}: {line.sentence}")

    def roll_back(self, pipeline: PipelineName, wait: int) -> None:
        """Finish what is under way, or take it back; else take back what the newest release has brought."""
        under_way = self._under_way(pipeline)
        if under_way is None:
            self._begin(pipeline, wait)
            return
        self._reporter.step(_what_happens_to(under_way))
        if plan_of(under_way).purpose is Purpose.ROLLBACK:
            self._end(under_way.id, self._at.carry_on(self._made, under_way.id, minutes=wait))
            return
        match self._at.turn_back(self._made, under_way.id, f"rolled back by {self._made.actor}"):
            case Undone():
                self._end(under_way.id, Completed())
            case Completed():
                self._reporter.step(f"deployment {under_way.id} has ended meanwhile")
                self._begin(pipeline, wait)
            case Parked() as parked:
                self._end(under_way.id, parked)

    def _begin(self, pipeline: PipelineName, wait: int) -> None:
        plan = self._plan(pipeline)
        id_ = self._made.unused(self._at.environment, Purpose.ROLLBACK, plan.release)
        self._reporter.step(f"rolling {pipeline} back from release {short(plan.release)}")
        self._end(id_, self._at.begin(self._made, id_, plan, minutes=wait))

    def _under_way(self, pipeline: PipelineName) -> Deployment | None:
        return under_way_with(self._at.journal.open(self._at.environment), pipeline)

    def _plan(self, pipeline: PipelineName) -> Plan:
        document = self._at.document
        head = self._bringer(document, pipeline)
        if head is None:
            raise NothingToTakeBack(
                f"no release has brought anything of {pipeline} to {self._at.environment}",
                remedy=f"slipway status -s {self._at.environment} says what runs, and where from",
            )
        self._refuse_later(head, document)
        facts = facts_of_way_back(head, document, pipeline)
        self._refuse_gone(facts)
        return Plan(
            purpose=Purpose.ROLLBACK,
            release=facts.release,
            pipelines=facts.touched,
            stages=build_rollback(facts),
        )

    def _bringer(self, document: EnvironmentDocument, pipeline: PipelineName) -> Deployment | None:
        return bringer_of(self._at.journal, self._at.engines.documents, document, pipeline)

    def _refuse_later(self, head: Deployment, document: EnvironmentDocument) -> None:
        """A release that goes back as a whole is stopped by a later one of any of its pipelines."""
        plan = plan_of(head)
        for pipeline in plan.pipelines if takes_all_back(plan) else ():
            later = self._bringer(document, pipeline)
            if later is not None and later.id != head.id:
                raise LaterRelease(
                    f"release {short(plan_of(later).release)} has changed {pipeline} since release "
                    f"{short(plan.release)} went into {self._at.environment}",
                    remedy=f"slipway rollback {pipeline} -s {self._at.environment}, then run this again",
                )

    def _refuse_gone(self, facts: Facts) -> None:
        """Before anything is paused or ended: behind the rollback window there is nothing to swap back."""
        relations = (relation for pipeline in facts.pipelines for relation in pipeline.relations)
        made = self._at.engines.warehouse.made
        gone = [str(relation.dataset) for relation in relations if made(relation.candidate) is None]
        if gone:
            raise GenerationGone(
                f"the generation of {', '.join(gone)} that ran before is no longer kept",
                remedy="release the code of before again: revert the change, then slipway build and deploy",
            )

    def _end(self, id_: DeploymentId, outcome: Outcome) -> None:
        typer.echo(render_outcome(id_, self._at.environment, outcome, self._style))
        match outcome:
            case Completed():
                return
            case Parked():
                raise typer.Exit(ExitCode.PARTIAL)
            case Undone():
                raise typer.Exit(ExitCode.FINDINGS)


def _what_happens_to(under_way: Deployment) -> str:
    if plan_of(under_way).purpose is Purpose.ROLLBACK:
        return f"{under_way.id} was begun before: continuing it"
    return f"deployment {under_way.id} is under way: it is taken back where it is"
