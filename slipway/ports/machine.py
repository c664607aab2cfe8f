"""The machine that the commands run on: which tools are installed."""

from collections.abc import Mapping
from typing import Protocol

from slipway.model.errors import DependencyError


class MachineError(DependencyError):
    """A tool is there and does not answer."""


class Machine(Protocol):
    """Asks what is installed."""

    def pulumi(self) -> str | None:
        """Return the version of the Pulumi CLI; None where there is none.

        Raises:
            MachineError: it does not answer.
        """
        ...

    def plugins(self) -> Mapping[str, frozenset[str]]:
        """Return the versions of each resource plugin that Pulumi finds.

        Raises:
            MachineError: the CLI does not answer.
        """
        ...

    def wanted_plugins(self) -> Mapping[str, str]:
        """Return the version of each plugin that the program's packages ask for."""
        ...
