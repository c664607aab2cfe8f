"""Lives of SNS, SQS, SSM and Secrets Manager types."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
SECRET = "aws:secretsmanager/secret:Secret"


def _topic(bed: Bed, id_: str, attribute: str) -> Any:
    return bed.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"].get(attribute)


def _queue(bed: Bed, id_: str, attribute: str) -> Any:
    answer = bed.client("sqs").get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])
    return answer["Attributes"].get(attribute)


def _policy(action: str, arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_POLICY_TOPIC = "arn:aws:sns:us-east-1:111122223333:guarded"


def _topic_policy(bed: Bed) -> Properties:
    bed.make(TOPIC, name="guarded")
    return {"arn": _POLICY_TOPIC, "policy": _policy("sns:Publish", _POLICY_TOPIC)}


def _first_action(bed: Bed, id_: str) -> Any:
    actions = json.loads(_topic(bed, id_, "Policy"))["Statement"][0]["Action"]
    return "default" if isinstance(actions, list) else actions


def _subscription(bed: Bed) -> Properties:
    queue = bed.make(QUEUE, name="subscriber").outputs["arn"]
    topic = bed.make(TOPIC, name="subscribed").id
    return {"topic": topic, "protocol": "sqs", "endpoint": queue, "rawMessageDelivery": True}


def _raw(bed: Bed, id_: str) -> Any:
    answer = bed.client("sns").get_subscription_attributes(SubscriptionArn=id_)
    return answer["Attributes"]["RawMessageDelivery"]


def _queue_policy(bed: Bed) -> Properties:
    url = bed.make(QUEUE, name="guarded").id
    return {"queueUrl": url, "policy": _policy("sqs:SendMessage", "*")}


def _secret_version(bed: Bed) -> Properties:
    secret = bed.make(SECRET, name="versioned", recoveryWindowInDays=0).id
    return {"secretId": secret, "secretString": "hunter2"}


def _stages(bed: Bed, id_: str) -> Any:
    secret, _, version = id_.partition("|")
    return bed.client("secretsmanager").get_secret_value(SecretId=secret, VersionId=version)["VersionStages"]


def _description(bed: Bed, id_: str) -> Any:
    secret = bed.client("secretsmanager").describe_secret(SecretId=id_)
    return None if secret.get("DeletedDate") else secret["Description"]


MESSAGING = (
    Case(
        token=TOPIC,
        inputs=lambda _: {"name": "events", "displayName": "one", "tags": {"Owner": "platform"}},
        change={"displayName": "two"},
        seen=lambda bed, id_: _topic(bed, id_, "DisplayName"),
        drift=lambda bed, id_: bed.client("sns").set_topic_attributes(
            TopicArn=id_, AttributeName="DisplayName", AttributeValue="three"
        ),
        drifted={"displayName": "three"},
    ),
    Case(
        token="aws:sns/topicPolicy:TopicPolicy",
        inputs=_topic_policy,
        change={"policy": _policy("sns:Subscribe", _POLICY_TOPIC)},
        seen=_first_action,
        as_seen="sns:Subscribe",
        drift=lambda bed, id_: bed.client("sns").set_topic_attributes(
            TopicArn=id_, AttributeName="Policy", AttributeValue=_policy("sns:Drift", _POLICY_TOPIC)
        ),
        drifted={"policy": _policy("sns:Drift", _POLICY_TOPIC)},
        stays="default",
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        inputs=_subscription,
        change={"rawMessageDelivery": False},
        seen=_raw,
        as_seen="false",
        drift=lambda bed, id_: bed.client("sns").set_subscription_attributes(
            SubscriptionArn=id_, AttributeName="RawMessageDelivery", AttributeValue="true"
        ),
        drifted={"rawMessageDelivery": True},
    ),
    Case(
        token=QUEUE,
        inputs=lambda _: {"name": "late", "visibilityTimeoutSeconds": 60, "tags": {"Owner": "platform"}},
        change={"visibilityTimeoutSeconds": 90},
        seen=lambda bed, id_: _queue(bed, id_, "VisibilityTimeout"),
        as_seen="90",
        drift=lambda bed, id_: bed.client("sqs").set_queue_attributes(
            QueueUrl=id_, Attributes={"DelaySeconds": "5", "VisibilityTimeout": "10"}
        ),
        drifted={"visibilityTimeoutSeconds": 10, "delaySeconds": 5},
    ),
    Case(
        token="aws:sqs/queuePolicy:QueuePolicy",
        inputs=_queue_policy,
        change={"policy": _policy("sqs:ReceiveMessage", "*")},
        seen=lambda bed, id_: _queue(bed, id_, "Policy"),
        drift=lambda bed, id_: bed.client("sqs").set_queue_attributes(
            QueueUrl=id_, Attributes={"Policy": _policy("sqs:Drift", "*")}
        ),
        drifted={"policy": _policy("sqs:Drift", "*")},
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        inputs=lambda _: {
            "name": "/slipway/one",
            "type": "SecureString",
            "value": "one",
            "tags": {"Owner": "platform"},
        },
        change={"value": "two"},
        seen=lambda bed, id_: bed.client("ssm").get_parameter(Name=id_, WithDecryption=True)["Parameter"][
            "Value"
        ],
        drift=lambda bed, id_: bed.client("ssm").put_parameter(
            Name=id_, Type="SecureString", Value="three", Overwrite=True
        ),
        drifted={"value": "three"},
    ),
    Case(
        token=SECRET,
        inputs=lambda _: {
            "name": f"password-{secrets.token_hex(4)}",  # a deleted one keeps its name while it waits
            "description": "one",
            "tags": {"Owner": "platform"},
        },
        change={"description": "two"},
        seen=_description,
        drift=lambda bed, id_: bed.client("secretsmanager").update_secret(SecretId=id_, Description="three"),
        drifted={"description": "three"},
    ),
    Case(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        inputs=_secret_version,
        change={"versionStages": ["AWSCURRENT", "NIGHTLY"]},
        seen=_stages,
        stays=["AWSCURRENT"],
    ),
)
