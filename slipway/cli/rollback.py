"""`slipway rollback`: take one pipeline of an environment back to what ran before its newest release."""

from collections.abc import Iterator
from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy import TakeOverOption, WaitOption, claim_of
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import EnvironmentOption
from slipway.cli.interruption import stoppable
from slipway.cli.outcomes import exit_as
from slipway.cli.rollout_desk import PATIENCE_MINUTES, RolloutDesk
from slipway.model.deployment import Purpose
from slipway.model.digest import short
from slipway.model.effects import Effect
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import UsageError
from slipway.model.events import DeploymentId
from slipway.model.pipeline import PipelineName
from slipway.model.subjects import ROLLBACK
from slipway.ports.journal import Deployment
from slipway.ports.reporter import Reporter
from slipway.rollout.deployments import Deployments
from slipway.rollout.facts import Facts
from slipway.rollout.left_behind import sentence, written_to
from slipway.rollout.owners import Owners
from slipway.rollout.plan import build_rollback
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.resources import lost
from slipway.rollout.running import bringer_of, under_way_with
from slipway.rollout.stages import SwapTable
from slipway.rollout.table import rollout_handlers
from slipway.rollout.way_back import NothingToTakeBack, as_published, facts_of_way_back, takes_all_back
from slipway.stages import Completed, Outcome, Parked, Undone, explain


class LaterRelease(UsageError):  # noqa: N818 - it says what is the case
    """A release that is to go back as a whole, and of which something was replaced since."""


class GenerationGone(UsageError):  # noqa: N818 - same
    """A way back whose tables have been dropped since."""


class DataWouldBeLost(UsageError):  # noqa: N818 - same
    """A way back whose cloud resources would be deleted with what they hold."""


def command(
    context: typer.Context,
    pipeline: Annotated[str, typer.Argument(metavar="PIPELINE", help="The pipeline's name.")],
    *,
    environment: EnvironmentOption,
    explain_only: Annotated[
        bool, typer.Option("--explain", help="Print the stages, and touch nothing.")
    ] = False,
    keep_resources: Annotated[
        bool,
        typer.Option("--keep-resources", help="Leave its catalog entry and its cloud resources as they are."),
    ] = False,
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Why, for the ledger; slipway audit trace tells it.", show_default=False
        ),
    ] = "",
    wait: WaitOption = PATIENCE_MINUTES,
    take_over: TakeOverOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Roll one pipeline of an environment back to what ran before.

    Its schedule is paused, its runs are ended, its kept generation is swapped back. Rows that were written
    to the generation that goes are counted (--explain does that before) and kept for a week, with the
    statement that brings them back. The approval of the release that is left covers the way back: no gate
    is asked, no freeze and no expiry blocks it. A deployment that is under way is taken back where it is,
    with --take-over also from a process that carries it on. Other pipelines stay as they are. Killed
    anywhere, the same command continues. `platform` takes back a release of what all dbt models stand on,
    with every pipeline that it has rebuilt. A way back that would delete a bucket, a table or anything else
    with what it holds is refused before anything is touched: --keep-resources takes the rest back. Exits
    with 2 when there is nothing to take back, or data would be lost, with 1 when the way back failed and
    what runs stayed, or when something is owed of what was under way, with 4 when it waits or was
    interrupted: run it again.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with stoppable(), wiring.rollout_desk(desk, environment, reporter, workload=ROLLBACK) as at:
        act = _Rollback(
            at=at,
            made=at.deployments(reporter),
            reporter=reporter,
            style=style,
            wait=wait,
            take_over=take_over,
            keep_resources=keep_resources,
            reason=" ".join(reason.split()),
        )
        name = PipelineName(pipeline)
        if explain_only:
            act.explain(name)
        else:
            act.roll_back(name)


