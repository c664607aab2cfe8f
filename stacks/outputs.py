"""What one stack tells another: typed, exported by `shared`, read by the environments."""

from dataclasses import dataclass, fields
from typing import Final

import pulumi

from slipway.model.environment import StackName

# A self-managed backend knows one organization only, and this is its name.
_ORGANIZATION: Final = "organization"


@dataclass(frozen=True, kw_only=True)
class SharedOutputs:
    """What the environments need of `shared`.

    Attributes:
        artifact_bucket_arn: where immutable artifacts are.
        artifact_key_arn: KMS key of the artifacts.
        evidence_bucket: name of the bucket of evidence.
        ledger_table: name of the ledger's table.
    """

    artifact_bucket_arn: pulumi.Output[str]
    artifact_key_arn: pulumi.Output[str]
    evidence_bucket: pulumi.Output[str]
    ledger_table: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class EnvironmentOutputs:
    """What people and commands ask of an environment.

    Attributes:
        data_key_arn: KMS key of the environment's data.
        deploy_role_arn: who carries releases into it.
        databases: physical Snowflake databases.
        warehouse: Snowflake compute.
        pipelines: name to the ARN of its role.
    """

    data_key_arn: pulumi.Output[str]
    deploy_role_arn: pulumi.Output[str]
    databases: list[str]
    warehouse: pulumi.Output[str]
    pipelines: dict[str, pulumi.Output[str]]


def export(outputs: SharedOutputs | EnvironmentOutputs) -> None:
    """Make outputs readable for `pulumi stack output` and for other stacks."""
    for field in fields(outputs):  # asdict would copy values, and an Output cannot be copied
        pulumi.export(field.name, getattr(outputs, field.name))


def read_shared() -> SharedOutputs:
    """Read what `shared` exported; it has to be up first."""
    reference = pulumi.StackReference(f"{_ORGANIZATION}/{pulumi.get_project()}/{StackName.SHARED}")
    return SharedOutputs(
        artifact_bucket_arn=reference.require_output("artifact_bucket_arn"),
        artifact_key_arn=reference.require_output("artifact_key_arn"),
        evidence_bucket=reference.require_output("evidence_bucket"),
        ledger_table=reference.require_output("ledger_table"),
    )
