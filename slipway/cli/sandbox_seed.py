"""`slipway sandbox seed`: what a Terraform state remembers comes to exist in the sandbox."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.adapters.sandbox_process import run_sandbox_command
from slipway.adopt.propose import Target
from slipway.adopt.seeding import remembered
from slipway.cli import wiring
from slipway.cli.adopt_sources import read_states
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform, read_estate
from slipway.model.counted import counted
from slipway.model.environment import StackName

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_JSON: Final = "json"
_TEXT: Final = "text"


def command(
    context: typer.Context,
    *,
    state: Annotated[
        list[str],
        typer.Option(
            "--state",
            metavar="STATE",
            help="A file, or - for standard input; may be given several times.",
            show_default=False,
        ),
    ],
    stack: Annotated[
        StackName,
        typer.Option("--stack", "-s", metavar="STACK", help="In whose account.", show_default=False),
    ],
    style: FormatOption = Format.TEXT,
) -> None:
    """Have every object that Terraform states remember exist in the sandbox that is up.

    Objects are made on the sandbox's servers, by the way in which Pulumi's provider makes them. Where no
    server knows the type, gives the state's id or holds what the state says, the provider records the
    object under that id and reads it from there; which they are is told, with the reason. Run again, what
    is there is left as it is. No value is printed.

    \b
    Examples:
      slipway sandbox seed --state terraform.tfstate -s shared
      terraform state pull | slipway sandbox seed --state - -s dev --format json

    Exits with 1 when an object could not be had at all.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    estate = read_estate(platform)
    region = estate.stacks[stack].region
    states = read_states(state, workspace="default", prefix="env:", table="", region=region)
    target = Target(stack=stack, project=estate.project, region=region)
    reporter = console_of(context).reporter
    with reporter.task("reading states"):
        found = remembered(states, target, wiring.resource_types())
    for address, why in found.left_out:
        reporter.detail(f"{address} is left out: {why}")
    if found.left_out:
        reporter.step(f"{counted(len(found.left_out), 'instance')} left out; -v says why")
    document = json.dumps({"objects": [asdict(each) for each in found.objects]})
    words = ["seed", "--stack", stack.value, "--format", _JSON if style is Format.JSON else _TEXT]
    raise typer.Exit(run_sandbox_command(_CHECKOUT, words, document))
