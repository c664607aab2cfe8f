"""One catalogued pipeline in one environment: identity, log, freshness alarm, Snowflake role."""

from dataclasses import dataclass
from datetime import timedelta

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.pipeline import reach
from components.warehouse.role import AccessRole, AccessRoleArgs
from slipway.model.naming import Naming
from slipway.model.pipeline import Criticality, Freshness, Pipeline
from slipway.model.tags import Tags

# The age of the newest row is measured from outside, every five minutes; one lost report is no alarm.
_REPORTED_EVERY_SECONDS = 300
_LOST_REPORTS = 3


@dataclass(frozen=True, kw_only=True)
class DataPipelineArgs:
    """What the environment offers a pipeline.

    Attributes:
        pipeline: its catalog entry.
        naming: names of the stack.
        log_retention_days: how long its log stays.
        data_key_arn: KMS key of the environment's data.
        alert_topic_arn: where its alarm goes.
        warehouse: Snowflake compute that it uses.
        spark_cluster: whether its Spark jobs may run on an EMR cluster too.
    """

    pipeline: Pipeline
    naming: Naming
    log_retention_days: int
    data_key_arn: pulumi.Input[str]
    alert_topic_arn: pulumi.Input[str]
    warehouse: pulumi.Input[str]
    spark_cluster: bool

    @property
    def tags(self) -> Tags:
        """Return the tags that the catalog entry decides."""
        entry = self.pipeline
        return Tags(
            owner=entry.owner,
            pipeline=entry.name,
            criticality=entry.criticality.value,
            cost_center=entry.cost_center,
            data_class=entry.data_class.value,
            stack=self.naming.stack,
        )


class DataPipeline(PlatformComponent, token="slipway:pipeline:DataPipeline"):
    """What a catalog entry becomes; it goes forward and back with the entry alone."""

    def __init__(self, name: str, args: DataPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self._entry = args.pipeline
        self.log = self._create_log(args)
        self.role = self._create_role(args)
        self._create_role_policy(args)
        if args.pipeline.freshness:
            self._create_freshness_alarm(args, args.pipeline.freshness)
        self.warehouse_role = self._create_warehouse_role(args)
        self.publish(role_arn=self.role.arn, log_group=self.log.name)

    def _create_log(self, args: DataPipelineArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.name,
            name=args.naming.log_group(self._entry.name),
            retention_in_days=args.log_retention_days,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_role(self, args: DataPipelineArgs) -> aws.iam.Role:
        return aws.iam.Role(
            self.name,
            name=args.naming.role(self._entry.name),
            description=f"Runs pipeline {self._entry.name}",
            assume_role_policy=reach.trust_policy(self._entry, args.naming, spark_cluster=args.spark_cluster),
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_role_policy(self, args: DataPipelineArgs) -> aws.iam.RolePolicy:
        arns = pulumi.Output.all(log_group_arn=self.log.arn, data_key_arn=args.data_key_arn)
        policy = arns.apply(
            lambda known: reach.role_policy(self._entry, args.naming, reach.PipelineReach(**known))
        )
        return aws.iam.RolePolicy(self.name, role=self.role.name, policy=policy, opts=self.child())

    def _create_freshness_alarm(
        self, args: DataPipelineArgs, objective: Freshness
    ) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{self.name}-freshness",
            name=args.naming.alarm(self._entry.name, "freshness"),
            alarm_description=f"The newest row of {self._entry.name} is older than {objective.text}",
            namespace=reach.METRIC_NAMESPACE,
            metric_name=reach.METRIC_NAME,
            dimensions={"Pipeline": self._entry.name},
            statistic="Maximum",
            period=_REPORTED_EVERY_SECONDS,
            evaluation_periods=_LOST_REPORTS,
            comparison_operator="GreaterThanThreshold",
            threshold=objective.max_age / timedelta(minutes=1),
            treat_missing_data=_silence_means(self._entry.criticality),
            alarm_actions=[args.alert_topic_arn],
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_warehouse_role(self, args: DataPipelineArgs) -> AccessRole:
        role = AccessRoleArgs(
            role=args.naming.snowflake_account_object(self._entry.name),
            purpose=f"Runs pipeline {self._entry.name} in {args.naming.stack}",
            grants=reach.warehouse_grants(self._entry, args.naming),
            warehouse=args.warehouse,
            tags=self.tags,
        )
        return AccessRole(f"{self.name}-warehouse", role, self.child())


def _silence_means(criticality: Criticality) -> str:
    """Return how silence of the reporter is read.

    A pipeline that stopped grows older in every report. When the reports themselves stop, nobody watches:
    for a critical pipeline that is an alarm, for the others CloudWatch shows "insufficient data".
    """
    return "breaching" if criticality is Criticality.CRITICAL else "missing"
