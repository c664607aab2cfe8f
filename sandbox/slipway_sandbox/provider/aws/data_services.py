"""Glue databases and Kinesis streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import Tagging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_DATABASE = {
    "DatabaseInput": {
        "Name": "{name}",
        "Description": "{description}",
        "LocationUri": "{locationUri}",
        "Parameters": "{parameters}",
        "CreateTableDefaultPermissions": "{createTableDefaultPermissions}",
        "TargetDatabase": "{targetDatabase}",
    }
}
CATALOG_DATABASE = Row(
    module="glue",
    name="CatalogDatabase",
    service="glue",
    create_=Op(call="create_database", send="catalogId", args=_DATABASE),
    update_=(Op(call="update_database", args={"Name": "{name}", "CatalogId": "{catalogId}", **_DATABASE}),),
    look=(
        Look(
            call="get_database",
            args={"Name": "{name}"},
            at="Database",
            give="name description locationUri parameters targetDatabase createTableDefaultPermissions",
        ),
    ),
    erase=Op(call="delete_database", args={"Name": "{name}"}),
    spelling=Spelling(maps=frozenset({"parameters"})),
    autoname="name",
    replace_on=frozenset({"name", "catalogId"}),
    computed={"arn": "arn:aws:glue:{region}:{account}:database/{name}", "catalogId": "{account}"},
    id_form="{account}:{name}",
    tagging=Tagging(
        subject="ResourceArn",
        list_call="get_tags",
        given="TagsToAdd",
        keys="TagsToRemove",
        pair=None,
    ),
)


_SOON = {"Delay": 0.2, "MaxAttempts": 300}


class _StreamTagging(Tagging):
    """Kinesis lists tags as pairs, and takes them as a map."""

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        """Make the stream's tags the wanted ones."""
        present, stream = self.read(target, outputs), {"StreamName": target.inputs["name"]}
        if gone := sorted(present.keys() - wanted.keys()):
            target.client.remove_tags_from_stream(**stream, TagKeys=gone)
        if new := {key: value for key, value in wanted.items() if present.get(key) != value}:
            target.client.add_tags_to_stream(**stream, Tags=new)


class Stream(Resource):
    """A Kinesis stream; its id is its ARN."""

    module = "kinesis"
    service = "kinesis"
    takes = frozenset(
        {
            "name",
            "shardCount",
            "retentionPeriod",
            "streamModeDetails",
            "encryptionType",
            "kmsKeyId",
            "shardLevelMetrics",
        }
    )
    silent = frozenset({"enforceConsumerDeletion"})
    replace_on = frozenset({"name"})
    autoname = "name"
    defaults = fixed(retentionPeriod=24, encryptionType="NONE")
    constant = fixed(maxRecordSizeInKib=1024, warmThroughputMibPs=None)
    id_form = "arn:aws:kinesis:{region}:{account}:stream/{name}"
    tagging = _StreamTagging(subject="StreamName", by="name", list_call="list_tags_for_stream")

    def make(self, target: Target) -> str:
        """Create the stream, wait for it, then set what has calls of its own."""
        inputs = target.inputs
        mode = inputs.get("streamModeDetails")
        target.client.create_stream(
            StreamName=inputs["name"],
            **({"ShardCount": inputs["shardCount"]} if inputs.get("shardCount") else {}),
            **({"StreamModeDetails": {"StreamMode": mode["streamMode"]}} if mode else {}),
        )
        self._wait(target)
        arn = target.arn(f"stream/{inputs['name']}")
        with half_made(arn):
            self._retain(target)
            self._encrypt(target)
        return arn

    def fetch(self, target: Target) -> Properties | None:
        """The stream."""
        summary = self._summary(target)
        metrics = summary.get("EnhancedMonitoring") or [{}]
        return {
            "name": summary["StreamName"],
            "arn": summary["StreamARN"],
            "shardCount": summary["OpenShardCount"],
            "retentionPeriod": summary["RetentionPeriodHours"],
            "streamModeDetails": {"streamMode": summary["StreamModeDetails"]["StreamMode"]},
            "encryptionType": summary.get("EncryptionType") or "NONE",
            "kmsKeyId": summary.get("KeyId"),
            "shardLevelMetrics": metrics[0].get("ShardLevelMetrics") or [],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call for each setting."""
        inputs, name = target.inputs, target.inputs["name"]
        if "streamModeDetails" in changed and inputs.get("streamModeDetails"):
            mode = {"StreamMode": inputs["streamModeDetails"]["streamMode"]}
            target.client.update_stream_mode(StreamARN=target.id, StreamModeDetails=mode)
        if "shardCount" in changed and inputs.get("shardCount"):
            target.client.update_shard_count(
                StreamName=name, TargetShardCount=inputs["shardCount"], ScalingType="UNIFORM_SCALING"
            )
        if "retentionPeriod" in changed:
            self._retain(target)
        if changed & {"encryptionType", "kmsKeyId"}:
            self._encrypt(target)

    def remove(self, target: Target) -> None:
        """Delete the stream with its consumers."""
        target.client.delete_stream(StreamName=target.inputs["name"], EnforceConsumerDeletion=True)
        waiter = target.client.get_waiter("stream_not_exists")
        waiter.wait(StreamName=target.inputs["name"], WaiterConfig=_SOON)

    def _summary(self, target: Target) -> Any:
        answer = target.client.describe_stream_summary(StreamName=target.inputs["name"])
        return answer["StreamDescriptionSummary"]

    def _wait(self, target: Target) -> None:
        waiter = target.client.get_waiter("stream_exists")
        waiter.wait(StreamName=target.inputs["name"], WaiterConfig=_SOON)

    def _retain(self, target: Target) -> None:
        wanted = target.inputs.get("retentionPeriod") or self.defaults["retentionPeriod"]
        present = self._summary(target)["RetentionPeriodHours"]
        if wanted != present:
            verb = "increase" if wanted > present else "decrease"
            call = getattr(target.client, f"{verb}_stream_retention_period")
            call(StreamName=target.inputs["name"], RetentionPeriodHours=wanted)

    def _encrypt(self, target: Target) -> None:
        name, present = target.inputs["name"], self._summary(target)
        if target.inputs.get("encryptionType") == "KMS":
            key = target.inputs["kmsKeyId"]
            target.client.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
        elif present.get("EncryptionType") == "KMS":
            target.client.stop_stream_encryption(
                StreamName=name, EncryptionType="KMS", KeyId=present["KeyId"]
            )


DATA_SERVICES = (CATALOG_DATABASE, Stream())
