"""Who is what on an EMR cluster on EC2: pure.

A step runs as the role of its pipeline (a runtime role, `EnableApplicationScopedIAMRole`), not as the nodes.
"""

import json
from collections.abc import Mapping

from components import iam
from slipway.model.naming import Naming
from slipway.model.subjects import SPARK_NODE

EMR_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"
"""AWS's own policy of EMR's role; it reaches only what bears the tag below."""

EMR_TAG: Mapping[str, str] = {"for-use-with-amazon-emr-managed-policies": "true"}
"""EMR management guide, "Service role for Amazon EMR (EMR role)"."""


def service_trust(naming: Naming) -> str:
    """Return who may be EMR: the service, for this account."""
    return iam.document([iam.trust_services(["elasticmapreduce.amazonaws.com"], naming.account_id)])


def service_policy(naming: Naming, key_arn: str) -> str:
    """Return what EMR may do beside AWS's policy: hand the nodes their role, and encrypt their disks.

    Source: EMR management guide, "Creating keys and certificates for data encryption", for disks.
    """
    return iam.document(
        [
            iam.Statement(
                sid="HandToNodes",
                actions=["iam:PassRole"],
                resources=[naming.role_arn(SPARK_NODE)],
                conditions={"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}},
            ),
            iam.Statement(
                sid="EncryptDisks",
                actions=[
                    f"kms:{action}"
                    for action in ("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*")
                ]
                + ["kms:ListGrants", "kms:ReEncrypt*"],
                resources=[key_arn],
            ),
        ]
    )


def node_trust() -> str:
    """Return who may be a node; EC2 tells no source account when an instance begins."""
    return iam.document(
        [
            iam.Statement(
                sid="Nodes", actions=["sts:AssumeRole"], principals={"Service": ["ec2.amazonaws.com"]}
            )
        ]
    )


def node_policy(naming: Naming, log_bucket_arn: str, key_arn: str) -> str:
    """Return what a node may do: write the cluster's logs, and become the pipeline whose step it runs.

    Source: EMR management guide, "Runtime roles for Amazon EMR steps".
    """
    return iam.document(
        [
            iam.Statement(sid="WriteLogs", actions=["s3:PutObject"], resources=[f"{log_bucket_arn}/*"]),
            iam.Statement(
                sid="UseDataKey", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key_arn]
            ),
            iam.become_pipeline(naming.role_arn("*"), also=["sts:TagSession"]),
        ]
    )


def security(key_arn: str) -> str:
    """Return the cluster's security configuration: runtime roles, encrypted disks, IMDSv2."""
    disks = {
        "EncryptionKeyProviderType": "AwsKms",
        "AwsKmsKey": key_arn,
        "EnableEbsEncryption": True,
    }
    return json.dumps(
        {
            "AuthorizationConfiguration": {"IAMConfiguration": {"EnableApplicationScopedIAMRole": True}},
            "EncryptionConfiguration": {
                "EnableInTransitEncryption": False,
                "EnableAtRestEncryption": True,
                "AtRestEncryptionConfiguration": {"LocalDiskEncryptionConfiguration": disks},
            },
            "InstanceMetadataServiceConfiguration": {
                "MinimumInstanceMetadataServiceVersion": 2,
                "HttpPutResponseHopLimit": 1,
            },
        }
    )
