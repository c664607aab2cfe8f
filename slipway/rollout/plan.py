"""Builds plans: from what is known of a release and an environment to a list of stages. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from slipway.model.digest import Digest, DigestField
from slipway.model.effects import Effect, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen
from slipway.model.parts import PartId, PartIdField
from slipway.model.pipeline import PartKind, PipelineName
from slipway.rollout.change import Change
from slipway.rollout.stages import (
    KEEP_DAYS,
    ApplyPlatform,
    AuditCandidates,
    BuildCandidates,
    BuildViews,
    DbtWork,
    EqualiseGrants,
    GiveVerdict,
    KeepGeneration,
    ObserveRun,
    PauseWriters,
    PrepareCandidates,
    PublishDag,
    PublishProject,
    Relation,
    ResumeWriters,
    RolloutStage,
    SettleWrites,
    SwapTable,
    WriteDocument,
)

_DBT_SECONDS: Final = 60.0
_PLATFORM_SECONDS: Final = 60.0
_PARSE_SECONDS: Final = 60.0
_RUN_SECONDS: Final = 300.0
_PUBLISHED: Final = Reversibility.POINTER


class DagChange(Frozen):
    """A DAG whose generation changes.

    Attributes:
        part: the pipeline's DAG part.
        artifact: the new generation; None takes the DAG away.
        previous: the one before; None for a DAG that is new.
    """

    part: PartIdField
    artifact: DigestField | None
    previous: DigestField | None


class ShippedPipeline(Frozen):
    """A pipeline that a deployment touches.

    Attributes:
        name: its name.
        dag: id of its DAG; None where it has none.
        dag_change: None where its DAG stays.
        work: what dbt has to do; None where no model changes.
        views: URIs of its views, as the catalog would name them.
        relations: the tables that are published.
        run_minutes: how long its observed run may take.
    """

    name: PipelineName
    dag: str | None
    dag_change: DagChange | None = None
    work: DbtWork | None = None
    views: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    run_minutes: int = 60

    @property
    def goes(self) -> bool:
        """Whether its DAG is taken away: then nobody lets it run again, or looks at a run of it."""
        return self.dag_change is not None and self.dag_change.artifact is None


class Facts(Frozen):
    """What a plan is built from: a release, and an environment as it is.

    Attributes:
        environment: where.
        release: digest of the release.
        change: what it changes in the environment document.
        pipelines: sorted by name.
        project: folder of the dbt project; None where the workspace has none.
        resources: what the platform's program would change.
        airflow: whether the environment has an Airflow: else nothing is paused and no run observed.
    """

    environment: Environment
    release: DigestField
    change: Change
    pipelines: tuple[ShippedPipeline, ...]
    project: str | None
    resources: tuple[Effect, ...]
    airflow: bool = True

    @property
    def touched(self) -> tuple[PipelineName, ...]:
        """Whose leases it takes, sorted: the pipelines, and the foundation where it changes."""
        owners = {part.pipeline for part in self.change.parts}
        return tuple(sorted({*owners, *(each.name for each in self.pipelines)}))

    @property
    def scheduled(self) -> tuple[ShippedPipeline, ...]:
        """The pipelines whose DAG can run here."""
        return tuple(each for each in self.pipelines if each.dag is not None and self.airflow)

    @property
    def observed(self) -> tuple[ShippedPipeline, ...]:
        """The pipelines of which a run shows something new."""
        return tuple(each for each in self.scheduled if _runs(each))


def dag_id(pipeline: PipelineName) -> str:
    """The id of a pipeline's DAG: the convention of a workspace."""
    return pipeline.replace("-", "_")


def suffix_of(release: Digest, attempt: int) -> str:
    """What candidate schemas are called after production's: unique to a deployment, upper case for dbt."""
    return f"__SLIPWAY_{release.removeprefix('sha256:')[:12].upper()}_{attempt}"


def build_rollout(facts: Facts) -> tuple[RolloutStage, ...]:
    """Build the plan of a deployment: candidates, audits, swap, entries, DAGs, one run each, verdict."""
    pipelines = facts.pipelines
    return (
        *(stage for pipeline in pipelines for stage in _candidates(facts, pipeline)),
        *(_pause(pipeline, cancel=False) for pipeline in facts.scheduled),
        *(_swap(relation, guarded=True) for pipeline in pipelines for relation in pipeline.relations),
        *(stage for pipeline in pipelines for stage in _views(facts.change, pipeline)),
        *_environment(facts),
        *(stage for pipeline in pipelines for stage in _dag(pipeline, airflow=facts.airflow)),
        *(_resume(pipeline) for pipeline in facts.scheduled if not pipeline.goes),
        *(_observe(pipeline) for pipeline in facts.observed),
        *(stage for pipeline in pipelines for stage in _settle(pipeline)),
        GiveVerdict(
            target=str(facts.environment),
            release=facts.release,
            dags=tuple(str(pipeline.dag) for pipeline in facts.observed),
        ),
    )


def build_rollback(facts: Facts) -> tuple[RolloutStage, ...]:
    """Build the plan of the way back: runs ended, kept generations swapped back, pointers back."""
    pipelines = facts.pipelines
    return (
        *(_pause(pipeline, cancel=True) for pipeline in facts.scheduled),
        *(_swap(relation, guarded=False) for pipeline in pipelines for relation in pipeline.relations),
        *(stage for pipeline in pipelines for stage in _views(facts.change, pipeline)),
        *_environment(facts),
        *(stage for pipeline in pipelines for stage in _dag(pipeline, airflow=facts.airflow)),
        *(_resume(pipeline) for pipeline in facts.scheduled if not pipeline.goes),
        *(stage for pipeline in pipelines for stage in _keep(pipeline)),
        GiveVerdict(target=str(facts.environment), release=facts.release, dags=(), taken_back=True),
    )


