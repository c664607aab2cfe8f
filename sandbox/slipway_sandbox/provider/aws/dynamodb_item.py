"""Single items of a DynamoDB table, written in DynamoDB's own JSON."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties


class TableItem(Resource):
    """An item; attributes that others put on it are neither seen nor touched, as with the real provider."""

    module = "dynamodb"
    service = "dynamodb"
    takes = frozenset({"tableName", "hashKey", "rangeKey", "item"})
    replace_on = frozenset({"tableName", "hashKey", "rangeKey"})

    def make(self, target: Target) -> str:
        """Put the item; one with the same key must not be there yet."""
        item = _attributes(target.inputs["item"])
        hash_key = target.inputs["hashKey"]
        target.client.put_item(
            TableName=target.inputs["tableName"],
            Item=item,
            ConditionExpression="attribute_not_exists(#hash)",
            ExpressionAttributeNames={"#hash": hash_key},
        )
        return "|".join([target.inputs["tableName"], *_key_parts(target.inputs, item)])

    def fetch(self, target: Target) -> Properties | None:
        """The item's attributes of which the program speaks, all of them on import."""
        table, key = self._located(target)
        item = target.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return None
        wanted = _attributes(target.inputs["item"]) if target.given("item") else item
        names = list(key)
        values = [next(iter(value.values())) for value in _plain(key).values()]
        return {
            "tableName": table,
            "hashKey": names[0],
            "rangeKey": names[1] if len(names) > 1 else None,
            "hashKeyValue": values[0],
            "rangeKeyValue": values[1] if len(values) > 1 else "",
            "item": json.dumps(_plain({name: value for name, value in item.items() if name in wanted})),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Set the attributes that the program names; a changed key moves the item."""
        if "item" not in changed:
            return
        table, key = self._located(target)
        item = _attributes(target.inputs["item"])
        rest = {name: {"Value": value} for name, value in item.items() if name not in key}
        target.client.update_item(TableName=table, Key=key, AttributeUpdates=rest)

    def remove(self, target: Target) -> None:
        """Delete the item."""
        table, key = self._located(target)
        target.client.delete_item(TableName=table, Key=key)

    def _located(self, target: Target) -> tuple[str, dict[str, Any]]:
        """Table and key from the id: table|hash key|type|value[|range key|type|value]."""
        table, *parts = target.id.split("|")
        triples = [parts[i : i + 3] for i in range(0, len(parts), 3)]
        return table, {name: {kind: _value(kind, text)} for name, kind, text in triples}


def _key_parts(inputs: Properties, item: Properties) -> list[str]:
    parts: list[str] = []
    for name in (inputs["hashKey"], inputs.get("rangeKey")):
        if name:
            ((kind, value),) = item[name].items()
            parts += [name, kind, base64.b64encode(value).decode() if kind == "B" else value]
    return parts


def _value(kind: str, text: str) -> str | bytes:
    return base64.b64decode(text) if kind == "B" else text


def _attributes(text: str) -> Properties:
    """DynamoDB's JSON as boto3 takes it: binary values as bytes."""

    def decoded(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            kind: base64.b64decode(inner) if kind == "B" else _deep(kind, inner)
            for kind, inner in value.items()
        }

    def _deep(kind: str, inner: Any) -> Any:
        if kind == "M":
            return {name: decoded(value) for name, value in inner.items()}
        if kind == "L":
            return [decoded(value) for value in inner]
        return [base64.b64decode(value) for value in inner] if kind == "BS" else inner

    return {name: decoded(value) for name, value in json.loads(text).items()}


def _plain(value: Any) -> Any:
    """boto3's item as JSON can hold it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
