"""Builds plans: from what is known of a release and an environment to a list of stages. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from slipway.model.effects import Effect, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, dag_id
from slipway.rollout.change import Change
from slipway.rollout.facts import DagChange, Facts, ShippedPipeline
from slipway.rollout.stages import (
    KEEP_DAYS,
    ApplyPlatform,
    AuditCandidates,
    BuildCandidates,
    BuildViews,
    EqualiseGrants,
    GiveVerdict,
    HandOver,
    KeepGeneration,
    ObserveRun,
    PauseWriters,
    PrepareCandidates,
    PublishDag,
    PublishProject,
    ResumeWriters,
    RolloutStage,
    SettleWrites,
    SwapTable,
    WriteDocument,
)
from slipway.rollout.standing import Standing

_PUBLISHED: Final = Reversibility.POINTER


def build_rollout(facts: Facts) -> tuple[RolloutStage, ...]:
    """Build the plan of a deployment: candidates, audits, swap, entries, DAGs, one run each, verdict."""
    pipelines = facts.pipelines
    return (
        *(stage for pipeline in pipelines for stage in _candidates(facts, pipeline)),
        *(_pause(pipeline, cancel=False) for pipeline in facts.scheduled),
        *(swap for pipeline in pipelines for swap in _swaps(pipeline, guarded=True)),
        *(stage for pipeline in pipelines for stage in _views(facts.change, pipeline)),
        *_environment(facts),
        *(stage for pipeline in pipelines for stage in _owners(pipeline)),
        *(stage for pipeline in pipelines for stage in _dag(pipeline, airflow=facts.airflow)),
        *(_resume(pipeline) for pipeline in facts.scheduled if not pipeline.goes),
        *(_observe(pipeline) for pipeline in facts.observed),
        *(stage for pipeline in pipelines for stage in _settle(pipeline)),
        GiveVerdict(
            target=str(facts.environment),
            release=facts.release,
            dags=tuple(str(pipeline.dag) for pipeline in facts.observed),
            relations=facts.replaced,
            unrun=tuple(str(pipeline.dag) for pipeline in facts.unrun),
        ),
    )


def build_look(
    facts: Facts, standing: Standing, pipelines: Sequence[ShippedPipeline]
) -> tuple[RolloutStage, ...]:
    """Build the plan of a look at a release that brings nothing: one run each, verdict. Nothing is changed.

    Args:
        facts: the release, and the environment as it is.
        standing: what runs of the release already.
        pipelines: those of which a run shows something.
    """
    dags = tuple(str(pipeline.dag) for pipeline in pipelines)
    return (
        *(_observe(pipeline) for pipeline in pipelines if facts.airflow),
        GiveVerdict(
            target=str(facts.environment),
            release=facts.release,
            dags=dags if facts.airflow else (),
            unrun=() if facts.airflow else dags,
            standing=standing,
        ),
    )


def build_rollback(facts: Facts) -> tuple[RolloutStage, ...]:
    """Build the plan of the way back: runs ended, kept generations swapped back, pointers back."""
    pipelines = facts.pipelines
    return (
        *(_pause(pipeline, cancel=True) for pipeline in facts.scheduled),
        *(swap for pipeline in pipelines for swap in _swaps(pipeline, guarded=False)),
        *(stage for pipeline in pipelines for stage in _views(facts.change, pipeline)),
        *_environment(facts),
        *(stage for pipeline in pipelines for stage in _dag(pipeline, airflow=facts.airflow)),
        *(_resume(pipeline) for pipeline in facts.scheduled if not pipeline.goes),
        *(stage for pipeline in pipelines for stage in _keep(pipeline)),
        GiveVerdict(
            target=str(facts.environment),
            release=facts.release,
            dags=(),
            relations=facts.replaced,
            taken_back=True,
        ),
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
    yield PrepareCandidates(target=name, relations=relations, schemas=schemas, keep_days=KEEP_DAYS)
    yield BuildCandidates(target=name, work=work, change=facts.change)
    yield AuditCandidates(target=name, relations=relations)
    yield EqualiseGrants(target=name, relations=relations, views=pipeline.views, suffix=work.suffix)


def _pause(pipeline: ShippedPipeline, *, cancel: bool) -> RolloutStage:
    return PauseWriters(target=str(pipeline.name), dag=str(pipeline.dag), cancel=cancel)


def _swaps(pipeline: ShippedPipeline, *, guarded: bool) -> Iterator[RolloutStage]:
    for relation in pipeline.relations:
        operation = Operation.CREATE if relation.is_new else Operation.PUBLISH
        effect = Effect(target=relation.dataset.uri, operation=operation, reversibility=_PUBLISHED)
        yield SwapTable(
            target=relation.dataset.uri,
            relation=relation,
            pipeline=pipeline.name,
            guarded=guarded,
            effects=(effect,),
        )


def _views(change: Change, pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    if pipeline.work is None or not pipeline.work.views:
        return
    again = Reversibility.REDEPLOY
    yield BuildViews(
        target=str(pipeline.name),
        work=pipeline.work,
        views=pipeline.views,
        change=change,
        effects=tuple(
            Effect(target=each.dataset.uri, operation=Operation.UPDATE, reversibility=again)
            for each in pipeline.views
        ),
        reversibility=again,
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
        )
    if facts.airflow and facts.project is not None and any(part.kind is PartKind.DBT for part in parts):
        yield PublishProject(target=target, project=facts.project, change=facts.change)


def _owners(pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    """After the environment: the role of a pipeline that is new is one of its resources."""
    stage = HandOver(target=str(pipeline.name), relations=pipeline.relations, views=pipeline.views)
    if pipeline.work is not None and stage.owned:
        yield stage


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
    )


def _operation(changed: DagChange) -> Operation:
    if changed.artifact is None:
        return Operation.DELETE
    return Operation.CREATE if changed.previous is None else Operation.PUBLISH


def _resume(pipeline: ShippedPipeline) -> RolloutStage:
    return ResumeWriters(target=str(pipeline.name), dag=str(pipeline.dag))


def _observe(pipeline: ShippedPipeline) -> RolloutStage:
    minutes = pipeline.run_limit // timedelta(minutes=1)
    return ObserveRun(target=str(pipeline.name), dag=str(pipeline.dag), limit_minutes=minutes)


def _settle(pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    if pipeline.relations:
        name = str(pipeline.name)
        yield SettleWrites(target=name, relations=pipeline.relations)
    yield from _keep(pipeline)


def _keep(pipeline: ShippedPipeline) -> Iterator[RolloutStage]:
    if pipeline.replaced:
        yield KeepGeneration(target=str(pipeline.name), relations=pipeline.replaced, days=KEEP_DAYS)
