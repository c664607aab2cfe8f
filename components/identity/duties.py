"""What the roles of a release may do: check, build, sign, deploy, approve, audit. Pure.

What a deployment may do in its environment is beside its role, and what people and measurements may do there
in `operations`. No duty includes another: whoever builds cannot sign, whoever
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
READ_ITEMS: Final = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
"""Reading of a table, without reading all of it at once."""


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
        signing_key: signs manifests and checkpoints.
        approval_key: signs approvals.
        stack_states: bucket of Pulumi's state of all stacks.
    """

    artifacts: str
    images: str
    artifact_key: str
    evidence: str
    evidence_key: str
    ledger_tables: Sequence[str]
    signing_key: str
    approval_key: str
    stack_states: str


def build_policy(stores: ReleaseStores) -> str:
    """Return what a build may do: write artifacts, images and unsigned manifests, keep and read checks.

    What it builds is written to the ledger by itself, in the chain of the platform.
    """
    return iam.document(
        [
            iam.Statement(
                sid="WriteArtifacts",
                actions=["s3:GetObject", "s3:PutObject"],
                resources=[f"{stores.artifacts}/artifacts/*", f"{stores.artifacts}/unsigned/*"],
            ),
            iam.Statement(sid="ListArtifacts", actions=["s3:ListBucket"], resources=[stores.artifacts]),
            iam.Statement(
                sid="EncryptArtifacts",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[stores.artifact_key],
            ),
            iam.Statement(sid="PushImages", actions=_PUSH, resources=[stores.images]),
            iam.Statement(sid="LogInToPush", actions=["ecr:GetAuthorizationToken"], resources=["*"]),
            *_recording(stores, "evidence", "ledger"),
        ]
    )


def _recording(stores: ReleaseStores, *folders: str) -> list[iam.Statement]:
    """Evidence is written once and read, the ledger is appended to; what is locked there stays.

    Args:
        stores: where.
        folders: of the evidence bucket.
    """
    places = [f"{stores.evidence}/{folder}/*" for folder in folders]
    return [
        iam.Statement(sid="KeepRecords", actions=["s3:GetObject", "s3:PutObject"], resources=places),
        iam.Statement(
            sid="AppendToLedger",
            actions=["dynamodb:BatchWriteItem", "dynamodb:PutItem", *READ_ITEMS],
            resources=stores.ledger_tables,
        ),
        iam.Statement(
            sid="EncryptRecords",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[stores.evidence_key],
        ),
    ]


def sign_policy(stores: ReleaseStores) -> str:
    """Return what the signer may do: read what waits, look at its artifacts, sign it, write it down signed.

    A build that could sign could sign what nobody built (SLSA build level 3: the key is out of its reach).
    """
    bucket = stores.artifacts
    return iam.document(
        [
            *_signing(stores.signing_key),
            iam.Statement(
                sid="ReadWhatWasBuilt",
                actions=["s3:GetObject"],
                resources=[f"{bucket}/{folder}/*" for folder in ("artifacts", "releases", "unsigned")],
            ),
            iam.Statement(sid="FindWhatWasBuilt", actions=["s3:ListBucket"], resources=[bucket]),
            iam.Statement(sid="WriteSigned", actions=["s3:PutObject"], resources=[f"{bucket}/releases/*"]),
            iam.Statement(
                sid="EncryptSigned",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[stores.artifact_key],
            ),
        ]
    )


def deployment_policy(stores: ReleaseStores) -> str:
    """Return what a deployment may do in the audit account: read releases and approvals, keep records."""
    return iam.document(
        [
            iam.Statement(
                sid="ReadReleases",
                actions=["s3:GetObject"],
                resources=[f"{stores.artifacts}/*", f"{stores.evidence}/approvals/*"],
            ),
            iam.Statement(
                sid="ListReleases",
                actions=["s3:ListBucket", "s3:ListBucketVersions"],
                resources=[stores.artifacts, stores.evidence],
            ),
            iam.Statement(
                sid="ReadFirstVersions", actions=["s3:GetObjectVersion"], resources=[f"{stores.evidence}/*"]
            ),
            iam.Statement(sid="DecryptReleases", actions=["kms:Decrypt"], resources=[stores.artifact_key]),
            iam.Statement(  # dev's and staging's evidence is locked for less long than the bucket's default
                sid="LockEvidence",
                actions=["s3:PutObjectRetention"],
                resources=[f"{stores.evidence}/evidence/*"],
            ),
            *_recording(stores, "effects", "evidence", "ledger"),
        ]
    )


def audit_policy(stores: ReleaseStores) -> str:
    """Return what the nightly proof may do: read each record as it was first written, sign chains' ends.

    Of the stacks' states it lists the versions: which there were and when, never what is in one.
    """
    return iam.document(
        [
            iam.Statement(
                sid="ReadRecords",
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[f"{stores.evidence}/*"],
            ),
            iam.Statement(
                sid="ListRecords",
                actions=["s3:ListBucket", "s3:ListBucketVersions"],
                resources=[stores.evidence],
            ),
            iam.Statement(sid="ReadLedger", actions=READ_ITEMS, resources=stores.ledger_tables),
            iam.Statement(
                sid="ListStates",
                actions=["s3:ListBucketVersions"],
                resources=[stores.stack_states],
                conditions={"StringLike": {"s3:prefix": ".pulumi/stacks/*"}},
            ),
            iam.Statement(
                sid="WriteCheckpoints",
                actions=["s3:PutObject"],
                resources=[f"{stores.evidence}/checkpoints/*"],
            ),
            iam.Statement(
                sid="EncryptCheckpoints",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[stores.evidence_key],
            ),
            *_signing(stores.signing_key),
        ]
    )


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
            *_signing(stores.approval_key),
        ]
    )
