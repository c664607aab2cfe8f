"""The kinds of stage of a batch rollout and of its way back, each with what its handler needs. Data only."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from slipway.model.contract import Contract
from slipway.model.dataset import DatasetField
from slipway.model.digest import DigestField
from slipway.model.frozen import Frozen
from slipway.model.parts import PartIdField
from slipway.model.snowflake_objects import Database, Schema, Table
from slipway.rollout.change import Change
from slipway.stages import Stage

KEEP_DAYS: Final = 7
"""The rollback window: for so long a generation that was production is kept."""


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
    """

    dataset: DatasetField
    database: str
    suffix: str
    grows: bool
    is_new: bool
    contract: Contract | None = None

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


class DbtWork(Frozen):
    """What dbt has to do for one pipeline.

    Attributes:
        part: the pipeline's dbt part.
        project: folder of the dbt project in the workspace.
        tables: names of the models, seeds and snapshots that leave tables, as dbt selects them.
        views: names of the models that leave views.
        schemas: production's schemas that these are in.
        suffix: of candidate schemas.
    """

    part: PartIdField
    project: str
    tables: tuple[str, ...]
    views: tuple[str, ...]
    schemas: tuple[SchemaPlace, ...]
    suffix: str

    @property
    def candidate_schemas(self) -> tuple[SchemaPlace, ...]:
        """The schemas that candidates are built into."""
        return tuple(place.candidate(self.suffix) for place in self.schemas)


class PrepareCandidates(Stage):
    """Make candidate schemas, take the point from which late writes count, clone what grows."""

    kind: Literal["prepare-candidates"] = "prepare-candidates"
    relations: tuple[Relation, ...]
    schemas: tuple[SchemaPlace, ...]
    keep_days: int


class BuildCandidates(Stage):
    """Run the new code into the candidate schemas."""

    kind: Literal["build-candidates"] = "build-candidates"
    work: DbtWork
    change: Change


class AuditCandidates(Stage):
    """Compare candidates with their contracts and with production."""

    kind: Literal["audit-candidates"] = "audit-candidates"
    relations: tuple[Relation, ...]


class EqualiseGrants(Stage):
    """Give candidates the grants of the tables whose place they take."""

    kind: Literal["equalise-grants"] = "equalise-grants"
    relations: tuple[Relation, ...]


class PauseWriters(Stage):
    """Pause the pipeline's DAG and let no run of it go on.

    Attributes:
        dag: id of the DAG.
        cancel: end running ones (on the way back) instead of waiting for them.
    """

    kind: Literal["pause-writers"] = "pause-writers"
    dag: str
    cancel: bool = False


class SwapTable(Stage):
    """Exchange a table's generation: the candidate for production, or the kept generation back.

    Attributes:
        relation: which table.
        guarded: refuse, and swap back, when production was written to since the candidate's point.
    """

    kind: Literal["swap-table"] = "swap-table"
    relation: Relation
    guarded: bool = True


class BuildViews(Stage):
    """Make the pipeline's views anew, from the new code."""

    kind: Literal["build-views"] = "build-views"
    work: DbtWork
    change: Change


class WriteDocument(Stage):
    """Write the next version of the environment document."""

    kind: Literal["write-document"] = "write-document"
    change: Change


class ApplyPlatform(Stage):
    """Run the platform's program on the composition: cloud resources follow their pipelines' entries."""

    kind: Literal["apply-platform"] = "apply-platform"
    change: Change


class PublishProject(Stage):
    """Give Airflow's workers the composed dbt project."""

    kind: Literal["publish-project"] = "publish-project"
    project: str
    change: Change


class PublishDag(Stage):
    """Point Airflow at another generation of a pipeline's DAG, and see that it really parsed it.

    Attributes:
        dag: id of the DAG.
        part: the pipeline's DAG part.
        artifact: the generation that is to run; None takes the DAG away.
        previous: the generation that ran before; None when there was none.
        airflow: whether the environment has an Airflow; if not, the files are parsed here in its version.
    """

    kind: Literal["publish-dag"] = "publish-dag"
    dag: str
    part: PartIdField
    artifact: DigestField | None
    previous: DigestField | None
    airflow: bool = True


class ResumeWriters(Stage):
    """Let the DAG run again, if it ran before."""

    kind: Literal["resume-writers"] = "resume-writers"
    dag: str


class ObserveRun(Stage):
    """Trigger one run of the DAG, and wait for its end."""

    kind: Literal["observe-run"] = "observe-run"
    dag: str
    limit_minutes: int


class SettleWrites(Stage):
    """Look once more for rows that were committed to the old generation after the swap."""

    kind: Literal["settle-writes"] = "settle-writes"
    relations: tuple[Relation, ...]


class KeepGeneration(Stage):
    """Keep what was swapped out for the rollback window, and production for good."""

    kind: Literal["keep-generation"] = "keep-generation"
    relations: tuple[Relation, ...]
    days: int


class GiveVerdict(Stage):
    """Write down how the release does.

    Attributes:
        release: digest of the release.
        dags: the DAGs of which a run was observed.
        taken_back: the release is left: whatever was seen of it before, it has failed.
    """

    kind: Literal["give-verdict"] = "give-verdict"
    release: DigestField
    dags: tuple[str, ...]
    taken_back: bool = False


RolloutStage = Annotated[
    PrepareCandidates
    | BuildCandidates
    | AuditCandidates
    | EqualiseGrants
    | PauseWriters
    | SwapTable
    | BuildViews
    | WriteDocument
    | ApplyPlatform
    | PublishProject
    | PublishDag
    | ResumeWriters
    | ObserveRun
    | SettleWrites
    | KeepGeneration
    | GiveVerdict,
    Field(discriminator="kind"),
]
"""Any stage of a rollout or rollback."""

PLAN: TypeAdapter[tuple[RolloutStage, ...]] = TypeAdapter(tuple[RolloutStage, ...])
"""Reads and writes the plan that a journal keeps."""


def datasets_of(stages: Iterable[RolloutStage]) -> tuple[str, ...]:
    """URIs of the tables that a plan publishes, sorted."""
    return tuple(sorted({stage.target for stage in stages if isinstance(stage, SwapTable)}))
