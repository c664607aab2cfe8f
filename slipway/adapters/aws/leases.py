"""Leases in DynamoDB: one item a target, which is never deleted, so that its token only grows."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, is_failed_condition
from slipway.ports.leases import Lease, LeaseHeld, LeaseLost, Leases, LeaseStoreError

# "token" and "until" are reserved words or may become some (DynamoDB developer guide, reserved words).
_NAMES: Final = {"#token": "token", "#until": "until", "#holder": "holder"}
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

    def acquire(self, target: str, *, holder: str, now: datetime, lasting: timedelta) -> Lease:
        """Take a lease; the same holder again gets a higher token, which fences its earlier process."""
        until = now + lasting
        with asking(LeaseStoreError, f"the lease of {target}"):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key={"target": {"S": target}},
                    UpdateExpression="SET #holder = :holder, #until = :until ADD #token :one",
                    ConditionExpression="attribute_not_exists(#until) OR #until <= :now OR #holder = :holder",
                    ExpressionAttributeNames=_NAMES,
                    ExpressionAttributeValues={
                        ":holder": {"S": holder},
                        ":until": _number(until),
                        ":now": _number(now),
                        ":one": {"N": "1"},
                    },
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
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


def _held(target: str, item: dict[str, Any]) -> LeaseHeld:
    holder = item["holder"]["S"]
    until = _EPOCH + int(item["until"]["N"]) * _MICROSECOND
    return LeaseHeld(
        f"{target} is being changed by {holder}, whose lease lasts until {until.isoformat()}",
        remedy=f"wait for {holder} to end; if its process is gone, run that command again",
        holder=holder,
        until=until,
    )
