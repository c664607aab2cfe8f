"""The Snowflake databases of an environment: one for each logical database that the catalog names."""

from components.pipeline.reach import MARTS, PRIVATE
from components.warehouse.database import EnvironmentDatabase, EnvironmentDatabaseArgs
from slipway.model.dataset import DatasetScheme
from slipway.model.workspace import Workspace
from stacks.settings import EnvironmentSettings


def schemas_by_database(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Return the schemas of each logical database, sorted: those that a pipeline, source or consumer names.

    A database with marts has the schema of their private models too, which nobody names.
    """
    named = [
        *(source.dataset for source in workspace.sources),
        *(dataset for consumer in workspace.consumers for dataset in consumer.reads),
        *(dataset for pipeline in workspace.pipelines for dataset in pipeline.inputs),
        *(dataset for pipeline in workspace.pipelines for dataset in pipeline.output_datasets),
    ]
    places = {(each.database, each.schema) for each in named if each.scheme is DatasetScheme.SNOWFLAKE}
    places |= {(database, PRIVATE) for database, schema in places if schema == MARTS}
    databases = sorted({database for database, _ in places})
    return {
        database: tuple(sorted(schema for owner, schema in places if owner == database))
        for database in databases
    }


def deploy_databases(settings: EnvironmentSettings, workspace: Workspace) -> dict[str, EnvironmentDatabase]:
    """Declare the databases; returned by physical name."""
    made = {}
    for logical, schemas in schemas_by_database(workspace).items():
        physical = settings.naming.snowflake_database(logical)
        args = EnvironmentDatabaseArgs(
            database=physical,
            schemas=schemas,
            time_travel_days=settings.time_travel_days,
            tags=settings.platform_tags.classified("restricted"),
        )
        made[physical] = EnvironmentDatabase(logical.lower().replace("_", "-"), args)
    return made
