"""The most that any role of the platform can do in its account, whatever its own policies say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags

# Work on data and reading of settings. What is not here, no role of the platform can do: identities, key
# policies, bucket policies, trails and tables are changed by whoever works on the platform itself.
_WORK: Final = (
    "airflow:*",
    "cloudformation:Describe*",
    "cloudtrail:Describe*",
    "cloudtrail:Get*",
    "cloudtrail:LookupEvents",
    "cloudwatch:*",
    "codebuild:*",
    "codeconnections:GetConnection",
    "codeconnections:GetConnectionToken",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:Describe*",
    "dynamodb:GetItem",
    "dynamodb:List*",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:Describe*",
    "ecr:*",
    "elasticmapreduce:*",
    "emr-serverless:*",
    "events:Describe*",
    "events:List*",
    "events:PutEvents",
    "glue:Get*",
    "iam:Get*",
    "iam:List*",
    "kafka:*",
    "kafka-cluster:*",
    "kafkaconnect:*",
    "kms:Decrypt",
    "kms:Describe*",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:Get*",
    "kms:List*",
    "kms:ReEncrypt*",
    "kms:Sign",
    "logs:*",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:Get*",
    "s3:List*",
    "s3:PutObject",
    "s3:PutObjectRetention",
    "secretsmanager:Describe*",
    "secretsmanager:GetSecretValue",
    "sns:Get*",
    "sns:List*",
    "sns:Publish",
    "sqs:*",
    "tag:Get*",
)


@dataclass(frozen=True, kw_only=True)
class PermissionBoundaryArgs:
    """Whose boundary it is.

    Attributes:
        policy: physical name.
        role_pattern: ARN pattern of the roles of this stack, which they may assume and hand to services.
        elsewhere: roles that are not of this stack, and are there for roles of it.
    """

    policy: str
    role_pattern: str
    elsewhere: Sequence[pulumi.Input[str]] = ()
    tags: Tags


def boundary_policy(role_pattern: str, elsewhere: Sequence[str] = ()) -> str:
    """Return what a role may do at most: work, never administration; other roles only those of its stack.

    Args:
        role_pattern: ARN pattern of the roles of the stack.
        elsewhere: roles that are not of the stack, and that roles of it may become.
    """
    there = iam.Statement(sid="RolesElsewhere", actions=["sts:AssumeRole"], resources=elsewhere)
    return iam.document(
        [
            iam.Statement(sid="Work", actions=_WORK, resources=["*"]),
            iam.Statement(
                sid="OwnRoles",
                actions=["iam:PassRole", "sts:AssumeRole", "sts:TagSession"],
                resources=[role_pattern],
            ),
            *([there] if elsewhere else []),
        ]
    )


class PermissionBoundary(PlatformComponent, token="slipway:identity:PermissionBoundary"):
    """The managed policy that each role of a stack carries as its boundary."""

    def __init__(
        self, name: str, args: PermissionBoundaryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.policy = self._create_policy(args)
        self.arn: pulumi.Output[str] = self.policy.arn
        self.publish(arn=self.arn)

    def _create_policy(self, args: PermissionBoundaryArgs) -> aws.iam.Policy:
        return aws.iam.Policy(
            self.name,
            name=args.policy,
            description="The most that any role of the platform can do in this account",
            policy=pulumi.Output.all(*args.elsewhere).apply(
                lambda elsewhere: boundary_policy(args.role_pattern, elsewhere)
            ),
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
