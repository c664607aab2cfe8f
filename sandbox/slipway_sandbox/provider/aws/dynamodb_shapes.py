"""DynamoDB tables on the wire and in the API: pure translations, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.spelling import PASCAL

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

_ATTRIBUTES = {"name": "AttributeName", "type": "AttributeType"}


def definitions(inputs: Properties) -> list[dict[str, str]]:
    """The attributes that keys and indexes use."""
    return [{api: item[key] for key, api in _ATTRIBUTES.items()} for item in inputs.get("attributes") or []]


def keys(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    """A key schema."""
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys


def _key(holder: Properties, kind: str) -> str | None:
    return next((key["AttributeName"] for key in holder["KeySchema"] if key["KeyType"] == kind), None)


def capacity(inputs: Properties) -> Properties:
    """The billing mode and what belongs to it; provisioned tables have at least one unit."""
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


def stream(inputs: Properties) -> Properties:
    """A stream that is on."""
    return {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}


def encryption(inputs: Properties) -> Properties:
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


def index(index: Properties, table: Properties) -> Properties:
    """A global index, with a capacity of its own where the table has one."""
    schema = [PASCAL.to_api(key) for key in index.get("keySchemas") or []]
    document = {
        "IndexName": index["name"],
        "KeySchema": schema or keys(index["hashKey"], index.get("rangeKey")),
        "Projection": _projection(index),
    }
    if (table.get("billingMode") or "PROVISIONED") == "PROVISIONED":
        document["ProvisionedThroughput"] = _throughput(index)
    return document


def local_index(index: Properties, table: Properties) -> Properties:
    """A local index: its hash key is the table's."""
    return {
        "IndexName": index["name"],
        "KeySchema": keys(table["hashKey"], index["rangeKey"]),
        "Projection": _projection(index),
    }


def fixed_shape(index: Properties) -> Properties:
    """What of an index cannot change in place."""
    projection = index["Projection"]
    return {
        "keys": index["KeySchema"],
        "projection": projection["ProjectionType"],
        "attributes": sorted(projection.get("NonKeyAttributes") or []),
    }


def outputs_of(table: Properties) -> Properties:
    """A described table as the program reads it."""
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
