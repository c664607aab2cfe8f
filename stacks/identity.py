"""Who may do what in each account: the roles of the platform, whom they trust, their boundary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components import iam
from components.encryption_key import EncryptionKey
from components.identity import duties, operations, trust
from components.identity.boundary import PermissionBoundary, PermissionBoundaryArgs
from components.identity.deploy_role import DeployRole, DeployRoleArgs, orchestrator_arns
from components.identity.duties import ReleaseStores
from components.identity.operations import ObservedParts, OperatedParts
from components.identity.role import DutyRole, DutyRoleArgs
from components.private_bucket import PrivateBucket
from components.release_state import ReleaseState
from components.repository import DEFAULT_BRANCH
from slipway.model.environment import StackName
from slipway.model.flow_naming import role_for
from slipway.model.subjects import (
    APPROVE,
    AUDIT,
    BREAK_GLASS,
    BUILD,
    CHECK,
    DEPLOY,
    JANITOR,
    OBSERVE,
    ROLLBACK,
    SIGN,
    TICK,
)
from slipway.model.team import Role, Roster
from slipway.model.workspace import Workspace
from stacks.outputs import SharedOutputs
from stacks.settings import EnvironmentSettings, Settings, SharedSettings

_USER: Final = ":user/"
_ADMIN: Final = "Admin"
_VIEWER: Final = "Viewer"

DEPLOYER_BUILDS: Final = (DEPLOY, ROLLBACK, TICK, JANITOR)
"""The builds of an environment that run as its deployer."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentParts:
    """What deployments and emergencies of an environment work on."""

    key: EncryptionKey
    state: ReleaseState
    dags: PrivateBucket


def deploy_boundary(settings: Settings, elsewhere: Sequence[pulumi.Input[str]] = ()) -> PermissionBoundary:
    """Declare what no role of the stack can exceed; each of them bears it.

    Args:
        settings: of the stack.
        elsewhere: roles that are not of this stack, and are there for roles of it.
    """
    naming = settings.naming
    args = PermissionBoundaryArgs(
        policy=naming.boundary,
        role_pattern=naming.role_pattern,
        elsewhere=elsewhere,
        tags=settings.platform_tags,
    )
    return PermissionBoundary("boundary", args)


def deploy_shared_identity(
    settings: SharedSettings,
    workspace: Workspace,
    repository: pulumi.Output[str],
    stores: pulumi.Output[ReleaseStores],
    boundary: PermissionBoundary,
) -> dict[str, DutyRole]:
    """Declare who builds, signs, deploys, audits and approves; return whom builds run as, by duty."""
    merged = _workflows(settings, repository, trust.merged)
    project = _build_trust(settings, BUILD)
    build = merged.apply(lambda workflows: iam.document([project, workflows]))
    made = {
        duty: _duty(settings, boundary, duty, purpose, trusted=trusted, policy=stores.apply(policy))
        for duty, purpose, trusted, policy in (
            (BUILD, "Writes artifacts", build, duties.build_policy),
            (SIGN, "Signs releases", iam.document([_build_trust(settings, SIGN)]), duties.sign_policy),
            (AUDIT, "Proves records", iam.document([_build_trust(settings, AUDIT)]), duties.audit_policy),
        )
    }
    _deployers(settings, stores, boundary)
    if approvers := users_of(workspace.team, Role.APPROVER):
        people = iam.document([trust.trust_people(approvers)])
        policy = stores.apply(duties.approve_policy)
        _duty(
            settings,
            boundary,
            APPROVE,
            "Approves releases, each person for themselves",
            trusted=people,
            policy=policy,
        )
    return made


def _deployers(
    settings: SharedSettings, stores: pulumi.Output[ReleaseStores], boundary: PermissionBoundary
) -> None:
    """Declare what each environment's deployer becomes here; nobody else does."""
    for environment, account in settings.environment_accounts.items():
        trusted = iam.document([iam.trust_role(settings.naming.deploy_role_arn(environment, account))])
        _duty(
            settings,
            boundary,
            role_for(DEPLOY, StackName(environment.value)),
            f"Keeps the records of {environment}'s deployments",
            trusted=trusted,
            policy=stores.apply(duties.deployment_policy),
        )


@dataclass(frozen=True, kw_only=True)
class EnvironmentRoles:
    """Whom builds of an environment run as.

    Attributes:
        deploy: carries releases.
        observe: measures.
        check: checks what is not merged; None where that is not done.
    """

    deploy: DeployRole
    observe: DutyRole
    check: DutyRole | None

    @property
    def by_duty(self) -> Mapping[str, DutyRole | DeployRole]:
        """Whom each of the environment's own builds runs as."""
        deployer = dict.fromkeys(DEPLOYER_BUILDS, self.deploy)
        return {**deployer, OBSERVE: self.observe}


def deploy_environment_identity(
    settings: EnvironmentSettings,
    workspace: Workspace,
    shared: SharedOutputs,
    parts: EnvironmentParts,
    boundary: PermissionBoundary,
) -> EnvironmentRoles:
    """Declare who deploys, who measures, who checks, and who breaks the glass."""
    if operators := users_of(workspace.team, Role.PLATFORM_ENGINEER):
        people = iam.document([trust.trust_emergency(operators)])
        policy = _operated(settings, parts).apply(operations.break_glass_policy)
        _duty(
            settings,
            boundary,
            BREAK_GLASS,
            "Mends the environment in an emergency",
            trusted=people,
            policy=policy,
        )
    return EnvironmentRoles(
        deploy=_deploy_role(settings, boundary, shared, parts),
        observe=_observe(settings, boundary, parts),
        check=_check(settings, boundary, shared.repository) if settings.checks_pull_requests else None,
    )


