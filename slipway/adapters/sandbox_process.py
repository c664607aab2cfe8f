"""The sandbox as a process: its own command, in its own environment.

The sandbox's pins clash with the platform's, so nothing of it is ever imported here. This process becomes the
sandbox's command rather than waiting for it: one process to interrupt or to kill, and no relay in between.
"""

import os
import sys
from collections.abc import Sequence
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
    command = checkout / COMMAND
    if not os.access(command, os.X_OK):
        raise DependencyError(
            f"the sandbox's environment is missing: no {command}", remedy="run `make setup`"
        )
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command, [str(command), *words])  # noqa: S606 - the program is ours, no shell is wanted
