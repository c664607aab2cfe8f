"""What is kept beside a table's data survives people who change it at the same time."""

from __future__ import annotations

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from slipway_sandbox.aws.dynamodb import engine
from slipway_sandbox.aws.dynamodb.engine import DynamoDb
from slipway_sandbox.aws.dynamodb.local import DynamoDbLocal, Place, Reply
from slipway_sandbox.aws.wire import Call

if TYPE_CHECKING:
    import pytest

TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/ledger"
TAGGERS = 8


class EveryTable(DynamoDbLocal):
    """An engine in which every table exists."""

    def ask(self, place: Place, target: str, body: bytes) -> Reply:  # noqa: ARG002  the port's
        """Agree."""
        return Reply(status=200, body=b"{}")


def ask(dynamodb: DynamoDb, operation: str, **document: Any) -> dict[str, Any]:
    """The answer's document."""
    body = json.dumps(document).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    answer = dynamodb.answer(Call.read(environ), "111122223333")
    return dict(json.loads(answer.body or b"{}"))


def test_tags_of_several_people_at_once_are_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that is read, joined and written back must not overwrite the one that came in between."""
    real = engine._limited

    def slowly(tags: dict[str, str]) -> dict[str, str]:
        time.sleep(0.02)
        return real(tags)

    monkeypatch.setattr(engine, "_limited", slowly)
    dynamodb = DynamoDb(EveryTable("http://127.0.0.1:1"))

    def tag(number: int) -> None:
        ask(dynamodb, "TagResource", ResourceArn=TABLE, Tags=[{"Key": f"k{number}", "Value": "v"}])

    with ThreadPoolExecutor(TAGGERS) as pool:
        list(pool.map(tag, range(TAGGERS)))
    told = ask(dynamodb, "ListTagsOfResource", ResourceArn=TABLE)["Tags"]
    assert [one["Key"] for one in told] == [f"k{number}" for number in range(TAGGERS)]
