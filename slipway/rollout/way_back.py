"""The way back of one pipeline: what its newest release has changed, backwards. Pure.

The approval of that release covers it, and so no gate is asked: the state that it leads to has run before.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar

from slipway.model.digest import short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import UsageError
from slipway.model.parts import DBT_FOUNDATION, FOUNDATION
from slipway.model.pipeline import PartKind, PipelineName
from slipway.ports.journal import Deployment, StageName, StageRow
from slipway.rollout.change import Change
from slipway.rollout.facts import DagChange, Facts, ShippedPipeline
from slipway.rollout.generations import stage_name
from slipway.rollout.left_behind import PUBLISHED
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.publication import publication
from slipway.rollout.relations import DbtWork, PublishedView, Relation
from slipway.rollout.stages import (
    BuildViews,
    PauseWriters,
    PrepareCandidates,
    PublishDag,
    PublishProject,
    RolloutStage,
)
from slipway.stages import Stage

S = TypeVar("S", bound=Stage)


class NothingToTakeBack(UsageError):  # noqa: N818 - it says what is the case
    """No release has changed that pipeline here, or its change is gone already."""


class BroughtByFoundation(UsageError):  # noqa: N818 - same
    """One pipeline is to go back alone, and its tables are of a release that rebuilt everybody's."""


def facts_of_way_back(
    head: Deployment,
    rows: Iterable[StageRow],
    document: EnvironmentDocument,
    pipeline: PipelineName,
    *,
    keep_resources: bool = False,
) -> Facts:
    """Say what taking a pipeline's part of a deployment back involves.

    Args:
        head: the deployment that brought what runs.
        rows: of its stages: they tell when each table was published.
        document: what runs now.
        pipeline: which pipeline.
        keep_resources: leave its catalog entry, and so its cloud resources, as they are.

    Returns:
        The facts, for `build_rollback`; what the platform's program would change is for the caller to add.

    Raises:
        BroughtByFoundation: its tables were rebuilt because of what all models stand on.
        NothingToTakeBack: nothing of the deployment is left of that pipeline.
    """
    plan = plan_of(head)
    whole = plan.change or Change(entries=())
    if takes_all_back(plan):
        _refuse_one_alone(plan, document, pipeline)
        change = _still_there(whole, document)
    else:
        change = _still_there(_of_pipeline(whole, pipeline), document)
    if keep_resources:
        change = _without_entries(change)
    if not change.parts:
        raise NothingToTakeBack(
            f"release {short(plan.release)} has nothing of {pipeline} left in {document.environment}",
            remedy=f"slipway status -s {document.environment} says what runs, and which release brought it",
        )
    back = change.back
    by_stage = {row.stage: row for row in rows}
    return Facts(
        environment=document.environment,
        release=plan.release,
        change=back,
        pipelines=tuple(
            _shipped(plan, each, back, by_stage)
            for each in (plan.pipelines if takes_all_back(plan) else (pipeline,))
        ),
        project=next((stage.project for stage in _of_kind(plan.stages, PublishProject)), None),
        resources=(),
        airflow=any(isinstance(stage, PauseWriters | PublishProject) for stage in plan.stages),
    )


def takes_all_back(plan: Plan) -> bool:
    """Whether a release goes back as a whole: it changed what all models stand on, and so rebuilt them."""
    return plan.change is not None and DBT_FOUNDATION in plan.change.parts


def goes_back_as(plan: Plan) -> tuple[PipelineName, ...]:
    """What a release is taken back by: one way back a pipeline, or one for all of them; none of a look."""
    if plan.standing is not None:
        return ()
    return (FOUNDATION,) if takes_all_back(plan) else plan.pipelines


def _refuse_one_alone(plan: Plan, document: EnvironmentDocument, pipeline: PipelineName) -> None:
    if pipeline != FOUNDATION:
        raise BroughtByFoundation(
            f"release {short(plan.release)} has changed what all models stand on, and rebuilt {pipeline} "
            "with them: neither goes back alone",
            remedy=f"slipway rollback {FOUNDATION} -s {document.environment} takes the whole release back",
        )


