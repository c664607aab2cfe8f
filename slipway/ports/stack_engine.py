"""The engine that makes a stack real: the platform's program, run on a composed workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from slipway.model.effects import Operation
from slipway.model.environment import StackName
from slipway.model.errors import DependencyError, SlipwayError


class StackEngineError(DependencyError):
    """The engine is missing, or it could not do its work for a reason that is not the program's."""


class VersionsNotKept(StackEngineError):  # noqa: N818 - it says what is the case
    """The backend keeps a stack's newest state only: nobody can tell which updates there were."""


class StackLocked(StackEngineError):  # noqa: N818 - it says what is the case
    """Another update of the stack is running, or was killed and left its lock."""


class UpdateRefused(SlipwayError):  # noqa: N818 - it says what happened
    """The program, a policy or a cloud said no. What was done before that stays."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What a mandatory rule says of a resource.

    Attributes:
        rule: which.
        urn: of the resource; that of the stack where the rule is about all of it.
        says: what is wrong, and what to do about it.
    """

    rule: str
    urn: str
    says: str


class PoliciesRefuse(UpdateRefused):
    """Policies said no, and nothing else did.

    Attributes:
        violations: of mandatory rules, each once.
        changes: what an update would change, or has changed before it was stopped.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        violations: "tuple[Violation, ...]" = (),
        changes: "tuple[ResourceChange, ...]" = (),
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.violations = violations
        self.changes = changes


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is run.

    Attributes:
        stack: which stack.
        workspace: folder of the workspace whose pipelines it declares; with an absolute path.
        dossier: folder of what says who approved that, for the policies; None: nobody asks.
        refresh: look at the cloud first, and compare with what is there.
    """

    stack: StackName
    workspace: Path
    dossier: Path | None = None
    refresh: bool = False


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
            PoliciesRefuse: policies say no to what would be there; all of them were asked.
            UpdateRefused: the program says no.
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


class StackStates(Protocol):
    """The states of stacks, as the engine keeps them."""

    def export(self, stack: StackName, to: Path) -> None:
        """Write the state of a stack into a file, as `pulumi stack export --show-secrets` does.

        Args:
            stack: which.
            to: the file; whoever reads it reads every secret of the stack.

        Raises:
            StackEngineError: the engine or its backend does not answer, or has no such stack.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class StackVersion:
    """One version of the object that has a stack's state.

    Attributes:
        id: its name; no other version has it.
        at: when it was written, to the second.
        size: bytes; 0 where the object was removed.
        removed: it says that there is no state any more.
    """

    id: str
    at: datetime
    size: int
    removed: bool = False


class StackVersions(Protocol):
    """Every state that a stack has had, where the backend keeps versions of it."""

    def newest(self, stack: StackName) -> str | None:
        """The id of the newest version; None where there is no state, or no versions are kept.

        Raises:
            StackEngineError: the backend does not answer.
        """
        ...

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:
        """Every version, oldest first; none where there is no state.

        Raises:
            VersionsNotKept: the backend keeps none.
            StackEngineError: the backend does not answer.
        """
        ...
