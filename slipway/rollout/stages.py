"""The kinds of stage of a batch rollout and of its way back, each with what its handler needs. Data only."""

from collections.abc import Iterable
from enum import IntEnum, unique
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, TypeAdapter

from slipway.model.digest import DigestField
from slipway.model.parts import PartIdField
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.rollout.change import Change
from slipway.rollout.relations import DbtWork, PublishedView, Relation, SchemaPlace
from slipway.rollout.standing import Standing
from slipway.stages import Stage

KEEP_DAYS: Final = 7
"""The rollback window: for so long a generation that was production is kept."""


@unique
class Back(IntEnum):
    """The places on the way back, in the order in which they are taken back: what is read first.

    It is the order of a rollback's plan. Tables come before views, which are made on them, and before what
    else may refuse; code and pauses come last, for nothing may run before its tables are those of before.
    """

    RUNS = 1
    """Runs are ended: nobody writes with the code that goes."""
    TABLES = 2
    VIEWS = 3
    DOCUMENT = 4
    """Before whatever is run on the composition of the newest one."""
    OWNERS = 5
    """Before the roles that own something may go."""
    RESOURCES = 6
    CODE = 7
    WRITERS = 8
    """DAGs run again."""
    CANDIDATES = 9


class PrepareCandidates(Stage):
    """Make candidate schemas, take the point from which late writes count, clone what grows."""

    place_back: ClassVar[int] = Back.CANDIDATES
    kind: Literal["prepare-candidates"] = "prepare-candidates"
    relations: tuple[Relation, ...]
    schemas: tuple[SchemaPlace, ...]
    keep_days: int


class BuildCandidates(Stage):
    """Run the new code into the candidate schemas."""

    place_back: ClassVar[int] = Back.CANDIDATES
    kind: Literal["build-candidates"] = "build-candidates"
    work: DbtWork
    change: Change


class AuditCandidates(Stage):
    """Compare candidates with their contracts and with production."""

    place_back: ClassVar[int] = Back.CANDIDATES
    kind: Literal["audit-candidates"] = "audit-candidates"
    relations: tuple[Relation, ...]


class EqualiseGrants(Stage):
    """Give candidates owner and grants of the tables whose place they take, and look for their policies.

    Attributes:
        relations: the tables.
        views: the views that are made anew; their candidates show what the code attaches to them.
        suffix: of candidate schemas.
    """

    place_back: ClassVar[int] = Back.CANDIDATES
    kind: Literal["equalise-grants"] = "equalise-grants"
    relations: tuple[Relation, ...]
    views: tuple[PublishedView, ...] = ()
    suffix: str = ""


class PauseWriters(Stage):
    """Pause the pipeline's DAG and let no run of it go on.

    Attributes:
        dag: id of the DAG.
        cancel: end running ones (on the way back) instead of waiting for them.
    """

    place_back: ClassVar[int] = Back.WRITERS
    kind: Literal["pause-writers"] = "pause-writers"
    dag: str
    cancel: bool = False


class SwapTable(Stage):
    """Exchange a table's generation: the candidate for production, or the kept generation back.

    Attributes:
        relation: which table.
        pipeline: whose candidates' point counts.
        guarded: refuse, and swap back, when production was written to since the candidate's point.
    """

    place_back: ClassVar[int] = Back.TABLES
    kind: Literal["swap-table"] = "swap-table"
    relation: Relation
    pipeline: PipelineName
    guarded: bool = True


class BuildViews(Stage):
    """Make the pipeline's views anew, from the new code; their grants stay.

    Attributes:
        views: the same views as `work` names, as Snowflake knows them.
    """

    place_back: ClassVar[int] = Back.VIEWS
    kind: Literal["build-views"] = "build-views"
    work: DbtWork
    views: tuple[PublishedView, ...]
    change: Change


class WriteDocument(Stage):
    """Write the next version of the environment document."""

    place_back: ClassVar[int] = Back.DOCUMENT
    kind: Literal["write-document"] = "write-document"
    change: Change


