"""What a build on Snowflake needs: a session for clones, the variables of dbt's profile, the names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slipway.checks.ci_clone import CiClone
from slipway.model.naming import ci_database
from slipway.model.snowflake_objects import Database
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Warehouse


@dataclass(frozen=True, kw_only=True)
class SnowflakeAccess:
    """A way to Snowflake.

    Attributes:
        warehouse: a session of the check's own.
        connection: the variables that the profile reads, without database.
        physical: the environment's name of a logical database.
        attempt: tells this run's clone from another's.
        clock: tells when a clone expires.
    """

    warehouse: Warehouse
    connection: Mapping[str, str]
    physical: Callable[[str], str]
    attempt: str
    clock: Clock

    def clone_of(self, logical: str, tree: str) -> CiClone:
        """Where the tables of a build come from and go to."""
        return CiClone(
            source=Database(self.physical(logical)), target=Database(ci_database(logical, tree, self.attempt))
        )
