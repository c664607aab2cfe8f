"""The wire to DynamoDB Local.

DynamoDB Local keeps one database per access key id and region and checks no signature. Sending the account id
as access key id gives every account its own database, whichever of its credentials asks.
"""

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import urllib3

from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer

CONTENT_TYPE = "application/x-amz-json-1.0"

_CONNECTIONS = 64
_TIMEOUT_SECONDS = 60.0
_OK = 200


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a table lives.

    Attributes:
        account: the AWS account id.
        region: the AWS region.
    """

    account: str
    region: str

    @property
    def arn_prefix(self) -> str:
        """The beginning of every DynamoDB ARN of this place."""
        return f"arn:aws:dynamodb:{self.region}:{self.account}:"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the engine answered.

    Attributes:
        status: its HTTP status.
        body: its body, as sent.
    """

    status: int
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Whether the operation was carried out."""
        return self.status == _OK

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON."""
        return dict(json.loads(self.body))

    def to_answer(self) -> Answer:
        """The same for the client."""
        return answer_of(self.status, self.body)


def answer_of(status: int, body: bytes) -> Answer:
    """An answer with the checksum that DynamoDB clients verify."""
    checksum = str(zlib.crc32(body) & 0xFFFFFFFF)
    headers = [("Content-Type", CONTENT_TYPE), ("x-amz-crc32", checksum)]
    return Answer.of(status, body, headers)


def document_answer(document: dict[str, Any]) -> Answer:
    """A successful answer with this JSON document."""
    return answer_of(_OK, json.dumps(document).encode())


class DynamoDbLocal:
    """A pool of connections to the engine.

    Args:
        url: its base URL.
    """

    def __init__(self, url: str) -> None:
        self._pool = urllib3.connection_from_url(
            url, maxsize=_CONNECTIONS, retries=False, timeout=_TIMEOUT_SECONDS
        )

    def ask(self, place: Place, target: str, body: bytes) -> Reply:
        """Carry one operation out in the database of ``place``.

        Args:
            place: account and region.
            target: the ``X-Amz-Target``: API version and operation.
            body: the JSON document.

        Raises:
            AwsError: the engine does not answer.
        """
        try:
            response = self._pool.request("POST", "/", body=body, headers=_headers(place, target))
        except urllib3.exceptions.HTTPError as error:
            message = f"DynamoDB Local does not answer ({type(error).__name__}); see `slipway sandbox status`"
            raise AwsError("ServiceUnavailable", message, status=503) from error
        return Reply(status=response.status, body=response.data)


def _headers(place: Place, target: str) -> dict[str, str]:
    credential = f"{place.account}/20260101/{place.region}/dynamodb/aws4_request"
    return {
        "Content-Type": CONTENT_TYPE,
        "X-Amz-Target": target,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
    }
