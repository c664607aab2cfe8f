"""What batch and streaming pipelines are both made of; the components say which parts they have."""

from dataclasses import dataclass
from datetime import timedelta

import pulumi
import pulumi_aws as aws

from components.airflow.backend import connection, tell_airflow
from components.base import PlatformComponent
from components.pipeline import reach
from components.pipeline.args import PipelineArgs
from components.signal_alarm import signal_alarm
from components.warehouse.role import WarehouseRole, WarehouseRoleArgs
from slipway.model.airflow_settings import becomes_role
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.signals import signals
from slipway.model.subjects import PIPELINES


@dataclass(frozen=True)
class PipelineParts:
    """Makes the children of a pipeline's component.

    Attributes:
        of: the component.
        args: what the environment offers.
    """

    of: PlatformComponent
    args: PipelineArgs

    def create_log(self) -> aws.cloudwatch.LogGroup | None:
        """Make the log group of its jobs, where there are any: Airflow keeps the logs of tasks."""
        if not reach.runs_jobs(self.args.pipeline):
            return None
        return aws.cloudwatch.LogGroup(
            self.of.name,
            name=self.args.naming.log_group(self.args.pipeline.name),
            retention_in_days=self.args.log_retention_days,
            tags=self.of.tags.as_aws(),
            opts=self.of.child(),
        )

    def create_role(self, log: aws.cloudwatch.LogGroup | None) -> aws.iam.Role:
        """Make the role that its parts run with, and what it may do."""
        entry, naming = self.args.pipeline, self.args.naming
        role = aws.iam.Role(
            self.of.name,
            name=naming.role(entry.name),
            description=f"Runs pipeline {entry.name}",
            assume_role_policy=reach.trust_policy(entry, naming, spark_cluster=self.args.spark_cluster),
            permissions_boundary=self.args.boundary_arn,
            tags=self.of.tags.as_aws(),
            opts=self.of.child(),
        )
        arns = pulumi.Output.all(log_group_arn=log and log.arn, data_key_arn=self.args.data_key_arn)
        policy = arns.apply(
            lambda known: reach.role_policy(
                entry, naming, reach.PipelineReach(region=self.args.region, **known)
            )
        )
        aws.iam.RolePolicy(self.of.name, role=role.name, policy=policy, opts=self.of.child())
        return role

    def create_connection(self) -> None:
        """Let Airflow's tasks become the pipeline, where they call AWS: by a connection of its name."""
        entry, naming = self.args.pipeline, self.args.naming
        if becomes_role(entry):
            tell_airflow(
                self.of,
                "connection",
                secret=naming.airflow_connection(entry.name),
                value=connection(naming.role_arn(entry.name)),
                key_arn=self.args.data_key_arn,
            )

    def create_warehouse_role(self) -> WarehouseRole:
        """Make its Snowflake role: the access roles of its datasets' schemas, and compute."""
        entry, naming = self.args.pipeline, self.args.naming
        role = WarehouseRoleArgs(
            role=naming.snowflake_account_object(entry.name),
            purpose=f"Runs pipeline {entry.name} in {naming.stack}",
            holds={each.key: self.args.access[each] for each in reach.warehouse_access(entry, naming)},
            held_by={PIPELINES: self.args.held_by},
            computes={"warehouse": self.args.compute},
            owner=self.args.role_owner,
            tags=self.of.tags,
        )
        former = pulumi.Alias(type_="slipway:warehouse:AccessRole")  # made anew, it would own no table
        return WarehouseRole(f"{self.of.name}-warehouse", role, self.of.child(aliases=[former]))

    def create_alarms(self) -> None:
        """Make an alarm for each of its signals."""
        pipeline, naming = self.args.pipeline, self.args.naming
        for signal in signals(pipeline):
            alarm = naming.alarm(pipeline.name, signal.name)
            signal_alarm(self.of, alarm, signal, self.args.alert_topic_arns)

    @staticmethod
    def log_output(log: aws.cloudwatch.LogGroup | None) -> dict[str, pulumi.Input[object]]:
        """Return the name of the log group, where there is one."""
        return {} if log is None else {"log_group": log.name}

    def approval(self) -> dict[str, pulumi.Input[object]]:
        """Return what policies ask of it: how critical, whose, approved by how many, and what it promises."""
        entry = self.args.pipeline
        return {
            "criticality": entry.criticality.value,
            "owner": entry.owner,
            "approvals_needed": APPROVALS_NEEDED[self.args.environment][entry.criticality],
            "freshness_minutes": entry.freshness.max_age // timedelta(minutes=1) if entry.freshness else 0,
            "tables": len(entry.tables),
        }
