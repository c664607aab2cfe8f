"""`slipway observe`: figures about what runs, measured from outside."""

from typing import Annotated

import typer

from slipway.catalog import load_workspace
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import EnvironmentOption
from slipway.cli.observe_view import reasons, render_report
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.errors import ExitCode

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def _observe() -> None:
    """Measure what runs, and tell CloudWatch."""


@app.command()
def publish(
    context: typer.Context,
    *,
    environment: EnvironmentOption,
    workspace: WorkspaceOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Measure and show, and tell CloudWatch nothing.")
    ] = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Measure every pipeline of an environment and the platform there, and put it to CloudWatch.

    Failed runs come from Airflow, ages of newest rows from Snowflake, deployments from their journal. A
    schedule runs it every five minutes. A report tells the failed runs of the last three closed five
    minutes anew, so one that comes twice or late counts nothing twice and loses nothing.
    docs/reference/observability.md lists every metric, and when it alarms.

    What cannot be measured is named on stderr and left out, never guessed, and hides nothing else. Exits
    with 4 when something is left out.
    """
    reporter = console_of(context).reporter
    known = load_workspace(workspace_root(workspace))
    with wiring.observatory(environment) as at, reporter.task(f"measuring {environment}"):
        report = at.observatory.report(known, at.deployed)
        if not dry_run:
            at.metrics.put(report.measured.readings)
    typer.echo(render_report(report, style))
    for reason in reasons(report.measured.unmeasured):
        reporter.warning(reason)
    if report.measured.unmeasured:
        raise typer.Exit(ExitCode.PARTIAL)
