"""What a build on Snowflake needs: a session for clones, the variables of dbt's profile, the names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slipway.checks.ci_clone import CiClone
from slipway.model.errors import DefinitionError
from slipway.model.naming import ci_database
from slipway.model.pipeline import PartKind
from slipway.model.snowflake_objects import Database
from slipway.model.workspace import Workspace
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Warehouse


class DatabaseUnclear(DefinitionError):  # noqa: N818 - it says what is the case
    """The catalog does not tell which database dbt builds in."""


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


def logical_database(workspace: Workspace) -> str:
    """Find the database that dbt builds in, by the catalog's name.

    Raises:
        DatabaseUnclear: pipelines with a dbt part produce tables in none, or in several.
    """
    names = {
        dataset.database
        for pipeline in workspace.pipelines
        if pipeline.part(PartKind.DBT) is not None
        for dataset in pipeline.output_datasets
        if dataset.scheme == "snowflake"
    }
    match sorted(names):
        case [name]:
            return name
        case several:
            listed = ", ".join(several) or "none"
            raise DatabaseUnclear(
                f"pipelines with a dbt part produce tables in more or less than one database: {listed}",
                remedy="let every pipeline of the dbt project produce tables in one database",
            )