def _of_pipeline(change: Change, pipeline: PipelineName) -> Change:
    return Change(
        entries=tuple(entry for entry in change.entries if entry.part.pipeline == pipeline),
        removed=tuple(part for part in change.removed if part.pipeline == pipeline),
        previous=tuple(entry for entry in change.previous if entry.part.pipeline == pipeline),
    )


def _without_entries(change: Change) -> Change:
    return Change(
        entries=tuple(entry for entry in change.entries if entry.part.kind is not PartKind.ENTRY),
        removed=tuple(part for part in change.removed if part.kind is not PartKind.ENTRY),
        previous=tuple(entry for entry in change.previous if entry.part.kind is not PartKind.ENTRY),
    )


def _still_there(change: Change, document: EnvironmentDocument) -> Change:
    """Leave out what a later release, or an earlier way back, has changed again."""
    entries = tuple(entry for entry in change.entries if document.entry(entry.part) == entry)
    removed = tuple(part for part in change.removed if document.entry(part) is None)
    touched = {*(entry.part for entry in entries), *removed}
    previous = tuple(entry for entry in change.previous if entry.part in touched)
    return Change(entries=entries, removed=removed, previous=previous)


def _shipped(
    plan: Plan, pipeline: PipelineName, back: Change, rows: Mapping[StageName, StageRow]
) -> ShippedPipeline:
    kinds = {part.kind for part in back.parts}
    work = _work(plan, pipeline) if PartKind.DBT in kinds else None
    return ShippedPipeline(
        name=pipeline,
        dag=_dag(plan, pipeline),
        dag_change=_dag_back(plan, pipeline) if PartKind.DAG in kinds else None,
        work=work,
        views=tuple(_views(plan, pipeline)),
        relations=_kept(plan, pipeline, rows) if PartKind.DBT in kinds else (),
    )


def _dag(plan: Plan, pipeline: PipelineName) -> str | None:
    """Its DAG: paused, or, where the environment has no Airflow, put into the folder alone."""
    paused = (s.dag for s in _of_kind(plan.stages, PauseWriters) if s.target == pipeline)
    published = (s.dag for s in _of_kind(plan.stages, PublishDag) if s.part.pipeline == pipeline)
    return next(chain(paused, published), None)


def _work(plan: Plan, pipeline: PipelineName) -> DbtWork | None:
    stages = _of_kind(plan.stages, BuildViews)
    return next((stage.work for stage in stages if stage.target == pipeline), None)


def _views(plan: Plan, pipeline: PipelineName) -> Iterator[PublishedView]:
    for stage in _of_kind(plan.stages, BuildViews):
        if stage.target == pipeline:
            yield from stage.views


def _kept(plan: Plan, pipeline: PipelineName, rows: Mapping[StageName, StageRow]) -> tuple[Relation, ...]:
    """Tables that had a generation before; one that was new has none, and is left where it is, unread."""
    return tuple(
        as_published(relation, pipeline, rows)
        for stage in _of_kind(plan.stages, PrepareCandidates)
        if stage.target == pipeline
        for relation in stage.relations
        if not relation.is_new
    )


def as_published(relation: Relation, pipeline: PipelineName, rows: Mapping[StageName, StageRow]) -> Relation:
    """Add to a table what was noted when it was published.

    Args:
        relation: the table.
        pipeline: whose it is.
        rows: of the deployment that has published it.
    """
    swap = rows.get(stage_name("swap-table", relation.dataset.uri))
    noted = {} if swap is None else swap.outputs
    observed = rows.get(stage_name("observe-run", pipeline))
    return relation.model_copy(
        update={
            "published": noted.get(PUBLISHED),
            "publication": publication(noted, () if observed is None else (observed,)),
        }
    )


def _dag_back(plan: Plan, pipeline: PipelineName) -> DagChange | None:
    found = (stage for stage in _of_kind(plan.stages, PublishDag) if stage.part.pipeline == pipeline)
    stage = next(found, None)
    if stage is None:
        return None
    return DagChange(part=stage.part, artifact=stage.previous, previous=stage.artifact)


def _of_kind(stages: Iterable[RolloutStage], kind: type[S]) -> Iterator[S]:
    return (stage for stage in stages if isinstance(stage, kind))
