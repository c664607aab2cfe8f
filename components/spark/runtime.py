"""EMR Serverless applications: one that batch jobs share, one for streaming queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.naming import Naming
from slipway.model.subjects import SPARK
from slipway.model.tags import Tags

RELEASE: Final = "emr-7.8.0"
"""EMR's release, pinned: its Spark is of the minor version that jobs are tested with (3.5)."""

BATCH: Final = "batch"
STREAMING: Final = "streaming"

# A running query is never idle: after a stop its application waits for the restart by a release, no longer.
_IDLE: Final = {BATCH: timedelta(minutes=5), STREAMING: timedelta(minutes=15)}
# The sizes of workers allow 2 to 8 GB a vCPU and 20 to 200 GB a worker of one vCPU and more.
_MEMORY_GB: Final = 4
_DISK_GB: Final = 20


@dataclass(frozen=True, kw_only=True)
class SparkRuntimeArgs:
    """How much Spark an environment has.

    Attributes:
        naming: names of the stack.
        batch_vcpus: what all batch jobs together take at most.
        streaming_vcpus: what all streaming queries together take at most, blue and green ones.
        subnet_ids: private subnets that workers take addresses in.
        group_id: security group that they run in.
        log_retention_days: how long logs of jobs stay.
    """

    naming: Naming
    batch_vcpus: int
    streaming_vcpus: int
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    log_retention_days: int
    tags: Tags


class SparkRuntime(PlatformComponent, token="slipway:spark:SparkRuntime"):
    """Applications that start with a job and stop after it; a batch backlog takes nothing from streaming."""

    def __init__(self, name: str, args: SparkRuntimeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self._log = self._create_log(args)
        batch = self._create_application(args, BATCH, args.batch_vcpus)
        streaming = self._create_application(args, STREAMING, args.streaming_vcpus)
        self.application_arns = [batch.arn, streaming.arn]
        self.application_ids: dict[str, pulumi.Output[str]] = {BATCH: batch.id, STREAMING: streaming.id}
        self.publish(batch=batch.id, streaming=streaming.id)

    def _create_log(self, args: SparkRuntimeArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.name,
            name=args.naming.log_group(SPARK),
            retention_in_days=args.log_retention_days,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_application(
        self, args: SparkRuntimeArgs, kind: str, vcpus: int
    ) -> aws.emrserverless.Application:
        return aws.emrserverless.Application(
            f"{self.name}-{kind}",
            name=args.naming.spark_application(kind),
            type="spark",
            release_label=RELEASE,
            architecture="ARM64",
            maximum_capacity=capacity_limit(vcpus),
            auto_start_configuration={"enabled": True},
            auto_stop_configuration={
                "enabled": True,
                "idle_timeout_minutes": _IDLE[kind] // timedelta(minutes=1),
            },
            network_configuration={
                "subnet_ids": list(args.subnet_ids),
                "security_group_ids": [args.group_id],
            },
            monitoring_configuration={"cloudwatch_logging_configuration": self._delivery(kind)},
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _delivery(
        self, kind: str
    ) -> aws.emrserverless.ApplicationMonitoringConfigurationCloudwatchLoggingConfigurationArgs:
        return aws.emrserverless.ApplicationMonitoringConfigurationCloudwatchLoggingConfigurationArgs(
            enabled=True, log_group_name=self._log.name, log_stream_name_prefix=kind
        )


def capacity_limit(vcpus: int) -> aws.emrserverless.ApplicationMaximumCapacityArgs:
    """Return what an application takes at most, in proportions that workers of every size fit into."""
    return aws.emrserverless.ApplicationMaximumCapacityArgs(
        cpu=f"{vcpus} vCPU", memory=f"{vcpus * _MEMORY_GB} GB", disk=f"{vcpus * _DISK_GB} GB"
    )
