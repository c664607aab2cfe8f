"""What every command shares: where results and errors go, the formats, and the object behind ``ctx.obj``."""

import sys
import traceback
from enum import StrEnum, unique
from functools import cached_property
from typing import Annotated

import typer

from slipway.cli.wiring import build_reporter
from slipway.model.errors import SlipwayError
from slipway.ports.reporter import Reporter


@unique
class Format(StrEnum):
    """How a result is written on stdout."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


FormatOption = Annotated[
    Format,
    typer.Option("--format", help="How the result is written: for people, programs or pull requests."),
]


class Console:
    """One run of the command. The root command sets `verbose`; everything else only reads.

    Attributes:
        verbose: details and tracebacks are wanted.
    """

    def __init__(self) -> None:
        self.verbose = False

    @cached_property
    def reporter(self) -> Reporter:
        """Who tells the story on stderr."""
        return build_reporter(verbose=self.verbose)

    def fail(self, error: SlipwayError) -> None:
        """Write an error and its remedy on stderr; its traceback only when details are wanted.

        Args:
            error: what ended the command.
        """
        if self.verbose:
            traceback.print_exception(error, file=sys.stderr)
        typer.echo(f"error: {error.message}\n  remedy: {error.remedy}", err=True)


def console_of(context: typer.Context) -> Console:
    """The console of the run that a command belongs to.

    Args:
        context: what typer hands to the command.

    Returns:
        The console that `slipway.cli.main` made.
    """
    console = context.obj
    if not isinstance(console, Console):
        message = "a command group was started without slipway.cli.main"
        raise TypeError(message)
    return console
