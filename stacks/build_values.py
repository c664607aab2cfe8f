"""What settings of builds may be: each type refuses a wrong value in words that name what is right."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from slipway.model.environment import StackName
from slipway.model.workload import Workload
from stacks.account_values import of_own_account


def _pinned_image(text: str) -> str:
    if re.fullmatch(r"aws/codebuild/[a-z0-9_-]+:\d+\.\d+-[\w.-]+", text) is None:
        raise ValueError(
            "it is one of CodeBuild's own images with its whole version, such as "
            "aws/codebuild/amazonlinux-x86_64-standard:5.0-26.08.27: a shorter one changes by itself"
        )
    return text


def _connection(text: str) -> str:
    if re.fullmatch(r"arn:aws:codeconnections:[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}", text) is None:
        raise ValueError("a connection is arn:aws:codeconnections:<region>:<account>:connection/<id>")
    return text


def _repository(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9-]+/[\w.-]+", text) is None:
        raise ValueError("a repository is <owner>/<name>")
    return text


def _revision(text: str) -> str:
    if re.fullmatch(r"[0-9a-f]{40}|v\d+\.\d+\.\d+", text) is None:
        raise ValueError("it is the whole id of a commit, or a tag such as v1.2.3: a branch moves by itself")
    return text


def _where_pull_requests_are_built(checks: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a validator's
    if checks and info.data.get("stack") is not StackName.DEV:
        raise ValueError("code that nobody has reviewed runs in dev's account and in no other")
    if "warehouse_sizes" in info.data and checks != (Workload.CI in info.data["warehouse_sizes"]):
        raise ValueError(
            "checks work with the compute ci of warehouseSizes and the key ci of serviceUserKeys: "
            "both are there where it is true, and nowhere else"
        )
    return checks


ChecksPullRequests = Annotated[bool, AfterValidator(_where_pull_requests_are_built)]
BuildImage = Annotated[str, AfterValidator(_pinned_image)]
SourceConnection = Annotated[str, AfterValidator(_connection), AfterValidator(of_own_account)]
RepositoryName = Annotated[str, AfterValidator(_repository)]
Revision = Annotated[str, AfterValidator(_revision)]
