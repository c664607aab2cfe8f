"""The engine that makes a stack real: the platform's program, run on a composed workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slipway.model.effects import Operation
from slipway.model.environment import StackName
from slipway.model.errors import DependencyError, SlipwayError


class StackEngineError(DependencyError):
    """The engine is missing, or it could not do its work for a reason that is not the program's."""


class StackLocked(StackEngineError):  # noqa: N818 - it says what is the case
    """Another update of the stack is running, or was killed and left its lock."""


class UpdateRefused(SlipwayError):  # noqa: N818 - it says what happened
    """The program, a policy or a cloud said no. What was done before that stays."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is run.

    Attributes:
        stack: which stack.
        workspace: folder of the workspace whose pipelines it declares; with an absolute path.
    """

    stack: StackName
    workspace: Path


@dataclass(frozen=True, kw_only=True, order=True)
class ResourceChange:
    """One resource that differs, or was changed.

    Attributes:
        urn: which.
        operation: what is, or was, done to it.
    """

    urn: str
    operation: Operation


class StackEngine(Protocol):
    """Previews and updates; every change is sorted by URN."""

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:
        """Say what an update would change.

        Raises:
            UpdateRefused: the program or a policy says no.
            StackLocked: another update is running.
            StackEngineError: the engine or its backend does not answer.
        """
        ...

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        """Update the stack; running it again changes nothing.

        Args:
            program: what is run.
            on_change: told each resource when its change begins, for progress.

        Raises:
            UpdateRefused: the program, a policy or a cloud says no.
            StackLocked: another update is running.
            StackEngineError: the engine or its backend does not answer.
        """
        ...
