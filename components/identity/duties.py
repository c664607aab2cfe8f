"""What the roles of the platform may do: check, build, sign, approve, break the glass. Pure.

The deployment's own policy is beside its role. No duty includes another: whoever builds cannot sign, whoever
signs cannot write, whoever approves cannot write where somebody else approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components import iam

# Settings of resources, never what is in them: no GetObject, GetItem, GetLogEvents, GetSecretValue.
_DESCRIPTIONS: Final = (
    "airflow:GetEnvironment",
    "airflow:ListEnvironments",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListTagsForResource",
    "codebuild:BatchGetProjects",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
    "ec2:Describe*",
    "emr-serverless:GetApplication",
    "emr-serverless:ListApplications",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "sns:GetTopicAttributes",
)
_PUSH: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_READ_ITEMS: Final = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")


def check_policy(secret_arn: str) -> str:
    """Return what the check of a pull request may do, which runs code that nobody has reviewed.

    Args:
        secret_arn: the credentials of the Snowflake user that owns CI clones and nothing else.
    """
    return iam.document(
        [
            iam.Statement(sid="DescribeCloud", actions=_DESCRIPTIONS, resources=["*"]),
            iam.Statement(
                sid="WorkOnClones", actions=["secretsmanager:GetSecretValue"], resources=[secret_arn]
            ),
        ]
    )


@dataclass(frozen=True, kw_only=True)
class ReleaseStores:
    """ARNs of what releases consist of and rest on.

    Attributes:
        artifacts: bucket of artifacts and manifests.
        images: repository of images.
        artifact_key: key of both.
        evidence: bucket of evidence and approvals.
        evidence_key: its key, the ledger's too.
        ledger_tables: the ledger and its index.
        signing_key: signs manifests and approvals.
    """

    artifacts: str
    images: str
    artifact_key: str
    evidence: str
    evidence_key: str
    ledger_tables: Sequence[str]
    signing_key: str


def build_policy(stores: ReleaseStores) -> str:
    """Return what a build may do: write artifacts and images, and read the checks that a manifest lists."""
    return iam.document(
        [
            iam.Statement(
                sid="WriteArtifacts",
                actions=["s3:GetObject", "s3:PutObject"],
                resources=[f"{stores.artifacts}/*"],
            ),
            iam.Statement(sid="ListArtifacts", actions=["s3:ListBucket"], resources=[stores.artifacts]),
            iam.Statement(
                sid="EncryptArtifacts",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[stores.artifact_key],
            ),
            iam.Statement(sid="PushImages", actions=_PUSH, resources=[stores.images]),
            iam.Statement(sid="LogInToPush", actions=["ecr:GetAuthorizationToken"], resources=["*"]),
            iam.Statement(
                sid="ReadChecks", actions=["s3:GetObject"], resources=[f"{stores.evidence}/evidence/*"]
            ),
            iam.Statement(sid="FindChecks", actions=_READ_ITEMS, resources=stores.ledger_tables),
            iam.Statement(sid="DecryptChecks", actions=["kms:Decrypt"], resources=[stores.evidence_key]),
        ]
    )


def sign_policy(stores: ReleaseStores) -> str:
    """Return what the signer may do: sign digests with the release key, whose public half it names.

    A build that could sign could sign what nobody built (SLSA build level 3: the key is out of its reach).
    """
    return iam.document(_signing(stores.signing_key))


def _signing(key_arn: str) -> list[iam.Statement]:
    how = {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256"}
    return [
        iam.Statement(
            sid="SignDigests", actions=["kms:Sign"], resources=[key_arn], conditions={"StringEquals": how}
        ),
        iam.Statement(sid="NameTheKey", actions=["kms:GetPublicKey"], resources=[key_arn]),
    ]


def approve_policy(stores: ReleaseStores) -> str:
    """Return what an approver may do: read a release and its evidence, sign, and write below their own id."""
    return iam.document(
        [
            iam.Statement(
                sid="WriteOwnApprovals",
                actions=["s3:PutObject"],
                resources=[f"{stores.evidence}/approvals/*/*/${{aws:userid}}/*"],
            ),
            iam.Statement(
                sid="ReadReleases",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[f"{stores.artifacts}/*", f"{stores.evidence}/*"],
            ),
            iam.Statement(
                sid="ListReleases",
                actions=["s3:ListBucket", "s3:ListBucketVersions"],
                resources=[stores.artifacts, stores.evidence],
            ),
            iam.Statement(
                sid="EncryptApprovals",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[stores.evidence_key],
            ),
            iam.Statement(sid="DecryptReleases", actions=["kms:Decrypt"], resources=[stores.artifact_key]),
            *_signing(stores.signing_key),
        ]
    )


@dataclass(frozen=True, kw_only=True)
class OperatedParts:
    """ARNs of what an emergency is about.

    Attributes:
        state_tables: leases, journal and environment documents.
        dag_bucket: DAG files.
        data_key: key of both.
        log_groups: of the platform and of all pipelines.
        airflow: the MWAA environment, and its role of Airflow's own.
        jobs: applications and job runs of EMR Serverless.
    """

    state_tables: Sequence[str]
    dag_bucket: str
    data_key: str
    log_groups: str
    airflow: Sequence[str]
    jobs: str


def break_glass_policy(parts: OperatedParts) -> str:
    """Return what an emergency may do: stop, pause, look and mend in one environment.

    Not among it: artifacts, signatures, approvals, evidence, identities. What it wrote is reviewed later.
    """
    return iam.document(
        [
            iam.Statement(
                sid="MendState",
                actions=["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem", *_READ_ITEMS],
                resources=parts.state_tables,
            ),
            iam.Statement(
                sid="MendDags",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                resources=[parts.dag_bucket, f"{parts.dag_bucket}/*"],
            ),
            iam.Statement(
                sid="UseDataKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[parts.data_key],
            ),
            iam.Statement(
                sid="ReadLogs",
                actions=["logs:FilterLogEvents", "logs:GetLogEvents"],
                resources=[parts.log_groups],
            ),
            iam.Statement(
                sid="CallAirflow",
                actions=["airflow:GetEnvironment", "airflow:InvokeRestApi"],
                resources=parts.airflow,
            ),
            iam.Statement(
                sid="StopJobs",
                actions=["emr-serverless:CancelJobRun", "emr-serverless:GetJobRun"],
                resources=[parts.jobs],
            ),
        ]
    )
