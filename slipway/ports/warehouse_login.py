"""Who one is in Snowflake, and what the role in use may do in the account."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class WarehouseRights:
    """A login.

    Attributes:
        user: who.
        role: in use.
        privileges: that the role itself has on the account, such as `CREATE ROLE`.
    """

    user: str
    role: str
    privileges: frozenset[str]


class WarehouseLogin(Protocol):
    """Logs in, and looks."""

    def rights(self) -> WarehouseRights:
        """Return what the login may do.

        Raises:
            WarehouseError: the login is refused, or Snowflake does not answer.
        """
        ...
