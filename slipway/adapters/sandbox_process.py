"""The sandbox as a process: its own command, in its own environment.

The sandbox's pins clash with the platform's, so nothing of it is ever imported here. This process becomes the
sandbox's command rather than waiting for it: one process to interrupt or to kill, and no relay in between.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

from slipway.model.errors import DependencyError

COMMAND = Path("sandbox/.venv/bin/slipway-sandbox")
"""Relative to the platform's checkout."""


def become_sandbox_command(checkout: Path, words: Sequence[str]) -> NoReturn:
    """Replace this process by the sandbox's command; its output and exit code are this command's.

    Args:
        checkout: the platform's checkout, in which `make setup` made the sandbox's environment.
        words: the arguments, passed on as they are.

    Raises:
        DependencyError: the environment is missing.
    """
    command = _command(checkout)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command, [str(command), *words])  # noqa: S606 - the program is ours, no shell is wanted


@cache
def sandbox_command_help(checkout: Path, name: str, width: int) -> str:
    """Ask the sandbox's command what it says of one of its sub-commands.

    Args:
        checkout: the platform's checkout.
        name: the sub-command.
        width: columns to which the text is wrapped.

    Returns:
        The help, as a person who types ``--help`` reads it.

    Raises:
        DependencyError: the environment is missing, or the command failed.
    """
    words = [str(_command(checkout)), name, "--help"]
    ended = subprocess.run(
        words, env={**os.environ, "COLUMNS": str(width + 2)}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise DependencyError(
            f"{' '.join(words)} ended with exit code {ended.returncode}: {ended.stderr.strip()}",
            remedy="run `make setup`",
        )
    return ended.stdout


def run_sandbox_command(checkout: Path, words: Sequence[str], given: str) -> int:
    """Run the sandbox's command on something that is handed to it, and return its exit code.

    Args:
        checkout: the platform's checkout.
        words: the arguments.
        given: its standard input.

    Raises:
        DependencyError: the environment is missing.
    """
    sys.stdout.flush()
    return subprocess.run([str(_command(checkout)), *words], input=given, text=True, check=False).returncode


def _command(checkout: Path) -> Path:
    command = checkout / COMMAND
    if not os.access(command, os.X_OK):
        raise DependencyError(
            f"the sandbox's environment is missing: no {command}", remedy="run `make setup`"
        )
    return command
