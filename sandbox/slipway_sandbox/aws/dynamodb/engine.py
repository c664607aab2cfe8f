"""DynamoDB as the front offers it: the engine's operations, and its own where the engine has none.

Data operations go through byte for byte. Operations on tables are translated: ARNs carry the real account and
region, and settings the engine drops are kept in ``attributes``.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from slipway_sandbox.aws.dynamodb.attributes import KEPT_SETTINGS, Attributes, AttributeStore
from slipway_sandbox.aws.dynamodb.local import DynamoDbLocal, Place, Reply, answer_of, document_answer
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer, Call

_API = "DynamoDB_20120810"
_LOCAL_PREFIX = "arn:aws:dynamodb:ddblocal:000000000000:"
_ARN = "arn:aws:dynamodb:"
_UNSUPPORTED_MEMBERS = ("ReplicaUpdates", "ResourcePolicy", "GlobalTableWitnessUpdates")
_TAG_LIMIT = 50

_DATA = frozenset(
    {
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""Operations on items: an ARN inside an item is the user's and is never touched."""


class DynamoDb:
    """DynamoDB and DynamoDB Streams of every account.

    Args:
        local: the engine.
    """

    def __init__(self, local: DynamoDbLocal) -> None:
        self._local = local
        self._attributes = AttributeStore()
        self._operations = {
            "CreateTable": self._create_table,
            "DeleteTable": self._delete_table,
            "DescribeContinuousBackups": self._describe_backups,
            "DescribeTable": self._describe_table,
            "ListTagsOfResource": self._list_tags,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "UpdateContinuousBackups": self._update_backups,
            "UpdateTable": self._update_table,
        }

    def answer(self, call: Call, account: str) -> Answer:
        """Carry one operation out.

        Raises:
            AwsError: the engine does not know it, or a table of another account is named.
        """
        place = Place(account=account, region=call.scope.region)
        if _ARN.encode() in call.body:
            _check_same_place(_document(call.body), place)
        if call.action in _DATA:
            return self._local.ask(place, call.target, call.body).to_answer()
        operation = self._operations.get(call.action)
        if operation is not None and call.target.startswith(_API):
            return operation(place, _document(call.body))
        return self._translated(place, call)

    def _translated(self, place: Place, call: Call) -> Answer:
        body = call.body.replace(place.arn_prefix.encode(), _LOCAL_PREFIX.encode())
        reply = self._local.ask(place, call.target, body)
        if not reply.is_ok and b"UnknownOperationException" in reply.body:
            message = (
                f"the sandbox does not support dynamodb {call.action}: DynamoDB Local has no such operation"
            )
            raise AwsError("NotImplemented", message, status=501)
        region = b'"awsRegion":"' + place.region.encode() + b'"'
        return answer_of(
            reply.status, _real_arns(reply.body, place).replace(b'"awsRegion":"ddblocal"', region)
        )

    def _ask(self, place: Place, operation: str, document: Mapping[str, Any]) -> Reply:
        return self._local.ask(place, f"{_API}.{operation}", json.dumps(document).encode())

    def _create_table(self, place: Place, document: dict[str, Any]) -> Answer:
        tags = _tags(document.pop("Tags", []))
        kept = _taken_settings(document)
        reply = self._ask(place, "CreateTable", document)
        if reply.is_ok:

            def fill(attributes: Attributes) -> None:
                attributes.tags, attributes.settings = tags, kept

            self._attributes.update(place, _table_name(document), fill)
        return self._described(place, reply, "TableDescription")

    def _update_table(self, place: Place, document: dict[str, Any]) -> Answer:
        kept = _taken_settings(document)
        rest_is_empty = set(document) == {"TableName"} and kept
        reply = self._ask(place, "DescribeTable" if rest_is_empty else "UpdateTable", document)
        if reply.is_ok:
            self._attributes.update(
                place, _table_name(document), lambda attributes: attributes.settings.update(kept)
            )
        return self._described(place, reply, "TableDescription")

    def _describe_table(self, place: Place, document: dict[str, Any]) -> Answer:
        return self._described(place, self._ask(place, "DescribeTable", document), "Table")

    def _delete_table(self, place: Place, document: dict[str, Any]) -> Answer:
        answer = self._described(
            place, reply := self._ask(place, "DeleteTable", document), "TableDescription"
        )
        if reply.is_ok:
            self._attributes.forget(place, _table_name(document))
        return answer

    def _described(self, place: Place, reply: Reply, member: str) -> Answer:
        """Answer with a table's description, completed with what is kept here."""
        if not reply.is_ok:
            return answer_of(reply.status, _real_arns(reply.body, place))
        (table,) = json.loads(_real_arns(reply.body, place)).values()
        extra = self._attributes.of(place, table["TableName"]).describe(place)
        return document_answer({member: table | extra})

    def _list_tags(self, place: Place, document: dict[str, Any]) -> Answer:
        tags = self._attributes.of(place, self._existing(place, document["ResourceArn"])).tags
        return document_answer(
            {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}
        )

    def _tag(self, place: Place, document: dict[str, Any]) -> Answer:
        added = _tags(document["Tags"])

        def tag(attributes: Attributes) -> None:
            attributes.tags = _limited(attributes.tags | added)

        self._attributes.update(place, self._existing(place, document["ResourceArn"]), tag)
        return answer_of(200, b"")

    def _untag(self, place: Place, document: dict[str, Any]) -> Answer:
        gone = set(document["TagKeys"])

        def untag(attributes: Attributes) -> None:
            attributes.tags = {key: value for key, value in attributes.tags.items() if key not in gone}

        self._attributes.update(place, self._existing(place, document["ResourceArn"]), untag)
        return answer_of(200, b"")

    def _describe_backups(self, place: Place, document: dict[str, Any]) -> Answer:
        attributes = self._attributes.of(place, self._existing(place, document["TableName"]))
        return document_answer({"ContinuousBackupsDescription": attributes.continuous_backups()})

    def _update_backups(self, place: Place, document: dict[str, Any]) -> Answer:
        wanted = document["PointInTimeRecoverySpecification"]
        attributes = self._attributes.update(
            place, self._existing(place, document["TableName"]), lambda record: record.set_recovery(wanted)
        )
        return document_answer({"ContinuousBackupsDescription": attributes.continuous_backups()})

    def _existing(self, place: Place, name_or_arn: str) -> str:
        """The name of a table that must exist."""
        name = name_or_arn.rpartition("/")[2]
        if self._ask(place, "DescribeTable", {"TableName": name}).is_ok:
            return name
        raise AwsError("ResourceNotFoundException", f"Requested resource not found: {name_or_arn} not found")


