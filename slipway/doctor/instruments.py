"""What the checks ask with; each is opened when a check first needs it."""

from dataclasses import dataclass
from typing import Protocol

from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.ports.account_stacks import AccountStack, AccountStacks, Blueprint
from slipway.ports.account_survey import AccountSurvey
from slipway.ports.identity import Identity
from slipway.ports.machine import Machine
from slipway.ports.organization import Organization
from slipway.ports.warehouse_login import WarehouseLogin


@dataclass(frozen=True, kw_only=True)
class OperatorSession:
    """An account, in the role that its stack file names.

    Attributes:
        identity: who one is there.
        stacks: its CloudFormation.
        survey: its single things.
    """

    identity: Identity
    stacks: AccountStacks
    survey: AccountSurvey


class Instruments(Protocol):
    """Everything that can be asked. A method may raise a `SlipwayError` when it cannot be opened."""

    def machine(self) -> Machine:
        """The machine that the command runs on."""
        ...

    def own(self) -> Identity:
        """Whose credentials are around."""
        ...

    def audit(self) -> AccountSurvey:
        """The audit account with the credentials that are around: Pulumi's backend uses these."""
        ...

    def operator(self, stack: StackName) -> OperatorSession:
        """The account of a stack in its operator's role."""
        ...

    def blueprint(self, stack: StackName, before: AccountStack) -> Blueprint:
        """What the account's CloudFormation stack is to be, with the values that it was given."""
        ...

    def organization(self) -> Organization:
        """The organization on GitHub that the shared stack names."""
        ...

    def warehouse(self) -> WarehouseLogin:
        """Snowflake, as the environment variables say."""
        ...


@dataclass(frozen=True, kw_only=True)
class StackFacts:
    """What a stack file says, as far as checks need it.

    Attributes:
        naming: names in the stack.
        role_arn: the role that it assumes; None for none.
        checks_pull_requests: whether workflows on what is not merged come into its account.
        service_keys: public keys by service user.
    """

    naming: Naming
    role_arn: str | None
    checks_pull_requests: bool
    service_keys: dict[str, tuple[str, ...]]
