"""DynamoDB tables: keys, capacity, indexes, streams, encryption, expiry, recovery, deletion protection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.waiter import WaiterModel, create_waiter_with_client

from slipway_sandbox.provider.aws import dynamodb_shapes as shapes
from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.tagging import TABLE_TAGS
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_CAPACITY = frozenset({"billingMode", "readCapacity", "writeCapacity", "onDemandThroughput"})
_SETTINGS = frozenset({"deletionProtectionEnabled", "tableClass"})
_GONE = {"Delay": 0.2, "MaxAttempts": 300}
_SETTLED = WaiterModel(
    {
        "version": 2,
        "waiters": {
            "TableSettled": {
                "operation": "DescribeTable",
                "delay": 0.2,
                "maxAttempts": 300,
                "acceptors": [
                    {
                        "matcher": "path",
                        "argument": "Table.TableStatus == 'ACTIVE' && "
                        "length(Table.GlobalSecondaryIndexes[?IndexStatus != 'ACTIVE'] || `[]`) == `0`",
                        "expected": True,
                        "state": "success",
                    }
                ],
            }
        },
    }
)


class Table(Resource):
    """A table; one under deletion protection refuses its deletion in AWS's words."""

    module = "dynamodb"
    service = "dynamodb"
    takes = (
        _CAPACITY
        | _SETTINGS
        | {
            "name",
            "hashKey",
            "rangeKey",
            "attributes",
            "globalSecondaryIndexes",
            "localSecondaryIndexes",
            "streamEnabled",
            "streamViewType",
            "serverSideEncryption",
            "ttl",
            "pointInTimeRecovery",
        }
    )
    replace_on = frozenset({"name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"})
    autoname = "name"
    defaults = fixed(
        billingMode="PROVISIONED",
        tableClass="STANDARD",
        deletionProtectionEnabled=False,
        streamEnabled=False,
        readCapacity=0,
        writeCapacity=0,
    )
    id_form = "{name}"
    constant = fixed(globalTableWitness=None, warmThroughput=None)
    tagging = TABLE_TAGS

    def make(self, target: Target) -> str:
        """Create the table, then what needs calls of its own."""
        inputs, client = target.inputs, target.client
        extras = {
            "StreamSpecification": shapes.stream(inputs) if inputs.get("streamEnabled") else None,
            "SSESpecification": shapes.encryption(inputs) if target.given("serverSideEncryption") else None,
            "TableClass": inputs.get("tableClass"),
            "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled"),
            "GlobalSecondaryIndexes": [
                shapes.index(index, inputs) for index in inputs.get("globalSecondaryIndexes") or []
            ],
            "LocalSecondaryIndexes": [
                shapes.local_index(i, inputs) for i in inputs.get("localSecondaryIndexes") or []
            ],
        }
        client.create_table(
            TableName=inputs["name"],
            AttributeDefinitions=shapes.definitions(inputs),
            KeySchema=shapes.keys(inputs["hashKey"], inputs.get("rangeKey")),
            **shapes.capacity(inputs),
            **{key: value for key, value in extras.items() if value not in (None, [])},
        )
        with half_made(inputs["name"]):
            self._wait(target)
            self._set_apart(
                target, frozenset(key for key in ("ttl", "pointInTimeRecovery") if target.given(key))
            )
        return str(inputs["name"])

    def fetch(self, target: Target) -> Properties | None:
        """The table, with time to live and recovery."""
        table = target.client.describe_table(TableName=target.inputs["name"])["Table"]
        return shapes.outputs_of(table) | self._fetch_apart(target)

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call for each group of settings: DynamoDB takes one kind of change at a time."""
        inputs = target.inputs
        if changed & _CAPACITY:
            self._update(target, **shapes.capacity(inputs))
        if changed & _SETTINGS:
            self._update(
                target,
                DeletionProtectionEnabled=bool(inputs.get("deletionProtectionEnabled")),
                **({"TableClass": inputs["tableClass"]} if "tableClass" in changed else {}),
            )
        if changed & {"streamEnabled", "streamViewType"}:
            self._restream(target)
        if "serverSideEncryption" in changed:
            self._update(target, SSESpecification=shapes.encryption(inputs))
        if "globalSecondaryIndexes" in changed:
            self._reindex(target)
        self._set_apart(target, changed)

    def remove(self, target: Target) -> None:
        """Delete the table and wait until its name is free."""
        name = target.inputs["name"]
        target.client.delete_table(TableName=name)
        target.client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=_GONE)

    def _update(self, target: Target, **what: Any) -> None:
        target.client.update_table(TableName=target.inputs["name"], **what)
        self._wait(target)

    def _wait(self, target: Target) -> None:
        """DynamoDB takes the next change only when the table and all its indexes are active."""
        waiter = create_waiter_with_client("TableSettled", _SETTLED, target.client)
        waiter.wait(TableName=target.inputs["name"])

    def _restream(self, target: Target) -> None:
        """A stream of another view is a new stream: the old one is switched off first."""
        table = target.client.describe_table(TableName=target.inputs["name"])["Table"]
        if dig(table, "StreamSpecification.StreamEnabled"):
            self._update(target, StreamSpecification={"StreamEnabled": False})
        if target.inputs.get("streamEnabled"):
            self._update(target, StreamSpecification=shapes.stream(target.inputs))

    def _reindex(self, target: Target) -> None:
        """Delete the indexes that are gone or other, create the new ones; capacity alone changes in place."""
        inputs = target.inputs
        table = target.client.describe_table(TableName=inputs["name"])["Table"]
        present = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or []}
        wanted = {i["name"]: shapes.index(i, inputs) for i in inputs.get("globalSecondaryIndexes") or []}
        kept = {
            name
            for name in present.keys() & wanted.keys()
            if shapes.fixed_shape(present[name]) == shapes.fixed_shape(wanted[name])
        }
        for name in sorted(present.keys() - kept):
            self._index_update(target, "Delete", {"IndexName": name})
        for name in sorted(wanted.keys() - kept):
            self._index_update(target, "Create", wanted[name])
        for name in sorted(kept):
            self._rescale(target, present[name], wanted[name].get("ProvisionedThroughput") or {})

    def _rescale(self, target: Target, index: Properties, throughput: Properties) -> None:
        if any(index["ProvisionedThroughput"].get(key) != value for key, value in throughput.items()):
            named = {"IndexName": index["IndexName"], "ProvisionedThroughput": throughput}
            self._index_update(target, "Update", named)

    def _index_update(self, target: Target, verb: str, index: Properties) -> None:
        definitions = {"AttributeDefinitions": shapes.definitions(target.inputs)} if verb == "Create" else {}
        self._update(target, GlobalSecondaryIndexUpdates=[{verb: index}], **definitions)

    def _set_apart(self, target: Target, changed: frozenset[str]) -> None:
        """Time to live and recovery have calls of their own."""
        name, inputs, client = target.inputs["name"], target.inputs, target.client
        if "ttl" in changed:
            ttl = inputs.get("ttl") or {}
            attribute = ttl.get("attributeName") or dig(
                found(client.describe_time_to_live, TableName=name), "TimeToLiveDescription.AttributeName"
            )
            if attribute:
                enabled = bool(ttl) and ttl.get("enabled") is not False
                specification = {"Enabled": enabled, "AttributeName": attribute}
                client.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
        if "pointInTimeRecovery" in changed:
            recovery = inputs.get("pointInTimeRecovery") or {}
            specification = {"PointInTimeRecoveryEnabled": bool(recovery.get("enabled"))}
            if recovery.get("recoveryPeriodInDays"):
                specification["RecoveryPeriodInDays"] = recovery["recoveryPeriodInDays"]
            client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=specification)

    def _fetch_apart(self, target: Target) -> Properties:
        name, client = target.inputs["name"], target.client
        ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription") or {}
        enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
        on = ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        period = {"recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays", 35)} if enabled else {}
        return {
            "ttl": {"enabled": True, "attributeName": ttl["AttributeName"]} if on else None,
            "pointInTimeRecovery": {"enabled": True, **period} if enabled else None,
        }
