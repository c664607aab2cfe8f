"""What every handler of a bootstrap works on, and how they wait and name what went wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.bootstrap.blueprints import change_set_name
from slipway.ports.account_stacks import AccountStack, AccountStacks, Blueprint, StackState
from slipway.ports.identity import Identity
from slipway.ports.journal import Wait
from slipway.stages import Run, StageFailed, Waiting
from slipway.stages.handler import Outputs

_SOON: Final = timedelta(seconds=1)
_LOOK_AGAIN: Final = timedelta(seconds=3)
_PATIENCE: Final = timedelta(hours=3)
"""CloudFormation gives up on a resource by itself before that."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where an account's stack is made.

    Attributes:
        stacks: CloudFormation in the account.
        identity: whose credentials CloudFormation is asked with.
        blueprint: what the stack is to be.
    """

    stacks: AccountStacks
    identity: Identity
    blueprint: Blueprint

    @property
    def change_set(self) -> str:
        """Name of the change set that proposes the blueprint."""
        return change_set_name(self.blueprint)

    def read(self) -> AccountStack | None:
        """Return the stack as it is."""
        return self.stacks.read(self.blueprint.stack)

    def is_current(self) -> bool:
        """Whether the stack follows the blueprint already."""
        found = self.read()
        return found is not None and found.follows(self.blueprint)


def is_working(stack: AccountStack | None) -> bool:
    """Whether CloudFormation is at it."""
    return stack is not None and stack.state is StackState.WORKING


def refuse_stuck(stack: AccountStack | None) -> None:
    """Refuse a stack that only a person can free.

    Raises:
        StageFailed: it is one.
    """
    if stack is not None and stack.state is StackState.STUCK:
        why = f": {stack.reason}" if stack.reason else ""
        raise StageFailed(
            f"the CloudFormation stack {stack.name} is in {stack.status}{why}",
            remedy=f"read `aws cloudformation describe-stack-events --stack-name {stack.name}`, continue its "
            "rollback (aws cloudformation continue-update-rollback) or delete it, and run the command again",
        )


def waiting(run: Run, condition: str, outputs: Outputs | None = None) -> Waiting:
    """Look again in a few seconds; what has only just been asked for may be there in one.

    Args:
        run: of the stage.
        condition: what is waited for.
        outputs: what the next look needs to know; they are given where something has just been asked for.
    """
    pause = _LOOK_AGAIN if outputs is None else _SOON
    wait = Wait(condition=condition, wake_at=run.clock.now() + pause, deadline=run.began + _PATIENCE)
    return Waiting(wait, outputs or {})
