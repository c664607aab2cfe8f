"""What an environment offers a pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.warehouse.access import Access
from slipway.model.environment import Environment
from slipway.model.naming import Naming
from slipway.model.pipeline import Pipeline
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class PipelineArgs:
    """What the environment offers a pipeline.

    Attributes:
        pipeline: its catalog entry.
        environment: where it runs.
        naming: names of the stack.
        region: where it is.
        log_retention_days: how long its log stays.
        data_key_arn: KMS key of the environment's data.
        boundary_arn: the most that its role can do.
        alert_topic_arns: where its alarms go: the environment's topic, and its owner's.
        access: the name of each access role of the environment's schemas.
        compute: the Snowflake warehouse that it uses.
        held_by: the role that holds every pipeline's.
        role_owner: the role that makes every pipeline's, or is given it.
        spark_cluster: whether its Spark jobs may run on an EMR cluster too.
    """

    pipeline: Pipeline
    environment: Environment
    naming: Naming
    region: str
    log_retention_days: int
    data_key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    alert_topic_arns: tuple[pulumi.Input[str], ...]
    access: Mapping[Access, pulumi.Input[str]]
    compute: pulumi.Input[str]
    held_by: pulumi.Input[str]
    role_owner: pulumi.Input[str]
    spark_cluster: bool

    @property
    def tags(self) -> Tags:
        """Return the tags that the catalog entry decides."""
        entry = self.pipeline
        return Tags(
            owner=entry.owner,
            pipeline=entry.name,
            criticality=entry.criticality.value,
            cost_center=entry.cost_center,
            data_class=entry.data_class.value,
            stack=self.naming.stack,
        )
