"""`slipway cost`: what a month of the stacks costs, before it is spent."""

from pathlib import Path
from typing import Annotated

import typer

from slipway.cli.console import Format, FormatOption
from slipway.cli.cost_change_view import render_change
from slipway.cli.cost_folder import CostFolder
from slipway.cli.cost_view import render_estimate
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode
from slipway.observe.cost_change import CostChange

StackOption = Annotated[
    list[StackName] | None,
    typer.Option("--stack", "-s", metavar="STACK", help="Only this one; may be given several times."),
]

DiffOption = Annotated[
    str | None,
    typer.Option(
        "--diff",
        metavar="BASE",
        help="Say what costs something else than at this revision, such as origin/main, and why.",
        show_default=False,
    ),
]


def command(
    *,
    stack: StackOption = None,
    diff: DiffOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Estimate what a month of the stacks costs, against the cap.

    It reads the stack files and the catalog, and multiplies what they declare and what they assume by the
    price table: no account is asked. A line marked * rests on an assumption, and names the keys under
    slipway:cost of the stack file that say it; one marked ? on a price that is not from a vendor's list.
    The cap (slipway:cost.monthlyCap in Pulumi.shared.yaml) is that of all stacks, whichever are shown.
    docs/reference/cost.md lists every driver and price, and what is not counted.

    \b
    Examples:
      slipway cost                                          all stacks, by component and driver
      slipway cost -s prod                                  one of them
      slipway cost --diff origin/main --format markdown     what a pull request changes, for a comment

    Exits with 1 when a month costs more than the cap, and when budgets and Snowflake credits together allow
    one that does.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    folder = CostFolder.around(Path.cwd())
    now = folder.estimate()
    shown = tuple(dict.fromkeys(stack)) if stack else tuple(StackName)
    if diff is None:
        typer.echo(render_estimate(now, shown, style))
    else:
        change = CostChange(before=folder.estimate_at(diff), after=now)
        typer.echo(render_change(change, diff, shown, style))
    folder.limits(now).require_within_cap()
    raise typer.Exit(ExitCode.FINDINGS if now.above_cap else ExitCode.OK)
