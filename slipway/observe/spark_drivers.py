"""What an environment pays for Spark: work on EMR Serverless, and nodes of a cluster where it has one."""

from collections.abc import Iterator
from typing import Final

from slipway.model.cost import CostComponent, CostLine
from slipway.observe.meter import HOURS, PlainDriver
from slipway.observe.priced_parts import PricedParts

_PRIMARY_NODES: Final = 1
_DISK_GIGABYTES: Final = 79
"""Of a node with four vCPUs: a root of 15, two disks of 32 (EMR management guide, "Default EBS storage")."""

_PLAIN: Final = tuple(
    PlainDriver(component=CostComponent.SPARK, driver=driver, item=item, volume=volume)
    for driver, item, volume in (
        ("vCPU of batch jobs", "spark-vcpu-hour", "spark_batch_vcpu_hours"),
        ("memory of batch jobs", "spark-gigabyte-hour", "spark_batch_gigabyte_hours"),
        ("vCPU of streaming queries", "spark-vcpu-hour", "spark_streaming_vcpu_hours"),
        ("memory of streaming queries", "spark-gigabyte-hour", "spark_streaming_gigabyte_hours"),
    )
)


def spark_lines(parts: PricedParts) -> Iterator[CostLine]:
    """Price an environment's Spark.

    The applications cost nothing while nothing runs. A cluster is priced with all nodes that it may have, all
    month and on demand: an upper bound, for scaling removes nodes, and Spot costs less until there is none.

    Raises:
        NoPrice: the table lacks something for the environment's region.
    """
    yield from parts.meter.plain(_PLAIN)
    units = parts.settings.spark_cluster_units
    if not units:
        return
    why, nodes = parts.setting("spark_cluster_units"), units + _PRIMARY_NODES
    for driver, item, quantity in (
        ("nodes of the cluster", "cluster-node-hour", nodes * HOURS),
        ("EMR on nodes of the cluster", "cluster-emr-hour", nodes * HOURS),
        ("disks of the cluster", "disk-gigabyte", nodes * _DISK_GIGABYTES),
    ):
        yield parts.meter.line(CostComponent.SPARK, driver, item, quantity, why)
