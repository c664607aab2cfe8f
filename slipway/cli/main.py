"""The `slipway` command: its words, global options, and how errors become messages and exit codes.

A module is imported only when its name is on the command line, so that `slipway --help` is quick.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Final

import typer
from typer.core import TyperCommand
from typer.main import get_command

from slipway.cli.console import Console, console_of
from slipway.cli.usage import ArgumentsFirst
from slipway.model.errors import DependencyError, ExitCode, SlipwayError, UsageError


@dataclass(frozen=True, kw_only=True)
class CommandGroup:
    """A row of the table below: a word with commands below it.

    Attributes:
        name: the word on the command line.
        module: where its typer application `app` is defined.
        summary: its line in ``slipway --help``.
    """

    name: str
    module: str
    summary: str

    def add_to(self, app: typer.Typer, *, loaded: bool) -> None:
        """Add it, or only its row of the help."""
        group = import_module(self.module).app if loaded else typer.Typer()
        for command in group.registered_commands:
            if command.cls in {None, TyperCommand}:  # the sandbox explains its own
                command.cls = ArgumentsFirst
        app.add_typer(group, name=self.name, help=self.summary, no_args_is_help=False)


@dataclass(frozen=True, kw_only=True)
class SingleCommand:
    """A row of the table below: a word that is a command itself.

    Attributes:
        name: the word on the command line.
        module: where its function `command` is defined; its docstring begins with the summary.
        summary: its line in ``slipway --help``.
    """

    name: str
    module: str
    summary: str

    def add_to(self, app: typer.Typer, *, loaded: bool) -> None:
        """Add it, or only its row of the help."""
        function = import_module(self.module).command if loaded else _unloaded
        app.command(self.name, cls=ArgumentsFirst, short_help=self.summary)(function)


def _unloaded() -> None:
    """Stand in the help for a command that was not asked for."""


GROUPS: Final[tuple[CommandGroup | SingleCommand, ...]] = (
    CommandGroup(
        name="catalog",
        module="slipway.cli.catalog",
        summary="Check and read the workspace: pipelines, datasets, owners.",
    ),
    SingleCommand(
        name="check",
        module="slipway.cli.check",
        summary="Check a change: lint, import, test and build it before anybody merges it.",
    ),
    SingleCommand(
        name="build",
        module="slipway.cli.build",
        summary="Build a release of what changed, and sign it.",
    ),
    CommandGroup(
        name="release",
        module="slipway.cli.release",
        summary="Look at releases, and verify them without trusting where they come from.",
    ),
    SingleCommand(
        name="approve",
        module="slipway.cli.approve",
        summary="Approve a release for an environment, as the person whose credentials these are.",
    ),
    CommandGroup(
        name="gate",
        module="slipway.cli.gate",
        summary="What keeps a release out of an environment, before anybody tries.",
    ),
    SingleCommand(
        name="deploy",
        module="slipway.cli.deploy",
        summary="Deploy a release into an environment, stage by stage, or say what that would do.",
    ),
    SingleCommand(
        name="rollback",
        module="slipway.cli.rollback",
        summary="Roll one pipeline of an environment back to what ran before.",
    ),
    CommandGroup(
        name="rollout",
        module="slipway.cli.rollout",
        summary="Continue deployments that wait.",
    ),
    SingleCommand(
        name="janitor",
        module="slipway.cli.janitor",
        summary="Drop what has expired of an environment, and keep its pool of masked clones.",
    ),
    SingleCommand(
        name="status",
        module="slipway.cli.status",
        summary="Show what runs in each environment, and what is under way.",
    ),
    CommandGroup(
        name="audit",
        module="slipway.cli.audit",
        summary="Who changed this, who allowed it, and are the records whole.",
    ),
    CommandGroup(
        name="policy",
        module="slipway.cli.policy",
        summary="Which rules hold for stacks, what they say of one, and what is exempt.",
    ),
    CommandGroup(
        name="observe",
        module="slipway.cli.observe",
        summary="Measure what runs: failed runs, ages of data, deployments that need somebody.",
    ),
    SingleCommand(
        name="bootstrap",
        module="slipway.cli.account_bootstrap",
        summary="Make what an AWS account needs before Pulumi can work in it.",
    ),
    SingleCommand(
        name="doctor",
        module="slipway.cli.doctor",
        summary="Say what this machine and the accounts still lack, each with its remedy.",
    ),
    SingleCommand(
        name="cost",
        module="slipway.cli.cost",
        summary="Estimate what a month of the stacks costs, against the cap.",
    ),
    CommandGroup(
        name="adopt",
        module="slipway.cli.adopt",
        summary="Take over what Terraform manages, layer by layer.",
    ),
    CommandGroup(
        name="sandbox",
        module="slipway.cli.sandbox",
        summary="The embedded cloud: start it, work with it, end it.",
    ),
)
"""Every command and command group, in the order of the help."""

EPILOG: Final = """\b
Examples:
  slipway catalog lint                          what is wrong in this workspace, and what to write instead
  slipway catalog show settlements              one pipeline: owner, parts, inputs, outputs
  slipway catalog graph --pipeline settlements  what it reads from and who reads it
  slipway check --base origin/main              what a pull request will say
  slipway build                                 a signed release of what changed since the commit before
  slipway gate explain RELEASE -s prod          what keeps it out of prod, and what to do about it
  slipway deploy RELEASE -s dev --explain       what it would do there, and what approvers approve
  slipway rollback revenue -s prod              what ran before, back in place
  slipway doctor                                what this machine and the accounts still lack
  slipway cost --diff origin/main               what a change costs a month, and why