class _Rollback:
    """One run of the command."""

    def __init__(
        self,
        *,
        at: RolloutDesk,
        made: Deployments,
        reporter: Reporter,
        style: Format,
        wait: int,
        take_over: bool,
        keep_resources: bool,
        reason: str,
    ) -> None:
        self._at = at
        self._made = made
        self._reporter = reporter
        self._style = style
        self._wait = wait
        self._claim = claim_of(take_over=take_over)
        self._keep_resources = keep_resources
        self._reason = reason

    def explain(self, pipeline: PipelineName) -> None:
        """Print what would be done."""
        under_way = self._under_way(pipeline)
        plan = self._plan(pipeline) if under_way is None else plan_of(under_way)
        if under_way is not None:
            self._reporter.step(_what_happens_to(under_way))
        explained = explain(plan.stages, rollout_handlers(self._at.engines))
        for number, line in enumerate(explained.stages, start=1):
            typer.echo(f"{number:>2}. {line.stage.kind}: {line.sentence}")
        typer.echo(f"what fails is taken back in this order: {', '.join(explained.back_kinds)}")
        for effect in explained.effects.effects:
            typer.echo(f"  {effect.operation} {effect.target}")
        for said in self._left(plan, under_way):
            typer.echo(said)

    def _left(self, plan: Plan, under_way: Deployment | None) -> Iterator[str]:
        """What was written to each table since it was published, and would go out of production with it."""
        rows = () if under_way is None else self._at.journal.rows(under_way.id)
        by_stage = {row.stage: row for row in rows}
        warehouse = self._at.engines.warehouse
        for stage in plan.stages:
            if isinstance(stage, SwapTable) and not stage.relation.is_new:
                relation = stage.relation
                if relation.published is None:
                    relation = as_published(relation, stage.pipeline, by_stage)
                left = written_to(warehouse, relation)
                yield from filter(None, [sentence(stage.target, left)])

    def roll_back(self, pipeline: PipelineName) -> None:
        """Finish what is under way, or take it back; else take back what the newest release has brought."""
        under_way = self._under_way(pipeline)
        if under_way is None:
            self._begin(pipeline)
            return
        if plan_of(under_way).purpose is Purpose.ROLLBACK:
            self._carry_on(under_way)
        else:
            self._turn_back(under_way, pipeline)

    def _carry_on(self, under_way: Deployment) -> None:
        kept = plan_of(under_way).reason
        if self._reason not in {"", kept}:
            self._reporter.warning(
                f"{under_way.id} keeps the reason that it was begun with: {kept or 'none'}"
            )
        said = _what_happens_to(under_way)
        outcome = self._at.carry_on(
            self._made, under_way.id, minutes=self._wait, claim=self._claim, said=said
        )
        self._end(under_way.id, outcome)

    def _turn_back(self, under_way: Deployment, pipeline: PipelineName) -> None:
        id_, said = under_way.id, _what_happens_to(under_way)
        why = f" ({self._reason})" if self._reason else ""
        reason = f"rolled back by {self._made.actor}{why}"
        match self._at.turn_back(self._made, id_, reason, minutes=self._wait, claim=self._claim, said=said):
            case Undone(owed=()):
                self._end(id_, Completed())
            case Undone() as undone:
                self._end(id_, undone)
            case Completed():
                self._reporter.step(f"deployment {id_} has ended meanwhile")
                self._begin(pipeline)
            case Parked() as parked:
                self._end(id_, parked)

    def _begin(self, pipeline: PipelineName) -> None:
        plan = self._plan(pipeline)
        id_ = self._made.unused(self._at.environment, Purpose.ROLLBACK, plan.release)
        self._reporter.step(f"rolling {pipeline} back from release {short(plan.release)}")
        self._end(id_, self._at.begin(self._made, id_, plan, minutes=self._wait, claim=self._claim))

    def _under_way(self, pipeline: PipelineName) -> Deployment | None:
        return under_way_with(self._at.journal.open(self._at.environment), pipeline)

    def _plan(self, pipeline: PipelineName) -> Plan:
        document = self._at.document
        head = self._bringer(document, pipeline)
        if head is None:
            raise NothingToTakeBack(
                f"nothing of {pipeline} that runs in {self._at.environment} was brought by a release",
                remedy=f"slipway status -s {self._at.environment} says what runs, and where from",
            )
        self._refuse_later(head, document)
        facts = facts_of_way_back(
            head, self._at.journal.rows(head.id), document, pipeline, keep_resources=self._keep_resources
        )
        self._refuse_gone(facts)
        left = facts.change.applied(document)
        self._at.engines.projects.refuse_leaving(self._at.environment, left, facts.change.parts)
        Owners(self._at.survey.warehouse, self._at.survey.role).refuse_unheld(facts.pipelines)
        with self._reporter.task("previewing its cloud resources"):
            resources = self._at.survey.resources(self._at.environment, facts.change, document)
        self._refuse_loss(pipeline, resources)
        facts = facts.model_copy(update={"resources": resources})
        return Plan(
            purpose=Purpose.ROLLBACK,
            release=facts.release,
            pipelines=facts.touched,
            stages=build_rollback(facts),
            reason=self._reason,
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

    def _refuse_loss(self, pipeline: PipelineName, resources: tuple[Effect, ...]) -> None:
        """What a release has made holds data by now, which no later release brings back."""
        gone = lost(resources)
        if gone:
            command = f"slipway rollback {pipeline} -s {self._at.environment} --keep-resources"
            raise DataWouldBeLost(
                f"taking {pipeline} back would delete {', '.join(gone)}, with what it holds",
                remedy=f"{command} takes the rest back; what is to go is emptied and released away later",
            )

    def _end(self, id_: DeploymentId, outcome: Outcome) -> None:
        typer.echo(render_outcome(id_, self._at.environment, outcome, self._style))
        exit_as(outcome)


def _what_happens_to(under_way: Deployment) -> str:
    if plan_of(under_way).purpose is Purpose.ROLLBACK:
        return f"{under_way.id} was begun before: continuing it"
    return f"deployment {under_way.id} is under way: it is taken back where it is"
