"""CloudFormation stacks of one AWS account: what has to be there before Pulumi can work in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Protocol

from slipway.model.errors import DependencyError


class AccountStackError(DependencyError):
    """CloudFormation did not answer, or refused the request."""


@unique
class StackState(StrEnum):
    """What can be done with a stack; `AccountStack.status` has CloudFormation's own word."""

    REVIEWED = "reviewed"
    """A change set was made for it and nothing else: there are no resources yet."""

    WORKING = "working"
    """CloudFormation is at it, forward or back."""

    UP = "up"
    """It is there, and can be changed."""

    NEVER_UP = "never-up"
    """Its first creation failed: it can only be deleted."""

    STUCK = "stuck"
    """A person has to look: a way back or a deletion failed."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What a stack is to be.

    Attributes:
        stack: its name.
        template: text of the template.
        parameters: values of the template's parameters.
        tags: of the stack; CloudFormation passes them on to what it makes.
    """

    stack: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AccountStack:
    """A stack as it is.

    Attributes:
        name: its name.
        state: what can be done with it.
        status: CloudFormation's word for that.
        reason: why, where CloudFormation says so.
        template: the text that it was made from; empty where there is none yet.
        parameters: the values that it was made with.
        protected: whether its deletion is refused.
        policy: what an update may not touch, as JSON; empty where nothing is kept.
    """

    name: str
    state: StackState
    status: str
    reason: str = ""
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    policy: str = ""

    @property
    def went_back(self) -> bool:
        """Whether the last thing that was tried with it was taken back."""
        return "ROLLBACK" in self.status

    def follows(self, blueprint: Blueprint) -> bool:
        """Whether it is there, made from that template with those values."""
        same_text = self.template.strip() == blueprint.template.strip()
        return (
            self.state is StackState.UP and same_text and dict(self.parameters) == dict(blueprint.parameters)
        )


@dataclass(frozen=True, kw_only=True)
class StackChange:
    """What a change set would do with one resource.

    Attributes:
        action: `Add`, `Modify`, `Remove`.
        resource: its name in the template.
        type: such as `AWS::KMS::Key`.
        replaces: whether it would be made anew, and the old one taken away.
    """

    action: str
    resource: str
    type: str
    replaces: bool = False


@unique
class ProposalState(StrEnum):
    """How far a change set is."""

    COMPUTING = "computing"
    READY = "ready"
    EMPTY = "empty"
    """There is nothing to change."""

    SPENT = "spent"
    """It was executed, is outdated or failed: another one is needed."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change set.

    Attributes:
        state: how far it is.
        changes: what it would do, once it is computed.
        reason: why it cannot be executed, where it cannot.
    """

    state: ProposalState
    changes: tuple[StackChange, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StackEvent:
    """One line of what CloudFormation tells while it works.

    Attributes:
        at: when.
        resource: name in the template; the stack's own name for the stack itself.
        type: such as `AWS::KMS::Key`.
        status: such as `CREATE_FAILED`.
        reason: why; empty where nothing is said.
    """

    at: datetime
    resource: str
    type: str
    status: str
    reason: str = ""


class AccountStacks(Protocol):
    """The stacks of one account and region. Every method may raise `AccountStackError`."""

    def read(self, stack: str) -> AccountStack | None:
        """Return a stack; None when there is none."""
        ...

    def propose(self, blueprint: Blueprint, name: str, *, creates: bool) -> None:
        """Have a change set computed.

        Args:
            blueprint: what the stack is to be.
            name: of the change set, unique in the stack.
            creates: whether there is no such stack yet.
        """
        ...

    def proposal(self, stack: str, name: str) -> Proposal | None:
        """Return a change set; None when there is none."""
        ...

    def execute(self, stack: str, name: str) -> None:
        """Begin to carry a change set out; CloudFormation goes back by itself when something fails."""
        ...

    def discard(self, stack: str, name: str) -> None:
        """Take a change set away; one that is not there is no fault."""
        ...

    def events(self, stack: str) -> tuple[StackEvent, ...]:
        """Return what the newest operation on a stack has told so far, in order; nothing where none is."""
        ...

    def delete(self, stack: str) -> None:
        """Begin to delete a stack; one that is not there is no fault."""
        ...

    def protect(self, stack: str, policy: str) -> None:
        """Have its deletion refused, and updates that its policy forbids."""
        ...
