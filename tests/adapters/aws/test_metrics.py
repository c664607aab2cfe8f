"""Readings as CloudWatch takes them: by namespace, within its limits, each with unit and moment."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from slipway.adapters.aws import CloudWatchMetrics
from slipway.model.environment import Environment
from slipway.model.pipeline import PipelineName
from slipway.model.signals import Metric, PlatformMetric, pipeline_series, platform_series
from slipway.ports.metrics import MetricStoreError, Reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _client() -> Any:
    return boto3.client(
        "cloudwatch", region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
    )


def _age(pipeline: str, minutes: float) -> Reading:
    series = pipeline_series(Metric.AGE_MINUTES, PipelineName(pipeline))
    return Reading(series=series, value=minutes, at=NOON)


def test_each_namespace_is_a_request_of_its_own() -> None:
    """With the dimension, the unit and the moment of each reading."""
    overdue = platform_series(PlatformMetric.DEPLOYMENTS_OVERDUE, Environment.DEV)
    client = _client()
    with Stubber(client) as stub:
        for namespace, datum in (
            ("Slipway/Pipelines", ("AgeMinutes", "Pipeline", "risk", 1.5, "None")),
            ("Slipway/Platform", ("DeploymentsOverdue", "Environment", "dev", 2, "Count")),
        ):
            name, dimension, subject, value, unit = datum
            expected = {
                "MetricName": name,
                "Dimensions": [{"Name": dimension, "Value": subject}],
                "Timestamp": NOON,
                "Value": value,
                "Unit": unit,
            }
            stub.add_response("put_metric_data", {}, {"Namespace": namespace, "MetricData": [expected]})
        CloudWatchMetrics(client).put([Reading(series=overdue, value=2, at=NOON), _age("risk", 1.5)])
        stub.assert_no_pending_responses()


class _Counting:
    """A client that remembers how many readings each request had."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def put_metric_data(self, *, Namespace: str, MetricData: list[Any]) -> None:  # noqa: N803 - boto3's names
        """Count."""
        assert Namespace == "Slipway/Pipelines"
        self.sizes.append(len(MetricData))


@pytest.mark.parametrize(
    ("readings", "sizes"), [(0, []), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 500])]
)
def test_a_request_has_a_thousand_readings_at_most(readings: int, sizes: list[int]) -> None:
    """250 pipelines have 1,000 readings: three slots of failures and an age each."""
    client = _Counting()
    CloudWatchMetrics(client).put([_age(f"p{number}", number) for number in range(readings)])
    assert client.sizes == sizes


def test_no_exception_of_botocore_leaves() -> None:
    """It becomes the port's error."""
    client = _client()
    with Stubber(client) as stub:
        stub.add_client_error("put_metric_data", "AccessDenied", "no such right")
        with pytest.raises(MetricStoreError, match="metrics of Slipway/Pipelines: AWS answers AccessDenied"):
            CloudWatchMetrics(client).put([_age("risk", 1)])
