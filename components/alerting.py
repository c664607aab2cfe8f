"""Where alarms of an environment go."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class AlertTopicArgs:
    """Who is told.

    Attributes:
        topic: physical name.
        key_arn: KMS key of the messages.
    """

    topic: str
    key_arn: pulumi.Input[str]
    tags: Tags


class AlertTopic(PlatformComponent, token="slipway:observe:AlertTopic"):
    """One topic an environment; people and pagers subscribe to it."""

    def __init__(self, name: str, args: AlertTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.topic = aws.sns.Topic(
            self.name,
            name=args.topic,
            kms_master_key_id=args.key_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        self.arn: pulumi.Output[str] = self.topic.arn
        self.publish(arn=self.arn)