def users_of(roster: Roster, role: Role) -> tuple[str, ...]:
    """Return the IAM users among the people with a role, sorted.

    Who comes in through IAM Identity Center has no user: their permission set carries what they may do.
    """
    principals = {person.aws_principal for person in roster.people if role in person.roles}
    return tuple(sorted(each for each in principals if _USER in each))


def records_role_arn(settings: EnvironmentSettings, shared: SharedOutputs) -> pulumi.Output[str]:
    """Return what the environment's deployer becomes in the audit account."""
    naming = settings.naming
    return shared.accounts.apply(
        lambda accounts: naming.of(StackName.SHARED, accounts[StackName.SHARED]).role_arn(
            role_for(DEPLOY, naming.stack)
        )
    )


def _build_trust(settings: Settings, duty: str) -> iam.Statement:
    return trust.trust_build(settings.naming.build_project_arn(duty, settings.region))


def _workflows(
    settings: Settings, repository: pulumi.Output[str], subjects: trust.Subjects
) -> pulumi.Output[iam.Statement]:
    """Trust workflows through GitHub's issuer, of which `slipway bootstrap` has told the account."""
    issuer = settings.naming.github_issuer_arn
    return repository.apply(lambda name: trust.trust_workflows(issuer, subjects(name, DEFAULT_BRANCH)))


def _duty(
    settings: Settings,
    boundary: PermissionBoundary,
    subject: str,
    duty: str,
    *,
    trusted: pulumi.Input[str],
    policy: pulumi.Input[str],
) -> DutyRole:
    args = DutyRoleArgs(
        role=settings.naming.role(subject),
        duty=duty,
        trust=trusted,
        policy=policy,
        boundary_arn=boundary.arn,
        tags=settings.platform_tags,
    )
    return DutyRole(subject, args)


def _check(
    settings: EnvironmentSettings, boundary: PermissionBoundary, repository: pulumi.Output[str]
) -> DutyRole:
    project = _build_trust(settings, CHECK)
    unmerged = _workflows(settings, repository, trust.pull_requests)
    trusted = unmerged.apply(lambda workflows: iam.document([project, workflows]))
    policy = duties.check_policy(settings.naming.secret_pattern(CHECK))
    return _duty(settings, boundary, CHECK, "Checks what is not merged yet", trusted=trusted, policy=policy)


def _observe(
    settings: EnvironmentSettings, boundary: PermissionBoundary, parts: EnvironmentParts
) -> DutyRole:
    naming, state = settings.naming, parts.state
    policy = pulumi.Output.all(
        leases=state.leases.arn,
        journals=pulumi.Output.all(state.journal.arn, state.documents.arn),
        data_key=parts.key.arn,
        airflow=orchestrator_arns(settings.account_id, naming.airflow_environment, _VIEWER),
        secret=naming.secret_pattern(OBSERVE),
    ).apply(lambda arns: operations.observe_policy(ObservedParts(**arns)))
    trusted = iam.document([_build_trust(settings, OBSERVE)])
    return _duty(
        settings, boundary, OBSERVE, "Measures pipelines and the platform", trusted=trusted, policy=policy
    )


def _operated(settings: EnvironmentSettings, parts: EnvironmentParts) -> pulumi.Output[OperatedParts]:
    naming, account = settings.naming, settings.account_id
    groups = f"arn:aws:logs:{settings.region}:{account}:log-group"
    return pulumi.Output.all(
        state_tables=pulumi.Output.all(*parts.state.table_arns),
        dag_bucket=parts.dags.arn,
        data_key=parts.key.arn,
        log_groups=[f"{groups}:{each}" for each in (naming.log_group("*"), naming.airflow_log_group("*"))],
        airflow=orchestrator_arns(account, naming.airflow_environment, _ADMIN),
        jobs=f"arn:aws:emr-serverless:{settings.region}:{account}:/applications/*",
    ).apply(lambda arns: OperatedParts(**arns))


def _deploy_role(
    settings: EnvironmentSettings,
    boundary: PermissionBoundary,
    shared: SharedOutputs,
    parts: EnvironmentParts,
) -> DeployRole:
    args = DeployRoleArgs(
        role=settings.naming.role(DEPLOY),
        account_id=settings.account_id,
        project_arns=[settings.naming.build_project_arn(duty, settings.region) for duty in DEPLOYER_BUILDS],
        records_role_arn=records_role_arn(settings, shared),
        applier_role_arn=settings.naming.applier_role_arn,
        boundary_arn=boundary.arn,
        artifact_bucket_arn=shared.artifact_bucket_arn,
        artifact_key_arn=shared.artifact_key_arn,
        state_table_arns=parts.state.table_arns,
        state_key_arn=parts.key.arn,
        dag_bucket_arn=parts.dags.arn,
        orchestrator=settings.naming.airflow_environment,
        tags=settings.platform_tags,
    )
    return DeployRole(DEPLOY, args)
