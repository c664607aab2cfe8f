"""`slipway deploy`: put a release into an environment, stage by stage, or say what that would do."""

from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.deploying import Deploying
from slipway.cli.desk import EnvironmentOption, ReleaseArgument, releases_in
from slipway.cli.interruption import stoppable
from slipway.cli.rollout_desk import PATIENCE_MINUTES
from slipway.model.deployment import Purpose
from slipway.rollout.leasing import Claim

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
    already and its verdict is inconclusive, what could not be seen is looked at again; where other releases
    have brought all of it, a run is observed and it gets a verdict of its own. With --explain the
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
        act = Deploying(at=at, made=made, attempt=attempt, release=release, reporter=reporter, style=style)
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
