"""What Spark jobs run on: pinned, limited, stopped when idle, private, and logged."""

from dataclasses import replace
from typing import Any

import pytest

from components.spark.runtime import RELEASE, SparkRuntime, SparkRuntimeArgs
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

ARGS = SparkRuntimeArgs(
    naming=NAMING,
    batch_vcpus=64,
    streaming_vcpus=16,
    subnet_ids=["subnet-1", "subnet-2"],
    group_id="sg-1",
    log_retention_days=14,
    tags=PLATFORM_TAGS,
)
APPLICATION = "aws:emrserverless/application:Application"


def _made(args: SparkRuntimeArgs = ARGS) -> Recording:
    return record(lambda: SparkRuntime("spark", args))


def _application(kind: str, args: SparkRuntimeArgs = ARGS) -> Any:
    return _made(args).one(APPLICATION, f"spark-{kind}").inputs


def test_a_runtime_has_exactly_these_children() -> None:
    """Two applications: a backlog of batch jobs must not starve a stream."""
    assert _made().counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        APPLICATION: 2,
        "slipway:spark:SparkRuntime": 1,
    }


@pytest.mark.parametrize(("kind", "minutes"), [("batch", 5), ("streaming", 15)])
def test_an_application_is_pinned_and_stops_by_itself(kind: str, minutes: int) -> None:
    """An EMR release that moved would change Spark under a checkpoint; one that idles is paid for."""
    made = _application(kind)
    assert (made["name"], made["type"], made["releaseLabel"]) == (f"slipway-dev-{kind}", "spark", RELEASE)
    assert made["autoStartConfiguration"] == {"enabled": True}
    assert made["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": minutes}
    assert made["networkConfiguration"] == {
        "subnetIds": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["sg-1"],
    }


def test_capacity_is_limited_in_all_three_ways() -> None:
    """Without a limit one job with a skewed join takes the budget of a month."""
    assert _application("batch")["maximumCapacity"] == {
        "cpu": "64 vCPU",
        "memory": "256 GB",
        "disk": "1280 GB",
    }
    small = _application("streaming", replace(ARGS, streaming_vcpus=8))
    assert small["maximumCapacity"] == {"cpu": "8 vCPU", "memory": "32 GB", "disk": "160 GB"}


def test_jobs_deliver_their_logs_and_the_logs_end() -> None:
    """Both kinds into one group, told apart by the beginning of a stream's name."""
    group = _made().one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert (group["name"], group["retentionInDays"]) == ("/slipway/dev/spark", 14)
    delivered = _application("batch")["monitoringConfiguration"]["cloudwatchLoggingConfiguration"]
    assert delivered == {
        "enabled": True,
        "logGroupName": "/slipway/dev/spark",
        "logStreamNamePrefix": "batch",
    }
