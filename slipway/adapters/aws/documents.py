"""Environment documents in DynamoDB: a version is written once, and only after the one before it."""

from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.attest import canonical, digest_of, read_document
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.ports.documents import DocumentStoreError, EnvironmentDocuments, VersionTaken

_CONFLICTS: Final = frozenset({"TransactionCanceledException", "TransactionConflictException"})


class DynamoDocuments(EnvironmentDocuments):
    """The table `environment-documents` of an environment.

    Args:
        client: of DynamoDB.
        table: its name.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def newest(self, environment: Environment) -> EnvironmentDocument | None:
        """Read the highest version."""
        with asking(DocumentStoreError, f"{environment}'s environment document"):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="environment = :environment",
                ExpressionAttributeValues={":environment": {"S": environment.value}},
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        return next((_document(item) for item in answer["Items"]), None)

    def version(self, environment: Environment, version: int) -> EnvironmentDocument | None:
        """Read one version."""
        with asking(DocumentStoreError, f"{environment}'s environment document {version}"):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(environment, version), ConsistentRead=True
            )
        return _document(answer["Item"]) if "Item" in answer else None

    def add(self, document: EnvironmentDocument) -> None:
        """Write a version, in one transaction with the proof that its predecessor is there."""
        subject = f"{document.environment}'s environment document {document.version}"
        with asking(DocumentStoreError, subject):
            try:
                self._client.transact_write_items(TransactItems=self._writes(document))
            except ClientError as error:
                if code_of(error) not in _CONFLICTS:
                    raise
            else:
                return
        if self.version(document.environment, document.version) != document:
            raise VersionTaken(
                f"{subject} cannot be written: the newest is no longer {document.version - 1}",
                remedy="somebody else has changed the environment: run the command again",
            )

    def _writes(self, document: EnvironmentDocument) -> list[dict[str, Any]]:
        content = canonical(document)
        item = {
            **_key(document.environment, document.version),
            "document": {"S": content.decode()},
            "digest": {"S": digest_of(content)},
        }
        put = {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(version)"}
        if document.version == 1:
            return [{"Put": put}]
        before = {
            "TableName": self._table,
            "Key": _key(document.environment, document.version - 1),
            "ConditionExpression": "attribute_exists(version)",
        }
        return [{"Put": put}, {"ConditionCheck": before}]


def _key(environment: Environment, version: int) -> dict[str, Any]:
    return {"environment": {"S": environment.value}, "version": {"N": str(version)}}


def _document(item: dict[str, Any]) -> EnvironmentDocument:
    content = item["document"]["S"].encode()
    return read_document(content, EnvironmentDocument, digest=Digest(item["digest"]["S"]))
