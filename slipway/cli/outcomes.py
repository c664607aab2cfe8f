"""The exit code of what was carried out stage by stage."""

from typing import assert_never

import typer

from slipway.model.errors import ExitCode
from slipway.stages import Completed, Outcome, Parked, Undone


def exit_as(outcome: Outcome) -> None:
    """End the command as what it carried out ended; go on where that is complete.

    Raises:
        typer.Exit: 4 for what waits, 1 for what was taken back.
    """
    match outcome:
        case Completed():
            return
        case Parked():
            raise typer.Exit(ExitCode.PARTIAL)
        case Undone():
            raise typer.Exit(ExitCode.FINDINGS)
        case _:
            assert_never(outcome)
