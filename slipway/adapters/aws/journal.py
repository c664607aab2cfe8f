"""The journal in DynamoDB: a head and the newest row of each stage under one deployment, fenced by tokens.

Open deployments of an environment, and those that are to be looked at again, are listed by items of their
own. The item is written before the head and taken away after it: an item without such a head means nothing.
"""

from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from pydantic import TypeAdapter

from slipway.adapters.aws.faults import asking
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.ports.journal import Deployment, Journal, JournalFenced, JournalStoreError, StageRow

_HEAD: Final = "deployment"
"""The sort key of a deployment's head; a stage's is its name, which has a space in it."""

_DEPLOYMENTS: Final = TypeAdapter(Deployment)
_ROWS: Final = TypeAdapter(StageRow)


class DynamoJournal(Journal):
    """The table `journal` of an environment.

    Args:
        client: of DynamoDB.
        table: its name.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """Read the head."""
        with asking(JournalStoreError, f"the journal of {id_}"):
            answer = self._client.get_item(TableName=self._table, Key=_key(id_, _HEAD), ConsistentRead=True)
        return _DEPLOYMENTS.validate_json(answer["Item"]["content"]["S"]) if "Item" in answer else None

    def save(self, deployment: Deployment) -> None:
        """List it first, unlist it last."""
        lists = {
            _listing(deployment.environment): deployment.conclusion is None,
            _unseen(deployment.environment): deployment.unseen_until is not None,
        }
        with asking(JournalStoreError, f"the journal of {deployment.id}"):
            for listing in (each for each, belongs in lists.items() if belongs):
                self._client.put_item(TableName=self._table, Item=_key(listing, deployment.id))
        self._put(deployment.id, _HEAD, deployment.token, _DEPLOYMENTS.dump_json(deployment).decode())
        if deployment.conclusion is None:
            return  # it is in no other list yet: nobody pays for taking it out at each stage
        with asking(JournalStoreError, f"the journal of {deployment.id}"):
            for listing in (each for each, belongs in lists.items() if not belongs):
                self._client.delete_item(TableName=self._table, Key=_key(listing, deployment.id))

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """Read every row, in the order of their beginnings."""
        items = self._query(id_, f"the journal of {id_}")
        rows = [_ROWS.validate_json(item["content"]["S"]) for item in items if item["stage"]["S"] != _HEAD]
        return tuple(sorted(rows, key=_beginning))

    def write(self, row: StageRow) -> None:
        """Write a row over the stage's earlier one."""
        self._put(row.deployment, row.stage, row.token, _ROWS.dump_json(row).decode())

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read the heads of those that are listed."""
        heads = self._listed(_listing(environment), f"the open deployments of {environment}")
        return tuple(head for head in heads if head.conclusion is None)

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read the heads of those that are listed."""
        heads = self._listed(_unseen(environment), f"what is to be looked at again in {environment}")
        return tuple(head for head in heads if head.unseen_until is not None)

    def _listed(self, listing: str, subject: str) -> list[Deployment]:
        found = (self.deployment(DeploymentId(each["stage"]["S"])) for each in self._query(listing, subject))
        return sorted((head for head in found if head is not None), key=lambda head: head.began)

    def _put(self, deployment: str, stage: str, token: int, content: str) -> None:
        item = {**_key(deployment, stage), "token": {"N": str(token)}, "content": {"S": content}}
        with asking(JournalStoreError, f"the journal of {deployment}"):
            try:
                self._client.transact_write_items(TransactItems=self._writes(item, deployment, stage, token))
            except ClientError as error:
                if not _is_fenced(error):
                    raise
                raise JournalFenced(
                    f"another process has taken over deployment {deployment}",
                    remedy="let it end; slipway status says how far it is",
                ) from error

    def _writes(self, item: dict[str, Any], deployment: str, stage: str, token: int) -> list[dict[str, Any]]:
        """Write the item, in one transaction with the proof that the head has no newer token."""
        condition = {
            "ConditionExpression": "attribute_not_exists(#token) OR #token <= :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": {":token": {"N": str(token)}},
        }
        writes = [{"Put": {"TableName": self._table, "Item": item, **condition}}]
        if stage != _HEAD:
            head = {"TableName": self._table, "Key": _key(deployment, _HEAD), **condition}
            writes.append({"ConditionCheck": head})
        return writes

    def _query(self, partition: str, subject: str) -> list[dict[str, Any]]:
        asked = {
            "TableName": self._table,
            "KeyConditionExpression": "deployment = :deployment",
            "ExpressionAttributeValues": {":deployment": {"S": partition}},
            "ConsistentRead": True,
        }
        with asking(JournalStoreError, subject):
            pages = self._client.get_paginator("query").paginate(**asked)
            return [item for page in pages for item in page["Items"]]


def _is_fenced(error: ClientError) -> bool:
    """Whether a condition failed; a transaction can be cancelled for other reasons, which pass."""
    reasons = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


def _listing(environment: Environment) -> str:
    return f"open {environment}"


def _unseen(environment: Environment) -> str:
    return f"unseen {environment}"


def _key(deployment: str, stage: str) -> dict[str, Any]:
    return {"deployment": {"S": deployment}, "stage": {"S": stage}}


def _beginning(row: StageRow) -> tuple[datetime, str]:
    return (row.began, row.stage)
