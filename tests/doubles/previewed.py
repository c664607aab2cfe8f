"""Engines that answer a preview and a plan, and change nothing."""

from collections.abc import Callable
from pathlib import Path

from slipway.model.effects import Operation
from slipway.ports.stack_engine import (
    PoliciesRefuse,
    Program,
    ResourceChange,
    StackEngine,
    UpdateRefused,
    Violation,
)
from slipway.ports.terraform_engine import PlannedChange, TerraformEngine, TerraformUnable


class Previewed(StackEngine):
    """Answers a preview, and no update.

    Args:
        urns: of what would be updated.
        refuses: why there is no preview; empty: there is one.
        violations: what policies say of what would be there.
    """

    def __init__(self, *urns: str, refuses: str = "", violations: tuple[Violation, ...] = ()) -> None:
        self._changes = tuple(ResourceChange(urn=urn, operation=Operation.UPDATE) for urn in urns)
        self._refuses = refuses
        self._violations = violations

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:  # noqa: ARG002 - of every program
        if self._refuses:
            raise UpdateRefused(self._refuses, remedy="look")
        if self._violations:
            raise PoliciesRefuse(
                "policies refuse", remedy="look", violations=self._violations, changes=self._changes
            )
        return self._changes

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        raise AssertionError((program, on_change))


class Planned(TerraformEngine):
    """Answers a plan.

    Args:
        changes: what it would do.
        unable: why it cannot be told; empty: it can.
    """

    def __init__(self, *changes: PlannedChange, unable: str = "") -> None:
        self._changes = changes
        self._unable = unable

    def plan(self, folder: Path) -> tuple[PlannedChange, ...]:  # noqa: ARG002 - of every folder
        if self._unable:
            raise TerraformUnable(self._unable, remedy="install it")
        return self._changes
