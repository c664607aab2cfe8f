"""What an environment's Spark jobs run on."""

from components.network.component import Network
from components.spark.runtime import SparkRuntime, SparkRuntimeArgs
from slipway.model.naming import SPARK
from stacks.settings import EnvironmentSettings


def deploy_spark(settings: EnvironmentSettings, network: Network) -> SparkRuntime:
    """Declare the applications for batch jobs and streaming queries."""
    args = SparkRuntimeArgs(
        naming=settings.naming,
        batch_vcpus=settings.spark_batch_vcpus,
        streaming_vcpus=settings.spark_streaming_vcpus,
        subnet_ids=network.private_subnet_ids,
        group_id=network.workload_group_id,
        log_retention_days=settings.log_retention_days,
        tags=settings.platform_tags,
    )
    return SparkRuntime(SPARK, args)
