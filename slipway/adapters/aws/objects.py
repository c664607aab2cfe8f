"""Objects in S3: written once or on a condition, with checksums, under Object Lock where a date is given."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.model.retention import LockMode
from slipway.ports.objects import ErasableObjects, ObjectAbsent, ObjectStoreError, ObjectTaken, StoredObject

_TRIES: Final = 5
_READERS: Final = 16
# 412: the condition does not hold; 409: another conditional write of the key is going on (S3 user guide,
# "Conditional requests"); 404: there is nothing that If-Match could match.
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409"})
_ABSENT: Final = frozenset({"NoSuchKey", "404"})


class S3ObjectStore(ErasableObjects):
    """One bucket, or what is below a prefix of it.

    Args:
        client: of S3.
        bucket: its name.
        prefix: what every key begins with; it ends with a slash, or is empty.
        lock_mode: the mode of locks with a date; without a date the bucket's default counts.
    """

    def __init__(
        self, client: Any, bucket: str, *, prefix: str = "", lock_mode: LockMode = LockMode.COMPLIANCE
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._lock_mode = lock_mode

    def create(self, key: str, content: bytes, *, retain_until: datetime | None = None) -> bool:
        """Write an object once; a write whose answer was lost is recognised by its content."""
        lock = self._lock(retain_until)
        for _ in range(_TRIES):
            if self._put(key, content, {"IfNoneMatch": "*", **lock}) is not None:
                return True
            found = self._find(key)
            if found is not None and found.content == content:
                return False
            if found is not None:
                raise ObjectTaken(
                    f"{self._url(key)} is there already with other content",
                    remedy="nothing is overwritten here: find out who wrote it, or use another name",
                )
        raise ObjectStoreError(
            f"{self._url(key)}: others write it all the time", remedy="run the command again"
        )

    def replace(self, key: str, content: bytes, *, version: str | None) -> str:
        """Write an object on the condition that it is still the one that was read."""
        condition = {"IfNoneMatch": "*"} if version is None else {"IfMatch": version}
        written = self._put(key, content, condition)
        if written is not None:
            return written
        found = self._find(key)
        if found is not None and found.content == content:  # our own write, whose answer was lost
            return found.version
        raise ObjectTaken(
            f"{self._url(key)} was written by somebody else since it was read",
            remedy="read it again and decide anew",
        )

    def read(self, key: str) -> StoredObject:
        """Read an object; its checksum is verified on the way."""
        found = self._find(key)
        if found is None:
            raise ObjectAbsent(f"{self._url(key)} does not exist", remedy="check the name, and who writes it")
        return found

    def keys(self, prefix: str) -> tuple[str, ...]:
        """List keys, page after page."""
        return tuple(sorted(self.written(prefix)))

    def written(self, prefix: str) -> Mapping[str, datetime]:
        """List keys with the moment of their newest version."""
        with asking(ObjectStoreError, self._url(prefix)):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            found = {item["Key"]: item["LastModified"] for page in pages for item in page.get("Contents", ())}
        return {key.removeprefix(self._prefix): moment for key, moment in found.items()}

    def delete(self, key: str) -> None:
        """Delete an object; a bucket with versions keeps the earlier ones as long as its rule says."""
        with asking(ObjectStoreError, self._url(key)):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def originals(
        self, prefix: str, *, only: Callable[[Collection[str]], Collection[str]] = lambda keys: keys
    ) -> Mapping[str, bytes]:
        """Read the first version of each object below a prefix.

        In a bucket with Object Lock the first version is what was written once, and is still there when
        somebody has put another over it or has deleted it.

        Args:
            prefix: of the keys.
            only: chooses from the keys that there are, which come sorted.
        """
        with asking(ObjectStoreError, self._url(prefix)):
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            # S3 lists the versions of a key from the newest to the oldest: the last one wins.
            first = {item["Key"]: item["VersionId"] for page in pages for item in page.get("Versions", ())}
        keys = only(sorted(first))
        with ThreadPoolExecutor(_READERS) as readers:
            contents = readers.map(self._read_version, keys, [first[key] for key in keys])
            return {
                key.removeprefix(self._prefix): content for key, content in zip(keys, contents, strict=True)
            }

    def _read_version(self, key: str, version: str) -> bytes:
        with asking(ObjectStoreError, f"s3://{self._bucket}/{key}"):
            answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version)
            return bytes(answer["Body"].read())

    def _put(self, key: str, content: bytes, condition: Mapping[str, Any]) -> str | None:
        """Write on a condition; None when it does not hold."""
        with asking(ObjectStoreError, self._url(key)):
            try:
                answer = self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._prefix + key,
                    Body=content,
                    ChecksumAlgorithm="SHA256",
                    **condition,
                )
            except ClientError as error:
                if code_of(error) in _TAKEN:
                    return None
                raise
            return str(answer["ETag"])

    def _find(self, key: str) -> StoredObject | None:
        with asking(ObjectStoreError, self._url(key)):
            try:
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=self._prefix + key, ChecksumMode="ENABLED"
                )
                return StoredObject(content=answer["Body"].read(), version=answer["ETag"])
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise

    def _lock(self, until: datetime | None) -> dict[str, Any]:
        if until is None:
            return {}
        return {
            "ObjectLockMode": self._lock_mode.value,
            "ObjectLockRetainUntilDate": until.astimezone(UTC),
        }

    def _url(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._prefix}{key}"
