"""Terraform states in S3, as Terraform's and OpenTofu's backend `s3` keeps them.

Where objects and items are: hashicorp/terraform, internal/backend/remote-state/s3 (backend_state.go and
client.go).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.adapters.terraform_state import lock_holder, lock_remedy
from slipway.ports.terraform_state import (
    StateAbsent,
    StateFile,
    StateLocked,
    StateSource,
    StateStoreError,
    StateUnsettled,
)

DEFAULT_WORKSPACE: Final = "default"
_NOTHING: Final = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, kw_only=True)
class S3StatePlace:
    """Where a state is, in the words of the backend's configuration.

    Attributes:
        bucket: the bucket.
        key: of the default workspace's state.
        workspace: which workspace.
        prefix: of other workspaces' keys (`workspace_key_prefix`).
        table: DynamoDB table of locks and digests (`dynamodb_table`); empty where there is none.
    """

    bucket: str
    key: str
    workspace: str = DEFAULT_WORKSPACE
    prefix: str = "env:"
    table: str = ""

    @property
    def path(self) -> str:
        """The object's key."""
        return (
            self.key if self.workspace == DEFAULT_WORKSPACE else f"{self.prefix}/{self.workspace}/{self.key}"
        )

    @property
    def url(self) -> str:
        """What messages call it."""
        return f"s3://{self.bucket}/{self.path}"


class S3State(StateSource):
    """A state in a bucket, its locks (object and item) and its digest.

    Args:
        s3: client of S3.
        dynamodb: client of DynamoDB; asked only where the place names a table.
        place: where it is.
    """

    def __init__(self, s3: Any, dynamodb: Any, place: S3StatePlace) -> None:
        self._s3 = s3
        self._dynamodb = dynamodb
        self._place = place

    def read(self) -> StateFile:
        """Read it: first the locks, then the object, then whether it is the revision written last."""
        self._require_unlocked()
        url = self._place.url
        found = self._object(self._place.path)
        if found is None:
            raise StateAbsent(
                f"there is no state {url}",
                remedy="look at bucket, key, workspace_key_prefix and `terraform workspace list`",
            )
        content = found["Body"].read()
        self._require_settled(content)
        return StateFile(
            source=url, content=content, version=found.get("VersionId") or found["ETag"].strip('"')
        )

    def _require_unlocked(self) -> None:
        lock = self._object(f"{self._place.path}.tflock")
        held = lock["Body"].read() if lock is not None else self._item("", "Info")
        if held is not None:
            raise StateLocked(f"{self._place.url} is locked{lock_holder(held)}", remedy=lock_remedy(held))

    def _require_settled(self, content: bytes) -> None:
        digest = self._item("-md5", "Digest")
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest is not None and digest.decode() != found:
            raise StateUnsettled(
                f"{self._place.url} is not the revision that was written last: its MD5 is {found}, the table "
                f"{self._place.table} says {digest.decode()}",
                remedy="wait a minute and run it again; where it stays so, `terraform plan` tells how to "
                "repair the digest",
            )

    def _object(self, key: str) -> Any:
        with asking(StateStoreError, f"s3://{self._place.bucket}/{key}"):
            try:
                return self._s3.get_object(Bucket=self._place.bucket, Key=key)
            except ClientError as error:
                if code_of(error) in _NOTHING:
                    return None
                raise

    def _item(self, ending: str, attribute: str) -> bytes | None:
        """Read what the table has about the state: its lock, or with `-md5` its digest."""
        if not self._place.table:
            return None
        name = f"{self._place.bucket}/{self._place.path}{ending}"
        with asking(StateStoreError, f"{name} in the table {self._place.table}"):
            answer = self._dynamodb.get_item(
                TableName=self._place.table, Key={"LockID": {"S": name}}, ConsistentRead=True
            )
        told = answer.get("Item", {}).get(attribute, {}).get("S")
        return None if told is None else str(told).encode()
