"""The stack of what exists once, in the audit account: evidence, artifacts, Pulumi's own state, GitHub."""

from collections.abc import Mapping

import pulumi

from components import iam, key_policy
from components.artifact_store import ArtifactStore, ArtifactStoreArgs
from components.audit_store import AuditStore, AuditStoreArgs
from components.encryption_key import EncryptionKey
from components.identity.duties import ReleaseStores
from components.key_policy import KeyUsers
from components.network.endpoints import FOR_BUILDS
from components.private_bucket import ObjectLock, Reader
from components.repository import WorkspaceRepository, WorkspaceRepositoryArgs
from components.signing_key import SigningKey, SigningKeyArgs
from components.warehouse.account_monitor import AccountMonitor, AccountMonitorArgs
from slipway.catalog.owners import WRITE_OWNERS
from slipway.model.environment import StackName
from slipway.model.flow_naming import build_log_group, role_for
from slipway.model.naming import repository_name
from slipway.model.subjects import (
    APPROVALS,
    APPROVE,
    ARTIFACTS,
    AUDIT,
    BUILD,
    DEPLOY,
    EVIDENCE,
    LEDGER,
    LEDGER_INDEX,
    PULUMI_STATE,
    SIGN,
    SIGNING,
)
from slipway.model.workspace import Workspace
from stacks.account import encryption_key
from stacks.builds import build_place
from stacks.flow import FlowParts, deploy_shared_flow
from stacks.identity import deploy_boundary, deploy_shared_identity
from stacks.network import deploy_network
from stacks.observability import deploy_alerts
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
    signing, approving = _signing_key(settings), _approval_key(settings)
    trails = deploy_trail_log(settings)
    deploy_trail(
        settings, trails, [artifacts.bucket.arn, iam.bucket_arn(settings.naming.bucket(PULUMI_STATE))]
    )
    topic = deploy_alerts(settings, artifact_key)
    repository = _repository(settings, workspace).repository.full_name
    _account_monitor(settings)
    stores = _release_stores(
        settings,
        artifacts=artifacts,
        artifact_key=artifact_key,
        audit=audit,
        evidence_key=evidence_key,
        signing=signing,
        approving=approving,
    )
    boundary = deploy_boundary(settings)
    roles = deploy_shared_identity(settings, workspace, repository, stores, boundary)
    network = deploy_network(settings, boundary, FOR_BUILDS)
    parts = FlowParts(
        place=build_place(settings, network, artifact_key),
        roles=roles,
        boundary=boundary,
        alert_topic_arn=topic.arn,
    )
    deploy_shared_flow(settings, parts, repository)
    export(
        SharedOutputs(
            artifact_bucket=artifacts.bucket.id,
            artifact_bucket_arn=artifacts.bucket.arn,
            artifact_key_arn=artifact_key.arn,
            evidence_bucket=audit.evidence.id,
            ledger_table=audit.ledger.table_name,
            ledger_index_table=audit.index.table_name,
            signing_key_alias=signing.alias.name,
            approval_key_alias=approving.alias.name,
            repository=repository,
            trail_bucket=trails.bucket,
            trail_key_arn=trails.key_arn,
            accounts=pulumi.Output.from_input(_accounts(settings)),
            region=pulumi.Output.from_input(settings.region),
        )
    )


def _accounts(settings: SharedSettings) -> Mapping[str, str]:
    environments = {
        environment.value: number for environment, number in settings.environment_accounts.items()
    }
    return {StackName.SHARED.value: settings.account_id, **environments}


def _artifact_key(settings: SharedSettings) -> EncryptionKey:
    """Builds and signers encrypt with it, logs of builds and what the budget tells too; others decrypt."""
    naming, account = settings.naming, settings.account_id
    users = KeyUsers(
        encrypt=[settings.operator_role_arn, naming.role_arn(BUILD), naming.role_arn(SIGN)],
        decrypt=[
            naming.role_arn(APPROVE),
            *_records_roles(settings),
            *(each.role_arn for each in _deployers(settings)),
        ],
    )
    policy = [
        *key_policy.encryption_policy(account, users),
        key_policy.encrypt_for_alarms(account),
        key_policy.encrypt_for_budgets(account),
        key_policy.encrypt_for_logs(account, settings.region, build_log_group(naming, "*")),
    ]
    return encryption_key(settings, "artifacts", "Artifacts of releases", settings.platform_tags, policy)


