"""Artifacts are written once and stay, images keep their tags, and trails tell who touched them."""

import json

from components.account_trail import AccountTrail, AccountTrailArgs
from components.artifact_store import ArtifactStore, ArtifactStoreArgs
from tests.doubles.entries import PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

KEY = "arn:aws:kms:us-east-1:111122223333:key/artifacts"


def _store() -> Recording:
    args = ArtifactStoreArgs(
        bucket="finedge-shared-artifacts",
        images="slipway-shared-artifacts",
        key_arn=KEY,
        readers=[],
        job_accounts=["222233334444", "444455556666"],
        tags=PLATFORM_TAGS,
    )
    return record(lambda: ArtifactStore("artifacts", args))


def test_an_artifact_store_is_a_bucket_and_an_image_repository() -> None:
    """Exactly these; the bucket has all protections of a private one."""
    assert _store().counts() == {
        "aws:ecr/repository:Repository": 1,
        "aws:ecr/repositoryPolicy:RepositoryPolicy": 1,
        "aws:s3/bucket:Bucket": 1,
        "aws:s3/bucketNotification:BucketNotification": 1,
        "aws:s3/bucketPolicy:BucketPolicy": 1,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
        "aws:s3/bucketVersioning:BucketVersioning": 1,
        "slipway:release:ArtifactStore": 1,
        "slipway:storage:PrivateBucket": 1,
    }


def test_objects_are_written_once_and_stay() -> None:
    """A name that could be written again would not be a digest."""
    policy = json.loads(_store().one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])
    told = {each["Sid"]: each for each in policy["Statement"]}
    assert list(told) == ["TlsOnly", "WriteOnce", "KeepObjects"]
    assert told["WriteOnce"]["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    assert told["KeepObjects"]["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]


def test_images_keep_their_tags_and_are_scanned() -> None:
    """A tag that moves would run what nobody approved."""
    assert _store().one("aws:ecr/repository:Repository").inputs == {
        "name": "slipway-shared-artifacts",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "tags": PLATFORM_TAGS.as_aws(),
    }


def test_jobs_of_the_named_accounts_pull() -> None:
    """EMR Serverless pulls with its own identity, on behalf of an application."""
    policy = json.loads(_store().one("aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"])
    (pull,) = policy["Statement"]
    assert pull["Principal"] == {"Service": ["emr-serverless.amazonaws.com"]}
    assert pull["Condition"]["ArnLike"]["aws:SourceArn"] == [
        "arn:aws:emr-serverless:*:222233334444:/applications/*",
        "arn:aws:emr-serverless:*:444455556666:/applications/*",
    ]


def test_a_trail_records_management_and_the_objects_of_some_buckets() -> None:
    """In all regions, with files that prove that none of them is missing."""
    args = AccountTrailArgs(
        trail="slipway-dev",
        log_bucket="finedge-shared-trail",
        key_arn=KEY,
        watched=["arn:aws:s3:::finedge-dev-dags", "arn:aws:s3:::finedge-dev-other"],
        tags=PLATFORM_TAGS,
    )
    made = record(lambda: AccountTrail("trail", args))
    assert made.counts() == {"aws:cloudtrail/trail:Trail": 1, "slipway:audit:AccountTrail": 1}
    inputs = made.one("aws:cloudtrail/trail:Trail").inputs
    assert {key: value for key, value in inputs.items() if key not in ("advancedEventSelectors", "tags")} == {
        "name": "slipway-dev",
        "s3BucketName": "finedge-shared-trail",
        "kmsKeyId": KEY,
        "isMultiRegionTrail": True,
        "includeGlobalServiceEvents": True,
        "enableLogFileValidation": True,
    }
    management, objects = inputs["advancedEventSelectors"]
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert objects["fieldSelectors"] == [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {
            "field": "resources.ARN",
            "startsWiths": ["arn:aws:s3:::finedge-dev-dags/", "arn:aws:s3:::finedge-dev-other/"],
        },
    ]
