"""What batch and streaming pipelines are both made of; the components say which parts they have."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.pipeline import reach
from components.pipeline.args import PipelineArgs
from components.warehouse.role import WarehouseRole, WarehouseRoleArgs
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.naming import PIPELINES
from slipway.model.signals import DIMENSION, NAMESPACE, REPORTED_EVERY, Signal, signals

_REPORTED_EVERY_SECONDS: Final = int(REPORTED_EVERY.total_seconds())


@dataclass(frozen=True)
class PipelineParts:
    """Makes the children of a pipeline's component.

    Attributes:
        of: the component.
        args: what the environment offers.
    """

    of: PlatformComponent
    args: PipelineArgs

    def create_log(self) -> aws.cloudwatch.LogGroup:
        """Make the log group of its runs."""
        return aws.cloudwatch.LogGroup(
            self.of.name,
            name=self.args.naming.log_group(self.args.pipeline.name),
            retention_in_days=self.args.log_retention_days,
            tags=self.of.tags.as_aws(),
            opts=self.of.child(),
        )

    def create_role(self, log: aws.cloudwatch.LogGroup) -> aws.iam.Role:
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
        arns = pulumi.Output.all(log_group_arn=log.arn, data_key_arn=self.args.data_key_arn)
        policy = arns.apply(lambda known: reach.role_policy(entry, naming, reach.PipelineReach(**known)))
        aws.iam.RolePolicy(self.of.name, role=role.name, policy=policy, opts=self.of.child())
        return role

    def create_warehouse_role(self) -> WarehouseRole:
        """Make its Snowflake role: the access roles of its datasets' schemas, and compute."""
        entry, naming = self.args.pipeline, self.args.naming
        role = WarehouseRoleArgs(
            role=naming.snowflake_account_object(entry.name),
            purpose=f"Runs pipeline {entry.name} in {naming.stack}",
            holds={each.key: self.args.access[each] for each in reach.warehouse_access(entry, naming)},
            held_by={PIPELINES: self.args.held_by},
            computes={"warehouse": self.args.compute},
            tags=self.of.tags,
        )
        former = pulumi.Alias(type_="slipway:warehouse:AccessRole")  # made anew, it would own no table
        return WarehouseRole(f"{self.of.name}-warehouse", role, self.of.child(aliases=[former]))

    def create_alarms(self) -> None:
        """Make an alarm for each of its signals."""
        for signal in signals(self.args.pipeline):
            self._create_alarm(signal)

    def approval(self) -> dict[str, pulumi.Input[object]]:
        """Return what policies ask of it: how critical it is, whose, and how many approve its releases."""
        entry = self.args.pipeline
        return {
            "criticality": entry.criticality.value,
            "owner": entry.owner,
            "approvals_needed": APPROVALS_NEEDED[self.args.environment][entry.criticality],
        }

    def _create_alarm(self, signal: Signal) -> aws.cloudwatch.MetricAlarm:
        pipeline = self.args.pipeline.name
        return aws.cloudwatch.MetricAlarm(
            f"{self.of.name}-{signal.name}",
            name=self.args.naming.alarm(pipeline, signal.name),
            alarm_description=signal.meaning,
            namespace=NAMESPACE,
            metric_name=signal.metric.value,
            dimensions={DIMENSION: pipeline},
            statistic=signal.statistic,
            period=_REPORTED_EVERY_SECONDS,
            evaluation_periods=signal.periods,
            comparison_operator="GreaterThanThreshold",
            threshold=signal.threshold,
            treat_missing_data="breaching" if signal.silence_is_alarm else "missing",
            alarm_actions=list(self.args.alert_topic_arns),
            tags=self.of.tags.as_aws(),
            opts=self.of.child(),
        )
