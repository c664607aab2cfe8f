"""The way into an account that nothing of the platform is in yet."""

from dataclasses import dataclass

from slipway.ports.account_stacks import AccountStacks
from slipway.ports.identity import Identity


@dataclass(frozen=True, kw_only=True)
class AccountDoor:
    """What is asked in the account.

    Attributes:
        stacks: its CloudFormation.
        identity: whose credentials CloudFormation is asked with.
        own: whose credentials are around, before a role is taken.
    """

    stacks: AccountStacks
    identity: Identity
    own: Identity
