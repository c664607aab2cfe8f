"""Who may do what in each account: the roles of the platform, whom they trust, their boundary."""

from dataclasses import dataclass
from typing import Final

import pulumi

from components import iam
from components.encryption_key import EncryptionKey
from components.identity import duties, trust
from components.identity.boundary import PermissionBoundary, PermissionBoundaryArgs
from components.identity.deploy_role import DeployRole, DeployRoleArgs, orchestrator_arns
from components.identity.duties import OperatedParts, ReleaseStores
from components.identity.federation import GithubFederation, GithubFederationArgs
from components.identity.role import DutyRole, DutyRoleArgs
from components.platform_log import PlatformLog
from components.private_bucket import PrivateBucket
from components.release_state import ReleaseState
from components.repository import DEFAULT_BRANCH
from slipway.model.naming import APPROVE, BREAK_GLASS, BUILD, CHECK, DEPLOY, SIGN
from slipway.model.team import Role, Roster
from slipway.model.workspace import Workspace
from stacks.outputs import SharedOutputs
from stacks.settings import EnvironmentSettings, Settings, SharedSettings

_USER: Final = ":user/"
_ADMIN: Final = "Admin"


@dataclass(frozen=True, kw_only=True)
class EnvironmentParts:
    """What deployments and emergencies of an environment work on."""

    key: EncryptionKey
    state: ReleaseState
    log: PlatformLog
    dags: PrivateBucket


def deploy_boundary(settings: Settings) -> PermissionBoundary:
    """Declare what no role of the stack can exceed; each of them bears it."""
    naming = settings.naming
    args = PermissionBoundaryArgs(
        policy=naming.boundary, role_pattern=naming.role_pattern, tags=settings.platform_tags
    )
    return PermissionBoundary("boundary", args)


def deploy_shared_identity(
    settings: SharedSettings,
    workspace: Workspace,
    repository: pulumi.Output[str],
    stores: pulumi.Output[ReleaseStores],
) -> None:
    """Declare who builds, signs and approves."""
    boundary = deploy_boundary(settings)
    merged = _workflows(_federation(settings), repository, trust.merged)
    project = _build_trust(settings, BUILD)
    build = merged.apply(lambda workflows: iam.document([project, workflows]))
    _duty(
        settings, boundary, BUILD, "Writes artifacts", trusted=build, policy=stores.apply(duties.build_policy)
    )
    sign = iam.document([_build_trust(settings, SIGN)])
    _duty(settings, boundary, SIGN, "Signs releases", trusted=sign, policy=stores.apply(duties.sign_policy))
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


def deploy_environment_identity(
    settings: EnvironmentSettings,
    workspace: Workspace,
    shared: SharedOutputs,
    parts: EnvironmentParts,
    boundary: PermissionBoundary,
) -> DeployRole:
    """Declare who deploys, who checks, and who breaks the glass; return who deploys."""
    if settings.checks_pull_requests:
        _check(settings, boundary, shared.repository)
    if operators := users_of(workspace.team, Role.PLATFORM_ENGINEER):
        people = iam.document([trust.trust_emergency(operators)])
        policy = _operated(settings, parts).apply(duties.break_glass_policy)
        _duty(
            settings,
            boundary,
            BREAK_GLASS,
            "Mends the environment in an emergency",
            trusted=people,
            policy=policy,
        )
    return _deploy_role(settings, boundary, shared, parts)


def users_of(roster: Roster, role: Role) -> tuple[str, ...]:
    """Return the IAM users among the people with a role, sorted.

    Who comes in through IAM Identity Center has no user: their permission set carries what they may do.
    """
    principals = {person.aws_principal for person in roster.people if role in person.roles}
    return tuple(sorted(each for each in principals if _USER in each))


def _federation(settings: Settings) -> GithubFederation:
    return GithubFederation("github", GithubFederationArgs(tags=settings.platform_tags))


def _build_trust(settings: Settings, duty: str) -> iam.Statement:
    return trust.trust_build(settings.naming.build_project_arn(duty, settings.region))


def _workflows(
    federation: GithubFederation, repository: pulumi.Output[str], subjects: trust.Subjects
) -> pulumi.Output[iam.Statement]:
    return pulumi.Output.all(federation.arn, repository).apply(
        lambda known: trust.trust_workflows(known[0], subjects(known[1], DEFAULT_BRANCH))
    )


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
) -> None:
    project = _build_trust(settings, CHECK)
    unmerged = _workflows(_federation(settings), repository, trust.pull_requests)
    trusted = unmerged.apply(lambda workflows: iam.document([project, workflows]))
    policy = duties.check_policy(settings.naming.secret_pattern(CHECK))
    _duty(settings, boundary, CHECK, "Checks what is not merged yet", trusted=trusted, policy=policy)


def _operated(settings: EnvironmentSettings, parts: EnvironmentParts) -> pulumi.Output[OperatedParts]:
    naming, account = settings.naming, settings.account_id
    logs = f"arn:aws:logs:{settings.region}:{account}:log-group:{naming.log_group('*')}"
    return pulumi.Output.all(
        state_tables=pulumi.Output.all(*parts.state.table_arns),
        dag_bucket=parts.dags.arn,
        data_key=parts.key.arn,
        log_groups=logs,
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
        project_arn=settings.naming.build_project_arn(DEPLOY, settings.region),
        boundary_arn=boundary.arn,
        artifact_bucket_arn=shared.artifact_bucket_arn,
        artifact_key_arn=shared.artifact_key_arn,
        state_table_arns=parts.state.table_arns,
        state_key_arn=parts.key.arn,
        log_group_arn=parts.log.group.arn,
        dag_bucket_arn=parts.dags.arn,
        orchestrator=settings.naming.airflow_environment,
        tags=settings.platform_tags,
    )
    return DeployRole(DEPLOY, args)