\b
Results go to stdout, the story to stderr. Exit codes: 0 ok, 1 findings, 2 usage,
3 environment or dependency failure, 4 partial (run again to resume)."""


def build_app(words: Sequence[str]) -> typer.Typer:
    """Build the application with the groups that the command line names; the others are rows of the help.

    Args:
        words: the command line after the command's name.

    Returns:
        The application.
    """
    app = typer.Typer(
        name="slipway",
        epilog=EPILOG,
        add_completion=False,
        rich_markup_mode=None,  # plain help: the same in a terminal, in CI and in docs/reference/cli.md
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.callback(invoke_without_command=True)(_root)
    for group in GROUPS:
        group.add_to(app, loaded=group.name in words)
    return app


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the shape of a typer callback
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - a tenth of the start-up, for one option

        typer.echo(f"slipway {version('slipway')}")
        raise typer.Exit


def _root(
    context: typer.Context,
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell details, and tracebacks of errors.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """One way to ship data pipelines: code, data, DAGs, schema and infrastructure as one release.

    Slipway works on a workspace: the data team's repository, whose slipway.yaml names the catalogue of
    pipelines (one file each) and the team. Commands find it by looking for slipway.yaml here and in the
    folders above.
    """
    console_of(context).verbose = verbose
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str]) -> int:
    """Run a command line.

    Args:
        arguments: the words after ``slipway``.

    Returns:
        The exit code, as docs/reference/exit-codes.md lists them.
    """
    console = Console()
    try:
        command = get_command(build_app(arguments))
        outcome = command(args=list(arguments), prog_name="slipway", standalone_mode=False, obj=console)
    except SlipwayError as error:
        console.fail(error)
        return error.exit_code
    except typer.TyperException as error:
        console.fail(_usage_error(error))
        return ExitCode.USAGE
    except Exception as error:  # noqa: BLE001 - a fault of our own is no finding (1)
        console.fail(_fault(error))
        return ExitCode.ENVIRONMENT
    return outcome if isinstance(outcome, int) else ExitCode.OK


def _usage_error(error: typer.TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "slipway"
    message = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    return UsageError(message, remedy=f"see {command} --help")


def _fault(error: Exception) -> DependencyError:
    fault = DependencyError(
        f"slipway itself failed: {type(error).__name__}: {error}",
        remedy="run the command as slipway -v ... and report what it prints",
    )
    fault.__cause__ = error
    return fault


def run() -> None:
    """The `slipway` command."""
    sys.exit(main(sys.argv[1:]))
