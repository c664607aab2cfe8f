"""Rules about Airflow and serverless Spark."""

from typing import Any

import pytest

from policies.rules.compute import (
    AIRFLOW_KEY,
    AIRFLOW_LOGS,
    AIRFLOW_OBJECTS,
    AIRFLOW_VERSION,
    AIRFLOW_WEB_SERVER,
    SPARK_AUTO_STOP,
    SPARK_CAPACITY,
    SPARK_NETWORK,
    SPARK_RELEASE,
)
from tests.policies.placed import Unknown, judged_at, undecided_at

AIRFLOW = "aws:mwaa/environment:Environment"
APPLICATION = "aws:emrserverless/application:Application"
CLUSTER = "aws:emr/cluster:Cluster"
PARTS = ("dagProcessingLogs", "schedulerLogs", "taskLogs", "webserverLogs", "workerLogs")


@pytest.mark.parametrize("mode", [None, "PRIVATE_ONLY"])
def test_a_private_web_server_complies(mode: str | None) -> None:
    """It is what MWAA makes where nothing is said."""
    assert judged_at(AIRFLOW_WEB_SERVER, AIRFLOW, {"webserverAccessMode": mode}) == []


@pytest.mark.parametrize("mode", ["PUBLIC_ONLY", "PUBLIC_AND_PRIVATE"])
def test_a_web_server_is_not_public(mode: str) -> None:
    """Half public is public."""
    assert judged_at(AIRFLOW_WEB_SERVER, AIRFLOW, {"webserverAccessMode": mode}) == [
        f"has its web server open as {mode}; it has to be PRIVATE_ONLY"
    ]


def _logs(**changed: Any) -> list[str]:
    logging = {**{part: {"enabled": True, "logLevel": "INFO"} for part in PARTS}, **changed}
    return judged_at(AIRFLOW_LOGS, AIRFLOW, {"loggingConfiguration": logging})


@pytest.mark.parametrize("part", PARTS)
def test_every_part_logs(part: str) -> None:
    """The message names which does not."""
    assert _logs() == []
    told = f"does not log {part}; every part of Airflow has to"
    assert _logs(**{part: {"enabled": False}}) == [told]
    assert _logs(**{part: None}) == ([] if part == "taskLogs" else [told])
    assert _logs(**{part: {"logLevel": "INFO"}}) == ([] if part == "taskLogs" else [told])


def test_only_tasks_log_by_themselves() -> None:
    """Where nothing is said."""
    others = "dagProcessingLogs, schedulerLogs, webserverLogs, workerLogs"
    assert judged_at(AIRFLOW_LOGS, AIRFLOW, {}) == [f"does not log {others}; every part of Airflow has to"]


@pytest.mark.parametrize("version", ["2.7.2", "2.8.1", "2.9.2", "2.10.1", "2.10.3", "2.11.0"])
def test_a_version_that_is_offered_complies(version: str) -> None:
    """Of Airflow 2."""
    assert judged_at(AIRFLOW_VERSION, AIRFLOW, {"airflowVersion": version}) == []


@pytest.mark.parametrize(
    ("version", "told"),
    [(None, "of whatever version is the newest"), ("2.11", "2.11"), ("2.6.3", "2.6.3"), ("3.0.6", "3.0.6")],
)
def test_another_version_is_refused(version: str | None, told: str) -> None:
    """And so is none: MWAA would take its newest."""
    (message,) = judged_at(AIRFLOW_VERSION, AIRFLOW, {"airflowVersion": version})
    assert message == f"runs Airflow {told}; it has to be one of 2.7.2, 2.8.1, 2.9.2, 2.10.1, 2.10.3, 2.11.0"
    if version:
        assert judged_at(AIRFLOW_VERSION, AIRFLOW, {"airflowVersion": version}, versions=[version]) == []


@pytest.mark.parametrize("properties", [{}, {"kmsKey": ""}])
def test_airflow_has_a_key_of_ours(properties: dict[str, Any]) -> None:
    """AWS's own cannot be withdrawn."""
    told = "is encrypted with AWS's own key; it has to be the environment's (kmsKey)"
    assert judged_at(AIRFLOW_KEY, AIRFLOW, properties) == [told]
    assert judged_at(AIRFLOW_KEY, AIRFLOW, {"kmsKey": "arn:aws:kms:x"}) == []