def _document(body: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(body or b"{}"))
    except ValueError as error:
        raise AwsError("SerializationException", "the request is not a JSON document") from error


def _real_arns(body: bytes, place: Place) -> bytes:
    return body.replace(_LOCAL_PREFIX.encode(), place.arn_prefix.encode())


def _table_name(document: Mapping[str, Any]) -> str:
    return str(document["TableName"]).rpartition("/")[2]


def _taken_settings(document: dict[str, Any]) -> dict[str, Any]:
    """Remove the settings that are kept here from a request and return them."""
    for member in _UNSUPPORTED_MEMBERS:
        if document.get(member):
            raise AwsError("NotImplemented", f"the sandbox does not support dynamodb {member}", status=501)
    return {name: document.pop(name) for name in KEPT_SETTINGS if name in document}


def _tags(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    tags = {pair["Key"]: pair["Value"] for pair in pairs}
    reserved = sorted(key for key in tags if key.lower().startswith("aws:"))
    if reserved:
        raise AwsError(
            "ValidationException", f"Tag keys starting with 'aws:' are reserved: {', '.join(reserved)}"
        )
    return _limited(tags)


def _limited(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _TAG_LIMIT:
        raise AwsError("LimitExceededException", f"A table has at most {_TAG_LIMIT} tags")
    return tags


def _check_same_place(document: Any, place: Place) -> None:
    """Refuse tables of other accounts and regions: the engine reads a foreign ARN as a table of its own."""
    for arn in _named_arns(document):
        if not arn.startswith(place.arn_prefix):
            message = f"the sandbox does not support dynamodb across accounts or regions: {arn}"
            raise AwsError("AccessDeniedException", message)


def _named_arns(document: Any) -> Iterable[str]:
    if isinstance(document, list):
        for entry in document:
            yield from _named_arns(entry)
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if key in {"TableName", "ResourceArn", "StreamArn", "TableArn"} and isinstance(value, str):
            yield from [value] if value.startswith(_ARN) else []
        elif key == "RequestItems":
            yield from (name for name in value if name.startswith(_ARN))
        elif key == "TransactItems":
            yield from _named_arns([entry for item in value for entry in item.values()])
