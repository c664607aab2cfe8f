"""The pipelines of an environment: one component for each catalog entry."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.pipeline.component import DataPipeline, DataPipelineArgs
from components.warehouse.database import EnvironmentDatabase
from slipway.model.workspace import Workspace
from stacks.settings import EnvironmentSettings


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What an environment offers all its pipelines."""

    data_key_arn: pulumi.Output[str]
    alert_topic_arn: pulumi.Output[str]
    warehouse: pulumi.Output[str]
    databases: Mapping[str, EnvironmentDatabase]


def deploy_pipelines(
    settings: EnvironmentSettings, workspace: Workspace, foundation: Foundation
) -> dict[str, DataPipeline]:
    """Declare a component for each pipeline of the catalog; returned by name."""
    # Grants speak of schemas by name, so Pulumi cannot see by itself that the schemas come first.
    after_databases = pulumi.ResourceOptions(depends_on=list(foundation.databases.values()))
    return {
        entry.name: DataPipeline(
            entry.name,
            DataPipelineArgs(
                pipeline=entry,
                naming=settings.naming,
                log_retention_days=settings.log_retention_days,
                data_key_arn=foundation.data_key_arn,
                alert_topic_arn=foundation.alert_topic_arn,
                warehouse=foundation.warehouse,
                spark_cluster=settings.spark_cluster_units > 0,
            ),
            after_databases,
        )
        for entry in workspace.pipelines
    }
