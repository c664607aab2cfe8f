"""The record of who talked to whom in a network."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.naming import Naming
from slipway.model.subjects import NETWORK
from slipway.model.tags import Tags

_AGGREGATED_SECONDS: Final = 600  # the other choice, a minute, costs up to ten times the log


@dataclass(frozen=True, kw_only=True)
class FlowLogArgs:
    """What is recorded and for how long.

    Attributes:
        naming: names of the stack.
        vpc_id: the network.
        boundary_arn: the most that its role can do.
        retention_days: one of the values that CloudWatch Logs knows.
    """

    naming: Naming
    vpc_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    retention_days: int
    tags: Tags


def flow_log_policy(group_arn: str) -> str:
    """Return what the flow log's role may do: write to its own group.

    Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    return iam.document(
        [
            iam.Statement(
                sid="WriteLog",
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[group_arn, f"{group_arn}:*"],
            ),
            iam.Statement(
                sid="FindLog",
                actions=["logs:DescribeLogGroups"],
                resources=[f"{group_arn.partition(':log-group:')[0]}:log-group:*"],
            ),
        ]
    )


class FlowLog(PlatformComponent, token="slipway:network:FlowLog"):
    """Every accepted and refused connection, summed up every ten minutes."""

    def __init__(self, name: str, args: FlowLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self._group = self._create_group(args)
        self._role = self._create_role(args)
        self._create_flow_log(args)
        self.publish(group=self._group.name)

    def _create_group(self, args: FlowLogArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.name,
            name=args.naming.log_group(NETWORK),
            retention_in_days=args.retention_days,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_role(self, args: FlowLogArgs) -> aws.iam.Role:
        trust = iam.trust_services(["vpc-flow-logs.amazonaws.com"], args.naming.account_id)
        role = aws.iam.Role(
            self.name,
            name=args.naming.role(NETWORK),
            description="Writes the flow log of the network",
            assume_role_policy=iam.document([trust]),
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        policy = self._group.arn.apply(flow_log_policy)
        aws.iam.RolePolicy(self.name, role=role.name, policy=policy, opts=self.child())
        return role

    def _create_flow_log(self, args: FlowLogArgs) -> aws.ec2.FlowLog:
        return aws.ec2.FlowLog(
            self.name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=self._group.arn,
            iam_role_arn=self._role.arn,
            max_aggregation_interval=_AGGREGATED_SECONDS,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
