"""Lives of S3 buckets and of what is set on them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

BUCKET = "aws:s3/bucket:Bucket"


def in_bucket(**inputs: Any) -> Any:
    """Inputs of a sub-resource, on a bucket of its own."""

    def made(bed: Bed) -> Properties:
        name = f"part-{len(json.dumps(inputs))}-{min(inputs).lower()}"
        return {"bucket": bed.make(BUCKET, bucket=name, forceDestroy=True).id, **inputs}

    return made


def _locked_bucket(bed: Bed) -> Properties:
    bucket = bed.make(BUCKET, bucket="locked-part", objectLockEnabled=True).id
    return {"bucket": bucket, "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 3}}}


def _policy(bucket: str, action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _policy_inputs(bed: Bed) -> Properties:
    bed.make(BUCKET, bucket="with-policy")
    return {"bucket": "with-policy", "policy": _policy("with-policy", "s3:DeleteObject")}


TOPIC_ARN = "arn:aws:sns:us-east-1:111122223333:arrivals"


def _notified(bed: Bed) -> Properties:
    bed.client("sns").create_topic(Name="arrivals")
    rule = {"topicArn": TOPIC_ARN, "events": ["s3:ObjectCreated:*"], "filterPrefix": "in/", "id": "one"}
    return {"bucket": bed.make(BUCKET, bucket="notified").id, "topics": [rule]}


ALL_BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}


def _default_retention(bed: Bed, id_: str) -> tuple[str, int]:
    lock = bed.client("s3").get_object_lock_configuration(Bucket=id_)["ObjectLockConfiguration"]
    default = lock.get("Rule", {}).get("DefaultRetention", {})
    return default.get("Mode", "none"), default.get("Days", 0)


def _rule(days: int) -> Properties:
    return {"id": "old", "status": "Enabled", "filter": {"prefix": "tmp/"}, "expiration": {"days": days}}


STORAGE = (
    Case(
        token=BUCKET,
        inputs=lambda _: {"bucket": "first", "tags": {"Owner": "platform"}},
        change={"tags": {"Owner": "data"}},
        seen=lambda bed, id_: {
            tag["Key"]: tag["Value"] for tag in bed.client("s3").get_bucket_tagging(Bucket=id_)["TagSet"]
        },
        as_seen={"Owner": "data", "Environment": "test"},
        drift=lambda bed, id_: bed.client("s3").put_bucket_tagging(
            Bucket=id_, Tagging={"TagSet": [{"Key": "Owner", "Value": "nobody"}]}
        ),
        drifted={"tags": {"Owner": "nobody"}},
    ),
    Case(
        token="aws:s3/bucketVersioning:BucketVersioning",
        inputs=in_bucket(versioningConfiguration={"status": "Enabled"}),
        change={"versioningConfiguration": {"status": "Suspended"}},
        seen=lambda bed, id_: bed.client("s3").get_bucket_versioning(Bucket=id_)["Status"],
        as_seen="Suspended",
        drift=lambda bed, id_: bed.client("s3").put_bucket_versioning(
            Bucket=id_, VersioningConfiguration={"Status": "Enabled"}
        ),
        drifted={"versioningConfiguration": {"status": "Enabled"}},
        stays="Suspended",
    ),
    Case(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        inputs=in_bucket(**ALL_BLOCKED),
        change={"blockPublicAcls": False},
        seen=lambda bed, id_: bed.client("s3").get_public_access_block(Bucket=id_)[
            "PublicAccessBlockConfiguration"
        ]["BlockPublicAcls"],
        drift=lambda bed, id_: bed.client("s3").put_public_access_block(
            Bucket=id_, PublicAccessBlockConfiguration={"BlockPublicPolicy": True}
        ),
        drifted={"restrictPublicBuckets": False, "blockPublicPolicy": True},
    ),
    Case(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        inputs=in_bucket(rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]),
        change={"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
        seen=lambda bed, id_: bed.client("s3").get_bucket_encryption(Bucket=id_)[
            "ServerSideEncryptionConfiguration"
        ]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        as_seen="aws:kms",
        drift=lambda bed, id_: bed.client("s3").put_bucket_encryption(
            Bucket=id_,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        ),
        drifted={"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    ),
    Case(
        token="aws:s3/bucketPolicy:BucketPolicy",
        inputs=_policy_inputs,
        change={"policy": _policy("with-policy", "s3:GetObject")},
        seen=lambda bed, id_: bed.client("s3").get_bucket_policy(Bucket=id_)["Policy"],
        drift=lambda bed, id_: bed.client("s3").put_bucket_policy(
            Bucket=id_, Policy=_policy("with-policy", "s3:PutObject")
        ),
        drifted={"policy": _policy("with-policy", "s3:PutObject")},
    ),
    Case(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        inputs=in_bucket(rule={"objectOwnership": "BucketOwnerEnforced"}),
        change={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        seen=lambda bed, id_: bed.client("s3").get_bucket_ownership_controls(Bucket=id_)["OwnershipControls"][
            "Rules"
        ][0]["ObjectOwnership"],
        as_seen="BucketOwnerPreferred",
        drift=lambda bed, id_: bed.client("s3").put_bucket_ownership_controls(
            Bucket=id_, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        drifted={"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    Case(
        token="aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        inputs=in_bucket(corsRules=[{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}]),
        change={"corsRules": [{"allowedMethods": ["PUT"], "allowedOrigins": ["*"]}]},
        seen=lambda bed, id_: bed.client("s3").get_bucket_cors(Bucket=id_)["CORSRules"][0]["AllowedMethods"],
        as_seen=["PUT"],
        drift=lambda bed, id_: bed.client("s3").put_bucket_cors(
            Bucket=id_,
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]}]},
        ),
        drifted={"corsRules": [{"allowedMethods": ["HEAD"], "allowedOrigins": ["*"]}]},
    ),
    Case(
        token="aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        inputs=in_bucket(indexDocument={"suffix": "index.html"}),
        change={"indexDocument": {"suffix": "home.html"}},
        seen=lambda bed, id_: bed.client("s3").get_bucket_website(Bucket=id_)["IndexDocument"]["Suffix"],
        as_seen="home.html",
        drift=lambda bed, id_: bed.client("s3").put_bucket_website(
            Bucket=id_, WebsiteConfiguration={"IndexDocument": {"Suffix": "other.html"}}
        ),
        drifted={"indexDocument": {"suffix": "other.html"}},
    ),
    Case(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        inputs=in_bucket(rules=[_rule(5)]),
        change={"rules": [_rule(6)]},
        seen=lambda bed, id_: bed.client("s3").get_bucket_lifecycle_configuration(Bucket=id_)["Rules"][0][
            "Expiration"
        ]["Days"],
        as_seen=6,
        drift=lambda bed, id_: bed.client("s3").put_bucket_lifecycle_configuration(
            Bucket=id_,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "tmp/"},
                        "Expiration": {"Days": 9},
                    }
                ]
            },
        ),
        drifted={"rules": [_rule(9)]},
    ),
    Case(
        token="aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        inputs=_locked_bucket,
        change={"rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 5}}},
        seen=_default_retention,
        as_seen=("COMPLIANCE", 5),
        drift=lambda bed, id_: bed.client("s3").put_object_lock_configuration(
            Bucket=id_,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        ),
        drifted={"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}},
        stays=("none", 0),
    ),
    Case(
        token="aws:s3/bucketLogging:BucketLogging",
        inputs=lambda bed: {
            "bucket": bed.make(BUCKET, bucket="logs", acl="log-delivery-write", forceDestroy=True).id,
            "targetBucket": "logs",
            "targetPrefix": "a/",
        },
        change={"targetPrefix": "b/"},
        seen=lambda bed, id_: (
            bed.client("s3").get_bucket_logging(Bucket=id_).get("LoggingEnabled", {}).get("TargetPrefix")
        ),
        drift=lambda bed, id_: bed.client("s3").put_bucket_logging(
            Bucket=id_,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "c/"}},
        ),
        drifted={"targetPrefix": "c/"},
    ),
    Case(
        token="aws:s3/bucketAcl:BucketAcl",
        inputs=in_bucket(acl="private"),
        change={"acl": "public-read"},
        seen=lambda bed, id_: len(bed.client("s3").get_bucket_acl(Bucket=id_.split(",")[0])["Grants"]),
        as_seen=2,
        stays=2,
        absent="nowhere-at-all,private",
    ),
    Case(
        token="aws:s3/bucketNotification:BucketNotification",
        inputs=_notified,
        change={
            "topics": [
                {"topicArn": TOPIC_ARN, "events": ["s3:ObjectRemoved:*"], "filterPrefix": "in/", "id": "one"}
            ]
        },
        seen=lambda bed, id_: (
            bed.client("s3")
            .get_bucket_notification_configuration(Bucket=id_)
            .get("TopicConfigurations", [{}])[0]
            .get("Events")
        ),
        as_seen=["s3:ObjectRemoved:*"],
    ),
)
