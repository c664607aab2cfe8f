"""Readings in CloudWatch, in as few requests as its limits allow."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from slipway.adapters.aws.faults import asking
from slipway.ports.metrics import MetricStore, MetricStoreError, Reading

_MOST: Final = 1000
"""Metrics of a request (API reference, PutMetricData). A reading has some 250 bytes, so a thousand of them
stay far below the other limit, a megabyte."""


class CloudWatchMetrics(MetricStore):
    """The custom metrics of an account.

    Args:
        client: of CloudWatch.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def put(self, readings: Sequence[Reading]) -> None:
        """Put readings namespace by namespace."""
        for namespace in sorted({reading.series.namespace for reading in readings}):
            own = [reading for reading in readings if reading.series.namespace == namespace]
            for batch in _batches(own):
                with asking(MetricStoreError, f"metrics of {namespace}"):
                    self._client.put_metric_data(
                        Namespace=namespace, MetricData=[_datum(reading) for reading in batch]
                    )


def _batches(readings: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    for begin in range(0, len(readings), _MOST):
        yield readings[begin : begin + _MOST]


def _datum(reading: Reading) -> dict[str, Any]:
    series = reading.series
    return {
        "MetricName": series.metric.value,
        "Dimensions": [{"Name": series.dimension, "Value": series.subject}],
        "Timestamp": reading.at,
        "Value": reading.value,
        "Unit": reading.unit.value,
    }
