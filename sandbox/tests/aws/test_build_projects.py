"""CodeBuild through the front: a project is as it was written, and can be changed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Cloud

_ROLE = "arn:aws:iam::222233334444:role/builds"


@pytest.fixture
def codebuild(cloud: Cloud) -> Any:
    """A client in dev, where the role of builds is."""
    session = cloud.session_in("dev")
    iam = cloud.client("iam", session)
    try:
        iam.create_role(RoleName="builds", AssumeRolePolicyDocument="{}")
    except iam.exceptions.EntityAlreadyExistsException:
        assert iam.get_role(RoleName="builds")["Role"]["Arn"] == _ROLE
    return cloud.client("codebuild", session)


def test_a_project_is_as_it_was_written_and_changed(codebuild: Any, unique: str) -> None:
    """Second sources, limits, batches; a change leaves what it does not name."""
    platform = {"type": "S3", "location": "bucket/platform.zip", "sourceIdentifier": "platform"}
    codebuild.create_project(
        name=unique,
        source={"type": "S3", "location": "bucket/source.zip"},
        secondarySources=[platform],
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=_ROLE,
        concurrentBuildLimit=1,
    )
    codebuild.update_project(name=unique, timeoutInMinutes=12)
    (project,) = codebuild.batch_get_projects(names=[unique])["projects"]
    assert project["secondarySources"] == [platform]
    assert (project["concurrentBuildLimit"], project["timeoutInMinutes"]) == (1, 12)


def test_a_project_that_is_not_there_cannot_be_changed(codebuild: Any, unique: str) -> None:
    """By the error's own name."""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        codebuild.update_project(name=unique, timeoutInMinutes=12)
