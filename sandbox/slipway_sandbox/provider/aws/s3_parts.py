"""The sub-resources of a bucket that are one put, one get and one delete on the bucket's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

S3 = Spelling(
    names={
        "id": "ID",
        "kmsMasterKeyId": "KMSMasterKeyID",
        "sseAlgorithm": "SSEAlgorithm",
        "mfaDelete": "MFADelete",
        "uri": "URI",
        "corsRules": "CORSRules",
    },
    pairs={"tags": "Key"},
)
BUCKET = {"Bucket": "{bucket}"}

# Older regions spell their website endpoint with a dash (AWS General Reference, S3 website endpoints).
_DASHED = frozenset(
    {
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "eu-west-1",
        "sa-east-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
    }
)


def website_domain(region: str) -> str:
    """The domain under which a region serves website buckets."""
    return f"s3-website{'-' if region in _DASHED else '.'}{region}.amazonaws.com"


_OF_ANY_OWNER = frozenset({"BucketOwnershipControls", "BucketPolicy", "BucketPublicAccessBlock"})


class _Website(Row):
    """A website has an address of its region."""

    def fetch(self, target: Target) -> Properties | None:
        """The configuration, and where the website is served."""
        outputs = super().fetch(target)
        domain = website_domain(target.region)
        addresses = {"websiteDomain": domain, "websiteEndpoint": f"{target.inputs['bucket']}.{domain}"}
        return outputs and outputs | addresses


class _Lifecycle(Row):
    """S3 asks that each rule says which objects it is about; the program may leave out "all"."""

    def arguments(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Properties:
        """The rules, each with a filter."""
        arguments = super().arguments(target, op, fill=fill)
        for rule in (arguments.get("LifecycleConfiguration") or {}).get("Rules") or []:
            if "Prefix" not in rule:
                rule["Filter"] = rule.get("Filter") or {"Prefix": ""}
        return arguments


def part(
    name: str,
    *,
    put: Op,
    look: Look,
    erase: Op | None,
    replace_on: str = "",
    silent: Iterable[str] = (),
    kind: type[Row] = Row,
    **more: Any,
) -> Row:
    """A sub-resource whose creation and update are one put."""
    owned = frozenset[str]() if name in _OF_ANY_OWNER else frozenset({"expectedBucketOwner"})
    return kind(
        module="s3",
        name=name,
        service="s3",
        create_=put,
        update_=(put,),
        look=(look,),
        erase=erase,
        spelling=S3,
        id_form="{bucket}",
        replace_on=owned | {"bucket", *replace_on.split()},
        silent=owned | {*silent},
        **more,
    )


def _payload(call: str, name: str, inputs: str) -> Op:
    """A put whose payload holds inputs under their own names."""
    holes = {S3.api_name(key): f"{{{key}}}" for key in inputs.split()}
    return Op(call=call, args={**BUCKET, name: holes})


_ACCESS = "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"
_LOGGING = "targetBucket targetPrefix targetGrants targetObjectKeyFormat"
_WEBSITE = "indexDocument errorDocument redirectAllRequestsTo routingRules"

PARTS = (
    part(
        "BucketPublicAccessBlock",
        put=_payload("put_public_access_block", "PublicAccessBlockConfiguration", _ACCESS),
        look=Look(
            call="get_public_access_block", args=BUCKET, at="PublicAccessBlockConfiguration", give=_ACCESS
        ),
        erase=Op(call="delete_public_access_block", args=BUCKET),
        defaults=dict.fromkeys(_ACCESS.split(), False),
        silent={"skipDestroy"},
    ),
    part(
        "BucketServerSideEncryptionConfiguration",
        put=_payload("put_bucket_encryption", "ServerSideEncryptionConfiguration", "rules"),
        look=Look(
            call="get_bucket_encryption", args=BUCKET, at="ServerSideEncryptionConfiguration", give="rules"
        ),
        erase=Op(call="delete_bucket_encryption", args=BUCKET),
    ),
    part(
        "BucketPolicy",
        put=Op(call="put_bucket_policy", send="policy", args=BUCKET),
        look=Look(call="get_bucket_policy", args=BUCKET, give="policy"),
        erase=Op(call="delete_bucket_policy", args=BUCKET),
    ),
    part(
        "BucketOwnershipControls",
        put=Op(
            call="put_bucket_ownership_controls", args={**BUCKET, "OwnershipControls": {"Rules": ["{rule}"]}}
        ),
        look=Look(
            call="get_bucket_ownership_controls", args=BUCKET, at="OwnershipControls", give="rule=Rules[0]"
        ),
        erase=Op(call="delete_bucket_ownership_controls", args=BUCKET),
    ),
    part(
        "BucketCorsConfiguration",
        put=_payload("put_bucket_cors", "CORSConfiguration", "corsRules"),
        look=Look(call="get_bucket_cors", args=BUCKET, give="corsRules"),
        erase=Op(call="delete_bucket_cors", args=BUCKET),
    ),
    part(
        "BucketLogging",
        put=Op(
            call="put_bucket_logging",
            args={
                **BUCKET,
                "BucketLoggingStatus": {
                    "LoggingEnabled": {S3.api_name(key): f"{{{key}}}" for key in _LOGGING.split()}
                },
            },
        ),
        look=Look(call="get_bucket_logging", args=BUCKET, at="LoggingEnabled", give=_LOGGING),
        erase=Op(call="put_bucket_logging", args={**BUCKET, "BucketLoggingStatus": {}}),
    ),
    part(
        "BucketWebsiteConfiguration",
        kind=_Website,
        constant={"routingRuleDetails": None},
        put=_payload("put_bucket_website", "WebsiteConfiguration", _WEBSITE),
        look=Look(call="get_bucket_website", args=BUCKET, give=_WEBSITE),
        erase=Op(call="delete_bucket_website", args=BUCKET),
    ),
    part(
        "BucketLifecycleConfiguration",
        kind=_Lifecycle,
        put=Op(
            call="put_bucket_lifecycle_configuration",
            send="transitionDefaultMinimumObjectSize",
            args={**BUCKET, "LifecycleConfiguration": {"Rules": "{rules}"}},
        ),
        look=Look(
            call="get_bucket_lifecycle_configuration",
            args=BUCKET,
            give="rules transitionDefaultMinimumObjectSize",
        ),
        erase=Op(call="delete_bucket_lifecycle", args=BUCKET),
        defaults={"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
    ),
    part(
        "BucketObjectLockConfiguration",
        put=Op(
            call="put_object_lock_configuration",
            send="token",
            args={
                **BUCKET,
                "ObjectLockConfiguration": {"ObjectLockEnabled": "{objectLockEnabled}", "Rule": "{rule}"},
            },
        ),
        look=Look(
            call="get_object_lock_configuration",
            args=BUCKET,
            at="ObjectLockConfiguration",
            give="objectLockEnabled rule",
        ),
        # Object Lock cannot be switched off: what is left is a bucket with the lock and no default retention.
        erase=Op(
            call="put_object_lock_configuration",
            args={**BUCKET, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        ),
        replace_on="objectLockEnabled",
        sent={"objectLockEnabled": "Enabled"},
        defaults={"objectLockEnabled": "Enabled"},
        silent={"token"},
    ),
)
