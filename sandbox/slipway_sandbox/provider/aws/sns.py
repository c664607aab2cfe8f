"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws import attributes
from slipway_sandbox.provider.aws.attributes import Kind, flags, numbers, text
from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.tagging import ARN_TAGS

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_PROTOCOLS = ("application", "firehose", "http", "lambda", "sqs")
_FEEDBACK = {
    **text(*(f"{p}{outcome}FeedbackRoleArn" for p in _PROTOCOLS for outcome in ("Success", "Failure"))),
    **numbers(*(f"{p}SuccessFeedbackSampleRate" for p in _PROTOCOLS)),
}
_SPELLED = {"http": "HTTP", "sqs": "SQS"}


def _feedback() -> dict[str, tuple[str, Kind]]:
    """SNS writes HTTPSuccessFeedbackRoleArn where the wire has httpSuccessFeedbackRoleArn."""
    fields = {}
    for name, (api, kind) in _FEEDBACK.items():
        short = next((p for p in _SPELLED if name.startswith(p)), "")
        fields[name] = (_SPELLED[short] + name[len(short) :] if short else api, kind)
    return fields


_TOPIC = {
    **text(
        "displayName", "policy", "deliveryPolicy", "archivePolicy", "tracingConfig", "fifoThroughputScope"
    ),
    **numbers("signatureVersion"),
    **flags("contentBasedDeduplication", "fifoTopic"),
    "kmsMasterKeyId": ("KmsMasterKeyId", Kind.TEXT),
    **_feedback(),
}


class Topic(Resource):
    """A topic; its id is its ARN."""

    module = "sns"
    service = "sns"
    takes = frozenset({"name", *_TOPIC})
    silent = frozenset({"namePrefix"})
    replace_on = frozenset({"name", "namePrefix", "fifoTopic"})
    autoname = "name"
    defaults = fixed(fifoTopic=False, contentBasedDeduplication=False)
    constant = fixed(maximumMessageSize=None)
    tagging = ARN_TAGS

    def make(self, target: Target) -> str:
        """Create the topic with its attributes."""
        given = attributes.given(target.inputs, _TOPIC)
        if not target.inputs.get("fifoTopic"):
            given.pop("FifoTopic", None)  # SNS refuses it on a standard topic, even when false
        return str(target.client.create_topic(Name=target.inputs["name"], Attributes=given)["TopicArn"])

    def fetch(self, target: Target) -> Properties | None:
        """The topic's attributes."""
        found = target.client.get_topic_attributes(TopicArn=target.id)["Attributes"]
        return attributes.read(found, _TOPIC) | {
            "arn": found["TopicArn"],
            "name": found["TopicArn"].rpartition(":")[2],
            "owner": found["Owner"],
            "beginningArchiveTime": found.get("BeginningArchiveTime") or "",
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call an attribute."""
        for name, value in attributes.changed(target.inputs, _TOPIC, changed).items():
            target.client.set_topic_attributes(TopicArn=target.id, AttributeName=name, AttributeValue=value)

    def remove(self, target: Target) -> None:
        """Delete the topic."""
        target.client.delete_topic(TopicArn=target.id)


class TopicPolicy(Resource):
    """The policy of a topic; deleting it puts the default policy back."""

    module = "sns"
    service = "sns"
    takes = frozenset({"arn", "policy"})
    replace_on = frozenset({"arn"})
    id_form = "{arn}"

    def make(self, target: Target) -> str:
        """Set the policy."""
        self._set(target, target.inputs["policy"])
        return str(target.inputs["arn"])

    def fetch(self, target: Target) -> Properties | None:
        """The policy."""
        found = target.client.get_topic_attributes(TopicArn=target.id)["Attributes"]
        return {"policy": found.get("Policy"), "owner": found["Owner"]}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Set the new policy."""
        if "policy" in changed:
            self._set(target, target.inputs["policy"])

    def remove(self, target: Target) -> None:
        """Set what SNS gives every new topic: its owner may do what concerns a topic."""
        self._set(target, attributes.encode(_default_policy(target)))

    def _set(self, target: Target, policy: str) -> None:
        target.client.set_topic_attributes(
            TopicArn=target.inputs["arn"], AttributeName="Policy", AttributeValue=policy
        )


def _default_policy(target: Target) -> Properties:
    verbs = ("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic")
    more = ("Subscribe", "ListSubscriptionsByTopic", "Publish")
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{verb}" for verb in verbs + more],
        "Resource": target.inputs["arn"],
        "Condition": {"StringEquals": {"AWS:SourceOwner": target.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


_SUBSCRIPTION = {
    **text(
        "deliveryPolicy",
        "filterPolicy",
        "filterPolicyScope",
        "redrivePolicy",
        "replayPolicy",
        "subscriptionRoleArn",
    ),
    **flags("rawMessageDelivery"),
}


class TopicSubscription(Resource):
    """A subscription; its id is its ARN."""

    module = "sns"
    service = "sns"
    takes = frozenset({"topic", "protocol", "endpoint", *_SUBSCRIPTION})
    silent = frozenset({"endpointAutoConfirms", "confirmationTimeoutInMinutes"})
    replace_on = frozenset({"topic", "protocol", "endpoint"})
    defaults = fixed(rawMessageDelivery=False, filterPolicyScope="MessageAttributes")

    def make(self, target: Target) -> str:
        """Subscribe."""
        answer = target.client.subscribe(
            TopicArn=target.inputs["topic"],
            Protocol=target.inputs["protocol"],
            Endpoint=target.inputs["endpoint"],
            Attributes=attributes.given(target.inputs, _SUBSCRIPTION),
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def fetch(self, target: Target) -> Properties | None:
        """The subscription's attributes."""
        found = target.client.get_subscription_attributes(SubscriptionArn=target.id)["Attributes"]
        return attributes.read(found, _SUBSCRIPTION) | {
            "arn": found["SubscriptionArn"],
            "topic": found["TopicArn"],
            "protocol": found["Protocol"],
            "endpoint": found["Endpoint"],
            "ownerId": found["Owner"],
            "pendingConfirmation": found.get("PendingConfirmation") == "true",
            "confirmationWasAuthenticated": found.get("ConfirmationWasAuthenticated") == "true",
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call an attribute; an empty filter is an empty document."""
        for name, value in attributes.changed(target.inputs, _SUBSCRIPTION, changed).items():
            target.client.set_subscription_attributes(
                SubscriptionArn=target.id, AttributeName=name, AttributeValue=value or "{}"
            )

    def remove(self, target: Target) -> None:
        """Unsubscribe."""
        target.client.unsubscribe(SubscriptionArn=target.id)


SNS = (Topic(), TopicPolicy(), TopicSubscription())
