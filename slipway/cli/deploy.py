"""`slipway deploy`: put a release into an environment, stage by stage, or say what that would do."""

from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy_view import Explained, render_explanation, render_outcome
from slipway.cli.desk import (
    EnvironmentOption,
    ReleaseArgument,
    effects_of,
    ledger_of,
    releases_of,
    sources_of,
)
from slipway.cli.gate_view import render_report
from slipway.cli.rollout_desk import PATIENCE_MINUTES, RolloutDesk
from slipway.model.digest import Digest, short
from slipway.model.errors import ExitCode
from slipway.model.events import Event, EventKind
from slipway.model.events import Outcome as EventOutcome
from slipway.model.release import Release
from slipway.ports.reporter import Reporter
from slipway.release.gates import judge
from slipway.release.gates.facts import Known
from slipway.release.gates.gathering import gather
from slipway.release.gates.report import GateReport
from slipway.rollout.deployments import Attempt, Deployments, Plan, Purpose
from slipway.rollout.facts import Facts
from slipway.rollout.plan import build_rollout
from slipway.rollout.table import rollout_handlers
from slipway.stages import Completed, Outcome, Parked, Undone, explain

WaitOption = Annotated[
    int,
    typer.Option(
        "--wait",
        metavar="MINUTES",
        min=0,
        help="How long to wait for runs and parsing; then slipway rollout tick continues.",
    ),
]


def command(
    context: typer.Context,
    name: ReleaseArgument,
    *,
    environment: EnvironmentOption,
    explain_only: Annotated[
        bool, typer.Option("--explain", help="Print stages, effects and gates, and touch nothing.")
    ] = False,
    wait: WaitOption = PATIENCE_MINUTES,
    style: FormatOption = Format.TEXT,
) -> None:
    """Deploy a release into an environment, stage by stage, or say what that would do.

    The stages: candidates, data audits, swap, cloud resources, DAGs, one observed run. Nothing of
    production is changed before the candidates have passed their data audits, and every stage that fails
    takes back all that came before it. Killed anywhere, the same command continues. With --explain the same
    stages are only described: their effects and the digest that approvers approve. Exits with 1 when a gate
    refuses or the release was taken back, with 4 when it waits or was interrupted: run it again.
    """
    reporter = console_of(context).reporter
    with reporter.task("verifying the release"):
        desk = wiring.build_desk()
        releases = releases_of(desk)
        release = releases.read(releases.find(name))
    with wiring.rollout_desk(desk, environment, reporter) as at:
        made = at.deployments(reporter)
        attempt = made.attempt(environment, Purpose.DEPLOY, release.digest)
        act = _Deploy(at=at, made=made, attempt=attempt, release=release, reporter=reporter, style=style)
        if explain_only:
            act.explain()
        elif attempt.open is not None:
            reporter.step(f"deployment {attempt.id} was begun before: continuing it")
            act.end_with(at.carry_on(made, attempt.id, minutes=wait))
        else:
            act.deploy(wait)


class _Deploy:
    """One run of the command."""

    def __init__(
        self,
        *,
        at: RolloutDesk,
        made: Deployments,
        attempt: Attempt,
        release: Release,
        reporter: Reporter,
        style: Format,
    ) -> None:
        self._at = at
        self._made = made
        self._attempt = attempt
        self._release = release
        self._reporter = reporter
        self._style = style

    def explain(self) -> None:
        """Print what would be done."""
        plan = self._plan(self._facts())
        explained = Explained(
            release=self._release,
            environment=self._at.environment,
            plan=explain(plan.stages, rollout_handlers(self._at.engines)),
            digest=self._keep(plan),
            gates=self._judge(plan),
        )
        typer.echo(render_explanation(explained, self._style))

    def deploy(self, wait: int) -> None:
        """Ask the gates, then begin."""
        facts = self._facts()
        if not facts.change.parts:
            self._reporter.step(f"{self._at.environment} runs {short(self._release.digest)} already")
            return
        plan = self._plan(facts)
        self._keep(plan)
        report = self._judge(plan)
        if not report.passed:
            self._tell_refusal(report)
            typer.echo(render_report(report, self._style))
            raise typer.Exit(ExitCode.FINDINGS)
        self.end_with(self._at.begin(self._made, self._attempt.id, plan, minutes=wait))

    def end_with(self, outcome: Outcome) -> None:
        """Say how it ended, and exit so."""
        typer.echo(render_outcome(self._attempt.id, self._at.environment, outcome, self._style))
        match outcome:
            case Completed():
                return
            case Parked():
                raise typer.Exit(ExitCode.PARTIAL)
            case Undone():
                raise typer.Exit(ExitCode.FINDINGS)

    def _facts(self) -> Facts:
        with self._reporter.task(f"surveying {self._at.environment}"):
            return self._at.survey.facts(self._at.environment, self._release, self._attempt.number)

    def _plan(self, facts: Facts) -> Plan:
        return Plan(
            purpose=Purpose.DEPLOY,
            release=self._release.digest,
            pipelines=facts.touched,
            stages=build_rollout(facts),
        )

    def _keep(self, plan: Plan) -> Digest:
        return effects_of(self._at.desk).keep(self._release.digest, self._at.environment, plan.effects)

    def _judge(self, plan: Plan) -> GateReport:
        with self._reporter.task("asking the gates"):
            sources = sources_of(self._at.desk, self._release, self._at.environment)
            facts = gather(sources, self._release, self._at.environment)
            return judge(self._release, self._at.environment, Known(plan.effects), facts)

    def _tell_refusal(self, report: GateReport) -> None:
        """Denied attempts are part of the record."""
        refused = ", ".join(result.gate for result in report.refusals)
        ledger_of(self._at.desk).record(
            self._at.environment.value,
            Event(
                kind=EventKind.GATE_REFUSED,
                outcome=EventOutcome.DENIAL,
                at=self._at.desk.clock.now(),
                actor=self._at.desk.identity.caller().arn,
                environment=self._at.environment,
                release=self._release.digest,
                subject=self._attempt.id,
                message=f"{self._at.environment} keeps {short(self._release.digest)} out: {refused}",
            ),
        )
