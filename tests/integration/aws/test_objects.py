"""Objects: written once, or on a condition, and locked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slipway.adapters.aws import S3ObjectStore
from slipway.model.retention import LockMode
from slipway.ports.objects import ObjectAbsent, ObjectStoreError, ObjectTaken

pytestmark = pytest.mark.integration


def test_an_object_is_written_once(objects: S3ObjectStore) -> None:
    """The same content again is no error and no write; other content is refused by name."""
    assert objects.create("artifacts/a", b"one") is True
    assert objects.create("artifacts/a", b"one") is False
    with pytest.raises(ObjectTaken) as taken:
        objects.create("artifacts/a", b"two")
    assert "artifacts/a is there already with other content" in taken.value.message
    assert objects.read("artifacts/a").content == b"one"


def test_of_many_writers_one_wins(objects: S3ObjectStore) -> None:
    """If-None-Match decides."""

    def attempt(number: int) -> bool:
        try:
            return objects.create("pointer", str(number).encode())
        except ObjectTaken:
            return False

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(attempt, range(16))) == 1


def test_a_pointer_moves_only_from_where_it_was_read(objects: S3ObjectStore) -> None:
    """If-Match: a lost update would bring an old generation back."""
    first = objects.replace("current", b"generation 1", version=None)
    second = objects.replace("current", b"generation 2", version=first)
    assert objects.read("current").version == second
    with pytest.raises(ObjectTaken, match="was written by somebody else since it was read"):
        objects.replace("current", b"generation 3", version=first)
    with pytest.raises(ObjectTaken):
        objects.replace("current", b"generation 3", version=None)
    assert objects.replace("current", b"generation 2", version=first) == second


def test_what_is_not_there(objects: S3ObjectStore) -> None:
    """It is named with its bucket."""
    with pytest.raises(ObjectAbsent, match=r"s3://evidence-\d+/nothing does not exist"):
        objects.read("nothing")
    with pytest.raises(ObjectTaken):
        objects.replace("nothing", b"x", version='"an-etag"')


def test_keys_are_those_of_the_prefix(aws: Callable[[str], Any], bucket: str) -> None:
    """A store of a prefix knows nothing of the rest of the bucket."""
    whole, part = S3ObjectStore(aws("s3"), bucket), S3ObjectStore(aws("s3"), bucket, prefix="ledger/")
    for key in ("b/2", "b/1", "a"):
        part.create(key, b"x")
    whole.create("c", b"x")
    assert part.keys("b/") == ("b/1", "b/2")
    assert part.keys("") == ("a", "b/1", "b/2")
    assert whole.keys("") == ("c", "ledger/a", "ledger/b/1", "ledger/b/2")


@pytest.mark.parametrize("mode", LockMode)
def test_a_locked_object_stays(aws: Callable[[str], Any], bucket: str, mode: LockMode) -> None:
    """Its version cannot be deleted before its date; what is put over it does not hide it."""
    s3 = aws("s3")
    store = S3ObjectStore(s3, bucket, lock_mode=mode)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    store.create("evidence/e", b"true", retain_until=until)
    head = s3.head_object(Bucket=bucket, Key="evidence/e")
    assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) == (mode.value, until)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="evidence/e", VersionId=head["VersionId"])
    s3.put_object(Bucket=bucket, Key="evidence/e", Body=b"false")
    s3.delete_object(Bucket=bucket, Key="evidence/e")
    assert store.originals("evidence/") == {"evidence/e": b"true"}


def test_without_a_date_the_buckets_default_locks(
    aws: Callable[[str], Any], bucket: str, objects: S3ObjectStore
) -> None:
    """Nothing in the evidence bucket is without a lock."""
    objects.create("e", b"x")
    assert aws("s3").head_object(Bucket=bucket, Key="e")["ObjectLockMode"] == "GOVERNANCE"


def test_a_bucket_that_is_missing_is_a_failed_dependency(aws: Callable[[str], Any]) -> None:
    """The message names it, the remedy says which stacks make it."""
    store = S3ObjectStore(aws("s3"), "no-such-bucket")
    with pytest.raises(ObjectStoreError) as failed:
        store.create("k", b"x")
    assert failed.value.message.startswith("s3://no-such-bucket/k: AWS answers NoSuchBucket")
    assert "pulumi up -s shared" in failed.value.remedy
    with pytest.raises(ObjectStoreError):
        store.keys("")


def test_what_may_go_again_is_listed_with_its_moment_and_deleted(objects: S3ObjectStore) -> None:
    """Deleting twice does what deleting once does; what is beside it stays."""
    began = datetime.now(UTC) - timedelta(minutes=1)
    for key in ("generations/1/a", "generations/1/b", "generations/10/a"):
        objects.create(key, b"content")
    written = objects.written("generations/1/")
    assert sorted(written) == ["generations/1/a", "generations/1/b"]
    assert all(moment >= began for moment in written.values())
    for _ in range(2):
        objects.delete("generations/1/a")
    assert objects.keys("generations/") == ("generations/1/b", "generations/10/a")
