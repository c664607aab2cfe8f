"""EMR Serverless' applications: kept as told, changed and deleted at rest only; jobs are refused by name."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Cloud

GIVEN = {
    "name": "batch",
    "releaseLabel": "emr-7.5.0",
    "type": "SPARK",
    "architecture": "ARM64",
    "maximumCapacity": {"cpu": "16 vCPU", "memory": "64 GB"},
    "tags": {"Owner": "platform"},
}


@pytest.fixture
def emr(cloud: Cloud) -> Any:
    """A client in prod's account."""
    return cloud.client("emr-serverless", cloud.session_in("prod"))


@pytest.fixture
def application(emr: Any) -> Iterator[str]:
    """An application, gone at the end."""
    made = emr.create_application(**GIVEN)["applicationId"]
    yield made
    emr.stop_application(applicationId=made)
    emr.delete_application(applicationId=made)


def test_an_application_is_what_was_said(cloud: Cloud, emr: Any, application: str) -> None:
    """And its account's alone."""
    told = emr.get_application(applicationId=application)["application"]
    assert {member: told[member] for member in GIVEN} == {**GIVEN, "type": "Spark"}
    assert told["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 15}
    assert [each["id"] for each in emr.list_applications()["applications"]] == [application]
    elsewhere = cloud.client("emr-serverless", cloud.session_in("dev"))
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException, match=application):
        elsewhere.get_application(applicationId=application)


def test_an_application_that_runs_is_neither_changed_nor_deleted(emr: Any, application: str) -> None:
    """As on EMR: jobs would lose what they run on."""
    emr.start_application(applicationId=application)
    with pytest.raises(emr.exceptions.ValidationException, match="is STARTED; it has to be"):
        emr.update_application(applicationId=application, releaseLabel="emr-7.6.0")
    with pytest.raises(emr.exceptions.ValidationException, match="is STARTED; it has to be"):
        emr.delete_application(applicationId=application)
    emr.stop_application(applicationId=application)
    emr.update_application(applicationId=application, releaseLabel="emr-7.6.0")
    assert emr.get_application(applicationId=application)["application"]["releaseLabel"] == "emr-7.6.0"


def test_tags_come_and_go(emr: Any, application: str) -> None:
    """By the application's ARN, which has a slash before `applications`."""
    arn = emr.get_application(applicationId=application)["application"]["arn"]
    emr.tag_resource(resourceArn=arn, tags={"a": "b"})
    emr.untag_resource(resourceArn=arn, tagKeys=["Owner"])
    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}


def test_an_engine_that_is_none_is_refused(emr: Any) -> None:
    """Nothing is made."""
    with pytest.raises(emr.exceptions.ValidationException, match="type FLINK is none of SPARK, HIVE"):
        emr.create_application(**{**GIVEN, "type": "FLINK"})


def test_jobs_are_refused_by_name(emr: Any, application: str) -> None:
    """Never by a success that nothing stands behind."""
    with pytest.raises(ClientError, match="it runs no Spark jobs"):
        emr.start_job_run(
            applicationId=application, executionRoleArn="arn:aws:iam::444455556666:role/slipway-prod-risk"
        )
