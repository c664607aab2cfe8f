"""`slipway deploy`: put a release into an environment, stage by stage, or say what that would do."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from slipway.attest import digest_of_document
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import (
    EnvironmentOption,
    ReleaseArgument,
    effects_of,
    ledger_of,
    releases_in,
    sources_of,
)
from slipway.cli.explanation_view import Explained, NextStep, render_explanation
from slipway.cli.gate_view import render_report
from slipway.cli.interruption import stoppable
from slipway.cli.outcomes import exit_as
from slipway.cli.rollout_desk import PATIENCE_MINUTES, RolloutDesk
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest, short
from slipway.model.errors import ExitCode
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.events import Outcome as EventOutcome
from slipway.model.evidence import Admission, GateAnswer, VerdictResult
from slipway.model.release import Release
from slipway.ports.journal import Deployment
from slipway.ports.leases import LeaseHeld
from slipway.ports.reporter import Reporter
from slipway.release.gates import judge
from slipway.release.gates.facts import Known
from slipway.release.gates.gathering import gather
from slipway.release.gates.report import GateReport
from slipway.release.gates.verdicts import verdicts_on
from slipway.rollout.attempts import Admitted, Attempt
from slipway.rollout.deployments import AnotherUnderWay, Deployments
from slipway.rollout.durations import read_durations
from slipway.rollout.facts import Facts
from slipway.rollout.leasing import Claim
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.planned import Plan
from slipway.rollout.table import rollout_handlers
from slipway.rollout.way_back import goes_back_as
from slipway.stages import Outcome, explain

WaitOption = Annotated[
    int,
    typer.Option(
        "--wait",
        metavar="MINUTES",
        min=0,
        help="How long to wait for runs and parsing; then slipway rollout tick continues.",
    ),
]

TakeOverOption = Annotated[
    bool,
    typer.Option(
        "--take-over",
        help="Take the deployment from the process that carries it on: it is stopped at its next write.",
    ),
]


_TURN: Final = timedelta(minutes=1)
"""How long to wait before looking again whether the pipelines are free."""


def claim_of(*, take_over: bool) -> Claim:
    """What is done about a lease that another process of the same deployment has."""
    return Claim.TAKE_OVER if take_over else Claim.AWAIT


def command(
    context: typer.Context,
    name: ReleaseArgument,
    *,
    environment: EnvironmentOption,
    explain_only: Annotated[
        bool,
        typer.Option("--explain", help="Print plan, times, gates, next command; touch nothing."),
    ] = False,
    once: Annotated[
        bool,
        typer.Option(
            "--once",
            help="What a schedule or an event adds: leave a release alone that was deployed here before, "
            "however that ended, for a person decides to try again; and wait for whoever changes the same "
            "pipelines now, for nobody asks a second time.",
        ),
    ] = False,
    wait: WaitOption = PATIENCE_MINUTES,
    take_over: TakeOverOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Deploy a release into an environment, stage by stage, or say what that would do.

    The stages: candidates, data audits, swap, cloud resources, DAGs, one observed run. Nothing of
    production is changed before the candidates have passed their data audits, and every stage that fails
    takes back all that came before it. Killed anywhere, the same command continues: once the lease of the
    killed process has ended, half a minute later, or at once with --take-over. Where the release runs
    already and its verdict is inconclusive, what could not be seen is looked at again. With --explain the
    same stages are only described: their effects and the digest that approvers approve.
    Told with them: how long each took before, the way back, whether every gate passes, and the next command.
    Exits with 1 when a gate refuses or the release was taken back, with 4 when it waits or was interrupted:
    run it again.
    """
    reporter = console_of(context).reporter
    with reporter.task("verifying the release"):
        desk = wiring.build_desk()
        releases = releases_in(desk, environment)
        release = releases.read(releases.find(name))
    with stoppable(), wiring.rollout_desk(desk, environment, reporter) as at:
        made = at.deployments(reporter)
        attempt = made.attempt(environment, Purpose.DEPLOY, release.digest)
        act = _Deploy(at=at, made=made, attempt=attempt, release=release, reporter=reporter, style=style)
        if explain_only:
            act.explain()
        elif attempt.open is not None:
            said = f"deployment {attempt.id} was begun before: continuing it"
            claim = claim_of(take_over=take_over)
            act.end_with(at.carry_on(made, attempt.id, minutes=wait, claim=claim, said=said))
        elif once and attempt.last is not None:
            reporter.step(f"deployment {attempt.last.id} has ended ({attempt.last.conclusion}): left alone")
        elif once:
            act.in_turn(wait, claim_of(take_over=take_over))
        else:
            act.deploy(wait, claim_of(take_over=take_over))


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
        facts = self._facts()
        if not facts.change.parts:
            self._reporter.step(f"{self._at.environment} runs {short(self._release.digest)} already")
        plan = self._plan(facts)
        report = self._judge(plan)
        took = read_durations(self._at.journal, self._at.engines.documents, self._at.environment)
        explained = Explained(
            release=self._release,
            environment=self._at.environment,
            plan=explain(plan.stages, rollout_handlers(self._at.engines)),
            takes=took.forward(plan.stages),
            back=tuple(f"slipway rollback {each} -s {self._at.environment}" for each in goes_back_as(plan)),
            back_takes=took.back(build_rollback(facts) if facts.change.parts else ()),
            digest=self._keep(plan),
            gates=report,
            next=self._next(facts, report),
        )
        typer.echo(render_explanation(explained, self._style))

    def _next(self, facts: Facts, report: GateReport) -> NextStep:
        """What to do now: what keeps it out comes first."""
        environment, release = self._at.environment, short(self._release.digest)
        deploy = f"slipway deploy {release} -s {environment}"
        if self._attempt.open is not None:
            return NextStep(command=deploy, why=f"deployment {self._attempt.id} was begun before")
        if not facts.change.parts:
            if self._inconclusive() is None:
                return NextStep(command="", why=f"nothing: {environment} runs {release} already")
            return NextStep(command=deploy, why="its verdict is inconclusive: it looks again")
        if report.refusals:
            first = report.refusals[0]
            return NextStep(command=first.command, why=f"{first.gate} refuses: {first.remedy}")
        return NextStep(command=deploy, why="every gate lets it in")

    def in_turn(self, wait: int, claim: Claim) -> None:
        """Deploy, after whoever changes the same pipelines now; with nothing left to wait, as it is."""
        clock = self._at.desk.clock
        until = clock.now() + timedelta(minutes=wait)
        while clock.now() + _TURN <= until:
            try:
                self.deploy((until - clock.now()) // timedelta(minutes=1), claim)
            except (AnotherUnderWay, LeaseHeld) as busy:
                self._reporter.step(f"{busy.message}: waiting for it")
                clock.wait(_TURN.total_seconds())
            else:
                return
        self.deploy(0, claim)

    def deploy(self, wait: int, claim: Claim) -> None:
        """Ask the gates, then begin."""
        facts = self._facts()
        if not facts.change.parts:
            self._look_again(wait)
            return
        plan = self._plan(facts)
        self._keep(plan)
        report = self._judge(plan)
        if not report.passed:
            self._tell_refusal(report)
            typer.echo(render_report(report, self._style))
            raise typer.Exit(ExitCode.FINDINGS)
        admitted = self._admitted(plan, report)
        self.end_with(
            self._at.begin(self._made, self._attempt.id, plan, minutes=wait, admitted=admitted, claim=claim)
        )

    def _look_again(self, wait: int) -> None:
        """It runs: a verdict that could not be given the first time is looked for once more."""
        environment, release = self._at.environment, self._release.digest
        runs = f"{environment} runs {short(release)} already"
        look = self._made.attempt(environment, Purpose.SECOND_LOOK, release)
        if look.open is not None:
            said = f"{runs}; the second look {look.id} was begun before: continuing it"
            self._end(look.id, self._at.carry_on(self._made, look.id, minutes=wait, said=said))
            return
        first = self._inconclusive()
        if first is None:
            self._reporter.step(runs)
            return
        self._reporter.step(f"{runs}, and the verdict of {first.id} is inconclusive: looking again")
        self._end(look.id, self._at.look_again(self._made, look.id, first, minutes=wait))

    def _inconclusive(self) -> Deployment | None:
        """The deployment that has given the newest verdict here, if that is inconclusive."""
        desk = self._at.desk
        evidence = EvidenceStore(desk.evidence, desk.clock)
        verdicts = verdicts_on(self._release.digest, self._at.environment, desk.ledger, evidence)
        newest = max(verdicts, key=lambda verdict: verdict.at, default=None)
        if newest is None or newest.result is not VerdictResult.INCONCLUSIVE:
            return None
        return self._at.journal.deployment(newest.deployment)

    def end_with(self, outcome: Outcome) -> None:
        """Say how it ended, and exit so."""
        self._end(self._attempt.id, outcome)

    def _end(self, id_: DeploymentId, outcome: Outcome) -> None:
        typer.echo(render_outcome(id_, self._at.environment, outcome, self._style))
        exit_as(outcome)

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

    def _admitted(self, plan: Plan, report: GateReport) -> Admitted:
        """Keep why the gates let it in, with what they counted: it may be another thing tomorrow."""
        desk = self._at.desk
        admission = Admission(
            deployment=self._attempt.id,
            release=self._release.digest,
            environment=self._at.environment,
            effects_digest=digest_of_document(plan.effects),
            gates=tuple(
                GateAnswer(gate=each.gate, why=each.why, rests_on=each.rests_on) for each in report.results
            ),
            at=desk.clock.now(),
        )
        return Admitted(admission=admission, digest=EvidenceStore(desk.evidence, desk.clock).put(admission))

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
