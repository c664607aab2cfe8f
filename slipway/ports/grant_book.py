"""The part of the warehouse that is about who may do what with an object, whose it is, and what it hides."""

from collections.abc import Sequence
from typing import Protocol

from slipway.model.attached_policies import AttachedPolicy
from slipway.model.grants import GrantChange, Grantee, Grants
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.warehouse_results import RoleStanding


class GrantBook(Protocol):
    """Reads and changes privileges."""

    def grants(self, subject: SnowflakeObject) -> Grants:
        """Read every privilege on an object."""
        ...

    def policies(self, subject: SnowflakeObject) -> frozenset[AttachedPolicy]:
        """Read the policies that are attached to a table or a view, as far as the role is shown them."""
        ...

    def change_grants(self, subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        """Take the steps that `slipway.model.grants.difference` lists."""
        ...

    def standing(self, role: str) -> RoleStanding:
        """Tell whether the session may do what a role may, and which role it uses."""
        ...

    def hand_over(self, subject: SnowflakeObject, owner: Grantee) -> None:
        """Make somebody the owner of an object, unless they are, and prove it; other grants on it stay.

        The session has to own the object, and to hold the role that gets it.

        Raises:
            ObjectMissing: there is no such object, or no such role.
            OwnersDiffer: somebody else gave it another owner meanwhile.
            PrivilegeMissing: the session does not own it, or does not hold the role.
        """
        ...

    def equalise_grants(self, model: SnowflakeObject, subject: SnowflakeObject) -> tuple[GrantChange, ...]:
        """Give an object exactly the owner and the grants of another one of its kind, and prove it.

        Returns:
            The steps that were taken; a change of the owner is none.

        Raises:
            OwnersDiffer: nobody is shown to own the model, or owners are changed by somebody meanwhile.
            GrantsDiffer: somebody changed grants meanwhile.
        """
        ...
