"""The zero-copy clones that an environment keeps."""

from dataclasses import replace

import pulumi

from components.warehouse.clone import ZeroCopyClone, ZeroCopyCloneArgs
from components.warehouse.clone_statements import Container
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from slipway.model.naming import Naming
from slipway.model.nearest import did_you_mean
from slipway.model.snowflake_objects import Database, Schema
from slipway.model.subjects import PIPELINES
from slipway.model.workspace import Workspace
from stacks.databases import schemas_by_database
from stacks.settings import EnvironmentSettings
from stacks.warehouse import EnvironmentWarehouse
from stacks.warehouse_settings import CloneSettings


def deploy_clones(
    settings: EnvironmentSettings, workspace: Workspace, warehouse: EnvironmentWarehouse
) -> None:
    """Declare them; what carries releases owns them.

    Raises:
        pulumi.RunError: a clone's source is no database and no schema of the catalog.
    """
    known = _known(workspace)
    after_roles = pulumi.ResourceOptions(depends_on=list(warehouse.databases.values()))
    for name, clone in settings.clones.items():
        _require_known(settings.stack, name, clone, known)
        there = replace(settings.naming, stack=StackName(clone.environment.value))
        args = ZeroCopyCloneArgs(
            source=_container(there, clone.source),
            target=_target(settings.naming, name, clone.source),
            purpose=clone.purpose,
            owner=warehouse.deploy,
            readers={PIPELINES: warehouse.pipelines},
            at=clone.at,
            expires=clone.expires,
            tags=settings.platform_tags,
        )
        ZeroCopyClone(f"clone-{name}", args, after_roles)


def _known(workspace: Workspace) -> list[str]:
    """Return what can be cloned, as settings name it."""
    return [
        known
        for database, schemas in schemas_by_database(workspace).items()
        for known in (database, *(f"{database}.{schema}" for schema in schemas))
    ]


def _require_known(stack: StackName, name: str, clone: CloneSettings, known: list[str]) -> None:
    if clone.source not in known:
        missing = DefinitionError(
            f"Pulumi.{stack}.yaml: 'slipway:clones.{name}.source' is wrong: no catalog has {clone.source}",
            remedy=did_you_mean(clone.source, known),
        )
        raise pulumi.RunError(str(missing))


def _container(naming: Naming, source: str) -> Container:
    database, _, schema = source.partition(".")
    own = Database(naming.snowflake_database(database))
    return Schema(own, schema) if schema else own


def _target(naming: Naming, name: str, source: str) -> Container:
    """Return where a clone goes: a database's beside the environment's own, a schema's into its database."""
    database, _, schema = source.partition(".")
    if not schema:
        return Database(naming.snowflake_account_object(f"{name}-{database}"))
    return Schema(Database(naming.snowflake_database(database)), f"{name}_{schema}".replace("-", "_").upper())
