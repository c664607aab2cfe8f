"""DynamoDB tables: keys, capacity, indexes, streams, encryption, expiry, recovery, deletion protection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.waiter import WaiterModel, create_waiter_with_client

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.spelling import PASCAL
from slipway_sandbox.provider.aws.tagging import TABLE_TAGS
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_ATTRIBUTES = {"name": "AttributeName", "type": "AttributeType"}
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
    unset = fixed(
        billingMode="PROVISIONED",
        tableClass="STANDARD",
        deletionProtectionEnabled=False,
        streamEnabled=False,
        readCapacity=0,
        writeCapacity=0,
    )
    id_form = "{name}"
    tagging = TABLE_TAGS

    def make(self, target: Target) -> str:
        """Create the table, then what needs calls of its own."""
        inputs, client = target.inputs, target.client
        extras = {
            "StreamSpecification": _stream(inputs) if inputs.get("streamEnabled") else None,
            "SSESpecification": _encryption(inputs) if target.given("serverSideEncryption") else None,
            "TableClass": inputs.get("tableClass"),
            "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled"),
            "GlobalSecondaryIndexes": [
                _index(index, inputs) for index in inputs.get("globalSecondaryIndexes") or []
            ],
            "LocalSecondaryIndexes": [
                _local_index(i, inputs) for i in inputs.get("localSecondaryIndexes") or []
            ],
        }
        client.create_table(
            TableName=inputs["name"],
            AttributeDefinitions=_definitions(inputs),
            KeySchema=_keys(inputs["hashKey"], inputs.get("rangeKey")),
            **_capacity(inputs),
            **{key: value for key, value in extras.items() if value not in (None, [])},
        )
        self._wait(target)
        self._set_apart(target, frozenset(key for key in ("ttl", "pointInTimeRecovery") if target.given(key)))
        return str(inputs["name"])

    def fetch(self, target: Target) -> Properties | None:
        """The table, with time to live and recovery."""
        table = target.client.describe_table(TableName=target.inputs["name"])["Table"]
        return _outputs(table) | self._fetch_apart(target)

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call for each group of settings: DynamoDB takes one kind of change at a time."""
        inputs = target.inputs
        if changed & _CAPACITY:
            self._update(target, **_capacity(inputs))
        if changed & _SETTINGS:
            self._update(
                target,
                DeletionProtectionEnabled=bool(inputs.get("deletionProtectionEnabled")),
                **({"TableClass": inputs["tableClass"]} if "tableClass" in changed else {}),
            )
        if changed & {"streamEnabled", "streamViewType"}:
            self._restream(target)
        if "serverSideEncryption" in changed:
            self._update(target, SSESpecification=_encryption(inputs))
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
            self._update(target, StreamSpecification=_stream(target.inputs))

    def _reindex(self, target: Target) -> None:
        """Delete the indexes that are gone or other, create the new ones; capacity alone changes in place."""
        inputs = target.inputs
        table = target.client.describe_table(TableName=inputs["name"])["Table"]
        present = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or []}
        wanted = {i["name"]: _index(i, inputs) for i in inputs.get("globalSecondaryIndexes") or []}
        for name, index in present.items():
            if name not in wanted or _shape(index) != _shape(wanted[name]):
                self._index_update(target, "Delete", {"IndexName": name})
                continue
            throughput = wanted[name].get("ProvisionedThroughput")
            if throughput and any(index["ProvisionedThroughput"].get(k) != v for k, v in throughput.items()):
                self._index_update(target, "Update", {"IndexName": name, "ProvisionedThroughput": throughput})
        kept = {
            name
            for name, index in present.items()
            if name in wanted and _shape(index) == _shape(wanted[name])
        }
        for name in wanted.keys() - kept:
            self._index_update(target, "Create", wanted[name])

    def _index_update(self, target: Target, verb: str, index: Properties) -> None:
        definitions = {"AttributeDefinitions": _definitions(target.inputs)} if verb == "Create" else {}
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


def _definitions(inputs: Properties) -> list[dict[str, str]]:
    return [{api: item[key] for key, api in _ATTRIBUTES.items()} for item in inputs.get("attributes") or []]


