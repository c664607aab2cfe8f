"""Lives of DynamoDB types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

TABLE = "aws:dynamodb/table:Table"
_ATTRIBUTES = [{"name": "pk", "type": "S"}, {"name": "sk", "type": "N"}, {"name": "owner", "type": "S"}]


def _index(projection: str) -> Properties:
    return {"name": "by-owner", "hashKey": "owner", "projectionType": projection}


def _rich_table(_: Bed) -> Properties:
    return {
        "name": "rich",
        "hashKey": "pk",
        "rangeKey": "sk",
        "attributes": _ATTRIBUTES,
        "billingMode": "PAY_PER_REQUEST",
        "globalSecondaryIndexes": [_index("ALL")],
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "ttl": {"attributeName": "expires", "enabled": True},
        "pointInTimeRecovery": {"enabled": True},
        "tags": {"Owner": "platform"},
    }


def _table(bed: Bed, name: str = "rich") -> Any:
    return bed.client("dynamodb").describe_table(TableName=name)["Table"]


def _item(state: str) -> str:
    return json.dumps({"pk": {"S": "a"}, "state": {"S": state}, "parts": {"L": [{"N": "1"}, {"B": "b25l"}]}})


def _item_inputs(bed: Bed) -> Properties:
    attributes = [{"name": "pk", "type": "S"}]
    bed.make(TABLE, name="items", hashKey="pk", attributes=attributes, billingMode="PAY_PER_REQUEST")
    return {"tableName": "items", "hashKey": "pk", "item": _item("one")}


def _stored(bed: Bed, _: str) -> Any:
    item = bed.client("dynamodb").get_item(TableName="items", Key={"pk": {"S": "a"}}).get("Item")
    return item and item["state"]["S"]


def _drift_item(bed: Bed, _: str) -> None:
    bed.client("dynamodb").update_item(
        TableName="items",
        Key={"pk": {"S": "a"}},
        UpdateExpression="SET #s = :s, extra = :e",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "drifted"}, ":e": {"S": "not ours"}},
    )


DYNAMODB = (
    Case(
        token=TABLE,
        inputs=_rich_table,
        change={"globalSecondaryIndexes": [_index("KEYS_ONLY")]},
        seen=lambda bed, id_: [
            index["Projection"]["ProjectionType"] for index in _table(bed, id_)["GlobalSecondaryIndexes"]
        ],
        as_seen=["KEYS_ONLY"],
        drift=lambda bed, id_: bed.client("dynamodb").update_continuous_backups(
            TableName=id_, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
        ),
        drifted={"pointInTimeRecovery": None},
    ),
    Case(
        token="aws:dynamodb/tableItem:TableItem",
        inputs=_item_inputs,
        change={"item": _item("two")},
        seen=_stored,
        as_seen="two",
        drift=_drift_item,
        drifted={"item": _item("drifted")},
    ),
)
