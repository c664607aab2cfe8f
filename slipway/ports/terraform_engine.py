"""Terraform, or OpenTofu: what it would change. It is only asked, never told to change anything."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slipway.model.errors import DependencyError


class TerraformUnable(DependencyError):  # noqa: N818 - it says what is the case
    """There is no Terraform here, or it cannot plan: a provider is missing, or a server does not answer."""


@dataclass(frozen=True, kw_only=True, order=True)
class PlannedChange:
    """One change of a plan.

    Attributes:
        address: of a resource; of an output with `output.` before its name.
        action: Terraform's word for it, such as `update`.
        forgets: it is taken out of the state, and the object stays as it is.
        is_output: an output is no object anywhere.
    """

    address: str
    action: str
    forgets: bool = False
    is_output: bool = False

    def __str__(self) -> str:
        return f"{self.address} ({self.action})"


class TerraformEngine(Protocol):
    """Plans."""

    def plan(self, folder: Path) -> tuple[PlannedChange, ...]:
        """Say what an apply would change, sorted by address.

        Args:
            folder: of the configuration, which was initialised there.

        Raises:
            TerraformUnable: it cannot be told.
        """
        ...
