"""The stack of what exists once, in the audit account: evidence, artifacts, Pulumi's own state, GitHub."""

from collections.abc import Sequence

from components import iam
from components.audit_store import AuditStore, AuditStoreArgs
from components.encryption_key import EncryptionKey
from components.private_bucket import ObjectLock, PrivateBucket, PrivateBucketArgs, Reader
from components.repository import WorkspaceRepository, WorkspaceRepositoryArgs
from components.signing_key import SigningKey, SigningKeyArgs
from components.state_store import StateStore, StateStoreArgs
from components.warehouse.account_monitor import AccountMonitor, AccountMonitorArgs
from slipway.model.environment import StackName
from slipway.model.naming import ARTIFACTS, EVIDENCE, LEDGER, LEDGER_INDEX, SIGNING, repository_name
from stacks.account import encryption_key, platform_log
from stacks.outputs import SharedOutputs, export
from stacks.settings import SharedSettings
from stacks.workspace import load


def deploy_shared(settings: SharedSettings) -> None:
    """Declare the shared stack."""
    audit = _audit_store(settings)
    artifact_key = _key(settings, "artifacts", "Artifacts of releases", _deployers_decrypt(settings))
    artifacts = _artifact_bucket(settings, artifact_key)
    signing = _signing_key(settings)
    _state_store(settings)
    platform_log(settings)
    _repository(settings)
    _account_monitor(settings)
    export(
        SharedOutputs(
            artifact_bucket=artifacts.id,
            artifact_bucket_arn=artifacts.arn,
            artifact_key_arn=artifact_key.arn,
            evidence_bucket=audit.evidence.id,
            ledger_table=audit.ledger.table_name,
            ledger_index_table=audit.index.table_name,
            signing_key_alias=signing.alias.name,
        )
    )


def _key(
    settings: SharedSettings, role: str, purpose: str, statements: Sequence[iam.Statement] = ()
) -> EncryptionKey:
    return encryption_key(settings, role, purpose, settings.platform_tags, statements)


def _deployers(settings: SharedSettings) -> list[Reader]:
    """Return the deploy role of each environment; they come up after this stack."""
    return [
        Reader(name=environment.value, role_arn=settings.naming.deploy_role_arn(environment, account))
        for environment, account in settings.environment_accounts.items()
    ]


def _deployers_decrypt(settings: SharedSettings) -> list[iam.Statement]:
    return [
        iam.decrypt_for_role(each.role_arn, sid=f"Decrypt{each.name.capitalize()}")
        for each in _deployers(settings)
    ]


def _audit_store(settings: SharedSettings) -> AuditStore:
    key = _key(settings, "evidence", "Evidence and ledger", [iam.keep_key()])
    lock = ObjectLock(mode=settings.evidence_lock_mode, years=settings.evidence_retention_years)
    args = AuditStoreArgs(
        bucket=settings.naming.bucket(EVIDENCE),
        table=settings.naming.table(LEDGER),
        index=settings.naming.table(LEDGER_INDEX),
        lock=lock,
        key_arn=key.arn,
        tags=settings.platform_tags.classified("restricted"),
    )
    return AuditStore("audit", args)


def _artifact_bucket(settings: SharedSettings, key: EncryptionKey) -> PrivateBucket:
    args = PrivateBucketArgs(
        bucket=settings.naming.bucket(ARTIFACTS),
        key_arn=key.arn,
        tags=settings.platform_tags,
        readers=_deployers(settings),
    )
    return PrivateBucket("artifacts", args)


def _signing_key(settings: SharedSettings) -> SigningKey:
    args = SigningKeyArgs(
        purpose="Manifests of releases and checkpoints of the ledger",
        alias=settings.naming.key_alias(SIGNING),
        account_id=settings.account_id,
        tags=settings.platform_tags,
    )
    return SigningKey(SIGNING, args)


def _state_store(settings: SharedSettings) -> StateStore:
    key = _key(settings, "state", "Pulumi state of all stacks")
    args = StateStoreArgs(
        bucket=settings.naming.bucket("state"),
        bucket_key_arn=key.arn,
        secret_aliases={stack: settings.naming.state_secrets_alias(stack) for stack in StackName},
        account_id=settings.account_id,
        tags=settings.platform_tags.classified("restricted"),
    )
    return StateStore("pulumi", args)


def _repository(settings: SharedSettings) -> WorkspaceRepository:
    workspace = load(settings)
    args = WorkspaceRepositoryArgs(
        repository=repository_name(workspace.name),
        description=f"Data pipelines of {workspace.name}",
        roster=workspace.team,
        tags=settings.platform_tags,
    )
    return WorkspaceRepository("workspace", args)


def _account_monitor(settings: SharedSettings) -> AccountMonitor:
    args = AccountMonitorArgs(
        monitor=settings.naming.snowflake_account_object("account"),
        monthly_credits=settings.monthly_credits,
        tags=settings.platform_tags,
    )
    return AccountMonitor("account", args)