def build_bootstrap(
    environment: Environment, change: Change, *, project: str | None, dags: Iterable[PartId], airflow: bool
) -> tuple[RolloutStage, ...]:
    """Build the plan that makes what runs already known: Airflow reads the DAGs and the project from now on.

    Args:
        environment: where.
        change: every entry of the first document, which is written before.
        project: folder of the dbt project; None where the workspace has none.
        dags: DAG parts.
        airflow: whether the environment has an Airflow.
    """
    new = {entry.part: entry.artifact for entry in change.entries}
    published = (
        ShippedPipeline(
            name=part.pipeline,
            dag=dag_id(part.pipeline),
            dag_change=DagChange(part=part, artifact=new[part], previous=None),
        )
        for part in sorted(dags)
    )
    shared = (
        ()
        if project is None or not airflow
        else (PublishProject(target=str(environment), project=project, change=change),)
    )
    return (*shared, *(stage for pipeline in published for stage in _dag(pipeline, airflow=airflow)))


def _candidates(facts: Facts, pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    work, relations = pipeline.work, pipeline.relations
    if work is None:
        return
    name, schemas = str(pipeline.name), work.candidate_schemas
    yield PrepareCandidates(target=name, relations=relations, schemas=schemas, keep_days=KEEP_DAYS, seconds=5)
    yield BuildCandidates(target=name, work=work, change=facts.change, seconds=_DBT_SECONDS)
    yield AuditCandidates(target=name, relations=relations, seconds=10)
    yield EqualiseGrants(target=name, relations=relations, seconds=2)


def _pause(pipeline: ShippedPipeline, *, cancel: bool) -> RolloutStage:
    return PauseWriters(target=str(pipeline.name), dag=str(pipeline.dag), cancel=cancel, seconds=5)


def _swap(relation: Relation, *, guarded: bool) -> RolloutStage:
    operation = Operation.CREATE if relation.is_new else Operation.PUBLISH
    effect = Effect(target=relation.dataset.uri, operation=operation, reversibility=_PUBLISHED)
    return SwapTable(
        target=relation.dataset.uri, relation=relation, guarded=guarded, effects=(effect,), seconds=1
    )


def _views(change: Change, pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    if pipeline.work is None or not pipeline.work.views:
        return
    again = Reversibility.REDEPLOY
    yield BuildViews(
        target=str(pipeline.name),
        work=pipeline.work,
        change=change,
        effects=tuple(
            Effect(target=view, operation=Operation.UPDATE, reversibility=again) for view in pipeline.views
        ),
        reversibility=again,
        seconds=_DBT_SECONDS / 2,
    )


def _environment(facts: Facts) -> Iterator[RolloutStage]:
    """The document first: whoever composes from now on has these entries in it."""
    target = str(facts.environment)
    parts = facts.change.parts
    yield WriteDocument(target=target, change=facts.change)
    if any(part.kind is PartKind.ENTRY for part in parts):
        worst = max(
            (effect.reversibility for effect in facts.resources),
            key=lambda each: each.rank,
            default=_PUBLISHED,
        )
        yield ApplyPlatform(
            target=target,
            change=facts.change,
            effects=facts.resources,
            reversibility=worst,
            seconds=_PLATFORM_SECONDS,
        )
    if facts.airflow and facts.project is not None and any(part.kind is PartKind.DBT for part in parts):
        yield PublishProject(target=target, project=facts.project, change=facts.change, seconds=10)


def _dag(pipeline: ShippedPipeline, *, airflow: bool) -> Iterator[RolloutStage]:
    changed = pipeline.dag_change
    if changed is None or pipeline.dag is None:
        return
    effect = Effect(target=str(changed.part), operation=_operation(changed), reversibility=_PUBLISHED)
    yield PublishDag(
        target=str(changed.part),
        dag=pipeline.dag,
        part=changed.part,
        artifact=changed.artifact,
        previous=changed.previous,
        airflow=airflow,
        effects=(effect,),
        seconds=_PARSE_SECONDS,
    )


def _operation(changed: DagChange) -> Operation:
    if changed.artifact is None:
        return Operation.DELETE
    return Operation.CREATE if changed.previous is None else Operation.PUBLISH


def _resume(pipeline: ShippedPipeline) -> RolloutStage:
    return ResumeWriters(target=str(pipeline.name), dag=str(pipeline.dag))


def _observe(pipeline: ShippedPipeline) -> RolloutStage:
    return ObserveRun(
        target=str(pipeline.name),
        dag=str(pipeline.dag),
        limit_minutes=pipeline.run_minutes,
        seconds=_RUN_SECONDS,
    )


def _runs(pipeline: ShippedPipeline) -> bool:
    """Whether there is something to be seen: new code, and a DAG that stays."""
    return not pipeline.goes and (pipeline.dag_change is not None or pipeline.work is not None)


def _settle(pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    if pipeline.relations:
        name = str(pipeline.name)
        yield SettleWrites(target=name, relations=pipeline.relations)
    yield from _keep(pipeline)


def _keep(pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    replaced = tuple(relation for relation in pipeline.relations if not relation.is_new)
    if replaced:
        yield KeepGeneration(target=str(pipeline.name), relations=replaced, days=KEEP_DAYS)
