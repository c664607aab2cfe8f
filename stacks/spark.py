"""What an environment's Spark jobs run on."""

from collections.abc import Mapping

from components.encryption_key import EncryptionKey
from components.identity.boundary import PermissionBoundary
from components.network.component import Network
from components.spark.cluster import SparkCluster, SparkClusterArgs
from components.spark.cluster_access import EMR_TAG
from components.spark.runtime import SparkRuntime, SparkRuntimeArgs
from slipway.model.subjects import SPARK
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


def cluster_tags(settings: EnvironmentSettings) -> Mapping[str, str]:
    """Return what EMR's own policy asks of the subnets and the group that machines of a cluster join."""
    return EMR_TAG if settings.spark_cluster_units else {}


def deploy_cluster(
    settings: EnvironmentSettings, network: Network, boundary: PermissionBoundary, key: EncryptionKey
) -> list[SparkCluster]:
    """Declare the cluster for steady load, where the settings ask for one."""
    if not settings.spark_cluster_units:
        return []
    args = SparkClusterArgs(
        naming=settings.naming,
        most_units=settings.spark_cluster_units,
        vpc_id=network.id,
        subnet_ids=network.private_subnet_ids,
        group_id=network.workload_group_id,
        key_arn=key.arn,
        boundary_arn=boundary.arn,
        tags=settings.platform_tags,
        after=[network],
    )
    return [SparkCluster(f"{SPARK}-cluster", args)]
