"""MWAA's environments: what came with the world can be created once, others are there without an Airflow."""

from typing import Any

import pytest

from slipway_sandbox.airflow.version import airflow_version
from tests.aws.conftest import Cloud

GIVEN = {
    "ExecutionRoleArn": "arn:aws:iam::444455556666:role/slipway-prod-airflow",
    "SourceBucketArn": "arn:aws:s3:::finedge-prod-dags-444455556666",
    "DagS3Path": "dags",
    "NetworkConfiguration": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "EnvironmentClass": "mw1.medium",
    "Tags": {"Owner": "platform"},
}


@pytest.fixture
def mwaa(cloud: Cloud) -> Any:
    """A client in dev's account, whose Airflow nobody started."""
    return cloud.client("mwaa", cloud.session_in("dev"), inject_host_prefix=False)


@pytest.fixture
def environment(mwaa: Any) -> Any:
    """An environment of dev, gone at the end."""
    mwaa.create_environment(Name="slipway-dev", **GIVEN)
    yield lambda: mwaa.get_environment(Name="slipway-dev")["Environment"]
    mwaa.delete_environment(Name="slipway-dev")


def test_an_environment_without_an_airflow_waits_for_ever(mwaa: Any, environment: Any) -> None:
    """It is there, with all that was said of it; a call of its REST API says how to start the Airflow."""
    told = environment()
    assert told["Status"] == "PENDING"
    assert {member: told[member] for member in GIVEN} == GIVEN
    assert (told["Schedulers"], told["AirflowVersion"]) == (2, airflow_version())
    task = told["LoggingConfiguration"]["TaskLogs"]
    assert task["CloudWatchLogGroupArn"].endswith(":222233334444:log-group:airflow-slipway-dev-Task")
    with pytest.raises(mwaa.exceptions.ValidationException, match="slipway sandbox up --airflow STACK"):
        mwaa.invoke_rest_api(Name="slipway-dev", Path="/dags", Method="GET")


def test_a_change_keeps_what_it_does_not_name(mwaa: Any, environment: Any) -> None:
    """And it is over at once: on MWAA it takes half an hour."""
    network = {"SecurityGroupIds": ["sg-2"]}
    mwaa.update_environment(Name="slipway-dev", MaxWorkers=20, NetworkConfiguration=network)
    told = environment()
    assert (told["MaxWorkers"], told["EnvironmentClass"]) == (20, "mw1.medium")
    assert told["NetworkConfiguration"] == {**GIVEN["NetworkConfiguration"], **network}  # type: ignore[dict-item]
    assert told["LastUpdate"]["Status"] == "SUCCESS"


def test_tags_come_and_go(mwaa: Any, environment: Any) -> None:
    """By the environment's ARN."""
    arn = environment()["Arn"]
    mwaa.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    mwaa.untag_resource(ResourceArn=arn, tagKeys=["Owner"])
    assert mwaa.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b"} == environment()["Tags"]


def test_a_name_is_taken_once(mwaa: Any, environment: Any) -> None:
    """As on MWAA."""
    assert mwaa.list_environments()["Environments"] == [environment()["Name"]]
    with pytest.raises(mwaa.exceptions.ValidationException, match="slipway-dev already exists"):
        mwaa.create_environment(Name="slipway-dev", **GIVEN)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"EnvironmentClass": "mw1.huge"}, "mw1.huge is none of mw1.micro"),
        ({"AirflowVersion": "1.10.12"}, "the sandbox runs "),
        ({"RequirementsS3Path": "requirements.txt"}, "RequirementsS3Path needs RequirementsS3ObjectVersion"),
        (
            {"NetworkConfiguration": {"SubnetIds": ["a", "b", "c"], "SecurityGroupIds": ["sg-1"]}},
            "2 are needed",
        ),
        ({"MinWorkers": 9, "MaxWorkers": 3}, "MinWorkers 9 is more than MaxWorkers 3"),
        ({"DagS3Path": ""}, "missing: DagS3Path"),
    ],
)
def test_what_mwaa_would_refuse_half_an_hour_later(mwaa: Any, wrong: dict[str, Any], message: str) -> None:
    """It is refused at once, and nothing is made."""
    with pytest.raises(mwaa.exceptions.ValidationException, match=message):
        mwaa.create_environment(**{"Name": "slipway-wrong", **GIVEN, **wrong})
    assert mwaa.list_environments()["Environments"] == []


def test_the_environment_of_an_airflow_that_runs_is_created_once_too(cloud: Cloud) -> None:
    """It was there before any program; deleted, it is gone, and can be made again."""
    mwaa = cloud.client("mwaa", cloud.session_in("prod"), inject_host_prefix=False)
    mwaa.create_environment(Name="slipway-prod", **GIVEN)
    told = mwaa.get_environment(Name="slipway-prod")["Environment"]
    assert (told["Status"], told["EnvironmentClass"]) == ("AVAILABLE", "mw1.medium")
    mwaa.delete_environment(Name="slipway-prod")
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException, match="slipway-prod not found"):
        mwaa.get_environment(Name="slipway-prod")
    mwaa.create_environment(Name="slipway-prod", **GIVEN)
    assert mwaa.get_environment(Name="slipway-prod")["Environment"]["Status"] == "AVAILABLE"
