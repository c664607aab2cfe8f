"""Who deploys in an environment, and what that identity may touch there."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from components.identity.trust import trust_build
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """What a deployment needs.

    Attributes:
        role: physical name.
        account_id: account of the environment.
        project_arns: the CodeBuild projects that run as the role, and nothing else does.
        records_role_arn: the role of the audit account that is there for this one.
        applier_role_arn: the role that changes what pipelines have.
        boundary_arn: the most that the role can do.
        artifact_bucket_arn: artifacts are read from it, never written.
        artifact_key_arn: KMS key of the artifacts.
        state_table_arns: leases, journal and environment documents of the environment.
        state_key_arn: KMS key of those tables.
        dag_bucket_arn: where it publishes DAG files.
        orchestrator: name of the MWAA environment whose Airflow it calls.
    """

    role: str
    account_id: str
    project_arns: Sequence[str]
    records_role_arn: pulumi.Input[str]
    applier_role_arn: str
    boundary_arn: pulumi.Input[str]
    artifact_bucket_arn: pulumi.Input[str]
    artifact_key_arn: pulumi.Input[str]
    state_table_arns: Sequence[pulumi.Input[str]]
    state_key_arn: pulumi.Input[str]
    dag_bucket_arn: pulumi.Input[str]
    orchestrator: str
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class DeployReach:
    """The resolved ARNs of `DeployRoleArgs`, for the pure policy below."""

    artifact_bucket_arn: str
    artifact_key_arn: str
    state_table_arns: Sequence[str]
    state_key_arn: str
    dag_bucket_arn: str
    orchestrator_arns: Sequence[str]
    records_role_arn: str
    applier_role_arn: str


def deploy_policy(reach: DeployReach) -> str:
    """Return what a deployment may do: read artifacts, keep state, write its log, publish and run DAGs.

    What it does with releases' records in the audit account, and with the resources of pipelines, is said by
    the policies of two other roles, which it becomes.
    """
    bucket = reach.artifact_bucket_arn
    return iam.document(
        [
            iam.Statement(
                sid="ReadArtifacts",
                actions=["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
                resources=[bucket, f"{bucket}/*"],
            ),
            iam.Statement(
                sid="DecryptArtifacts", actions=["kms:Decrypt"], resources=[reach.artifact_key_arn]
            ),
            iam.Statement(
                sid="KeepState",
                actions=[
                    f"dynamodb:{action}"
                    for action in (
                        "ConditionCheckItem",
                        "DeleteItem",
                        "GetItem",
                        "PutItem",
                        "Query",
                        "UpdateItem",
                    )
                ],
                resources=list(reach.state_table_arns),
            ),
            iam.Statement(
                sid="UseStateKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[reach.state_key_arn],
            ),
            iam.Statement(
                sid="PublishDags",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                resources=[reach.dag_bucket_arn, f"{reach.dag_bucket_arn}/*"],
            ),
            call_airflow(reach.orchestrator_arns),
            iam.Statement(
                sid="BecomeOthers",
                actions=["sts:AssumeRole"],
                resources=[reach.records_role_arn, reach.applier_role_arn],
            ),
        ]
    )


def orchestrator_arns(account_id: str, environment: str, airflow_role: str = "Op") -> tuple[str, str]:
    """Return the resources of GetEnvironment and of InvokeRestApi, which names a role of Airflow's own.

    Source: service authorization reference, "Actions, resources, and condition keys for Amazon MWAA".
    """
    return (
        f"arn:aws:airflow:*:{account_id}:environment/{environment}",
        f"arn:aws:airflow:*:{account_id}:role/{environment}/{airflow_role}",
    )


def call_airflow(arns: Sequence[str]) -> iam.Statement:
    """Let a role call Airflow's REST API as the role of Airflow's own that `orchestrator_arns` names."""
    actions = ["airflow:GetEnvironment", "airflow:InvokeRestApi"]
    return iam.Statement(sid="CallAirflow", actions=actions, resources=list(arns))


class DeployRole(PlatformComponent, token="slipway:identity:DeployRole"):
    """The role that the environment's builds which change it assume, and nobody else."""

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.role = self._create_role(args)
        self._create_policy(args)
        self.arn: pulumi.Output[str] = self.role.arn
        self.publish(arn=self.arn)

    def _create_role(self, args: DeployRoleArgs) -> aws.iam.Role:
        return aws.iam.Role(
            self.name,
            name=args.role,
            description="Carries releases into this environment",
            assume_role_policy=iam.document([trust_build(*args.project_arns)]),
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_policy(self, args: DeployRoleArgs) -> aws.iam.RolePolicy:
        reach = pulumi.Output.all(
            artifact_bucket_arn=args.artifact_bucket_arn,
            artifact_key_arn=args.artifact_key_arn,
            state_table_arns=pulumi.Output.all(*args.state_table_arns),
            state_key_arn=args.state_key_arn,
            dag_bucket_arn=args.dag_bucket_arn,
            orchestrator_arns=orchestrator_arns(args.account_id, args.orchestrator),
            records_role_arn=args.records_role_arn,
            applier_role_arn=args.applier_role_arn,
        )
        return aws.iam.RolePolicy(
            self.name,
            role=self.role.name,
            policy=reach.apply(lambda arns: deploy_policy(DeployReach(**arns))),
            opts=self.child(),
        )
