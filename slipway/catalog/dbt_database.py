"""Which database dbt builds in, by the catalog's name: checks and deployments have to mean the same one."""

from slipway.model.errors import DefinitionError
from slipway.model.pipeline import PartKind
from slipway.model.workspace import Workspace


class DatabaseUnclear(DefinitionError):  # noqa: N818 - it says what is the case
    """The catalog does not tell which database dbt builds in."""


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