class ApplyPlatform(Stage):
    """Run the platform's program on the composition: cloud resources follow their pipelines' entries."""

    place_back: ClassVar[int] = Back.RESOURCES
    kind: Literal["apply-platform"] = "apply-platform"
    change: Change


class PublishProject(Stage):
    """Give Airflow's workers the composed dbt project."""

    place_back: ClassVar[int] = Back.CODE
    kind: Literal["publish-project"] = "publish-project"
    project: str
    change: Change


class HandOver(Stage):
    """Leave what was published to the roles that own it: with those, its pipelines' runs work.

    Attributes:
        relations: the tables.
        views: the views.
    """

    place_back: ClassVar[int] = Back.OWNERS
    kind: Literal["hand-over"] = "hand-over"
    relations: tuple[Relation, ...]
    views: tuple[PublishedView, ...]

    @property
    def owned(self) -> tuple[tuple[SnowflakeObject, str], ...]:
        """Each object with the role that is to own it."""
        objects: list[tuple[SnowflakeObject, str | None]] = [
            *((each.production, each.owner) for each in self.relations),
            *((each.view, each.owner) for each in self.views),
        ]
        return tuple((subject, owner) for subject, owner in objects if owner is not None)


class PublishDag(Stage):
    """Point Airflow at another generation of a pipeline's DAG, and see that it really parsed it.

    Attributes:
        dag: id of the DAG.
        part: the pipeline's DAG part.
        artifact: the generation that is to run; None takes the DAG away.
        previous: the generation that ran before; None when there was none.
        airflow: whether the environment has an Airflow; if not, the files are parsed here in its version.
    """

    place_back: ClassVar[int] = Back.CODE
    kind: Literal["publish-dag"] = "publish-dag"
    dag: str
    part: PartIdField
    artifact: DigestField | None
    previous: DigestField | None
    airflow: bool = True


class ResumeWriters(Stage):
    """Let the DAG run again, if it ran before."""

    place_back: ClassVar[int] = Back.RUNS
    kind: Literal["resume-writers"] = "resume-writers"
    dag: str


class ObserveRun(Stage):
    """Trigger one run of the DAG, and wait for its end."""

    place_back: ClassVar[int] = Back.RUNS
    kind: Literal["observe-run"] = "observe-run"
    dag: str
    limit_minutes: int


class SettleWrites(Stage):
    """Look once more for rows that were committed to the old generation after the swap."""

    place_back: ClassVar[int] = Back.RUNS
    kind: Literal["settle-writes"] = "settle-writes"
    relations: tuple[Relation, ...]


class KeepGeneration(Stage):
    """Keep what was swapped out for the rollback window, and production for good."""

    place_back: ClassVar[int] = Back.TABLES
    kind: Literal["keep-generation"] = "keep-generation"
    relations: tuple[Relation, ...]
    days: int


class GiveVerdict(Stage):
    """Write down how the release does.

    Attributes:
        release: digest of the release.
        dags: the DAGs of which a run was observed.
        relations: the tables that were swapped, and have to be so still.
        unrun: the DAGs of which a run would show something, and that cannot run: there is no Airflow.
        taken_back: the release is left: whatever was seen of it before, it has failed.
        standing: what runs already, of a release that brings nothing.
    """

    place_back: ClassVar[int] = Back.RUNS
    kind: Literal["give-verdict"] = "give-verdict"
    release: DigestField
    dags: tuple[str, ...]
    relations: tuple[Relation, ...] = ()
    unrun: tuple[str, ...] = ()
    taken_back: bool = False
    standing: Standing | None = None


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
    | HandOver
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


def datasets_of(stages: Iterable[Stage]) -> tuple[str, ...]:
    """URIs of the tables and views that a plan publishes, sorted."""
    return tuple(sorted({uri for stage in stages for uri in written_by(stage)}))


def written_by(stage: Stage) -> tuple[str, ...]:
    """URIs of what a stage publishes under production's names: an auditor asks for each of them."""
    match stage:
        case SwapTable():
            return (stage.target,)
        case BuildViews():
            return tuple(each.dataset.uri for each in stage.views)
        case _:
            return ()
