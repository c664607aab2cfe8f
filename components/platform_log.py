"""A CloudWatch log group with an end to its cost."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class PlatformLogArgs:
    """Where the platform's own commands write in a stack.

    Attributes:
        group: physical name, begins with a slash.
        retention_days: one of the values that CloudWatch Logs knows.
    """

    group: str
    retention_days: int
    tags: Tags


class PlatformLog(PlatformComponent, token="slipway:observe:PlatformLog"):
    """The log of the platform itself."""

    def __init__(self, name: str, args: PlatformLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.group = aws.cloudwatch.LogGroup(
            self.name,
            name=args.group,
            retention_in_days=args.retention_days,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        self.publish(group=self.group.name)
