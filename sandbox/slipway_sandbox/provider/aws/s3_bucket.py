"""S3 buckets, with the inline properties that pulumi-aws still has beside the sub-resources.

An inline property is carried when the program gives it and read back with the bucket; one that the program
does not give is left to the sub-resources, as the real provider does (Optional and Computed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.s3_inline import INLINE
from slipway_sandbox.provider.aws.s3_parts import website_domain
from slipway_sandbox.provider.aws.tagging import BUCKET_TAGS
from slipway_sandbox.provider.aws.target import PARTITION, found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

# AWS General Reference, Amazon S3 website endpoints: the Route 53 hosted zone of each region.
_HOSTED_ZONES = {
    "us-east-1": "Z3AQBSTGFJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "ca-central-1": "Z1QDHH18159H29",
    "sa-east-1": "Z7KQH4QJS55SO",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
}


class Bucket(Resource):
    """A bucket; one that holds objects refuses deletion unless forceDestroy says otherwise."""

    module = "s3"
    service = "s3"
    takes = frozenset({"bucket", "objectLockEnabled", "acl", *INLINE})
    silent = frozenset({"forceDestroy", "bucketPrefix", "acl"})
    replace_on = frozenset({"bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"})
    autoname = "bucket"
    defaults = fixed(objectLockEnabled=False)
    id_form = "{bucket}"
    constant = fixed(
        accelerationStatus="",
        requestPayer="BucketOwner",
        grants=None,
        replicationConfiguration=None,
        bucketNamespace=None,
    )
    tagging = BUCKET_TAGS

    def make(self, target: Target) -> str:
        """Create the bucket, then put what the program gives inline."""
        inputs, bucket = target.inputs, target.inputs["bucket"]
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": target.region}}
        target.client.create_bucket(
            Bucket=bucket,
            ObjectLockEnabledForBucket=bool(inputs.get("objectLockEnabled")),
            **({"ACL": inputs["acl"]} if inputs.get("acl") else {}),
            **({} if target.region == "us-east-1" else elsewhere),
        )
        with half_made(bucket):
            self.change(target, frozenset(inputs) - {"acl"})
        return str(bucket)

    def fetch(self, target: Target) -> Properties | None:
        """The bucket, its addresses and its inline properties."""
        bucket, client = target.inputs["bucket"], target.client
        client.head_bucket(Bucket=bucket)
        region = client.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
        lock = found(client.get_object_lock_configuration, Bucket=bucket)
        website = found(client.get_bucket_website, Bucket=bucket)
        return {
            "arn": f"arn:{PARTITION}:s3:::{bucket}",
            "bucketDomainName": f"{bucket}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{bucket}.s3.{region}.amazonaws.com",
            "bucketRegion": region,
            "hostedZoneId": _HOSTED_ZONES.get(region, ""),
            "objectLockEnabled": dig(lock, "ObjectLockConfiguration.ObjectLockEnabled") == "Enabled",
            "websiteDomain": website_domain(region) if website else "",
            "websiteEndpoint": f"{bucket}.{website_domain(region)}" if website else "",
        } | {name: inline.read(client, bucket) for name, inline in INLINE.items()}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the inline properties that changed; one taken out of the program stays as it is."""
        bucket = target.inputs["bucket"]
        if "acl" in changed and target.inputs.get("acl"):
            target.client.put_bucket_acl(Bucket=bucket, ACL=target.inputs["acl"])
        for name in sorted(changed & INLINE.keys()):
            if target.given(name):
                INLINE[name].write(target.client, bucket, target.inputs[name])

    def remove(self, target: Target) -> None:
        """Delete the bucket; forceDestroy empties it first, and only when AWS says that it is not empty."""
        bucket = target.inputs["bucket"]
        try:
            target.client.delete_bucket(Bucket=bucket)
        except ClientError as error:
            full = error.response["Error"]["Code"] == "BucketNotEmpty"
            if not (full and target.inputs.get("forceDestroy")):
                raise
            _empty(target.client, bucket)
            target.client.delete_bucket(Bucket=bucket)


def _empty(client: Any, bucket: str) -> None:
    """Delete every version and marker; a legal hold or compliance retention still refuses."""
    locked = found(client.get_object_lock_configuration, Bucket=bucket) is not None
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
            bypass = {"BypassGovernanceRetention": True} if locked else {}
            client.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"], **bypass)
