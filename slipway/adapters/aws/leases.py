"""Leases in DynamoDB: one item a target, which is never deleted, so that its token only grows."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, is_failed_condition
from slipway.ports.leases import Lease, LeaseHeld, LeaseLost, Leases, LeaseStoreError

# "token" and "until" are reserved words or may become some (DynamoDB developer guide, reserved words).
_NAMES: Final = {"#token": "token", "#until": "until", "#holder": "holder"}
_FREE: Final = "attribute_not_exists(#until) OR #until <= :now OR #holder = :holder"
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class DynamoLeases(Leases):
    """The table `leases` of an environment.

    Args:
        client: of DynamoDB.
        table: its name.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def acquire(
        self, target: str, *, holder: str, now: datetime, lasting: timedelta, take_over: bool = False
    ) -> Lease:
        """Take a lease; the same holder again, whose answer may have been lost, gets a higher token."""
        until = now + lasting
        values = {":holder": {"S": holder}, ":until": _number(until), ":one": {"N": "1"}}
        condition: dict[str, Any] = {}
        if not take_over:
            values[":now"] = _number(now)
            condition = {"ConditionExpression": _FREE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        with asking(LeaseStoreError, f"the lease of {target}"):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key={"target": {"S": target}},
                    UpdateExpression="SET #holder = :holder, #until = :until ADD #token :one",
                    ExpressionAttributeNames=_NAMES,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    **condition,
                )
            except ClientError as error:
                if is_failed_condition(error):
                    raise _held(target, error.response["Item"]) from error
                raise
        token = int(answer["Attributes"]["token"]["N"])
        return Lease(target=target, holder=holder, token=token, until=until)

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        """Make a lease last longer, as long as it has not ended."""
        until = now + lasting
        renewed = self._change(
            lease,
            "SET #until = :until",
            " AND #until > :now",
            {":until": _number(until), ":now": _number(now)},
        )
        if not renewed:
            raise LeaseLost(
                f"the lease of {lease.target} (token {lease.token}) has ended or is somebody else's",
                remedy="look at the target before anything else, then take the lease anew",
            )
        return Lease(target=lease.target, holder=lease.holder, token=lease.token, until=until)

    def held(self, *, now: datetime) -> tuple[Lease, ...]:
        """Scan the table: one small item a target that was ever leased."""
        asked = {
            "TableName": self._table,
            "FilterExpression": "#until > :now",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": {":now": _number(now)},
            "ConsistentRead": True,
        }
        with asking(LeaseStoreError, f"the leases in {self._table}"):
            pages = self._client.get_paginator("scan").paginate(**asked)
            found = [_lease(item) for page in pages for item in page["Items"]]
        return tuple(sorted(found, key=lambda lease: lease.target))

    def release(self, lease: Lease) -> None:
        """Let the next one in; the item stays, and with it the token."""
        self._change(lease, "SET #until = :never REMOVE #holder", "", {":never": {"N": "0"}})

    def _change(self, lease: Lease, update: str, further: str, values: dict[str, Any]) -> bool:
        """Change the item if it is still this lease's."""
        with asking(LeaseStoreError, f"the lease of {lease.target}"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key={"target": {"S": lease.target}},
                    UpdateExpression=update,
                    ConditionExpression=f"#token = :token AND #holder = :holder{further}",
                    ExpressionAttributeNames=_NAMES,
                    ExpressionAttributeValues={
                        ":token": {"N": str(lease.token)},
                        ":holder": {"S": lease.holder},
                        **values,
                    },
                )
            except ClientError as error:
                if is_failed_condition(error):
                    return False
                raise
        return True


def _number(moment: datetime) -> dict[str, str]:
    """Microseconds since 1970, whole, so that nothing is lost on the way there and back."""
    return {"N": str((moment - _EPOCH) // _MICROSECOND)}


def _lease(item: dict[str, Any]) -> Lease:
    return Lease(
        target=item["target"]["S"],
        holder=item["holder"]["S"],
        token=int(item["token"]["N"]),
        until=_moment(item),
    )


def _moment(item: dict[str, Any]) -> datetime:
    return _EPOCH + int(item["until"]["N"]) * _MICROSECOND


def _held(target: str, item: dict[str, Any]) -> LeaseHeld:
    holder = item["holder"]["S"]
    until = _moment(item)
    return LeaseHeld(
        f"{target} is being changed by {holder}, whose lease lasts until {until.isoformat()}",
        remedy=f"wait for {holder} to end; if its process is gone, its lease ends then",
        holder=holder,
        until=until,
    )
