"""The Pulumi command: which one is used, and how a stack is made in the sandbox's state."""

import shutil
from pathlib import Path

from slipway_sandbox.supervisor.environment import search_path
from slipway_sandbox.supervisor.faults import DependencyError


def pulumi_program(project: Path) -> str:
    """The ``pulumi`` that the sandbox's environment finds: the project's own, else the one on the PATH.

    Raises:
        DependencyError: there is none.
    """
    program = shutil.which("pulumi", path=search_path(project))
    if program is None:
        raise DependencyError(
            f"there is no Pulumi CLI: `pulumi` is neither in {project / '.venv/bin'} nor on the PATH",
            remedy="run `make setup`",
        )
    return program


def init_command(program: str, stack: str) -> list[str]:
    """What makes one stack, its secrets encrypted with the sandbox's passphrase."""
    return [
        program,
        "stack",
        "init",
        stack,
        "--secrets-provider",
        "passphrase",
        "--no-select",
        "--non-interactive",
    ]
