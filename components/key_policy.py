"""Who may do what with a KMS key: administer, encrypt, decrypt, sign, each a statement. Pure.

Administration is left to the account's IAM policies, use is not: a policy that allowed `kms:*` to somebody
would still not let them decrypt. Whoever is named needs the right in their own policies as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components import iam

_ADMINISTRATION: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
# Who writes to S3 with a bucket key, or to DynamoDB, decrypts the data key that was used before.
_ENCRYPTION: Final = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
_DECRYPTION: Final = ("kms:Decrypt", "kms:DescribeKey")
_SIGNATURE: Final = ("kms:GetPublicKey", "kms:Sign")


@dataclass(frozen=True, kw_only=True)
class KeyUsers:
    """Roles by ARN that use an encryption key; they may come up later, and in other accounts.

    Attributes:
        encrypt: write what the key protects, and read it.
        decrypt: read it.
    """

    encrypt: Sequence[str]
    decrypt: Sequence[str] = ()


def encryption_policy(account_id: str, users: KeyUsers) -> list[iam.Statement]:
    """Return who administers, encrypts and decrypts."""
    reading = [_use("Decrypt", _DECRYPTION, users.decrypt)] if users.decrypt else []
    return [
        _administer(account_id),
        _serve(account_id),
        _use("Encrypt", _ENCRYPTION, users.encrypt),
        *reading,
    ]


def signing_policy(account_id: str, signers: Sequence[str]) -> list[iam.Statement]:
    """Return who administers and signs; nobody can delete the key or put it out of use."""
    return [_administer(account_id), _use("Sign", _SIGNATURE, signers), keep_key()]


def people_policy(account_id: str, role_pattern: str) -> list[iam.Statement]:
    """Return that the account's people use the key as IAM allows them, and no role of the platform does.

    Args:
        account_id: account of the key.
        role_pattern: ARN pattern of the platform's roles there.
    """
    use = iam.Statement(
        sid="People",
        actions=_ENCRYPTION,
        resources=["*"],
        principals={"AWS": [iam.account_principal(account_id)]},
        conditions={"ArnNotLike": {"aws:PrincipalArn": role_pattern}},
    )
    return [_administer(account_id), _serve(account_id), use]


def pipelines_encrypt(account_id: str, role_pattern: str, platform: str) -> iam.Statement:
    """Let the roles of all pipelines encrypt: known by their tag, so that a new one changes no key.

    Args:
        account_id: account of the key and of the roles.
        role_pattern: ARN pattern of all roles of the stack.
        platform: the tag `Pipeline` of those that belong to no pipeline.
    """
    return iam.Statement(
        sid="Pipelines",
        actions=_ENCRYPTION,
        resources=["*"],
        principals={"AWS": [iam.account_principal(account_id)]},
        conditions={
            "ArnLike": {"aws:PrincipalArn": role_pattern},
            "StringNotEquals": {"aws:PrincipalTag/Pipeline": platform},
        },
    )


def _administer(account_id: str) -> iam.Statement:
    return iam.Statement(
        sid="Administer",
        actions=_ADMINISTRATION,
        resources=["*"],
        principals={"AWS": [iam.account_principal(account_id)]},
    )


def _serve(account_id: str) -> iam.Statement:
    """Let AWS services that the account's people set up keep using the key: DynamoDB needs a grant."""
    return iam.Statement(
        sid="Services",
        actions=["kms:CreateGrant"],
        resources=["*"],
        principals={"AWS": [iam.account_principal(account_id)]},
        conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )


def _use(sid: str, actions: Sequence[str], role_arns: Sequence[str]) -> iam.Statement:
    """Name roles by a condition: a principal that does not exist yet would be refused."""
    return iam.Statement(
        sid=sid,
        actions=actions,
        resources=["*"],
        principals={"AWS": sorted({iam.account_of(each) for each in role_arns})},
        conditions={"ArnEquals": {"aws:PrincipalArn": list(role_arns)}},
    )


def encrypt_for_alarms(account_id: str) -> iam.Statement:
    """Let CloudWatch publish to a topic that the key encrypts: without it alarms are dropped without a word.

    Source: CloudWatch user guide, "Amazon SNS topic ... encrypted with a customer managed key".
    """
    return iam.Statement(
        sid="AlarmsPublish",
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],
        principals={"Service": [iam.ALARMS]},
        conditions={"StringEquals": {"aws:SourceAccount": account_id}},
    )


def encrypt_for_budgets(account_id: str) -> iam.Statement:
    """Let AWS Budgets publish to a topic that the key encrypts.

    Source: AWS cost management user guide, "Creating an Amazon SNS topic for budget notifications".
    """
    return iam.Statement(
        sid="BudgetsPublish",
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],
        principals={"Service": [iam.BUDGETS]},
        conditions={"StringEquals": {"aws:SourceAccount": account_id}},
    )


def encrypt_for_logs(account_id: str, region: str, *groups: str) -> iam.Statement:
    """Let CloudWatch Logs encrypt log groups with a key.

    Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".

    Args:
        account_id: whose groups.
        region: where they are.
        groups: their names; `*` stands for any characters.
    """
    arns = [f"arn:aws:logs:{region}:{account_id}:log-group:{group}" for group in groups]
    return iam.Statement(
        sid="LogsEncrypt",
        actions=["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        resources=["*"],
        principals={"Service": [f"logs.{region}.amazonaws.com"]},
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns}},
    )


def keep_key() -> iam.Statement:
    """Refuse to disable or delete a key, to everybody: what it encrypts would be lost with it."""
    return iam.Statement(
        sid="KeepKey",
        actions=["kms:DisableKey", "kms:ScheduleKeyDeletion"],
        resources=["*"],
        principals={"AWS": ["*"]},
        deny=True,
    )
