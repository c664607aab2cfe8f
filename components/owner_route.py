"""How the owner of pipelines is told of their alarms."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class OwnerRouteArgs:
    """Whom, and where.

    Attributes:
        topic: physical name.
        email: where the team reads; None when its contact is no address: then people subscribe themselves.
        key_arn: KMS key of the messages.
    """

    topic: str
    email: str | None
    key_arn: pulumi.Input[str]
    tags: Tags


class OwnerRoute(PlatformComponent, token="slipway:observe:OwnerRoute"):
    """A topic of one team; it confirms the subscription of its address once, by mail."""

    def __init__(self, name: str, args: OwnerRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.topic = self._create_topic(args)
        if args.email:
            self._create_subscription(args.email)
        self.arn: pulumi.Output[str] = self.topic.arn
        self.publish(arn=self.arn)

    def _create_topic(self, args: OwnerRouteArgs) -> aws.sns.Topic:
        return aws.sns.Topic(
            self.name,
            name=args.topic,
            kms_master_key_id=args.key_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_subscription(self, email: str) -> aws.sns.TopicSubscription:
        return aws.sns.TopicSubscription(
            self.name, topic=self.topic.arn, protocol="email", endpoint=email, opts=self.child()
        )
