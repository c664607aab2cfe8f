"""What a step of setup is."""

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.problems import Missing


class StepName(StrEnum):
    """The steps, in the order in which they run."""

    PYTHON = "python"
    PULUMI = "pulumi"
    JAVA = "java"
    ENVS = "envs"


class Step(Protocol):
    """Something that setup makes. Running it twice, or after an interruption, is always safe."""

    name: StepName

    def is_current(self) -> bool:
        """Tell whether there is nothing to do."""

    def missing(self) -> list[Missing]:
        """Name the prerequisites that running the step would lack."""

    def space(self) -> dict[Path, int]:
        """Return the free bytes that running the step takes, by the folder that grows."""

    def run(self, commands: Commands, display: Display) -> None:
        """Do the work; what it makes appears whole or not at all.

        Raises:
            SetupError: if it cannot be done.
        """
