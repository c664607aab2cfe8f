"""The command's sub-commands: arguments in, one call, words out.

Results go to standard output, the story to standard error; errors are two lines and an exit code (0 ok, 1 the
stack files are wrong, 2 usage, 3 something is missing or not running).
"""

import json
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from slipway_sandbox.supervisor import logs as logbook
from slipway_sandbox.supervisor.down import take_down
from slipway_sandbox.supervisor.dynamodb import LIBRARIES
from slipway_sandbox.supervisor.environment import shell_lines, variables
from slipway_sandbox.supervisor.faults import ExitCode, SandboxError
from slipway_sandbox.supervisor.home import DEFAULT_HOME, Home
from slipway_sandbox.supervisor.project import find_project
from slipway_sandbox.supervisor.servers import Server
from slipway_sandbox.supervisor.shadow import refresh_shadow
from slipway_sandbox.supervisor.status import Condition, as_json, as_text, observe, require_world, sentence
from slipway_sandbox.supervisor.up import Wish, running_world, start
from slipway_sandbox.world import WorldError

app = typer.Typer(
    name="slipway-sandbox",
    help="The embedded cloud: AWS accounts, a GitHub and provider plugins on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


class EnvironmentFormat(StrEnum):
    """How the environment is written."""

    SHELL = "shell"
    JSON = "json"


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", help="Folder of the Pulumi project; found from here upwards if absent."),
]
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help=f"The sandbox's folder; {DEFAULT_HOME} in the project if absent."),
]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


@app.command()
def up(
    servers: Annotated[
        list[Server] | None, typer.Argument(help="What to start, with what it needs; all if absent.")
    ] = None,
    project: ProjectOption = None,
    home: HomeOption = None,
    aws_port: PortOption = 0,
    dynamodb_port: PortOption = 0,
    github_port: PortOption = 0,
    dynamodb_libraries: Annotated[Path, typer.Option(help="Folder of DynamoDB Local's jars.")] = LIBRARIES,
) -> None:
    """Start a fresh world and wait until every server answers.

    Each stack file of the project becomes a stack in an AWS account of its own. Afterwards:
    eval "$(slipway sandbox env)" and plain pulumi, aws and boto3 work against it. A world that is already up
    is left as it is.
    """
    folder = _project(project)
    place = _home(home, folder)
    world = running_world(place)
    if world is not None:
        _tell("the sandbox is already up; for a fresh one: `slipway sandbox down`, then `up`")
    else:
        ports = {Server.AWS: aws_port, Server.DYNAMODB: dynamodb_port, Server.GITHUB: github_port}
        wish = Wish(
            project=folder, home=place, servers=servers or [], ports=ports, libraries=dynamodb_libraries
        )
        world = start(wish, _tell)
        _tell('the sandbox is up; next: eval "$(slipway sandbox env)"')
    typer.echo(as_text(world))


@app.command()
def down(project: ProjectOption = None, home: HomeOption = None) -> None:
    """End every process of the sandbox and remove its world: state, databases, repositories.

    Nothing is lost that `up` and `pulumi up` do not make again. With no sandbox there, it does nothing.
    """
    place = _home(home, None if home else _project(project))
    was_there = take_down(place)
    _tell("the sandbox is down; its world is removed" if was_there else "there is no sandbox to end")


@app.command()
def status(
    project: ProjectOption = None,
    home: HomeOption = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
) -> None:
    """Say whether a sandbox is up, where it answers, and how it ended if it crashed.

    Ends with 0 when it is up, with 3 when it is not.
    """
    found = observe(_home(home, None if home else _project(project)))
    if format_ is Format.JSON:
        typer.echo(as_json(found))
    elif found.world is not None:
        typer.echo(as_text(found.world))
    if found.condition is not Condition.UP:
        if format_ is Format.TEXT:
            require_world(found.home)
        raise typer.Exit(ExitCode.ENVIRONMENT)
    _tell(sentence(found))


@app.command()
def env(
    project: ProjectOption = None,
    home: HomeOption = None,
    format_: Annotated[
        EnvironmentFormat, typer.Option("--format", help="How to write it.")
    ] = EnvironmentFormat.SHELL,
) -> None:
    """Print the environment that points plain tools at the sandbox: eval "$(slipway sandbox env)".

    It also brings the sandbox's stack files up to date with the project's, so run it again after editing one.
    In JSON, null means that a variable is to be unset.
    """
    folder = _project(project)
    place = _home(home, folder)
    world = require_world(place)
    refresh_shadow(place, folder)
    wanted = variables(world, folder, os.environ)
    if format_ is EnvironmentFormat.JSON:
        typer.echo(json.dumps(wanted, indent=2))
    else:
        typer.echo("\n".join(shell_lines(wanted)))


@app.command()
def logs(
    server: Annotated[str | None, typer.Argument(help="Whose log; the list of logs if absent.")] = None,
    project: ProjectOption = None,
    home: HomeOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the sandbox ends.")] = False,  # noqa: FBT002 - a flag
    lines: Annotated[int, typer.Option(min=0, help="How many of the last lines.")] = 100,
) -> None:
    """Show what a server said, also after it has crashed: aws, dynamodb, github, supervisor, pulumi, provider-aws."""
    place = _home(home, None if home else _project(project))
    if server is None:
        typer.echo("\n".join(logbook.all_logs(place)))
        return
    path = logbook.log_file(place, server)
    for line in logbook.tail(path, lines):
        typer.echo(line)
    for line in logbook.follow(path, place) if follow else ():
        typer.echo(line)


def run() -> None:
    """Run the command; what can go wrong ends in two lines and its exit code."""
    sys.exit(_guarded(lambda: app(standalone_mode=True)))


def _guarded(command: Callable[[], object]) -> int:
    try:
        command()
    except SandboxError as error:
        _explain(error.message, error.remedy)
        return error.exit_code
    except WorldError as error:
        _explain(error.message, error.remedy)
        return ExitCode.ENVIRONMENT
    except KeyboardInterrupt:
        _tell("interrupted; nothing was left running")
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def _project(named: Path | None) -> Path:
    return find_project((named or Path.cwd()).resolve())


def _home(named: Path | None, project: Path | None) -> Home:
    """The sandbox's folder; the variable lets commands inside `env` find one that is elsewhere."""
    inherited = os.environ.get("SLIPWAY_SANDBOX_HOME")
    if named is not None:
        return Home(named.resolve())
    if inherited:
        return Home(Path(inherited).resolve())
    return Home((project or _project(None)) / DEFAULT_HOME)


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def _explain(message: str, remedy: str) -> None:
    typer.echo(f"error: {message}\n  remedy: {remedy}", err=True)