def _evidence_key(settings: SharedSettings) -> EncryptionKey:
    """Whoever keeps records encrypts with it: approvers, builds, deployments, the nightly proof."""
    role = settings.naming.role_arn
    keepers = [role(APPROVE), role(AUDIT), role(BUILD), *_records_roles(settings)]
    users = KeyUsers(encrypt=[settings.operator_role_arn, *keepers])
    policy = [*key_policy.encryption_policy(settings.account_id, users), key_policy.keep_key()]
    return encryption_key(settings, "evidence", "Evidence and ledger", settings.platform_tags, policy)


def _deployers(settings: SharedSettings) -> list[Reader]:
    """Return the deploy role of each environment; they come up after this stack."""
    return [
        Reader(name=environment.value, role_arn=settings.naming.deploy_role_arn(environment, account))
        for environment, account in settings.environment_accounts.items()
    ]


def _records_roles(settings: SharedSettings) -> list[str]:
    """Return what each environment's deployer becomes here."""
    return [
        settings.naming.role_arn(role_for(DEPLOY, StackName(environment.value)))
        for environment in settings.environment_accounts
    ]


def _audit_store(settings: SharedSettings, key: EncryptionKey) -> AuditStore:
    lock = ObjectLock(mode=settings.evidence_lock_mode, years=settings.evidence_retention_years)
    args = AuditStoreArgs(
        bucket=settings.naming.bucket(EVIDENCE),
        table=settings.naming.table(LEDGER),
        index=settings.naming.table(LEDGER_INDEX),
        lock=lock,
        key_arn=key.arn,
        approver_role_arn=settings.naming.role_arn(APPROVE),
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
    signers = [
        settings.operator_role_arn,
        *(settings.naming.role_arn(duty) for duty in (AUDIT, SIGN)),
    ]
    args = SigningKeyArgs(
        purpose="Manifests of releases and checkpoints of the ledger",
        alias=settings.naming.key_alias(SIGNING),
        policy=key_policy.signing_policy(settings.account_id, signers),
        tags=settings.platform_tags,
    )
    return SigningKey(SIGNING, args)


def _approval_key(settings: SharedSettings) -> SigningKey:
    """Whoever signs releases, the operator too, has no part in it: people alone approve."""
    args = SigningKeyArgs(
        purpose="Approvals, each in a session of the person who gives it",
        alias=settings.naming.key_alias(APPROVALS),
        policy=key_policy.signing_policy(settings.account_id, [settings.naming.role_arn(APPROVE)]),
        tags=settings.platform_tags,
    )
    return SigningKey(APPROVALS, args)


def _release_stores(
    settings: SharedSettings,
    *,
    artifacts: ArtifactStore,
    artifact_key: EncryptionKey,
    audit: AuditStore,
    evidence_key: EncryptionKey,
    signing: SigningKey,
    approving: SigningKey,
) -> pulumi.Output[ReleaseStores]:
    return pulumi.Output.all(
        artifacts=artifacts.bucket.arn,
        images=artifacts.images.arn,
        artifact_key=artifact_key.arn,
        evidence=audit.evidence.arn,
        evidence_key=evidence_key.arn,
        ledger_tables=pulumi.Output.all(audit.ledger.arn, audit.index.arn),
        signing_key=signing.arn,
        approval_key=approving.arn,
        stack_states=iam.bucket_arn(settings.naming.bucket(PULUMI_STATE)),
    ).apply(lambda arns: ReleaseStores(**arns))


def _repository(settings: SharedSettings, workspace: Workspace) -> WorkspaceRepository:
    _refuse_other_organization(settings, workspace)
    args = WorkspaceRepositoryArgs(
        repository=repository_name(workspace.name),
        description=f"Data pipelines of {workspace.name}",
        roster=workspace.team,
        tags=settings.platform_tags,
    )
    return WorkspaceRepository("workspace", args)


def _refuse_other_organization(settings: SharedSettings, workspace: Workspace) -> None:
    """GitHub takes a code owner of another organization for none, and says nothing: nobody would be asked."""
    owner, named = settings.github_owner, workspace.github or "no organization"
    if named.casefold() != owner.casefold():
        raise pulumi.RunError(
            f"teams are made in {owner} (github:owner of Pulumi.shared.yaml), slipway.yaml names {named}"
            f"\n  remedy: write github: {owner} into slipway.yaml, then {WRITE_OWNERS}"
        )


def _account_monitor(settings: SharedSettings) -> AccountMonitor:
    args = AccountMonitorArgs(
        monitor=settings.naming.snowflake_account_object("account"),
        monthly_credits=settings.monthly_credits,
        tags=settings.platform_tags,
    )
    return AccountMonitor("account", args)
