"""What `slipway deploy` does with a release: explain it, or ask the gates and carry it in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import typer

from slipway.attest import digest_of_document
from slipway.audit import EvidenceStore
from slipway.cli.console import Format
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import effects_of, ledger_of, sources_of
from slipway.cli.explanation_view import Explained, NextStep, render_explanation
from slipway.cli.gate_view import render_report
from slipway.cli.outcomes import exit_as
from slipway.cli.rollout_desk import RolloutDesk
from slipway.cli.runs_already import RunsAlready
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest, short
from slipway.model.errors import ExitCode
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.events import Outcome as EventOutcome
from slipway.model.evidence import Admission, GateAnswer
from slipway.model.release import Release
from slipway.ports.leases import LeaseHeld
from slipway.ports.reporter import Reporter
from slipway.release.gates import judge
from slipway.release.gates.facts import Known
from slipway.release.gates.gathering import gather
from slipway.release.gates.report import GateReport
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

_TURN: Final = timedelta(minutes=1)
"""How long to wait before looking again whether the pipelines are free."""


@dataclass(frozen=True, kw_only=True)
class Deploying:
    """One run of the command.

    Attributes:
        at: the environment.
        made: begins deployments.
        attempt: which one it is.
        release: verified.
        reporter: tells the person.
        style: how results are written.
    """

    at: RolloutDesk
    made: Deployments
    attempt: Attempt
    release: Release
    reporter: Reporter
    style: Format

    def explain(self) -> None:
        """Print what would be done."""
        facts = self._facts()
        if not facts.change.parts:
            self.reporter.step(self._runs)
        plan = self._plan(facts)
        report = self._judge(plan)
        took = read_durations(self.at.journal, self.at.engines.documents, self.at.environment)
        explained = Explained(
            release=self.release,
            environment=self.at.environment,
            plan=explain(plan.stages, rollout_handlers(self.at.engines)),
            takes=took.forward(plan.stages),
            back=tuple(f"slipway rollback {each} -s {self.at.environment}" for each in goes_back_as(plan)),
            back_takes=took.back(build_rollback(facts) if facts.change.parts else ()),
            digest=self._keep(plan),
            gates=report,
            next=self._next(plan, report),
        )
        typer.echo(render_explanation(explained, self.style))

    def _next(self, plan: Plan, report: GateReport) -> NextStep:
        """What to do now: what keeps it out comes first."""
        environment, release = self.at.environment, short(self.release.digest)
        deploy = f"slipway deploy {release} -s {environment}"
        if self.attempt.open is not None:
            return NextStep(command=deploy, why=f"deployment {self.attempt.id} was begun before")
        if plan.change is not None and not plan.change.parts:
            if self._already.inconclusive is None:
                return NextStep(command="", why=f"nothing: {self._runs}")
            return NextStep(command=deploy, why="its verdict is inconclusive: it looks again")
        if report.refusals:
            first = report.refusals[0]
            return NextStep(command=first.command, why=f"{first.gate} refuses: {first.remedy}")
        if plan.standing is not None:
            return NextStep(command=deploy, why="nothing is changed: it looks at what runs, for a verdict")
        return NextStep(command=deploy, why="every gate lets it in")

    def in_turn(self, wait: int, claim: Claim) -> None:
        """Deploy, after whoever changes the same pipelines now; with nothing left to wait, as it is."""
        clock = self.at.desk.clock
        until = clock.now() + timedelta(minutes=wait)
        while clock.now() + _TURN <= until:
            try:
                self.deploy((until - clock.now()) // timedelta(minutes=1), claim)
            except (AnotherUnderWay, LeaseHeld) as busy:
                self.reporter.step(f"{busy.message}: waiting for it")
                clock.wait(_TURN.total_seconds())
            else:
                return
        self.deploy(0, claim)

    def deploy(self, wait: int, claim: Claim) -> None:
        """Ask the gates, then begin."""
        facts = self._facts()
        if not facts.change.parts and not self._already.is_unseen:
            self._look_again(wait)
            return
        plan = self._plan(facts)
        if plan.standing is not None:
            self.reporter.step(f"{self._runs}, and there is no verdict on it: looking at what runs")
        self._keep(plan)
        report = self._judge(plan)
        if not report.passed:
            self._tell_refusal(report)
            typer.echo(render_report(report, self.style))
            raise typer.Exit(ExitCode.FINDINGS)
        admitted = self._admitted(plan, report)
        self.end_with(
            self.at.begin(self.made, self.attempt.id, plan, minutes=wait, admitted=admitted, claim=claim)
        )

    def _look_again(self, wait: int) -> None:
        """It runs: a verdict that could not be given the first time is looked for once more."""
        look = self.made.attempt(self.at.environment, Purpose.SECOND_LOOK, self.release.digest)
        if look.open is not None:
            said = f"{self._runs}; the second look {look.id} was begun before: continuing it"
            self._end(look.id, self.at.carry_on(self.made, look.id, minutes=wait, said=said))
            return
        first = self._already.inconclusive
        if first is None:
            self.reporter.step(self._runs)
            return
        self.reporter.step(f"{self._runs}, and the verdict of {first.id} is inconclusive: looking again")
        self._end(look.id, self.at.look_again(self.made, look.id, first, minutes=wait))

    @property
    def _already(self) -> RunsAlready:
        return RunsAlready(at=self.at, release=self.release)

    @property
    def _runs(self) -> str:
        return f"{self.at.environment} runs {short(self.release.digest)} already"

    def end_with(self, outcome: Outcome) -> None:
        """Say how it ended, and exit so."""
        self._end(self.attempt.id, outcome)

    def _end(self, id_: DeploymentId, outcome: Outcome) -> None:
        typer.echo(render_outcome(id_, self.at.environment, outcome, self.style))
        exit_as(outcome)

    def _facts(self) -> Facts:
        with self.reporter.task(f"surveying {self.at.environment}"):
            return self.at.survey.facts(self.at.environment, self.release, self.attempt.number)

    def _plan(self, facts: Facts) -> Plan:
        if not facts.change.parts and self._already.is_unseen:
            return self._already.look(facts)
        return Plan(
            purpose=Purpose.DEPLOY,
            release=self.release.digest,
            pipelines=facts.touched,
            stages=build_rollout(facts),
        )

    def _keep(self, plan: Plan) -> Digest:
        return effects_of(self.at.desk).keep(self.release.digest, self.at.environment, plan.effects)

    def _judge(self, plan: Plan) -> GateReport:
        with self.reporter.task("asking the gates"):
            sources = sources_of(self.at.desk, self.release, self.at.environment)
            facts = gather(sources, self.release, self.at.environment)
            return judge(self.release, self.at.environment, Known(plan.effects), facts)

    def _admitted(self, plan: Plan, report: GateReport) -> Admitted:
        """Keep why the gates let it in, with what they counted: it may be another thing tomorrow."""
        desk = self.at.desk
        admission = Admission(
            deployment=self.attempt.id,
            release=self.release.digest,
            environment=self.at.environment,
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
        ledger_of(self.at.desk).record(
            self.at.environment.value,
            Event(
                kind=EventKind.GATE_REFUSED,
                outcome=EventOutcome.DENIAL,
                at=self.at.desk.clock.now(),
                actor=self.at.desk.identity.caller().arn,
                environment=self.at.environment,
                release=self.release.digest,
                subject=self.attempt.id,
                message=f"{self.at.environment} keeps {short(self.release.digest)} out: {refused}",
            ),
        )
