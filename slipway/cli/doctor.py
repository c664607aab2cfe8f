"""`slipway doctor`: what this machine and the accounts still lack."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.doctor_checks import checks_of
from slipway.cli.doctor_view import exit_code_of, render_findings
from slipway.cli.estate import find_platform, read_estate
from slipway.doctor.findings import examine
from slipway.model.environment import StackName

_LIMIT_SECONDS: Final = 60


def command(
    context: typer.Context,
    *,
    stack: Annotated[
        list[StackName] | None,
        typer.Option("--stack", "-s", metavar="STACK", help="Only this account; may be given several times."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="SECONDS", min=1, help="How long each check may take.")
    ] = _LIMIT_SECONDS,
    style: FormatOption = Format.TEXT,
) -> None:
    """Say what this machine and the accounts still lack, each with its remedy.

    Nothing is changed. Looked at, side by side: the Pulumi CLI and its plugins, where Pulumi's state is,
    whose credentials these are, in each account the operator's role and what `slipway bootstrap` makes, the
    state bucket and the secrets keys, GitHub's issuer, the login to Snowflake and what its role may do, the
    GitHub token and the organization, public keys of the example that are still in the stack files, and the
    pinned signing key. Exits with 1 when something lacks, with 3 when nothing does and something could not
    be judged.
    """
    estate = read_estate(find_platform(Path.cwd(), os.environ))
    chosen = tuple(dict.fromkeys(stack)) if stack else tuple(StackName)
    with console_of(context).reporter.task("looking"):
        checks = checks_of(estate, chosen, wiring.build_instruments(estate), os.environ)
        findings = examine(checks, limit=timedelta(seconds=limit))
    typer.echo(render_findings(findings, style))
    raise typer.Exit(exit_code_of(findings))
