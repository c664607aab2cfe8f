"""The pipelines of an environment, a component for each catalog entry, and how owners hear of alarms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

import pulumi

from components.owner_route import OwnerRoute, OwnerRouteArgs
from components.pipeline.args import PipelineArgs
from components.pipeline.batch import BatchPipeline
from components.pipeline.streaming import StreamingPipeline
from slipway.model.pipeline import PipelineKind
from slipway.model.team import TeamName
from slipway.model.workload import Workload
from slipway.model.workspace import Workspace
from stacks.settings import EnvironmentSettings
from stacks.warehouse import EnvironmentWarehouse

_FORMERLY = "slipway:pipeline:DataPipeline"


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What an environment offers all its pipelines."""

    data_key_arn: pulumi.Output[str]
    boundary_arn: pulumi.Output[str]
    alert_topic_arn: pulumi.Output[str]
    warehouse: EnvironmentWarehouse


def deploy_pipelines(
    settings: EnvironmentSettings, workspace: Workspace, foundation: Foundation
) -> dict[str, BatchPipeline | StreamingPipeline]:
    """Declare a component for each pipeline of the catalog; returned by name."""
    routes = _owner_routes(settings, workspace, foundation)
    return {
        entry.name: _declare(
            PipelineArgs(
                pipeline=entry,
                environment=settings.environment,
                naming=settings.naming,
                region=settings.region,
                log_retention_days=settings.log_retention_days,
                data_key_arn=foundation.data_key_arn,
                boundary_arn=foundation.boundary_arn,
                alert_topic_arns=(foundation.alert_topic_arn, routes[entry.owner]),
                access=foundation.warehouse.access,
                compute=foundation.warehouse.computes[Workload.TRANSFORM],
                held_by=foundation.warehouse.pipelines,
                role_owner=foundation.warehouse.applier,
                spark_cluster=settings.spark_cluster_units > 0,
            )
        )
        for entry in workspace.pipelines
    }


def _declare(args: PipelineArgs) -> BatchPipeline | StreamingPipeline:
    former = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=_FORMERLY)])
    match args.pipeline.kind:
        case PipelineKind.BATCH:
            return BatchPipeline(args.pipeline.name, args, former)
        case PipelineKind.STREAMING:
            return StreamingPipeline(args.pipeline.name, args, former)
        case _:
            assert_never(args.pipeline.kind)


def _owner_routes(
    settings: EnvironmentSettings, workspace: Workspace, foundation: Foundation
) -> Mapping[TeamName, pulumi.Output[str]]:
    """Declare a topic for each team that owns a pipeline; returned by team."""
    owners = {entry.owner for entry in workspace.pipelines}
    return {
        team.name: OwnerRoute(
            f"owner-{team.name}",
            OwnerRouteArgs(
                topic=settings.naming.topic(f"alerts-{team.name}"),
                email=team.email,
                key_arn=foundation.data_key_arn,
                tags=replace(settings.platform_tags, owner=team.name),
            ),
        ).arn
        for team in workspace.team.teams
        if team.name in owners
    }
