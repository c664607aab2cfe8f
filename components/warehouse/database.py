"""An environment's Snowflake database with the schemas that its pipelines name."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class EnvironmentDatabaseArgs:
    """What the database holds and how long its past stays.

    Attributes:
        database: physical name.
        schemas: schemas in it.
        time_travel_days: how far back Time Travel reaches; at least 1, or clones of a moving table can fail.
    """

    database: str
    schemas: Sequence[str]
    time_travel_days: int
    tags: Tags


class EnvironmentDatabase(PlatformComponent, token="slipway:warehouse:EnvironmentDatabase"):
    """A permanent (never transient) database: it can be recovered for as long as Time Travel reaches."""

    def __init__(
        self, name: str, args: EnvironmentDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.database = self._create_database(args)
        self.schemas = {schema: self._create_schema(schema) for schema in args.schemas}
        self.publish(database=self.database.name, schemas=list(args.schemas))

    def _create_database(self, args: EnvironmentDatabaseArgs) -> snowflake.Database:
        return snowflake.Database(
            self.name,
            name=args.database,
            comment=f"{self.tags.stack} of {self.tags.owner}",
            data_retention_time_in_days=args.time_travel_days,
            is_transient=False,
            drop_public_schema_on_creation=True,
            opts=self.child(protect=True),
        )

    def _create_schema(self, schema: str) -> snowflake.Schema:
        return snowflake.Schema(
            f"{self.name}-{schema.lower()}",
            name=schema,
            database=self.database.name,
            is_transient="false",
            opts=self.child(protect=True),
        )
