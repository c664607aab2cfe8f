"""What a rollout works on: schemas, tables, views, and what dbt makes of them. Data only."""

from datetime import timedelta

from slipway.model.contract import Contract
from slipway.model.dataset import DatasetField
from slipway.model.frozen import Frozen
from slipway.model.parts import PartIdField
from slipway.model.pipeline import TimeLimits
from slipway.model.snowflake_objects import Database, Schema, Table, View
from slipway.rollout.publication import Publication


class SchemaPlace(Frozen):
    """A schema of a physical database.

    Attributes:
        database: as Snowflake stores it.
        name: as Snowflake stores it.
    """

    database: str
    name: str

    @property
    def schema_object(self) -> Schema:
        """The schema, for the warehouse."""
        return Schema(Database(self.database), self.name)

    def candidate(self, suffix: str) -> "SchemaPlace":
        """The schema beside it that candidates are built into."""
        return SchemaPlace(database=self.database, name=self.name + suffix)


class Relation(Frozen):
    """A table that a release publishes: its name in production, and that of the candidate.

    Attributes:
        dataset: the table as the catalog names it.
        database: the environment's physical database.
        suffix: what candidate schemas are called after production's.
        grows: whether new code goes on from what is there (incremental models, snapshots), not from nothing.
        is_new: whether production has no such table yet.
        contract: what is promised of it; None where nothing is.
        owner: the role that owns it: production's, or its pipeline's if it is new; None in plans of before.
        published: on the way back, the point just before what goes was published; None where nobody took it.
        publication: on the way back, what else was noted then.
    """

    dataset: DatasetField
    database: str
    suffix: str
    grows: bool
    is_new: bool
    contract: Contract | None = None
    owner: str | None = None
    published: str | None = None
    publication: Publication | None = None

    @property
    def production(self) -> Table:
        """The table that people read."""
        return Table.of(self.database, self.dataset.schema, self.dataset.table)

    @property
    def candidate(self) -> Table:
        """The same table beside it: the candidate before the swap, the kept generation after it."""
        return Table(self.candidate_schema, self.dataset.table)

    @property
    def candidate_schema(self) -> Schema:
        """Where the candidate is."""
        schema = self.production.schema
        return Schema(schema.database, schema.name + self.suffix)


class PublishedView(Frozen):
    """A view that a release makes anew under production's name.

    Attributes:
        dataset: the view as the catalog would name it.
        database: the environment's physical database.
        owner: the role that owns it: production's, or its pipeline's if it is new; None in plans of before.
    """

    dataset: DatasetField
    database: str
    owner: str | None = None

    @property
    def view(self) -> View:
        """The view that people read."""
        return View(Schema(Database(self.database), self.dataset.schema), self.dataset.table)

    def candidate(self, suffix: str) -> View:
        """The same view beside it, which is built to be tested."""
        return View(Schema(Database(self.database), self.dataset.schema + suffix), self.dataset.table)


class DbtWork(Frozen):
    """What dbt has to do for one pipeline.

    Attributes:
        part: the pipeline's dbt part.
        project: folder of the dbt project in the workspace.
        tables: names of the models, seeds and snapshots that leave tables, as dbt selects them.
        views: names of the models that leave views.
        schemas: production's schemas that these are in.
        suffix: of candidate schemas.
        limit: how long one build may take.
    """

    part: PartIdField
    project: str
    tables: tuple[str, ...]
    views: tuple[str, ...]
    schemas: tuple[SchemaPlace, ...]
    suffix: str
    limit: timedelta = TimeLimits().build

    @property
    def candidate_schemas(self) -> tuple[SchemaPlace, ...]:
        """The schemas that candidates are built into."""
        return tuple(place.candidate(self.suffix) for place in self.schemas)
