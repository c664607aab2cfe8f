"""`slipway rollout`: continue what waits. A schedule runs it; no server of ours does."""

from dataclasses import dataclass

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import EnvironmentOption
from slipway.cli.rollout_desk import DeploymentInterrupted, RolloutDesk
from slipway.model.errors import ExitCode
from slipway.ports.journal import Deployment
from slipway.ports.leases import LeaseHeld
from slipway.ports.reporter import Reporter
from slipway.rollout.deployments import Deployments
from slipway.stages import Completed, Outcome, Parked, Undone

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def _rollout() -> None:
    """Continue deployments that wait for something, or whose process was killed."""


@app.command()
def tick(
    context: typer.Context, *, environment: EnvironmentOption, style: FormatOption = Format.TEXT
) -> None:
    """Look once at every open deployment of an environment: continue it, time it out, or leave it waiting.

    One that somebody carries on just now is left alone. Run it every minute: it is cheap when nothing is
    open. Exits with 1 when one of them was taken back, with 4 when one of them could not be continued.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with wiring.rollout_desk(desk, environment, reporter) as at:
        act = _Tick(at=at, made=at.deployments(reporter), reporter=reporter, style=style)
        ends = [act.look(head) for head in at.journal.open(environment)]
    worst = max(ends, default=ExitCode.OK)
    if worst is not ExitCode.OK:
        raise typer.Exit(worst)


@dataclass(frozen=True, kw_only=True)
class _Tick:
    """One look at the open deployments: what keeps one of them from going on keeps no other."""

    at: RolloutDesk
    made: Deployments
    reporter: Reporter
    style: Format

    def look(self, head: Deployment) -> ExitCode:
        """Continue one of them, if it is time."""
        if head.wait is not None and head.wait.wake_at > self.at.desk.clock.now():
            self.reporter.detail(f"{head.id} waits until {head.wait.condition}")
            return ExitCode.OK
        try:
            outcome = self.at.carry_on(self.made, head.id, minutes=0)
        except LeaseHeld as held:
            self.reporter.step(f"{head.id} is left alone: {held.message}")
            return ExitCode.OK
        except DeploymentInterrupted as interrupted:
            self.reporter.warning(f"{interrupted.message}; {interrupted.remedy}")
            return ExitCode.PARTIAL
        typer.echo(render_outcome(head.id, self.at.environment, outcome, self.style))
        return _exit_of(outcome)


def _exit_of(outcome: Outcome) -> ExitCode:
    match outcome:
        case Undone():
            return ExitCode.FINDINGS
        case Completed() | Parked():
            return ExitCode.OK
