"""SQS queues and their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws import attributes
from slipway_sandbox.provider.aws.attributes import Field, Kind, flags, numbers, text
from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.tagging import Tagging

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_DEFAULTS = fixed(
    delaySeconds=0,
    maxMessageSize=1048576,
    messageRetentionSeconds=345600,
    receiveWaitTimeSeconds=0,
    visibilityTimeoutSeconds=30,
    fifoQueue=False,
    contentBasedDeduplication=False,
    kmsDataKeyReusePeriodSeconds=300,
)
_QUEUE: dict[str, Field] = {
    **text("policy", "redrivePolicy", "redriveAllowPolicy", "deduplicationScope", "fifoThroughputLimit"),
    **text("kmsMasterKeyId"),
    **numbers("delaySeconds", "receiveWaitTimeSeconds", "kmsDataKeyReusePeriodSeconds"),
    "maxMessageSize": ("MaximumMessageSize", Kind.NUMBER),
    "messageRetentionSeconds": ("MessageRetentionPeriod", Kind.NUMBER),
    "visibilityTimeoutSeconds": ("VisibilityTimeout", Kind.NUMBER),
    "receiveWaitTimeSeconds": ("ReceiveMessageWaitTimeSeconds", Kind.NUMBER),
    **flags("fifoQueue", "contentBasedDeduplication", "sqsManagedSseEnabled"),
}


def _fetch(target: Target) -> dict[str, str]:
    answer = target.client.get_queue_attributes(QueueUrl=target.id, AttributeNames=["All"])
    return dict(answer["Attributes"])


class Queue(Resource):
    """A queue; its id is its URL."""

    module = "sqs"
    service = "sqs"
    takes = frozenset({"name", *_QUEUE})
    silent = frozenset({"namePrefix"})
    replace_on = frozenset({"name", "namePrefix", "fifoQueue"})
    autoname = "name"
    defaults = _DEFAULTS
    tagging = Tagging(
        subject="QueueUrl",
        by="id",
        list_call="list_queue_tags",
        add_call="tag_queue",
        remove_call="untag_queue",
        pair=None,
    )

    def make(self, target: Target) -> str:
        """Create the queue with its attributes."""
        given = attributes.given(target.inputs, _QUEUE)
        if not target.inputs.get("fifoQueue"):
            given.pop("FifoQueue", None)  # SQS refuses it on a standard queue, even when false
        return str(target.client.create_queue(QueueName=target.inputs["name"], Attributes=given)["QueueUrl"])

    def fetch(self, target: Target) -> Properties | None:
        """The queue's attributes; a default stands where AWS gives none."""
        found = _fetch(target)
        read = attributes.read(found, _QUEUE)
        filled = {key: _DEFAULTS.get(key) if value is None else value for key, value in read.items()}
        return filled | {
            "arn": found["QueueArn"],
            "url": target.id,
            "name": found["QueueArn"].rpartition(":")[2],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """All changed attributes in one call."""
        inputs: Any = {**_DEFAULTS, **{k: v for k, v in target.inputs.items() if v is not None}}
        wanted = attributes.changed(inputs, _QUEUE, changed - {"fifoQueue"})
        if wanted:
            target.client.set_queue_attributes(QueueUrl=target.id, Attributes=wanted)

    def remove(self, target: Target) -> None:
        """Delete the queue."""
        target.client.delete_queue(QueueUrl=target.id)


class QueuePolicy(Resource):
    """The policy of a queue."""

    module = "sqs"
    service = "sqs"
    takes = frozenset({"queueUrl", "policy"})
    replace_on = frozenset({"queueUrl"})
    id_form = "{queueUrl}"

    def make(self, target: Target) -> str:
        """Set the policy."""
        self._set(target, target.inputs["policy"])
        return str(target.inputs["queueUrl"])

    def fetch(self, target: Target) -> Properties | None:
        """The policy; a queue without one has no such resource."""
        policy = _fetch(target).get("Policy")
        return {"policy": policy} if policy else None

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Set the new policy."""
        if "policy" in changed:
            self._set(target, target.inputs["policy"])

    def remove(self, target: Target) -> None:
        """Take the policy away."""
        self._set(target, "")

    def _set(self, target: Target, policy: str) -> None:
        target.client.set_queue_attributes(QueueUrl=target.inputs["queueUrl"], Attributes={"Policy": policy})


SQS = (Queue(), QueuePolicy())
