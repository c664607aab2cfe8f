"""What one stack tells another: typed, exported by `shared`, read by the environments."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Final

import pulumi

from slipway.model.environment import StackName
from slipway.model.errors import UsageError

# A self-managed backend knows one organization only, and this is its name.
_ORGANIZATION: Final = "organization"


@dataclass(frozen=True, kw_only=True)
class SharedOutputs:
    """What the environments need of `shared`.

    Attributes:
        artifact_bucket: name of the bucket of artifacts and manifests.
        artifact_bucket_arn: its ARN.
        artifact_key_arn: KMS key of the artifacts.
        evidence_bucket: name of the bucket of evidence.
        ledger_table: name of the ledger's table.
        ledger_index_table: name of the table that finds its entries.
        signing_key_alias: the key that signs manifests and checkpoints.
        approval_key_alias: the key that signs approvals.
        repository: owner/name of the workspace's repository on GitHub.
        trail_bucket: name of the bucket that all trails write to.
        trail_key_arn: KMS key of their files.
        accounts: AWS account of each stack, this one among them.
        region: where it stands; all stacks stand there.
    """

    artifact_bucket: pulumi.Output[str]
    artifact_bucket_arn: pulumi.Output[str]
    artifact_key_arn: pulumi.Output[str]
    evidence_bucket: pulumi.Output[str]
    ledger_table: pulumi.Output[str]
    ledger_index_table: pulumi.Output[str]
    signing_key_alias: pulumi.Output[str]
    approval_key_alias: pulumi.Output[str]
    repository: pulumi.Output[str]
    trail_bucket: pulumi.Output[str]
    trail_key_arn: pulumi.Output[str]
    accounts: pulumi.Output[Mapping[str, str]]
    region: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class EnvironmentOutputs:
    """What people and commands ask of an environment.

    Attributes:
        data_key_arn: KMS key of the environment's data.
        deploy_role_arn: who carries releases into it.
        lease_table: name of the table of leases.
        journal_table: name of the table of journals.
        document_table: name of the table of environment documents.
        dag_bucket: name of the bucket that Airflow reads DAG files from.
        databases: physical Snowflake databases.
        warehouse: Snowflake compute.
        spark_applications: `batch` and `streaming` to the id of the EMR Serverless application.
        pipelines: name to the ARN of its role.
    """

    data_key_arn: pulumi.Output[str]
    deploy_role_arn: pulumi.Output[str]
    lease_table: pulumi.Output[str]
    journal_table: pulumi.Output[str]
    document_table: pulumi.Output[str]
    dag_bucket: pulumi.Output[str]
    databases: list[str]
    warehouse: pulumi.Output[str]
    spark_applications: dict[str, pulumi.Output[str]]
    pipelines: dict[str, pulumi.Output[str]]


def export(outputs: SharedOutputs | EnvironmentOutputs) -> None:
    """Make outputs readable for `pulumi stack output` and for other stacks."""
    for field in fields(outputs):  # asdict would copy values, and an Output cannot be copied
        pulumi.export(field.name, getattr(outputs, field.name))


def read_shared(stack: StackName, region: str) -> SharedOutputs:
    """Read what `shared` exported.

    Args:
        stack: the stack that reads.
        region: where that one stands.

    Raises:
        pulumi.RunError: when the outputs are awaited and `shared` has not exported one of them, or stands in
            another region: its buses, keys and buckets are named with the region of whoever reads.
    """
    reference = pulumi.StackReference(f"{_ORGANIZATION}/{pulumi.get_project()}/{StackName.SHARED}")
    read = SharedOutputs(**{field.name: _required(reference, field.name) for field in fields(SharedOutputs)})
    there = read.region.apply(partial(_same_region, stack, region))
    # Accounts are what an event is sent with: nothing that crosses to shared goes without the comparison.
    accounts = pulumi.Output.all(read.accounts, there).apply(lambda known: known[0])
    return replace(read, accounts=accounts)


def _same_region(stack: StackName, own: str, shared: str) -> str:
    if own != shared:
        apart = UsageError(
            f"stack '{stack}' stands in {own}, and '{StackName.SHARED}' in {shared}: all stand in one region",
            remedy=f"set aws:region to {shared} in Pulumi.{stack}.yaml",
        )
        raise pulumi.RunError(str(apart))
    return shared


def _required(reference: pulumi.StackReference, name: str) -> pulumi.Output[Any]:
    def present(value: Any) -> Any:
        if value is None:
            missing = UsageError(
                f"stack '{StackName.SHARED}' has no output '{name}'",
                remedy=f"pulumi up -s {StackName.SHARED}, then run this again",
            )
            raise pulumi.RunError(str(missing))
        return value

    return reference.get_output(name).apply(present)
