"""The bus on which other accounts tell an environment of a release."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class ReleaseBusArgs:
    """Who may speak on it.

    Attributes:
        bus: physical name.
        senders: roles of other accounts, by ARN; they may come up later.
    """

    bus: str
    senders: pulumi.Input[Sequence[str]]
    tags: Tags


class ReleaseBus(PlatformComponent, token="slipway:flow:ReleaseBus"):
    """A bus of its own: what comes from elsewhere is not mixed with what AWS tells the account itself."""

    def __init__(self, name: str, args: ReleaseBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.bus = aws.cloudwatch.EventBus(
            self.name,
            name=args.bus,
            description="Other accounts tell of releases here",
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        self._create_policy(args)
        self.bus_name: pulumi.Output[str] = self.bus.name
        self.publish(arn=self.bus.arn)

    def _create_policy(self, args: ReleaseBusArgs) -> aws.cloudwatch.EventBusPolicy:
        known = pulumi.Output.all(self.bus.arn, args.senders)
        return aws.cloudwatch.EventBusPolicy(
            self.name,
            event_bus_name=self.bus.name,
            policy=known.apply(lambda each: bus_policy(each[0], each[1])),
            opts=self.child(),
        )


def bus_policy(bus_arn: str, senders: Sequence[str]) -> str:
    """Return who may put events on a bus: these roles, and nobody else of their accounts."""
    return iam.document([iam.admit_role(bus_arn, role, "events:PutEvents") for role in senders])