def _keys(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys


def _key(holder: Properties, kind: str) -> str | None:
    return next((key["AttributeName"] for key in holder["KeySchema"] if key["KeyType"] == kind), None)


def _capacity(inputs: Properties) -> Properties:
    mode = inputs.get("billingMode") or "PROVISIONED"
    if mode == "PAY_PER_REQUEST":
        limit = inputs.get("onDemandThroughput")
        return {"BillingMode": mode} | ({"OnDemandThroughput": PASCAL.to_api(limit)} if limit else {})
    return {"BillingMode": mode, "ProvisionedThroughput": _throughput(inputs)}


def _throughput(holder: Properties) -> dict[str, int]:
    return {
        "ReadCapacityUnits": holder.get("readCapacity") or 1,
        "WriteCapacityUnits": holder.get("writeCapacity") or 1,
    }


def _stream(inputs: Properties) -> Properties:
    return {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}


def _encryption(inputs: Properties) -> Properties:
    """Without a key of its own "enabled" means the AWS managed key; not enabled is AWS's own."""
    block = inputs.get("serverSideEncryption") or {"enabled": False}
    specification: Properties = {"Enabled": bool(block["enabled"])}
    if block.get("kmsKeyArn"):
        specification |= {"SSEType": "KMS", "KMSMasterKeyId": block["kmsKeyArn"]}
    return specification


def _projection(index: Properties) -> Properties:
    projection: Properties = {"ProjectionType": index["projectionType"]}
    if index.get("nonKeyAttributes"):
        projection["NonKeyAttributes"] = index["nonKeyAttributes"]
    return projection


def _index(index: Properties, table: Properties) -> Properties:
    schema = [PASCAL.to_api(key) for key in index.get("keySchemas") or []]
    document = {
        "IndexName": index["name"],
        "KeySchema": schema or _keys(index["hashKey"], index.get("rangeKey")),
        "Projection": _projection(index),
    }
    if (table.get("billingMode") or "PROVISIONED") == "PROVISIONED":
        document["ProvisionedThroughput"] = _throughput(index)
    return document


def _local_index(index: Properties, table: Properties) -> Properties:
    return {
        "IndexName": index["name"],
        "KeySchema": _keys(table["hashKey"], index["rangeKey"]),
        "Projection": _projection(index),
    }


def _shape(index: Properties) -> Properties:
    """What of an index cannot change in place."""
    projection = index["Projection"]
    return {
        "keys": index["KeySchema"],
        "projection": projection["ProjectionType"],
        "attributes": sorted(projection.get("NonKeyAttributes") or []),
    }


def _outputs(table: Properties) -> Properties:
    stream, encryption = table.get("StreamSpecification") or {}, table.get("SSEDescription") or {}
    throughput = table.get("ProvisionedThroughput") or {}
    secured = encryption.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    return {
        "arn": table["TableArn"],
        "hashKey": _key(table, "HASH"),
        "rangeKey": _key(table, "RANGE"),
        "attributes": [
            {key: item[api] for key, api in _ATTRIBUTES.items()} for item in table["AttributeDefinitions"]
        ],
        "billingMode": dig(table, "BillingModeSummary.BillingMode") or "PROVISIONED",
        "readCapacity": throughput.get("ReadCapacityUnits", 0),
        "writeCapacity": throughput.get("WriteCapacityUnits", 0),
        "onDemandThroughput": PASCAL.to_wire(table.get("OnDemandThroughput")),
        "globalSecondaryIndexes": [_index_block(i) for i in table.get("GlobalSecondaryIndexes") or []],
        "localSecondaryIndexes": [_index_block(i) for i in table.get("LocalSecondaryIndexes") or []],
        "streamEnabled": bool(stream.get("StreamEnabled")),
        "streamViewType": stream.get("StreamViewType"),
        "streamArn": table.get("LatestStreamArn", ""),
        "streamLabel": table.get("LatestStreamLabel", ""),
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": encryption.get("KMSMasterKeyArn")}
        if secured
        else None,
        "tableClass": dig(table, "TableClassSummary.TableClass") or "STANDARD",
        "deletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
    }


def _index_block(index: Properties) -> Properties:
    throughput = index.get("ProvisionedThroughput") or {}
    block = {
        "name": index["IndexName"],
        "hashKey": _key(index, "HASH"),
        "rangeKey": _key(index, "RANGE"),
        "projectionType": index["Projection"]["ProjectionType"],
        "nonKeyAttributes": index["Projection"].get("NonKeyAttributes"),
        "readCapacity": throughput.get("ReadCapacityUnits"),
        "writeCapacity": throughput.get("WriteCapacityUnits"),
        "keySchemas": [PASCAL.to_wire(key) for key in index["KeySchema"]],
    }
    return {key: value for key, value in block.items() if value is not None}
