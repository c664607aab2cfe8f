"""Where alarms of an account go, and what its budget tells."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class AlertTopicArgs:
    """Who is told.

    Attributes:
        topic: physical name.
        account_id: whose alarms and whose budget may publish.
        key_arn: KMS key of the messages; its policy has to let the services use it that publish here.
    """

    topic: str
    account_id: str
    key_arn: pulumi.Input[str]
    tags: Tags


def topic_policy(topic_arn: str, account_id: str) -> str:
    """Return who publishes: alarms and the budget of the own account. People of it need IAM's leave only.

    It takes the place of the policy that SNS gives a topic, by which CloudWatch could publish.
    """
    return iam.document(
        [
            iam.publish_for(iam.ALARMS, "AlarmsPublish", topic_arn, account_id),
            iam.publish_for(iam.BUDGETS, "BudgetsPublish", topic_arn, account_id),
        ]
    )


class AlertTopic(PlatformComponent, token="slipway:observe:AlertTopic"):
    """One topic an account; people and pagers subscribe to it."""

    def __init__(self, name: str, args: AlertTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.topic = aws.sns.Topic(
            self.name,
            name=args.topic,
            kms_master_key_id=args.key_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        self._create_policy(args)
        self.arn: pulumi.Output[str] = self.topic.arn
        self.publish(arn=self.arn)

    def _create_policy(self, args: AlertTopicArgs) -> aws.sns.TopicPolicy:
        return aws.sns.TopicPolicy(
            self.name,
            arn=self.topic.arn,
            policy=self.topic.arn.apply(lambda arn: topic_policy(arn, args.account_id)),
            opts=self.child(),
        )
