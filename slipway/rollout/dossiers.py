"""Who writes down, for the policies that judge an update, who approved it."""

from pathlib import Path
from typing import Final, Protocol

from slipway.model.environment_document import Entry
from slipway.model.events import DeploymentId


class Dossiers(Protocol):
    """Writes dossiers (`slipway.attest.dossier`): the policies of a stack have no server to ask."""

    def write(self, deployment: DeploymentId, entries: tuple[Entry, ...], *, undoing: bool) -> Path | None:
        """Write one.

        Args:
            deployment: which deployment updates the stack.
            entries: what the stack is updated to.
            undoing: whether the deployment takes itself back, and so leaves its release.

        Returns:
            Its folder; None where the environment asks for no approval.

        Raises:
            SlipwayError: a record cannot be had.
        """
        ...


class _NoDossiers(Dossiers):
    def write(
        self,
        deployment: DeploymentId,  # noqa: ARG002 - the port's signature
        entries: tuple[Entry, ...],  # noqa: ARG002 - same
        *,
        undoing: bool,  # noqa: ARG002 - same
    ) -> Path | None:
        """Nobody asks for one."""
        return None


NO_DOSSIERS: Final[Dossiers] = _NoDossiers()
"""For a stack whose policies do not ask who approved."""
