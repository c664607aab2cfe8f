"""The pipelines of an environment: one component for each catalog entry."""

from dataclasses import dataclass

import pulumi

from components.pipeline.component import DataPipeline, DataPipelineArgs
from components.warehouse.compute import Workload
from slipway.model.workspace import Workspace
from stacks.settings import EnvironmentSettings
from stacks.warehouse import EnvironmentWarehouse


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What an environment offers all its pipelines."""

    data_key_arn: pulumi.Output[str]
    alert_topic_arn: pulumi.Output[str]
    warehouse: EnvironmentWarehouse


def deploy_pipelines(
    settings: EnvironmentSettings, workspace: Workspace, foundation: Foundation
) -> dict[str, DataPipeline]:
    """Declare a component for each pipeline of the catalog; returned by name."""
    return {
        entry.name: DataPipeline(
            entry.name,
            DataPipelineArgs(
                pipeline=entry,
                naming=settings.naming,
                log_retention_days=settings.log_retention_days,
                data_key_arn=foundation.data_key_arn,
                alert_topic_arn=foundation.alert_topic_arn,
                access=foundation.warehouse.access,
                compute=foundation.warehouse.computes[Workload.TRANSFORM],
                held_by=foundation.warehouse.pipelines,
            ),
        )
        for entry in workspace.pipelines
    }
