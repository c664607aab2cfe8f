"""`slipway bootstrap`: make what an AWS account needs before Pulumi can work in it.

Not `slipway release bootstrap`, which writes down what runs in an environment that is up.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.adapters.system_clock import SystemClock
from slipway.bootstrap.blueprints import blueprint_of
from slipway.bootstrap.bootstrapping import Bootstrapping, Telling
from slipway.bootstrap.ground import Ground
from slipway.bootstrap.stages import build_account_bootstrap, build_dry_run
from slipway.bootstrap.table import bootstrap_handlers
from slipway.cli import wiring
from slipway.cli.account_bootstrap_view import Ended, render_ended, render_plan
from slipway.cli.account_door import AccountDoor
from slipway.cli.account_facts import Chosen, GithubIssuer, facts_of, operators_of
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import Estate, find_platform, read_estate
from slipway.cli.outcomes import exit_as
from slipway.model.environment import StackName
from slipway.model.errors import UsageError
from slipway.model.principal import Caller
from slipway.stages import Stage, explain

_PATIENCE_MINUTES: Final = 30


def command(
    context: typer.Context,
    *,
    stack: Annotated[
        StackName,
        typer.Option("--stack", "-s", metavar="STACK", help="Whose account: shared, dev, staging, prod."),
    ],
    explain_only: Annotated[
        bool, typer.Option("--explain", help="Print the stages and values; no account is asked.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask CloudFormation what it would change, and change nothing.")
    ] = False,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust",
            metavar="ARN",
            help="Who of the audit account may take the operator's role; may be given several times. "
            "As before where it is left out, and the user who runs this the first time.",
            show_default=False,
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            metavar="NAME",
            help="Take this role of the account first, such as OrganizationAccountAccessRole.",
            show_default=False,
        ),
    ] = None,
    boundary: Annotated[
        str | None,
        typer.Option(
            "--boundary", metavar="ARN", help="Bound the operator by this policy.", show_default=False
        ),
    ] = None,
    github_issuer: Annotated[
        GithubIssuer | None,
        typer.Option(
            "--github-issuer",
            help="Whether to tell the account of GitHub's issuer, or something else has.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        int, typer.Option("--wait", metavar="MINUTES", min=0, help="How long to wait for CloudFormation.")
    ] = _PATIENCE_MINUTES,
    style: FormatOption = Format.TEXT,
) -> None:
    """Make what an AWS account needs before Pulumi can work in it.

    A CloudFormation stack in each account: the role that Pulumi works with, the one that deployments change
    pipelines' resources with, GitHub as an issuer of identities, and in the audit account (shared) the bucket
    of Pulumi's state with a secrets key for each stack. Begin with shared. Credentials are those around
    (AWS_PROFILE); they have to be of the account that the stack file names, or able to take a role of it
    (--role). Run again, it changes what is not as it should be; killed anywhere, the same command continues.
    When something fails CloudFormation goes back by itself, and it exits with 1; with 4 when CloudFormation
    is at it still. `slipway doctor` says what an account lacks. `slipway release bootstrap` is something
    else: it writes down what runs in an environment.
    """
    if explain_only and dry_run:
        raise UsageError(
            "--explain and --dry-run are two things",
            remedy="--explain asks no account; --dry-run asks CloudFormation",
        )
    estate = read_estate(find_platform(Path.cwd(), os.environ))
    chosen = Chosen(trust=tuple(trust or ()), boundary=boundary, issuer=github_issuer)
    if explain_only:
        typer.echo(_explained(estate, stack, chosen, style))
        return
    reporter = console_of(context).reporter
    with reporter.task(f"{'asking about' if dry_run else 'bootstrapping'} the account of {stack}") as task:
        door = wiring.open_account(estate.stacks[stack], role)
        caller = door.own.caller()
        ground = _ground(estate, stack, chosen, door, caller)
        telling = Telling(task=task, reporter=reporter)
        run = Bootstrapping(stack=stack, ground=ground, clock=SystemClock(), actor=caller.arn)
        plan = _plan(estate, stack, dry_run=dry_run)
        outcome = run.carry_out(plan, telling, patience=timedelta(minutes=wait))
    ended = Ended(place=estate.stacks[stack], outcome=outcome, changes=telling.changes, dry_run=dry_run)
    typer.echo(render_ended(ended, style))
    exit_as(outcome)


def _explained(estate: Estate, stack: StackName, chosen: Chosen, style: Format) -> str:
    operators = chosen.trust or ("(as before, or the user who runs it)",)
    blueprint = blueprint_of(facts_of(estate, stack, chosen, operators=operators, before=None))
    door = wiring.open_account(estate.stacks[stack], None)  # nothing is asked of it
    ground = Ground(stacks=door.stacks, identity=door.identity, blueprint=blueprint)
    plan = explain(_plan(estate, stack, dry_run=False), bootstrap_handlers(ground))
    return render_plan(plan, blueprint, style)


def _ground(estate: Estate, stack: StackName, chosen: Chosen, door: AccountDoor, caller: Caller) -> Ground:
    """Look at the account's stack, unless it is another account: the first stage refuses that by name."""
    place = estate.stacks[stack]
    is_right = door.identity.caller().account == place.naming.account_id
    before = door.stacks.read(place.naming.account_stack) if is_right else None
    operators = operators_of(estate, chosen, before=before, caller=caller)
    facts = facts_of(estate, stack, chosen, operators=operators, before=before)
    return Ground(stacks=door.stacks, identity=door.identity, blueprint=blueprint_of(facts))


def _plan(estate: Estate, stack: StackName, *, dry_run: bool) -> tuple[Stage, ...]:
    naming = estate.stacks[stack].naming
    build = build_dry_run if dry_run else build_account_bootstrap
    return build(naming.account_id, naming.account_stack)
