"""`slipway status`: what runs where."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk
from slipway.cli.status_view import render_status
from slipway.model.environment import Environment
from slipway.model.errors import UsageError
from slipway.model.nearest import did_you_mean
from slipway.rollout.running import RunningEnvironment


def command(
    context: typer.Context,
    *,
    environment: Annotated[
        list[Environment] | None,
        typer.Option("--environment", "-s", metavar="ENV", help="Only this one; may be given several times."),
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", metavar="NAME", help="Only this pipeline.", show_default=False)
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Show what runs in each environment, and what is under way.

    Each pipeline's parts with the release that brought them, or the commit that `slipway release bootstrap`
    wrote down; below, deployments that are under way, and
    what they wait for.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with reporter.task("reading environment documents"):
        found = [_running(each, desk) for each in _chosen(environment)]
    _refuse_unknown(found, pipeline)
    typer.echo(render_status(found, pipeline, style))


def _refuse_unknown(found: Sequence[RunningEnvironment], pipeline: str | None) -> None:
    known = {str(each.name) for running in found for each in running.pipelines}
    if pipeline is not None and pipeline not in known:
        raise UsageError(
            f"nothing of a pipeline {pipeline} runs in {', '.join(each.environment for each in found)}",
            remedy=did_you_mean(pipeline, known),
        )


def _chosen(named: Iterable[Environment] | None) -> tuple[Environment, ...]:
    return tuple(dict.fromkeys(named)) if named else tuple(Environment)


def _running(environment: Environment, desk: Desk) -> RunningEnvironment:
    return RunningEnvironment(
        environment=environment,
        document=desk.documents(environment).newest(environment),
        under_way=wiring.journal_of(desk, environment).open(environment),
    )
