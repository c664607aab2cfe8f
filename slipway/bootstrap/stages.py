"""The kinds of stage of an account's bootstrap, and its plans. Data only."""

from typing import Annotated, Literal

from pydantic import Field

from slipway.model.effects import Reversibility
from slipway.stages import Stage


class CheckAccount(Stage):
    """Refuse before anything is made in the wrong account; the target is the account's id."""

    kind: Literal["check-account"] = "check-account"


class SettleStack(Stage):
    """Wait for what CloudFormation is at, and delete a stack that never came up; the target is its name."""

    kind: Literal["settle-stack"] = "settle-stack"


class ProposeChanges(Stage):
    """Have CloudFormation compute what would change."""

    kind: Literal["propose-changes"] = "propose-changes"


class ApplyChanges(Stage):
    """Have CloudFormation carry that out."""

    kind: Literal["apply-changes"] = "apply-changes"
    reversibility: Reversibility = Reversibility.REDEPLOY


class ProtectStack(Stage):
    """Have the deletion of the stack, and of what must last, refused."""

    kind: Literal["protect-stack"] = "protect-stack"


class DiscardChanges(Stage):
    """Take the proposal away again: the end of a dry run."""

    kind: Literal["discard-changes"] = "discard-changes"


BootstrapStage = Annotated[
    CheckAccount | SettleStack | ProposeChanges | ApplyChanges | ProtectStack | DiscardChanges,
    Field(discriminator="kind"),
]
"""Every kind, in the order in which they are carried out."""


def build_account_bootstrap(account: str, stack: str) -> tuple[Stage, ...]:
    """Return the plan that brings an account's stack up, or up to date.

    Args:
        account: twelve digits.
        stack: name of the CloudFormation stack.
    """
    return (
        CheckAccount(target=account),
        SettleStack(target=stack),
        ProposeChanges(target=stack),
        ApplyChanges(target=stack),
        ProtectStack(target=stack),
    )


def build_dry_run(account: str, stack: str) -> tuple[Stage, ...]:
    """Return the plan that asks CloudFormation what it would do, and leaves everything as it is.

    Args:
        account: twelve digits.
        stack: name of the CloudFormation stack.
    """
    return (CheckAccount(target=account), ProposeChanges(target=stack), DiscardChanges(target=stack))
