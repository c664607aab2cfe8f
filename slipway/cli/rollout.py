"""`slipway rollout`: continue what waits. A schedule runs it; no server of ours does."""

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import EnvironmentOption
from slipway.model.errors import ExitCode
from slipway.ports.leases import LeaseHeld
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
    open. Exits with 1 when one of them was taken back.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with wiring.rollout_desk(desk, environment, reporter) as at:
        made = at.deployments(reporter)
        taken_back = False
        for head in at.journal.open(environment):
            if head.wait is not None and head.wait.wake_at > desk.clock.now():
                reporter.detail(f"{head.id} waits until {head.wait.condition}")
                continue
            try:
                outcome = at.carry_on(made, head.id, minutes=0)
            except LeaseHeld as held:
                reporter.step(f"{head.id} is left alone: {held.message}")
                continue
            typer.echo(render_outcome(head.id, environment, outcome, style))
            taken_back |= _is_taken_back(outcome)
        if taken_back:
            raise typer.Exit(ExitCode.FINDINGS)


def _is_taken_back(outcome: Outcome) -> bool:
    match outcome:
        case Undone():
            return True
        case Completed() | Parked():
            return False
