"""`slipway rollout`: continue what waits. A schedule runs it; no server of ours does."""

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploy_view import OutcomesView
from slipway.cli.desk import EnvironmentOption
from slipway.cli.interruption import stoppable
from slipway.cli.ticking import SecondLooks, Tick
from slipway.model.errors import ExitCode

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def _rollout() -> None:
    """Continue deployments that wait for something, or whose process was killed."""


@app.command()
def tick(
    context: typer.Context, *, environment: EnvironmentOption, style: FormatOption = Format.TEXT
) -> None:
    """Look once at every open deployment of an environment: continue it, time it out, or leave it waiting.

    A release whose verdict is inconclusive, because the role may not see who is in a transaction, is looked
    at again once none of before its swap can be open; where another release has taken its place by then,
    rows that came late are told with the statement that brings them back. What somebody carries on just now
    is left alone. Run it every minute: it is cheap when nothing is open. Exits with 1 when a release was
    taken back or rows came late, with 4 when one could not be continued, or its way back waits for longer
    than it should: somebody has to look.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with stoppable(), wiring.rollout_desk(desk, environment, reporter) as at:
        view = OutcomesView(environment, style, typer.echo)
        act = Tick(at=at, made=at.deployments(reporter), reporter=reporter, ends=view)
        heads = at.journal.open(environment)
        unseen = at.journal.unseen(environment)
        if not heads and not unseen:
            reporter.step(f"nothing to do: no deployment of {environment} is under way")
        ends = [*map(act.look, heads), *map(SecondLooks(act).look, unseen)]
        view.close()
    worst = max(ends, default=ExitCode.OK)
    if worst is not ExitCode.OK:
        raise typer.Exit(worst)
