"""Makes a DynamoDB table by its keys, as the stacks do."""

from typing import Any


def make_table(dynamodb: Any, name: str, hash_key: str, range_key: tuple[str, str] | None = None) -> str:
    """Make one.

    Args:
        dynamodb: a client.
        name: its name.
        hash_key: a string.
        range_key: name and type (`S`, `N`) of the sort key.

    Returns:
        Its name.
    """
    keys = [(hash_key, "S", "HASH")] + ([(*range_key, "RANGE")] if range_key else [])
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": place} for key, _, place in keys],
    )
    return name
