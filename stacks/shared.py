"""The stack of what exists once, in the audit account: evidence, artifacts, Pulumi's own state, GitHub."""

import pulumi

from components import iam, key_policy
from components.artifact_store import ArtifactStore, ArtifactStoreArgs
from components.audit_store import AuditStore, AuditStoreArgs
from components.encryption_key import EncryptionKey
from components.identity.duties import ReleaseStores
from components.key_policy import KeyUsers
from components.private_bucket import ObjectLock, Reader
from components.repository import WorkspaceRepository, WorkspaceRepositoryArgs
from components.signing_key import SigningKey, SigningKeyArgs
from components.state_store import StateStore, StateStoreArgs
from components.warehouse.account_monitor import AccountMonitor, AccountMonitorArgs
from slipway.model.environment import StackName
from slipway.model.naming import (
    APPROVE,
    ARTIFACTS,
    BUILD,
    EVIDENCE,
    LEDGER,
    LEDGER_INDEX,
    SIGN,
    SIGNING,
    repository_name,
)
from slipway.model.workspace import Workspace
from stacks.account import encryption_key, platform_log
from stacks.identity import deploy_shared_identity
from stacks.outputs import SharedOutputs, export
from stacks.settings import SharedSettings
from stacks.trails import deploy_trail, deploy_trail_log
from stacks.workspace import load


def deploy_shared(settings: SharedSettings) -> None:
    """Declare the shared stack."""
    workspace = load(settings)
    evidence_key = _evidence_key(settings)
    audit = _audit_store(settings, evidence_key)
    artifact_key = _artifact_key(settings)
    artifacts = _artifact_store(settings, artifact_key)
    signing = _signing_key(settings)
    state = _state_store(settings)
    trails = deploy_trail_log(settings)
    deploy_trail(settings, trails, [artifacts.bucket.arn, state.bucket.arn])
    platform_log(settings)
    repository = _repository(settings, workspace).repository.full_name
    _account_monitor(settings)
    stores = _release_stores(artifacts, artifact_key, audit, evidence_key, signing)
    deploy_shared_identity(settings, workspace, repository, stores)
    export(
        SharedOutputs(
            artifact_bucket=artifacts.bucket.id,
            artifact_bucket_arn=artifacts.bucket.arn,
            artifact_key_arn=artifact_key.arn,
            evidence_bucket=audit.evidence.id,
            ledger_table=audit.ledger.table_name,
            ledger_index_table=audit.index.table_name,
            signing_key_alias=signing.alias.name,
            repository=repository,
            trail_bucket=trails.bucket,
            trail_key_arn=trails.key_arn,
        )
    )


def _artifact_key(settings: SharedSettings) -> EncryptionKey:
    """Builds encrypt with it; deployments and approvers decrypt."""
    role = settings.naming.role_arn
    users = KeyUsers(
        encrypt=[settings.operator_role_arn, role(BUILD)],
        decrypt=[role(APPROVE), *(each.role_arn for each in _deployers(settings))],
    )
    policy = key_policy.encryption_policy(settings.account_id, users)
    return encryption_key(settings, "artifacts", "Artifacts of releases", settings.platform_tags, policy)


def _evidence_key(settings: SharedSettings) -> EncryptionKey:
    """Approvers encrypt with it; builds decrypt, to find the checks of what they build."""
    role = settings.naming.role_arn
    users = KeyUsers(encrypt=[settings.operator_role_arn, role(APPROVE)], decrypt=[role(BUILD)])
    policy = [*key_policy.encryption_policy(settings.account_id, users), iam.keep_key()]
    return encryption_key(settings, "evidence", "Evidence and ledger", settings.platform_tags, policy)


def _deployers(settings: SharedSettings) -> list[Reader]:
    """Return the deploy role of each environment; they come up after this stack."""
    return [
        Reader(name=environment.value, role_arn=settings.naming.deploy_role_arn(environment, account))
        for environment, account in settings.environment_accounts.items()
    ]


def _audit_store(settings: SharedSettings, key: EncryptionKey) -> AuditStore:
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


def _artifact_store(settings: SharedSettings, key: EncryptionKey) -> ArtifactStore:
    args = ArtifactStoreArgs(
        bucket=settings.naming.bucket(ARTIFACTS),
        images=settings.naming.image_repository(ARTIFACTS),
        key_arn=key.arn,
        readers=_deployers(settings),
        job_accounts=list(settings.environment_accounts.values()),
        tags=settings.platform_tags,
    )
    return ArtifactStore("artifacts", args)


def _signing_key(settings: SharedSettings) -> SigningKey:
    signers = [settings.operator_role_arn, settings.naming.role_arn(SIGN), settings.naming.role_arn(APPROVE)]
    args = SigningKeyArgs(
        purpose="Manifests of releases and checkpoints of the ledger",
        alias=settings.naming.key_alias(SIGNING),
        policy=key_policy.signing_policy(settings.account_id, signers),
        tags=settings.platform_tags,
    )
    return SigningKey(SIGNING, args)


def _release_stores(
    artifacts: ArtifactStore,
    artifact_key: EncryptionKey,
    audit: AuditStore,
    evidence_key: EncryptionKey,
    signing: SigningKey,
) -> pulumi.Output[ReleaseStores]:
    return pulumi.Output.all(
        artifacts=artifacts.bucket.arn,
        images=artifacts.images.arn,
        artifact_key=artifact_key.arn,
        evidence=audit.evidence.arn,
        evidence_key=evidence_key.arn,
        ledger_tables=pulumi.Output.all(audit.ledger.arn, audit.index.arn),
        signing_key=signing.arn,
    ).apply(lambda arns: ReleaseStores(**arns))


def _state_store(settings: SharedSettings) -> StateStore:
    people = key_policy.people_policy(settings.account_id, settings.naming.role_pattern)
    key = encryption_key(settings, "state", "Pulumi state of all stacks", settings.platform_tags, people)
    args = StateStoreArgs(
        bucket=settings.naming.bucket("state"),
        bucket_key_arn=key.arn,
        secret_aliases={stack: settings.naming.state_secrets_alias(stack) for stack in StackName},
        secrets_policy=people,
        tags=settings.platform_tags.classified("restricted"),
    )
    return StateStore("pulumi", args)


def _repository(settings: SharedSettings, workspace: Workspace) -> WorkspaceRepository:
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
