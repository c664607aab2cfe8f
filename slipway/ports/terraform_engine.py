"""Terraform, or OpenTofu: what it would change. It is only asked, never told to change anything."""

from pathlib import Path
from typing import Protocol

from slipway.model.errors import DependencyError


class TerraformUnable(DependencyError):  # noqa: N818 - it says what is the case
    """There is no Terraform here, or it cannot plan: a provider is missing, or a server does not answer."""


class TerraformEngine(Protocol):
    """Plans."""

    def plan(self, folder: Path) -> tuple[str, ...]:
        """Say which addresses an apply would change.

        Args:
            folder: of the configuration, which was initialised there.

        Raises:
            TerraformUnable: it cannot be told.
        """
        ...
