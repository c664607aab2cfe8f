"""A bucket can demand conditional writes (S3 user guide, "Enforce conditional writes")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws.conftest import Cloud

KEY = "sha256/d"


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    """A client in the audit account."""
    return cloud.client("s3", cloud.session_in("shared"))


@pytest.fixture
def written_once(s3: Any, unique: str) -> str:
    """A bucket that demands the condition of conditional writes of whoever creates an object."""
    s3.create_bucket(Bucket=unique)
    condition = {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{unique}/*"],
        "Condition": condition,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=unique, Policy=policy)
    return unique


def test_a_write_without_its_condition_is_refused(s3: Any, written_once: str) -> None:
    """With the condition the first write is taken and the second is not, without it none is."""
    refused = {}
    for asked in ({}, {"IfNoneMatch": "*"}, {"IfNoneMatch": "*"}, {"IfMatch": '"x"'}):
        try:
            s3.put_object(Bucket=written_once, Key=KEY, Body=b"proof", **asked)
        except ClientError as error:
            refused[str(asked)] = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert refused == {"{}": 403, "{'IfNoneMatch': '*'}": 412, "{'IfMatch': '\"x\"'}": 403}
    assert s3.get_object(Bucket=written_once, Key=KEY)["Body"].read() == b"proof"


def test_the_parts_of_a_large_upload_have_no_condition(s3: Any, written_once: str) -> None:
    """They create no object; completing the upload does."""
    place = {"Bucket": written_once, "Key": KEY}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"proof")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts, IfNoneMatch="*")
    assert s3.get_object(**place)["Body"].read() == b"proof"