def test_a_key_that_is_not_made_yet_waits() -> None:
    """It is neither there nor not there."""
    assert undecided_at(AIRFLOW_KEY, AIRFLOW, Unknown({}, "kmsKey"))


@pytest.mark.parametrize("what", ["requirements", "plugins", "startupScript"])
@pytest.mark.parametrize("version", [None, ""])
def test_what_is_installed_is_pinned(what: str, version: str | None) -> None:
    """A path without a version is whatever is there."""
    path, pin = f"{what}S3Path", f"{what}S3ObjectVersion"
    told = f"installs any version of x.txt; {pin} has to pin one"
    assert judged_at(AIRFLOW_OBJECTS, AIRFLOW, {path: "x.txt", pin: version}) == [told]
    assert judged_at(AIRFLOW_OBJECTS, AIRFLOW, {path: "x.txt", pin: "v1"}) == []
    assert judged_at(AIRFLOW_OBJECTS, AIRFLOW, Unknown({}, pin)) == []
    assert undecided_at(AIRFLOW_OBJECTS, AIRFLOW, Unknown({path: "x.txt"}, pin))


@pytest.mark.parametrize("type_", [APPLICATION, CLUSTER])
@pytest.mark.parametrize(
    ("label", "found"),
    [("emr-7.8.0", 0), ("emr-6.15.0", 0), ("emr-7.8", 1), ("emr-7.8.0-latest", 1), ("latest", 1), (None, 1)],
)
def test_a_release_is_a_whole_one(type_: str, label: str | None, found: int) -> None:
    """Of applications and of clusters."""
    told = f"runs the release {label}; it has to be a whole one, such as emr-7.8.0"
    assert judged_at(SPARK_RELEASE, type_, {"releaseLabel": label}) == [told][:found]


@pytest.mark.parametrize(
    ("capacity", "lacks"),
    [
        ({"cpu": "16 vCPU", "memory": "64 GB"}, ""),
        ({"cpu": "16 vCPU"}, "memory"),
        ({"memory": "64 GB"}, "cpu"),
        (None, "cpu and no maximum memory"),
    ],
)
def test_an_application_has_a_maximum(capacity: dict[str, str] | None, lacks: str) -> None:
    """Of both: with one alone the other grows."""
    told = [f"has no maximum {lacks}; it has to have one"] if lacks else []
    assert judged_at(SPARK_CAPACITY, APPLICATION, {"maximumCapacity": capacity}) == told


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        (None, ""),
        ({"enabled": True}, ""),
        ({"enabled": True, "idleTimeoutMinutes": 15.0}, ""),
        ({"idleTimeoutMinutes": 16.0}, "stops after 16 idle minutes; it has 15 at most"),
        ({"enabled": False}, "never stops by itself; it has to, after 15 idle minutes at most"),
        (
            {"enabled": False, "idleTimeoutMinutes": 99.0},
            "never stops by itself; it has to, after 15 idle minutes at most",
        ),
    ],
)
def test_an_application_stops(stop: dict[str, Any] | None, told: str) -> None:
    """As it does by itself after a quarter of an hour."""
    found = judged_at(SPARK_AUTO_STOP, APPLICATION, {"autoStopConfiguration": stop})
    assert found == ([told] if told else [])


def test_a_pack_may_let_it_wait_less() -> None:
    """EMR's own quarter of an hour is too long then."""
    assert judged_at(SPARK_AUTO_STOP, APPLICATION, {}, minutes=14) == [
        "stops after 15 idle minutes; it has 14 at most"
    ]


@pytest.mark.parametrize(
    ("network", "lacks"),
    [
        ({"subnetIds": ["s"], "securityGroupIds": ["g"]}, ""),
        ({"subnetIds": ["s"]}, "no securityGroupIds"),
        ({"subnetIds": [], "securityGroupIds": ["g"]}, "no subnetIds"),
        (None, "no subnetIds and no securityGroupIds"),
    ],
)
def test_an_application_is_in_the_network(network: dict[str, Any] | None, lacks: str) -> None:
    """With subnets and a group."""
    told = [f"runs outside of the network: it has {lacks}"] if lacks else []
    assert judged_at(SPARK_NETWORK, APPLICATION, {"networkConfiguration": network}) == told
