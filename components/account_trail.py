"""CloudTrail of an account: who did what, and who touched which object of the buckets that count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags

_SERVICE: Final = "cloudtrail.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class AccountTrailArgs:
    """What is recorded, and where it goes.

    Attributes:
        trail: physical name.
        log_bucket: the locked bucket of the audit account.
        key_arn: KMS key of the log files.
        watched: ARNs of buckets; every request for an object in them is recorded.
    """

    trail: str
    log_bucket: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    watched: Sequence[pulumi.Input[str]]
    tags: Tags


class AccountTrail(PlatformComponent, token="slipway:audit:AccountTrail"):
    """A trail of all regions; its files are signed in a chain, so that a missing one is found."""

    def __init__(self, name: str, args: AccountTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.trail = self._create_trail(args)
        self.publish(arn=self.trail.arn)

    def _create_trail(self, args: AccountTrailArgs) -> aws.cloudtrail.Trail:
        return aws.cloudtrail.Trail(
            self.name,
            name=args.trail,
            s3_bucket_name=args.log_bucket,
            kms_key_id=args.key_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            advanced_event_selectors=pulumi.Output.all(*args.watched).apply(event_selectors),
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )


def event_selectors(bucket_arns: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return what a trail records: all management events, and requests for objects of some buckets."""
    return [
        {
            "name": "Management",
            "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
        },
        {
            "name": "Objects",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "starts_withs": [f"{arn}/" for arn in bucket_arns]},
            ],
        },
    ]


def trails_write(trail_arns: Sequence[str]) -> list[Callable[[str], iam.Statement]]:
    """Return what the policy of a bucket says into which trails write, each below its own account.

    Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
    """
    return [partial(_look, trail_arns), *(partial(_deliver, each) for each in trail_arns)]


def _look(trail_arns: Sequence[str], bucket_arn: str) -> iam.Statement:
    return iam.Statement(
        sid="TrailsLook",
        actions=["s3:GetBucketAcl"],
        resources=[bucket_arn],
        principals={"Service": [_SERVICE]},
        conditions={"ArnEquals": {"aws:SourceArn": list(trail_arns)}},
    )


def _deliver(trail_arn: str, bucket_arn: str) -> iam.Statement:
    account = iam.account_id_of(trail_arn)
    return iam.Statement(
        sid=f"Deliver{account}",
        actions=["s3:PutObject"],
        resources=[f"{bucket_arn}/AWSLogs/{account}/*"],
        principals={"Service": [_SERVICE]},
        conditions={
            "ArnEquals": {"aws:SourceArn": trail_arn},
            "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"},
        },
    )


def trails_encrypt(trail_arns: Sequence[str]) -> iam.Statement:
    """Let trails encrypt their files with a key (CloudTrail user guide, "AWS KMS key policies").

    S3 asks for Decrypt too, where the bucket has a bucket key.
    """
    return iam.Statement(
        sid="TrailsEncrypt",
        actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
        resources=["*"],
        principals={"Service": [_SERVICE]},
        conditions={"ArnEquals": {"aws:SourceArn": list(trail_arns)}},
    )
