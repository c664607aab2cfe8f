"""Lives of S3 objects and of the KMS keys that encrypt them."""

from __future__ import annotations

from tests.provider_aws.case import Bed, Case
from tests.provider_aws.cases_storage import in_bucket


def _content(bed: Bed, id_: str) -> str:
    bucket, _, key = id_.partition("/")
    answer = bed.client("s3").get_object(Bucket=bucket, Key=key.replace("//", "/"))
    return str(answer["Body"].read().decode())


def _living_key(bed: Bed, id_: str) -> str | None:
    key = bed.client("kms").describe_key(KeyId=id_)["KeyMetadata"]
    return None if key["KeyState"] == "PendingDeletion" else str(key["Description"])


OBJECTS = (
    Case(
        token="aws:s3/bucketObject:BucketObject",
        inputs=in_bucket(key="a//b.txt", content="one", tags={"a": "b"}),
        change={"content": "two"},
        seen=_content,
        not_imported=frozenset({"content", "key"}),
    ),
    Case(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        inputs=in_bucket(key="c.txt", contentBase64="b25l", contentType="text/plain"),
        change={"contentType": "text/csv"},
        seen=lambda bed, id_: bed.client("s3").head_object(
            Bucket=id_.split("/")[0], Key=id_.split("/", 1)[1]
        )["ContentType"],
        not_imported=frozenset({"contentBase64"}),
    ),
    Case(
        token="aws:kms/key:Key",
        inputs=lambda _: {
            "description": "one",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "tags": {"a": "b"},
        },
        change={"description": "two"},
        seen=_living_key,
        drift=lambda bed, id_: bed.client("kms").disable_key_rotation(KeyId=id_),
        drifted={"enableKeyRotation": False},
        not_imported=frozenset({"deletionWindowInDays"}),
    ),
    Case(
        token="aws:kms/alias:Alias",
        inputs=lambda bed: {"name": "alias/one", "targetKeyId": bed.make("aws:kms/key:Key").id},
        seen=lambda bed, _: next(
            (
                a["TargetKeyId"]
                for a in bed.client("kms").list_aliases()["Aliases"]
                if a["AliasName"] == "alias/one"
            ),
            None,
        ),
    ),
)
